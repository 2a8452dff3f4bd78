namespace Diecast.Boot;

/// <summary>The file system that GRUB reads its menu, kernels and initial RAM disks from.</summary>
internal sealed record GrubLocation
{
    /// <summary>
    /// UUID of the file system as <c>search --fs-uuid</c> compares it: lower case, or <c>1234-ABCD</c> for FAT. Empty where it has
    /// none, and the partition is all that GRUB finds it by.
    /// </summary>
    internal required string FileSystemUuid { get; init; }

    /// <summary>
    /// The partition in GRUB's words, as in <c>gpt3</c> or <c>msdos1</c>, or null when the disk has no table. It is
    /// tried first on the disk that GRUB was started from, so that a copy of the image on a second disk is not taken
    /// for it.
    /// </summary>
    internal string? Partition { get; init; }

    /// <summary>Where the running system has the file system. Default: <c>/</c>; <c>/boot</c> for one of its own.</summary>
    internal string MountPoint { get; init; } = "/";

    /// <summary>GRUB's modules for the file system beside those it always has, as in <c>btrfs</c>.</summary>
    internal IReadOnlyList<string> Modules { get; init; } = [];

    /// <summary>Modules that the menu uses, of which a platform may lack some.</summary>
    internal IReadOnlyList<string> MenuModules { get; init; } = [];

    /// <summary>The directory of grub.cfg as GRUB sees it.</summary>
    internal string Directory => PathOf("/boot/grub");

    /// <summary>The path by which GRUB knows a file of the running system.</summary>
    /// <exception cref="BootException">The file is not below the mount point.</exception>
    internal string PathOf(string path)
    {
        if (MountPoint == "/")
            return path;
        return path.StartsWith(MountPoint + "/", StringComparison.Ordinal)
            ? path[MountPoint.Length..]
            : throw new BootException($"{path} is not on the file system of {MountPoint}, from which GRUB reads");
    }
}
