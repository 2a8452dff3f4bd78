namespace Diecast.ImageTypes;

/// <summary>Disks with a GNU/Hurd, whose root tree is given: a tar archive or a directory.</summary>
internal static class HurdTypes
{
    private const string What = "MBR disk with an ext2 root of GNU/Hurd's at 1 MiB; boots by BIOS";

    /// <summary>In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All =
    [
        Make("hurd-raw", What, Platform.HurdI386, DiskFormat.Raw),
        Make("hurd-qcow2", "hurd-raw as a compressed qcow2", Platform.HurdI386, GenericTypes.CompressedQcow2),
        Make("hurd64-raw", What + ", on 64-bit x86", Platform.HurdAmd64, DiskFormat.Raw),
        Make("hurd64-qcow2", "hurd64-raw as a compressed qcow2", Platform.HurdAmd64, GenericTypes.CompressedQcow2),
    ];

    /// <summary>Whether a platform's kernel is GNU Mach.</summary>
    internal static bool IsHurd(this Platform? platform) => platform == Platform.HurdI386 || platform == Platform.HurdAmd64;

    private static ImageType Make(string name, string description, Platform platform, DiskFormat format) => new(name, description, Complete)
    {
        Platform = platform,
        PartitionTable = PartitionTableType.Mbr,
        Format = [format],
        BringsFormat = true,
    };

    private static Image Complete(OperatingSystem? system, Image image) => image with
    {
        PartitionTable = image.PartitionTable ?? PartitionTableType.Mbr,
        Partitions = image.Partitions.Count > 0 || system is null ? image.Partitions :
        [
            GenericTypes.MbrRoot(image, GenericTypes.DefaultRootOffset) with
            {
                // The Hurd's ext2fs knows its own superblock, and no errors= of Linux.
                FileSystem = new PartitionFileSystem { Type = FileSystemType.Ext2, Profile = "hurd", Label = image.Label ?? "root" },
                MountOptions = "defaults",
            },
        ],
    };
}
