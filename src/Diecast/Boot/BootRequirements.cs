namespace Diecast.Boot;

/// <summary>What a Debian base must install so that the image can be made to boot.</summary>
internal sealed record BootRequirements
{
    /// <summary>Packages, in byte order.</summary>
    internal ValueList<string> Packages { get; private init; } = [];

    /// <summary>Variables for the maintainer scripts, in byte order of their names.</summary>
    internal ValueList<KeyValuePair<string, string>> Environment { get; private init; } = [];

    /// <summary>Works out what a system needs.</summary>
    /// <param name="system">The system; without a kernel it needs nothing.</param>
    /// <param name="platforms">The firmware that GRUB is to boot it on.</param>
    internal static BootRequirements Of(OperatingSystem system, params IReadOnlyList<GrubPlatform> platforms)
    {
        var packages = new SortedSet<string>(StringComparer.Ordinal);
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (system.Kernel is not null && system.Initrd.Kind == InitrdKind.Own)
        {
            packages.Add("busybox-static");

            // kernel-img.conf(5): the kernel's hooks then make no initrd, which would be thrown away.
            environment["INITRD"] = "No";
        }

        if (system.Kernel is not null && platforms.Count > 0)
        {
            // grub2-common writes the menu anew when a kernel is installed in the running system.
            packages.UnionWith(["grub-common", "grub2-common"]);
            packages.UnionWith(platforms.Select(platform => platform.DebianPackage));
        }

        // u-boot-menu writes U-Boot's menu anew, raspi-firmware the firmware's partition, when a kernel is installed later.
        if (system is { Kernel: not null, Bootloader.Kind: BootloaderKind.Extlinux })
            packages.Add("u-boot-menu");
        if (system is { Kernel: not null, Bootloader.Kind: BootloaderKind.RaspberryPi })
            packages.Add(RaspberryPiInstaller.Package);
        if (system is { Kernel: not null, Bootloader.Kind: BootloaderKind.SystemdBoot or BootloaderKind.Uki })
            packages.Add("systemd-boot-efi");
        return new BootRequirements { Packages = [.. packages], Environment = [.. environment] };
    }
}
