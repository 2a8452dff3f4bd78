namespace Diecast;

/// <summary>Where a root tree comes from.</summary>
public abstract record SystemBase;

/// <summary>Debian, or a distribution made like it, installed by mmdebstrap without root.</summary>
public sealed record DebianBase : SystemBase
{
    /// <summary>Suite or code name, as in <c>trixie</c>.</summary>
    public required string Suite { get; init; }

    /// <summary>Components of the archive. Default: main.</summary>
    public ValueList<string> Components { get; init; } = ["main"];

    /// <summary>Packages to install, in apt's notation; those that the system needs are added. Default: empty.</summary>
    public ValueList<string> Packages { get; init; } = [];

    /// <summary>mmdebstrap's variant: which packages are there without being named. Default: apt.</summary>
    public DebianVariant Variant { get; init; } = DebianVariant.Apt;

    /// <summary>Debian's name of the architecture. Default: that of the image's platform, else that of the build machine.</summary>
    public string? Architecture { get; init; }

    /// <summary>
    /// URL of the archive's mirror, or a whole <c>deb</c> line with options, in which <c>SUITE</c> stands for the suite. Default: the one of the machine's own apt sources when it runs Debian, else
    /// <c>http://deb.debian.org/debian</c>.
    /// </summary>
    public string? Mirror { get; init; }

    /// <summary>More lines for sources.list, one-line style; <c>SUITE</c> in them stands for the suite. Default: empty.</summary>
    public ValueList<string> Sources { get; init; } = [];

    /// <summary>Keyrings for the sources, relative to the definition. Default: empty, which takes the archive's own.</summary>
    public ValueList<string> Keyrings { get; init; } = [];

    /// <summary>Whether packages that are only recommended come too. Default: no.</summary>
    public bool Recommends { get; init; }
}

/// <summary>mmdebstrap's variants, from small to large.</summary>
public enum DebianVariant
{
    /// <summary>Nothing but what is named.</summary>
    Custom,

    /// <summary>Essential packages without apt.</summary>
    Essential,

    /// <summary>Essential packages and apt.</summary>
    Apt,

    /// <summary>Priority required, and apt.</summary>
    Minbase,

    /// <summary>Priority important too, as debootstrap does.</summary>
    Standard,
}

/// <summary>A host directory.</summary>
public sealed record DirectoryBase : SystemBase
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }

    /// <summary>Who owns the files in the tree. Default: root.</summary>
    public HostOwnership Ownership { get; init; } = HostOwnership.Root;
}

/// <summary>Who owns files that come from the host.</summary>
public enum HostOwnership
{
    /// <summary>Root, whoever owns them on the host.</summary>
    Root,

    /// <summary>The same numbers as on the host.</summary>
    Keep,
}

/// <summary>A container image: an OCI layout, a directory or an archive, or a docker archive.</summary>
public sealed record OciBase : SystemBase
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }

    /// <summary>Which image, by its name or its tag. Default: the only one.</summary>
    public string? Reference { get; init; }

    /// <summary>
    /// Which one where there are several for one name, by the architecture as Go names it, with or without a variant, as in
    /// <c>arm/v7</c>. Default: that of <see cref="Image.Platform"/>, else the only one.
    /// </summary>
    public string? Architecture { get; init; }
}

/// <summary>A tar archive: plain, gzip, xz or zstd.</summary>
public sealed record TarBase : SystemBase
{
    /// <summary>Path, relative to the definition.</summary>
    public required string Path { get; init; }
}
