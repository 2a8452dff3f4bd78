namespace Diecast.ImageTypes;

/// <summary>Live systems on ISO 9660 volumes, which boot as a CD and as a disk.</summary>
internal static class LiveTypes
{
    internal const string Uncompressed = "uncompressed-iso9660";

    private const string What = "ISO image with a live system, for CDs and disks, BIOS and UEFI; changes stay in memory";

    /// <summary>In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All =
    [
        Make("iso9660", What + "; root as squashfs", FileSystemType.Squashfs),
        Make(Uncompressed, What + "; root as EROFS, not compressed", FileSystemType.Erofs),
    ];

    /// <summary>The volume's name: the declared one, else the definition's name in the standard's characters.</summary>
    internal static string VolumeId(Definition definition)
    {
        const int Longest = 32;
        if (definition.Image.Label is { } label)
            return label;
        string name = string.Concat(definition.Name.Take(Longest).Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
        return name;
    }

    private static ImageType Make(string name, string description, FileSystemType root) =>
        new(name, description, (_, image) => Complete(name, root, image))
        {
            Kind = ImageKind.Iso,
            Format = ["iso"],
            Accepts = ["iso", "raw", "raw.gz", "raw.xz", "raw.zst"],
        };

    private static Image Complete(string name, FileSystemType root, Image image) => image with
    {
        PartitionTable = image.PartitionTable ?? PartitionTableType.Gpt,
        Partitions = image.Partitions.Count > 0
            ? [.. image.Partitions.Select(partition => Root(name, partition))]
            : [Root(name, new Partition { Type = "root", FileSystem = new PartitionFileSystem { Type = root }, MountPoint = "/" })],
    };

    /// <summary>
    /// The root as the type has it. squashfs keeps no ACLs, and a Debian system has some on its journal, which systemd sets
    /// anew at each start.
    /// </summary>
    private static Partition Root(string name, Partition partition)
    {
        PartitionFileSystem? fileSystem = partition.FileSystem;
        if (fileSystem is { Type: FileSystemType.Squashfs, Unsupported: null })
            fileSystem = fileSystem with { Unsupported = UnsupportedFiles.Skip };
        if (name == Uncompressed && fileSystem is { Compression: null, Type: FileSystemType.Squashfs or FileSystemType.Iso9660 })
            fileSystem = fileSystem with { Compression = FileSystemCompression.None };
        return partition with { FileSystem = fileSystem };
    }
}
