using Diecast.Formats.Trees;
using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>A system where it is run by something else's kernel, without a disk and a console of its own.</summary>
internal static class Containment
{
    private const string Resolver = "/etc/resolv.conf";
    private const string Hosts = "/etc/hosts";
    private const string Fstab = "/etc/fstab";

    /// <summary>How fstab(5) names what is on a disk.</summary>
    private static readonly string[] DiskPrefixes = ["/dev/", "UUID=", "LABEL=", "PARTUUID=", "PARTLABEL="];

    /// <summary>What sets up a network, or says how names are looked up: who has the network does both.</summary>
    private static readonly string[] NetworkUnits =
    [
        "NetworkManager.service", "NetworkManager-wait-online.service", "connman.service", "dhcpcd.service", "ifupdown-wait-online.service",
        "networking.service", "systemd-networkd.service", "systemd-networkd.socket", "systemd-networkd-wait-online.service",
        "systemd-networkd-varlink.socket", "systemd-resolved.service", "systemd-resolved-monitor.socket", "systemd-resolved-varlink.socket",
    ];

    /// <summary>
    /// The declaration without what only a machine has: kernel, initial RAM disk, boot loader, disks' file systems, swap, serial
    /// lines; and where the network is not its own, without what is for a network.
    /// </summary>
    internal static OperatingSystem Apply(OperatingSystem system, SystemPlace place) => system with
    {
        Kernel = null,
        Initrd = new Initrd(),
        Bootloader = null,
        FileSystems = system.FileSystems.Where(fileSystem => !IsOnDisk(fileSystem)).ToValueList(),
        SwapDevices = [],
        Services = system.Services.Where(service => !IsLeftOut(service, place)).ToValueList(),
        Files = system.Files.Where(file => !IsLeftOut(SystemFiles.Normalize(file.Target), place)).ToValueList(),
    };

    /// <summary>Takes out of the tree what its place brings, and masks what would be in its way.</summary>
    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (context.Place == SystemPlace.Machine)
            return;
        // Both are mounted over or written by what runs the system; a link to a file of /run would lead nowhere before.
        foreach (string path in system.FileSystems.Count == 0 ? [.. Shared(context.Place), Fstab] : Shared(context.Place))
        {
            if (system.Files.All(file => SystemFiles.Normalize(file.Target) != path))
                edit.Remove(path);
        }

        if (context.Place != SystemPlace.Container)
            Mask(edit, NetworkUnits);
        if (context.Place == SystemPlace.Wsl)
            WslDistribution.Apply(edit, system, context);
    }

    /// <summary>Masks those units that are there.</summary>
    internal static void Mask(TreeEditor edit, IEnumerable<string> names)
    {
        var units = new UnitSearch(edit.Tree);
        foreach (string name in names)
        {
            if (units.Find(name) is { IsMasked: false } unit && unit.Name == name)
                edit.Link($"{UnitSearch.ConfigurationDirectory}/{name}", "/dev/null");
        }
    }

    private static string[] Shared(SystemPlace place) => place == SystemPlace.ContainerOnHostNetwork ? [Resolver, Hosts] : [Resolver];

    private static bool IsOnDisk(FileSystem fileSystem) =>
        fileSystem.MountPoint == "/" || DiskPrefixes.Any(prefix => fileSystem.Device.StartsWith(prefix, StringComparison.Ordinal));

    private static bool IsLeftOut(Service service, SystemPlace place) => service switch
    {
        SerialGetty => true,
        EnabledUnit unit => place is (SystemPlace.ContainerOnHostNetwork or SystemPlace.Wsl) && NetworkUnits.Contains(FullName(unit.Unit)),
        _ => false,
    };

    private static bool IsLeftOut(string path, SystemPlace place) => place switch
    {
        SystemPlace.ContainerOnHostNetwork => path is Resolver or Hosts,
        SystemPlace.Wsl => path is Resolver or Fstab,
        _ => false,
    };

    private static string FullName(string unit) => Path.HasExtension(unit) ? unit : unit + ".service";
}
