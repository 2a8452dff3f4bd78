using System.Globalization;

namespace Diecast.Systems;

/// <summary>
/// What a definition may not say of a system that NixOS or Guix has configured: such a system makes its own <c>/etc</c> when it
/// starts, from its own configuration, so that anything written there would be lost or, worse, would stay.
/// </summary>
internal static class OwnedSettings
{
    /// <summary>What is declared and not Diecast's to set, by its key in the definition, with what sets it instead.</summary>
    /// <param name="system">The system.</param>
    /// <param name="image">The image.</param>
    /// <param name="isGuix">Whether it is a Guix system, else a NixOS one.</param>
    internal static IReadOnlyList<(string Key, string Fix)> Of(OperatingSystem system, Image image, bool isGuix)
    {
        var plain = new OperatingSystem { Base = system.Base };
        var found = new List<(string Key, string Fix)>();
        Add(system.HostName is not null, "system.hostName", "networking.hostName", "host-name");
        Add(system.Timezone != plain.Timezone, "system.timezone", "time.timeZone", "timezone");
        Add(system.Locale != plain.Locale, "system.locale", "i18n.defaultLocale", "locale");
        Add(system.Locales.Count > 0, "system.locales", "i18n.extraLocales", "locale-definitions");
        Add(system.Keyboard is not null, "system.keyboard", "console.keyMap or services.xserver.xkb", "keyboard-layout");
        Add(system.Kernel?.Package is not null, "system.kernel.package", "boot.kernelPackages", "kernel");
        Add(system.Kernel?.Arguments.Count > 0, "system.kernel.arguments", "boot.kernelParams", "kernel-arguments");
        Add(system.Initrd.Kind != plain.Initrd.Kind, "system.initrd.kind", "boot.initrd", "initrd");
        Add(system.Initrd.Modules.Count > 0, "system.initrd.modules", "boot.initrd.availableKernelModules", "initrd-modules");
        Add(system.Bootloader?.ExtraInitrd is not null, "system.bootloader.extraInitrd", "boot.initrd.prepend", "initrd");
        Add(isGuix && system.Bootloader?.Uki is not null, "system.bootloader.uki", "", "bootloader-configuration");
        Add(system.Bootloader?.Uki?.Microcode.Count > 0, "system.bootloader.uki.microcode", "hardware.cpu.intel.updateMicrocode or hardware.cpu.amd.updateMicrocode", "initrd");
        Add(system.FileSystems.Count > 0, "system.fileSystems", "fileSystems", "file-systems");
        Add(system.SwapDevices.Count > 0, "system.swapDevices", "swapDevices", "swap-devices");
        Add(system.Hosts.Count > 0, "system.hosts", "networking.hosts", "hosts-service-type");
        Add(system.Groups.Count > 0, "system.groups", "users.groups", "groups");
        Add(system.Users.Count > 0, "system.users", "users.users", "users");
        Add(system.Services.Count > 0, "system.services", "systemd.services, or the option of the service", "services");
        Add(system.PrivilegedPrograms.Count > 0, "system.privilegedPrograms", "security.wrappers", "privileged-programs");
        Add(image.VolatileRoot is not null, "image.volatileRoot", "fileSystems with a tmpfs on /", "volatile-root?");
        Add(image.SharedStore is not null, "image.sharedStore", "virtualisation.sharedDirectories", "file-systems");
        for (int i = 0; i < image.Partitions.Count; i++)
            Add(image.Partitions[i].Grow == true, string.Create(CultureInfo.InvariantCulture, $"image.partitions[{i}].grow"), "boot.growPartition", "a service of its own");
        return found;

        void Add(bool isGiven, string key, string nixos, string guix)
        {
            if (isGiven)
                found.Add((key, isGuix ? $"remove it, and set {guix} in the operating-system" : $"remove it, and set {nixos} in the system's configuration"));
        }
    }
}
