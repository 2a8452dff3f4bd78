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

    /// <summary>Controllers of PCs and servers, which no 32-bit ARM board has and an emulated one takes long to look for.</summary>
    private static readonly string[] OfPcs =
    [
        "hv_vmbus", "hv_storvsc", "pci_hyperv", "xen_blkfront", "xen_scsifront", "vmw_pvscsi", "mptspi", "mptsas",
        "ata_piix", "ata_generic", "megaraid_sas", "mpt3sas", "i8042", "atkbd",
    ];

    /// <summary>
    /// What boards need before their card is there: buses, the regulators that power it, clocks, host controllers, PCI bridges;
    /// of Allwinner, Rockchip, i.MX, OMAP, Broadcom, SiFive and StarFive.
    /// </summary>
    private static readonly string[] OfBoards =
    [
        "i2c_mv64xxx", "i2c_rk3x", "i2c_imx", "i2c_omap", "sunxi_rsb", "axp20x_i2c", "axp20x_rsb", "axp20x_regulator",
        "sy8106a_regulator", "rk8xx_i2c", "rk8xx_spi", "rk808_regulator", "fan53555", "pfuze100_regulator", "tps65217",
        "tps65217_regulator", "tps65218_regulator", "gpio_raspberrypi_exp", "gpio_regulator", "pwm_regulator",
        "clk_starfive_jh7110_aon", "clk_starfive_jh7110_stg", "phy_rockchip_emmc", "phy_rockchip_pcie", "phy_jh7110_pcie",
        "pcie_rockchip_host", "pcie_starfive", "pcie_brcmstb", "spi_sifive", "sdhci_omap", "omap_hsmmc", "dw_mmc_starfive",
    ];

    /// <summary>The modules for machines of an architecture, in the order they are loaded.</summary>
    internal static IEnumerable<string> For(Architecture architecture) => architecture switch
    {
        Architecture.Arm => OfBoards.Concat(Names.Except(OfPcs, StringComparer.Ordinal)),
        Architecture.Arm64 or Architecture.RiscV64 => OfBoards.Concat(Names),
        _ => Names,
    };
}
