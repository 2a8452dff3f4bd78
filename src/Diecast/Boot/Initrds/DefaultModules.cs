namespace Diecast.Boot;

/// <summary>Modules that reach a root file system on common machines. A kernel may lack any of them.</summary>
internal static class DefaultModules
{
    /// <summary>In the order they are loaded: buses first, then disks, then file systems.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        // Virtual machines: KVM, Hyper-V, Xen, VMware, VirtualBox.
        "virtio_pci", "virtio_mmio", "virtio_blk", "virtio_scsi",
        "hv_vmbus", "hv_storvsc", "pci_hyperv",
        "xen_blkfront", "xen_scsifront",
        "vmw_pvscsi", "mptspi", "mptsas",

        // Disks of PCs and servers.
        "ahci", "ahci_platform", "ata_piix", "ata_generic", "nvme", "megaraid_sas", "mpt3sas",

        // USB: host controllers, storage.
        "xhci_pci", "xhci_plat_hcd", "ehci_pci", "ohci_pci", "uhci_hcd", "usb_storage", "uas",

        // Cards of boards and laptops.
        "sdhci_pci", "sdhci_acpi", "sdhci_iproc", "sdhci_esdhc_imx", "sdhci_of_arasan",
        "sunxi_mmc", "meson_gx_mmc", "dw_mmc_rockchip", "bcm2835", "mmc_spi", "mmc_block",

        // Keyboards, for the shell that the command line may ask for.
        "i8042", "atkbd", "usbhid", "hid_generic",

        // What the kernel makes of the disks.
        "sd_mod", "sr_mod",

        // Volatile root.
        "overlay",
    ];
}
