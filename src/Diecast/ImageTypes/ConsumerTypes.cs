namespace Diecast.ImageTypes;

/// <summary>
/// What clouds and hypervisors take: the disk of <see cref="GenericTypes.Disk"/>, which boots by BIOS and by UEFI, in their
/// format and at a size that they do not refuse.
/// </summary>
internal static class ConsumerTypes
{
    private static readonly DiskFormat FixedVhd = new()
    {
        Name = "vhd",
        Options = [new FormatOption("subformat", "fixed"), new FormatOption("size_rule", "mebibytes")],
    };

    private static readonly DiskFormat StreamVmdk = new() { Name = "vmdk", Options = [new FormatOption("subformat", "streamOptimized")] };

    private static readonly DiskFormat SparseVmdk = new() { Name = "vmdk", Options = [new FormatOption("subformat", "monolithicSparse")] };

    private static readonly DiskFormat SmallQcow2 = new() { Name = "qcow2", Options = [new FormatOption("compression_type", "zlib")] };

    /// <summary>In the order in which they are listed.</summary>
    internal static readonly ValueList<ImageType> All =
    [
        // https://learn.microsoft.com/azure/virtual-machines/linux/create-upload-generic: "Resizing VHDs".
        Make("azure", "Microsoft Azure: fixed VHD of whole MiB", FixedVhd) with { SizeMultiple = ByteSize.MiB(1) },

        // https://cloud.google.com/compute/docs/import/import-existing-image: "Requirements for the image file".
        Make("gce", "Google Compute Engine: disk.raw of whole GiB in a tar.gz", "gce") with { SizeMultiple = ByteSize.GiB(1) },

        // https://docs.aws.amazon.com/vm-import/latest/userguide/prerequisites.html. A volume has whole GiB, and the table's
        // backup belongs at its end.
        Make("aws", "Amazon EC2: raw disk of whole GiB, for a snapshot", "raw", StreamVmdk, "vhd", "vhdx", "ova") with { SizeMultiple = ByteSize.GiB(1) },

        // Glance takes no backing files, and of VMDK what its vmdk_allowed_types names.
        Make("openstack", "OpenStack: qcow2, compressed by zlib", SmallQcow2, "qcow2", "raw", StreamVmdk, SparseVmdk, "vhd", "vhdx", "vdi"),
        Make("vmware", "VMware vSphere: OVA with a streamOptimized VMDK", "ova", StreamVmdk, "vmdk"),
        Make("hyperv", "Microsoft Hyper-V: dynamic VHDX", "vhdx", "vhd"),
        Make("virtualbox", "Oracle VirtualBox: dynamic VDI", "vdi", "ova", "vmdk", "vhd"),
        Make("proxmox", "Proxmox VE: qcow2", "qcow2", "raw", "vmdk"),
    ];

    /// <summary>A type that takes some formats, of which the first is its own.</summary>
    private static ImageType Make(string name, string description, params ReadOnlySpan<DiskFormat> formats) =>
        new(name, description + "; boots by BIOS and by UEFI", GenericTypes.Disk.Complete)
        {
            Format = [formats[0]],
            Accepts = ValueList.Create(formats),
            NeedsSystem = false,
        };
}
