using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>VMware's formats in the catalogue.</summary>
internal static class VmwareFormats
{
    private const int SectorBytes = 512;

    private static readonly ImageFormat Vmdk = new()
    {
        Name = "vmdk",
        QemuName = "vmdk",
        Extension = ".vmdk",
        Description = "VMware",
        Options =
        [
            new("subformat", "monolithicSparse, streamOptimized, or monolithicFlat with the content in NAME-flat.vmdk", "monolithicSparse"),
            new("adapter_type", "lsilogic, buslogic, ide or legacyESX", "lsilogic"),
            new("hwversion", "virtual hardware version, 3 to 99", "13"),
        ],
        RoundSize = (size, _) => Units.RoundUp(size, SectorBytes),
        Probe = Disks.Vmdk.IsVmdk,
        Describe = file => Describe(Disks.Vmdk.ReadInfo(file)),
        Read = (file, context) => Disks.Vmdk.Read(file, new VmdkReadOptions { OpenExtent = context.OpenBeside }),
        FindsZeros = values => values.Text("subformat") is "streamOptimized" or "monolithicFlat",
        Write = Open,
    };

    private static readonly ImageFormat Ova = new()
    {
        Name = "ova",
        Extension = ".ova",
        Description = "a virtual machine with one disk: VMware, VirtualBox, AWS import",
        Options =
        [
            new("level", "1, fast, to 12, small", "6"),
            new("memory", "MiB of the machine", "2048"),
            new("processors", "processors of the machine", "2"),
            new("firmware", "bios or efi", "bios"),
        ],
        RoundSize = (size, _) => Units.RoundUp(size, SectorBytes),
        Probe = file => IsTar(file) && Name(file).EndsWith(".ovf", StringComparison.Ordinal),
        Describe = file => [new("disk", Disks.Ova.Read(file)[0].Name)],
        Read = (file, _) => Disks.Ova.Read(file) is [OvaDisk only]
            ? only.Disk
            : throw new InvalidImageException("ova", "the machine has several disks, or none; unpack it and take one"),
        FindsZeros = _ => true,
        Write = request => Disks.Ova.OpenWriter(
            request.Disk.Length,
            request.Outputs.Main,
            new OvaOptions
            {
                Name = Path.GetFileNameWithoutExtension(request.Outputs.Name),
                Level = request.Values.Number("level", 1, 12, 6),
                MemoryMebibytes = request.Values.Number("memory", 1, int.MaxValue, OvaOptions.Default.MemoryMebibytes),
                Processors = request.Values.Number("processors", 1, int.MaxValue, OvaOptions.Default.Processors),
                Firmware = request.Values.Choice("firmware", OvaFirmware.Bios, ("bios", OvaFirmware.Bios), ("efi", OvaFirmware.Efi)),
                DiskId = request.Ids("vmdk disk"),
            },
            request.Write),
    };

    internal static IReadOnlyList<ImageFormat> All => [Vmdk, Ova];

    /// <summary>The mark of every tar since POSIX, GNU's too.</summary>
    internal static bool IsTar(Blob file) => file.Length > 512 && file.Slice(257, 5).ToArray().AsSpan().SequenceEqual("ustar"u8);

    /// <summary>The name of a tar's first file.</summary>
    internal static string Name(Blob file) => System.Text.Encoding.Latin1.GetString(file.Slice(0, 100).ToArray()).TrimEnd('\0');

    private static List<ImageFact> Describe(VmdkInfo info)
    {
        var facts = new List<ImageFact>();
        Add("subformat", info.CreateType);
        Add("adapter_type", info.AdapterType);
        Add("hwversion", info.HardwareVersion);
        Add("content id", info.ContentId);
        Add("id", info.ImageId);
        Add("grain_size", info.GrainSize?.ToString(CultureInfo.InvariantCulture));
        if (info.GrainSize is not null)
            Add("compressed", info.IsCompressed ? "on" : "off");
        foreach (string extent in info.Extents)
            Add("extent", extent);
        return facts;

        void Add(string name, string? value)
        {
            if (value is not null)
                facts.Add(new ImageFact(name, value));
        }
    }

    private static DiskWriter Open(ImageWriteRequest request)
    {
        ImageFormatValues values = request.Values;
        var options = new VmdkOptions
        {
            Name = Path.GetFileNameWithoutExtension(request.Outputs.Name),
            Adapter = values.Choice(
                "adapter_type",
                VmdkAdapter.LsiLogic,
                ("lsilogic", VmdkAdapter.LsiLogic),
                ("buslogic", VmdkAdapter.BusLogic),
                ("ide", VmdkAdapter.Ide),
                ("legacyESX", VmdkAdapter.LegacyEsx)),
            HardwareVersion = values.Number("hwversion", 3, 99, VmdkOptions.Default.HardwareVersion),
            Id = request.Ids("vmdk disk"),
        };
        switch (values.Choice("subformat", Subformat.Sparse, ("monolithicSparse", Subformat.Sparse), ("streamOptimized", Subformat.Stream), ("monolithicFlat", Subformat.Flat)))
        {
            case Subformat.Stream:
                return Disks.Vmdk.OpenStreamWriter(request.Disk.Length, request.Outputs.Main, options, request.Write);
            case Subformat.Sparse:
                return new PlannedDiskWriter(request.Disk, disk => Disks.Vmdk.Encode(disk, options), request.Outputs.Main);
            default:
                break;
        }

        DiskOutput content = request.Outputs.Beside(options.Name + "-flat.vmdk");
        return new CompositeDiskWriter(
        [
            new PlannedDiskWriter(request.Disk, disk => Disks.Vmdk.EncodeFlat(disk, options)[0].Content, request.Outputs.Main),
            request.LeavingOutZeros(new PlannedDiskWriter(request.Disk, disk => Disks.Vmdk.EncodeFlat(disk, options)[1].Content, content), content),
        ]);
    }

    private enum Subformat
    {
        Sparse,
        Stream,
        Flat,
    }
}
