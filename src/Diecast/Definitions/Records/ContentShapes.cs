using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How what is put into a partition is written.</summary>
internal static class ContentShapes
{
    internal static readonly RecordShape<ContentFile> File = new("files for a partition", () => new ContentFile { Target = "" },
    [
        Field.Optional(nameof(ContentFile.Source), Scalars.AnyPath, (ContentFile f) => f.Source, (f, v) => f with { Source = v }),
        Field.Optional(nameof(ContentFile.Text), Texts.Text, (ContentFile f) => f.Text, (f, v) => f with { Text = v }),
        Field.Required(nameof(ContentFile.Target), Texts.TreePath, (ContentFile f) => f.Target, (f, v) => f with { Target = v }),
        Field.OptionalValue(nameof(ContentFile.Mode), new ModeShape(), (ContentFile f) => f.Mode, (f, v) => f with { Mode = v }),
        Field.Of(nameof(ContentFile.User), Texts.UserNameOrId, (ContentFile f) => f.User, (f, v) => f with { User = v }),
        Field.Of(nameof(ContentFile.Group), Texts.GroupNameOrId, (ContentFile f) => f.Group, (f, v) => f with { Group = v }),
        Field.Of(nameof(ContentFile.Exclude), new ListShape<string>(Texts.ExcludePattern, "patterns"), (ContentFile f) => f.Exclude, (f, v) => f with { Exclude = v }),
        Field.Of(nameof(ContentFile.Xattrs), new ChoiceShape<ContentXattrs>("a choice of attributes"), (ContentFile f) => f.Xattrs, (f, v) => f with { Xattrs = v }),
    ]);

    internal static readonly RecordShape<ContentDirectory> Directory = new("a directory of a partition", () => new ContentDirectory { Path = "" },
    [
        Field.Required(nameof(ContentDirectory.Path), Texts.TreePath, (ContentDirectory d) => d.Path, (d, v) => d with { Path = v }),
        Field.OptionalValue(nameof(ContentDirectory.Mode), new ModeShape(), (ContentDirectory d) => d.Mode, (d, v) => d with { Mode = v }),
        Field.Of(nameof(ContentDirectory.User), Texts.UserNameOrId, (ContentDirectory d) => d.User, (d, v) => d with { User = v }),
        Field.Of(nameof(ContentDirectory.Group), Texts.GroupNameOrId, (ContentDirectory d) => d.Group, (d, v) => d with { Group = v }),
    ])
    { Shorthand = "path" };

    internal static readonly RecordShape<ContentSymlink> Symlink = new("a symbolic link of a partition", () => new ContentSymlink { Target = "", To = "" },
    [
        Field.Required(nameof(ContentSymlink.Target), Texts.TreePath, (ContentSymlink l) => l.Target, (l, v) => l with { Target = v }),
        Field.Required(nameof(ContentSymlink.To), Texts.LinkTarget, (ContentSymlink l) => l.To, (l, v) => l with { To = v }),
    ]);

    internal static readonly RecordShape<StorePath> StorePath = new("a store path", () => new StorePath { Path = "" },
    [
        Field.Required(nameof(Diecast.StorePath.Path), Scalars.AnyPath, (StorePath s) => s.Path, (s, v) => s with { Path = v }),
        Field.Of(nameof(Diecast.StorePath.Closure), Scalars.Boolean, (StorePath s) => s.Closure, (s, v) => s with { Closure = v }),
    ])
    { Shorthand = "path" };

    internal static readonly RecordShape<StoreSource> Store = new("a store", () => new StoreSource(),
    [
        Field.Optional(nameof(StoreSource.Directory), Scalars.DirectoryPath, (StoreSource s) => s.Directory, (s, v) => s with { Directory = v }),
        Field.Optional(nameof(StoreSource.Registration), Scalars.AnyPath, (StoreSource s) => s.Registration, (s, v) => s with { Registration = v }),
        Field.Optional(nameof(StoreSource.BinaryCache), Scalars.AnyPath, (StoreSource s) => s.BinaryCache, (s, v) => s with { BinaryCache = v }),
        Field.Of(nameof(StoreSource.TrustedKeys), new ListShape<string>(Texts.CacheKey, "public keys"), (StoreSource s) => s.TrustedKeys, (s, v) => s with { TrustedKeys = v }),
    ])
    { Shorthand = "directory" };
}
