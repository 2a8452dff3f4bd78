using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>VMware's formats in the catalogue.</summary>
internal static class VmwareFormats
{
    private static readonly ImageFormat Vmdk = new()
    {
        Name = "vmdk",
        Extension = ".vmdk",
        Description = "VMware",
        Options =
        [
            new("subformat", "monolithicSparse, or monolithicFlat with the content in NAME-flat.vmdk", "monolithicSparse"),
            new("adapter_type", "lsilogic, buslogic, ide or legacyESX", "lsilogic"),
            new("hwversion", "virtual hardware version, 3 to 99", "13"),
        ],
        Probe = Disks.Vmdk.IsVmdk,
        Read = (file, context) => Disks.Vmdk.Read(file, new VmdkReadOptions { OpenExtent = context.OpenBeside }),
        Write = Open,
    };

    internal static IReadOnlyList<ImageFormat> All => [Vmdk];

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
        if (!values.Choice("subformat", false, ("monolithicSparse", false), ("monolithicFlat", true)))
            return new PlannedDiskWriter(request.Disk, disk => Disks.Vmdk.Encode(disk, options), request.Outputs.Main);
        DiskOutput content = request.Outputs.Beside(options.Name + "-flat.vmdk");
        return new CompositeDiskWriter(
        [
            new PlannedDiskWriter(request.Disk, disk => Disks.Vmdk.EncodeFlat(disk, options)[0].Content, request.Outputs.Main),
            new PlannedDiskWriter(request.Disk, disk => Disks.Vmdk.EncodeFlat(disk, options)[1].Content, content),
        ]);
    }
}
