namespace Diecast.Boot;

/// <summary>A kernel found in a tree.</summary>
internal sealed record KernelImage
{
    /// <summary>Version as <c>uname -r</c> gives it, as in <c>6.12.107+deb13-cloud-amd64</c>.</summary>
    internal required string Version { get; init; }

    /// <summary>Absolute path of the image in the tree, without links.</summary>
    internal required string Path { get; init; }

    /// <summary>Absolute path of its modules without links, or null for a kernel that has none.</summary>
    internal string? ModulesPath { get; init; }

    /// <summary>What it runs on, by the image's own header.</summary>
    internal required Architecture Architecture { get; init; }

    /// <summary>Where the initial RAM disk of this kernel is, by the rule of Debian's kernel packages.</summary>
    internal string InitrdPath => "/boot/initrd.img-" + Version;
}
