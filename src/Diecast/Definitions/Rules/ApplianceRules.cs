using Diecast.Building;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of appliances, of updates and of unified kernel images.</summary>
internal static class ApplianceRules
{
    /// <summary>UTF-16 units in a name of a GPT.</summary>
    private const int LongestLabel = 36;

    internal static void Check(Definition definition, Image completed, OperatingSystem? system, Problems problems)
    {
        bool isAppliance = ImageCatalogue.Of(definition) == ApplianceType.Type;
        ApplianceSettings? settings = definition.Image.Appliance;
        if (settings is not null && !isAppliance)
            problems.Add("image.appliance", "settings of an appliance", null, "they are for the image type appliance", "write type: appliance, or remove them");
        if (isAppliance)
            CheckAppliance(definition, settings ?? new ApplianceSettings(), system, problems);
        if (system is { Kernel: not null, Bootloader: { } loader })
            CheckLoader(loader, loader.Kind is BootloaderKind.SystemdBoot or BootloaderKind.Uki, completed, problems);
        else if (system is { Base: NixBase or GuixBase })
            CheckStoreLoader(system.Bootloader ?? new BootloaderConfiguration(), completed, problems);
    }

    /// <summary>A system that brings its own kernel has its own menu too, unless something else is asked for.</summary>
    private static void CheckStoreLoader(BootloaderConfiguration loader, Image completed, Problems problems)
    {
        bool isUnified = BootPlaces.IsUnified(loader, completed);
        if (isUnified || loader.Kind is not (null or BootloaderKind.None or BootloaderKind.SystemdBoot))
            CheckLoader(loader, isUnified, completed, problems);
    }

    private static void CheckAppliance(Definition definition, ApplianceSettings settings, OperatingSystem? system, Problems problems)
    {
        Image image = definition.Image;
        string label = $"{image.Name ?? definition.Name}_{image.Version ?? "1"}";
        if (label.Length > LongestLabel)
        {
            problems.Add(image.Name is null ? "name" : "image.name", "too long for a slot's name", label, $"a slot is named by image and version, with at most {LongestLabel} characters",
                "shorten it, or give image.name");
        }

        if (settings.FileSystem is { Type: not (FileSystemType.Erofs or FileSystemType.Squashfs) } other)
        {
            problems.Add("image.appliance.fileSystem.type", "file system that is written to", other.Type.ToString().ToLowerInvariant(),
                "what an appliance protects is only read", "take erofs or squashfs");
        }

        if (system is { Base: NixBase })
        {
            CheckNixos(settings, problems);
            return;
        }

        if (system is { Base: GuixBase })
        {
            problems.Add("image.type", "appliance of a Guix system", "appliance", "the root hash is in a unified kernel image, and Guix starts none",
                "take another image type, as efi-raw");
            return;
        }

        if (system is { Kernel: null })
            problems.Add("system.kernel", "missing", null, "an appliance boots", "add kernel: linux-image-amd64");
        if (system?.Initrd.Kind == InitrdKind.Distribution)
            problems.Add("system.initrd.kind", "initial RAM disk of the distribution", "distribution", "Diecast's own opens what dm-verity protects", "take own");
        if (settings.Updates is null)
            return;
        if (settings.Slots < 2)
            problems.Add("image.appliance.updates", "updates without a slot for them", null, "an update goes into the slot that is not running", "take slots: 2, or remove updates");
        if (image.Split == false)
            problems.Add("image.split", "updates without files for them", "no", "what is published for updates are the split files", "remove it");
        if (system?.Bootloader?.Kind is { } kind and not BootloaderKind.SystemdBoot)
        {
            problems.Add("system.bootloader.kind", "boot loader that cannot choose a version", kind.ToString().ToLowerInvariant(),
                "systemd-boot starts the newest version that comes up", "take systemd-boot, or remove updates");
        }
    }

    /// <summary>Nothing is written into a system that configures itself.</summary>
    private static void CheckNixos(ApplianceSettings settings, Problems problems)
    {
        if (settings.Updates is not null)
        {
            problems.Add("image.appliance.updates", "updates of NixOS", null, "NixOS configures itself, and what fetches its updates with it",
                "remove it, set systemd.sysupdate in the system's configuration, and split: yes here for what it fetches");
        }
    }

    private static void CheckLoader(BootloaderConfiguration loader, bool isUnified, Image image, Problems problems)
    {
        const string Path = "system.bootloader";
        if (!isUnified)
        {
            if (loader.Uki is not null)
                problems.Add($"{Path}.uki", "settings of a unified kernel image", null, "systemd-boot and uki start one", "take one of them, or remove it");
            if (image.SecureBoot is not null)
            {
                problems.Add("image.secureBoot", "key without something to sign", null, "systemd-boot and unified kernel images are signed",
                    "take bootloader: systemd-boot or uki, or remove it");
            }

            if (image.Partitions.FirstOrDefault(partition => partition is { Verity.Role: VerityRole.Data, MountPoint: "/" or "/usr" }) is { } guarded)
            {
                problems.Add($"{Path}.kind", "boot loader that gives no root hash", loader.Kind?.ToString().ToLowerInvariant(),
                    $"the root hash of {guarded.MountPoint} is in a unified kernel image", "take systemd-boot or uki");
            }

            return;
        }

        for (int i = 0; i < (loader.Uki?.Addons.Count ?? 0); i++)
        {
            KernelAddon addon = loader.Uki!.Addons[i];
            string path = FormattableString.Invariant($"{Path}.uki.addons[{i}]");
            if (addon is { Arguments.Count: 0, DeviceTree: null })
                problems.Add(path, "addon that adds nothing", addon.Name, "it has kernel arguments, a device tree, or both", "add one of them, or remove it");
            if (loader.Uki.Addons.Take(i).Any(other => other.Name == addon.Name))
                problems.Add($"{path}.name", "addon named twice", addon.Name, "each is a file of its own", "change one");
        }

        const string Rule = "systemd-boot has a menu of unified kernel images, shown by the firmware";
        Refuse(loader.Serial is not null, "serial");
        Refuse(loader.SerialSpeed is not null, "serialSpeed");
        Refuse(loader.TerminalInputs.Count > 0, "terminalInputs");
        Refuse(loader.TerminalOutputs.Count > 0, "terminalOutputs");
        Refuse(loader.ExtraInitrd is not null, "extraInitrd");
        Refuse(loader.MenuEntries.Count > 0, "menuEntries");
        if (loader is { Kind: BootloaderKind.Uki, Uki: { } uki })
        {
            Refuse(uki.Profiles.Count > 0, "uki.profiles");
            Refuse(uki.Tries is not null, "uki.tries");
        }

        if (!image.Partitions.Any(partition => partition is { Type: "esp", MountPoint: not null, FileSystem.Type: FileSystemType.Vfat }))
        {
            problems.Add("image.partitions", "no place for a boot loader", null, "unified kernel images are on an EFI system partition",
                "add a partition of type esp with fileSystem: vfat and a mountPoint, or take another boot loader");
        }

        void Refuse(bool isGiven, string key)
        {
            if (isGiven)
                problems.Add($"{Path}.{key}", $"not possible with {(loader.Kind == BootloaderKind.Uki ? "uki" : "systemd-boot")}", null, Rule, "remove it, or take bootloader: grub");
        }
    }
}
