using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of images with GNU/Hurd: what is Linux's alone has no place there.</summary>
internal static class HurdRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        if (ImageCatalogue.Of(definition) is not { } type || !(definition.Image.Platform ?? type.Platform).IsHurd() || definition.System is not { } system)
            return;
        const string NotLinux = "GNU/Hurd is started by GNU Mach, without an initial RAM disk";
        if (system.Base is DebianBase)
        {
            problems.Add("system.base.debian", "a base that cannot be installed here", null, "programs of GNU/Hurd do not run on Linux, so its root tree is given",
                "take base: { tar: … } or { directory: … } with the tree");
        }

        Refuse(system.Kernel?.Package is not null, "system.kernel.package", system.Kernel?.Package, "GNU Mach is in the given tree", "remove it");
        Refuse(system.Bootloader?.Kind is not (null or BootloaderKind.Grub), "system.bootloader.kind", system.Bootloader?.Kind?.ToString().ToLowerInvariant(),
            "GNU Mach is started by multiboot, which GRUB has", "take grub, or leave it out");
        Refuse(system.Bootloader?.ExtraInitrd is not null, "system.bootloader.extraInitrd", system.Bootloader?.ExtraInitrd, NotLinux, "remove it");
        Refuse(definition.Image.VolatileRoot == true, "image.volatileRoot", "true", NotLinux, "remove it");
        Refuse(definition.Image.SharedStore is not null, "image.sharedStore", definition.Image.SharedStore, NotLinux, "remove it");

        void Refuse(bool isGiven, string path, string? value, string rule, string fix)
        {
            if (isGiven)
                problems.Add(path, "not for GNU/Hurd", value, rule, fix);
        }
    }
}
