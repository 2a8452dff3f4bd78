using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How a system's base is written.</summary>
internal static class BaseShapes
{
    internal static readonly RecordShape<DebianBase> Debian = new("a Debian base", () => new DebianBase { Suite = "" },
    [
        Field.Required(nameof(DebianBase.Suite), Texts.Suite, (DebianBase b) => b.Suite, (b, v) => b with { Suite = v }),
        Field.Of(nameof(DebianBase.Packages), new ListShape<string>(Texts.Package, "packages"),
            (DebianBase b) => b.Packages, (b, v) => b with { Packages = v }),
        Field.Of(nameof(DebianBase.Variant), new ChoiceShape<DebianVariant>("a variant"),
            (DebianBase b) => b.Variant, (b, v) => b with { Variant = v }),
        Field.Of(nameof(DebianBase.Components), new ListShape<string>(Texts.Component, "components"),
            (DebianBase b) => b.Components, (b, v) => b with { Components = v }),
        Field.Of(nameof(DebianBase.Recommends), Scalars.Boolean, (DebianBase b) => b.Recommends, (b, v) => b with { Recommends = v }),
        Field.Optional(nameof(DebianBase.Architecture), Texts.Architecture,
            (DebianBase b) => b.Architecture, (b, v) => b with { Architecture = v }),
        Field.Optional(nameof(DebianBase.Mirror), Texts.Mirror, (DebianBase b) => b.Mirror, (b, v) => b with { Mirror = v }),
        Field.Of(nameof(DebianBase.Sources), new ListShape<string>(Texts.SourceLine, "sources.list lines"),
            (DebianBase b) => b.Sources, (b, v) => b with { Sources = v }),
        Field.Of(nameof(DebianBase.Keyrings), new ListShape<string>(Scalars.FilePath, "paths of files"),
            (DebianBase b) => b.Keyrings, (b, v) => b with { Keyrings = v }),
    ])
    { MayBePartial = true };

    internal static readonly RecordShape<DirectoryBase> Directory = new("a directory base", () => new DirectoryBase { Path = "" },
    [
        Field.Required(nameof(DirectoryBase.Path), Scalars.DirectoryPath, (DirectoryBase b) => b.Path, (b, v) => b with { Path = v }),
        Field.Of(nameof(DirectoryBase.Ownership), Scalars.Ownership, (DirectoryBase b) => b.Ownership, (b, v) => b with { Ownership = v }),
    ])
    { Shorthand = "path", MayBePartial = true };

    internal static readonly RecordShape<TarBase> Tar = new("a tar base", () => new TarBase { Path = "" },
    [
        Field.Required(nameof(TarBase.Path), Scalars.FilePath, (TarBase b) => b.Path, (b, v) => b with { Path = v }),
    ])
    { Shorthand = "path", MayBePartial = true };

    internal static readonly RecordShape<OciBase> Oci = new("a container image as a base", () => new OciBase { Path = "" },
    [
        Field.Required(nameof(OciBase.Path), Scalars.AnyPath, (OciBase b) => b.Path, (b, v) => b with { Path = v }),
        Field.Optional(nameof(OciBase.Reference), ContainerShapes.Reference, (OciBase b) => b.Reference, (b, v) => b with { Reference = v }),
        Field.Optional(nameof(OciBase.Architecture), ContainerShapes.Platform, (OciBase b) => b.Architecture, (b, v) => b with { Architecture = v }),
    ])
    { Shorthand = "path", MayBePartial = true };

    private static readonly ListShape<StorePath> StorePaths = new(ContentShapes.StorePath, "store paths");

    internal static readonly RecordShape<NixBase> Nix = new("a closure of a Nix store", () => new NixBase(),
    [
        Field.Of(nameof(NixBase.Paths), StorePaths, (NixBase b) => b.Paths, (b, v) => b with { Paths = v }),
        Field.Optional(nameof(NixBase.Store), ContentShapes.Store, (NixBase b) => b.Store, (b, v) => b with { Store = v }),
        Field.Optional(nameof(NixBase.Toplevel), Scalars.AnyPath, (NixBase b) => b.Toplevel, (b, v) => b with { Toplevel = v }),
        Field.Optional(nameof(NixBase.Channel), Scalars.AnyPath, (NixBase b) => b.Channel, (b, v) => b with { Channel = v }),
        Field.Of(nameof(NixBase.Database), Scalars.Boolean, (NixBase b) => b.Database, (b, v) => b with { Database = v }),
    ])
    { MayBePartial = true };

    internal static readonly RecordShape<GuixBase> Guix = new("a closure of a Guix store", () => new GuixBase(),
    [
        Field.Of(nameof(GuixBase.Paths), StorePaths, (GuixBase b) => b.Paths, (b, v) => b with { Paths = v }),
        Field.Optional(nameof(GuixBase.Store), ContentShapes.Store, (GuixBase b) => b.Store, (b, v) => b with { Store = v }),
        Field.Optional(nameof(GuixBase.System), Scalars.AnyPath, (GuixBase b) => b.System, (b, v) => b with { System = v }),
        Field.Of(nameof(GuixBase.Database), Scalars.Boolean, (GuixBase b) => b.Database, (b, v) => b with { Database = v }),
    ])
    { MayBePartial = true };

    internal static readonly UnionShape<SystemBase> Base = new("a base", new DirectoryBase { Path = "" },
    [
        new UnionCase<SystemBase, DebianBase>("debian", Debian),
        new UnionCase<SystemBase, DirectoryBase>("directory", Directory),
        new UnionCase<SystemBase, TarBase>("tar", Tar),
        new UnionCase<SystemBase, OciBase>("oci", Oci),
        new UnionCase<SystemBase, NixBase>("nix", Nix),
        new UnionCase<SystemBase, GuixBase>("guix", Guix),
    ]);
}
