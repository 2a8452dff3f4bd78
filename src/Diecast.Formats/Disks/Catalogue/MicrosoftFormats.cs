using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>VHD and VHDX, and VirtualBox's VDI, in the catalogue.</summary>
internal static class MicrosoftFormats
{
    private const int FooterBytes = 512;
    private const int SectorBytes = 512;

    private static readonly ImageFormatOption Allocation = new("subformat", "dynamic, or fixed with room for every block", "dynamic");

    private static readonly ImageFormat Vdi = new()
    {
        Name = "vdi",
        QemuName = "vdi",
        Extension = ".vdi",
        Description = "VirtualBox",
        Options = [Allocation],
        RoundSize = (size, _) => Units.RoundUp(size, SectorBytes),
        Probe = file => file.Length > 68 && file.Slice(64, 4).ToArray().AsSpan().SequenceEqual((ReadOnlySpan<byte>)[0x7f, 0x10, 0xda, 0xbe]),
        Read = (file, _) => Disks.Vdi.Read(file),
        Describe = file => Describe(Disks.Vdi.ReadInfo(file)),
        FindsZeros = IsFixed,
        Write = request => Planned(request, disk => Disks.Vdi.Encode(disk, new VdiOptions
        {
            Allocation = AllocationOf(request.Values),
            ImageId = request.Ids("vdi image"),
            ModificationId = request.Ids("vdi modification"),
        })),
    };

    private static readonly ImageFormat Vhd = new()
    {
        Name = "vhd",
        QemuName = "vpc",
        Aliases = ["vpc"],
        Extension = ".vhd",
        OtherExtensions = [".vpc"],
        Description = "Hyper-V of the first generation, Azure (fixed), AWS import",
        Options = [Allocation, new("size_rule", "mebibytes: rounded up to whole MiB, as Azure asks; geometry: to whole cylinders; exact", "mebibytes")],
        RoundSize = (size, values) => Disks.Vhd.VirtualSize(size, SizeRuleOf(values)),
        Probe = file => QemuFormats.StartsWith(file, "conectix"u8)
            || (file.Length >= FooterBytes && file.Slice(file.Length - FooterBytes, 8).ToArray().AsSpan().SequenceEqual("conectix"u8)),
        Read = (file, _) => Disks.Vhd.Read(file),
        Describe = file => Describe(Disks.Vhd.ReadInfo(file)),
        FindsZeros = IsFixed,
        Write = request => Planned(request, disk => Disks.Vhd.Encode(disk, new VhdOptions
        {
            Allocation = AllocationOf(request.Values),
            SizeRule = SizeRuleOf(request.Values),
            UniqueId = request.Ids("vhd"),
        })),
    };

    private static readonly ImageFormat Vhdx = new()
    {
        Name = "vhdx",
        QemuName = "vhdx",
        Extension = ".vhdx",
        Description = "Hyper-V",
        Options =
        [
            Allocation,
            new("block_size", "bytes in a block, a power of two from 1M to 256M, or 0 by the disk's size", "0"),
            new("logical_sector_size", "512 or 4096", "512"),
        ],
        RoundSize = (size, values) => Units.RoundUp(size, values.Number("logical_sector_size", SectorBytes, 4096, SectorBytes)),
        Probe = file => QemuFormats.StartsWith(file, "vhdxfile"u8),
        Read = (file, _) => Disks.Vhdx.Read(file),
        Describe = file => Describe(Disks.Vhdx.ReadInfo(file)),
        FindsZeros = IsFixed,
        Write = request => Planned(request, disk => Disks.Vhdx.Encode(disk, new VhdxOptions
        {
            Allocation = AllocationOf(request.Values),
            BlockSize = request.Values.Bytes("block_size", 0),
            LogicalSectorSize = request.Values.Number("logical_sector_size", 512, 4096, 512),
            DiskId = request.Ids("vhdx disk"),
            FileWriteId = request.Ids("vhdx file write"),
            DataWriteId = request.Ids("vhdx data write"),
        })),
    };

    internal static IReadOnlyList<ImageFormat> All => [Vdi, Vhd, Vhdx];

    private static DiskWriter Planned(ImageWriteRequest request, Func<Blob, Blob> encode)
    {
        var writer = new PlannedDiskWriter(request.Disk, encode, request.Outputs.Main);
        return IsFixed(request.Values) ? request.LeavingOutZeros(writer, request.Outputs.Main) : writer;
    }

    private static bool IsFixed(ImageFormatValues values) => AllocationOf(values) == DiskAllocation.Fixed;

    private static VhdSizeRule SizeRuleOf(ImageFormatValues values) => values.Choice(
        "size_rule",
        VhdSizeRule.Mebibytes,
        ("mebibytes", VhdSizeRule.Mebibytes),
        ("geometry", VhdSizeRule.Geometry),
        ("exact", VhdSizeRule.Exact));

    private static DiskAllocation AllocationOf(ImageFormatValues values) =>
        values.Choice("subformat", DiskAllocation.Dynamic, ("dynamic", DiskAllocation.Dynamic), ("fixed", DiskAllocation.Fixed));

    private static List<ImageFact> Describe(VdiInfo info) =>
    [
        new("subformat", Name(info.Allocation)),
        new("block_size", Text(info.BlockSize)),
        new("image id", info.ImageId.ToString()),
        new("modification id", info.ModificationId.ToString()),
        new("creator", info.Creator),
    ];

    private static List<ImageFact> Describe(VhdInfo info) =>
    [
        new("subformat", Name(info.Allocation)),
        new("block_size", Text(info.BlockSize)),
        new("id", info.UniqueId.ToString()),
        new("creator", info.CreatorApplication),
    ];

    private static List<ImageFact> Describe(VhdxInfo info) =>
    [
        new("subformat", Name(info.Allocation)),
        new("block_size", Text(info.BlockSize)),
        new("logical_sector_size", Text(info.LogicalSectorSize)),
        new("physical_sector_size", Text(info.PhysicalSectorSize)),
        new("disk id", info.DiskId.ToString()),
        new("creator", info.Creator),
    ];

    private static string Name(DiskAllocation allocation) => allocation == DiskAllocation.Fixed ? "fixed" : "dynamic";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
