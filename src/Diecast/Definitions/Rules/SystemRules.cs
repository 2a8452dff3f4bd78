using System.Globalization;
using Diecast.Definitions.Records;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of a system beside those of its accounts and files.</summary>
internal static class SystemRules
{
    private const string ZoneInfo = "/usr/share/zoneinfo";

    internal static void Check(OperatingSystem system, Problems problems)
    {
        CheckTimezone(system.Timezone, problems);
        CheckServices(system.Services, problems);
        CheckMounts(system.FileSystems, problems);
        CheckPrivileged(system.PrivilegedPrograms, problems);
        if (system.Bootloader is { Kind: not BootloaderKind.None } && !StoreSystemRules.MayHaveKernel(system))
        {
            problems.Add("system.bootloader", "boot loader without a kernel", null, "a boot loader loads the kernel that the system declares",
                "add kernel: with its package, or kernel: {} for one that the base has");
        }

        if (system.Base is DebianBase { Variant: DebianVariant.Custom, Packages.Count: 0 })
            problems.Add("system.base.debian.packages", "empty", null, "the custom variant installs nothing but what is named", "name packages, or take another variant");
    }

    /// <summary>
    /// The host's tz database is asked when it has one: it knows what a pattern cannot. The image's own may be older or
    /// newer, which is seen when it is built.
    /// </summary>
    private static void CheckTimezone(string timezone, Problems problems)
    {
        if (!Forms.TimezoneForm.IsMatch(timezone) || !Directory.Exists(Path.Combine(ZoneInfo, "Etc")) || File.Exists(Path.Combine(ZoneInfo, timezone)))
            return;
        IEnumerable<string> names = Directory.EnumerateFiles(ZoneInfo, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(ZoneInfo, f))
            .Where(n => char.IsAsciiLetterUpper(n[0]) && !n.Contains('.', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal);
        problems.Add("system.timezone", "unknown time zone", timezone, Texts.Timezone.Rule,
            Suggestion.Nearest(timezone, names) is { } near ? $"did you mean {near}?" : "see timedatectl list-timezones");
    }

    private static void CheckMounts(ValueList<FileSystem> fileSystems, Problems problems)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < fileSystems.Count; i++)
        {
            FileSystem fileSystem = fileSystems[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"system.fileSystems[{i}]");
            if (fileSystem.MountPoint == "/")
            {
                problems.Add($"{path}.mountPoint", "a second root", "/", "the root is a partition of the image", "give the partition the mountPoint /, and remove this");
            }
            else if (fileSystem.MountPoint.Length > 0 && !first.TryAdd(fileSystem.MountPoint, i))
            {
                problems.Add($"{path}.mountPoint", "two file systems on one directory", fileSystem.MountPoint,
                    string.Create(CultureInfo.InvariantCulture, $"system.fileSystems[{first[fileSystem.MountPoint]}] is mounted there already"), "give one of them another mount point");
            }
        }
    }

    private static void CheckPrivileged(ValueList<PrivilegedProgram> programs, Problems problems)
    {
        for (int i = 0; i < programs.Count; i++)
        {
            if (programs[i] is { SetUid: false, SetGid: false, Capabilities.Count: 0 })
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"system.privilegedPrograms[{i}]"), "no privilege", programs[i].Program,
                    "a privileged program runs as its owner or its group, or with capabilities", "add setUid: yes, setGid: yes or capabilities:");
            }
        }
    }

    private static void CheckServices(ValueList<Service> services, Problems problems)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < services.Count; i++)
        {
            string unit = services[i] switch
            {
                EnabledUnit s => FullName(s.Unit),
                DisabledUnit s => FullName(s.Unit),
                MaskedUnit s => FullName(s.Unit),
                SerialGetty s => $"serial-getty@{s.Line}.service",
                _ => "",
            };
            if (unit.Length > 0 && !first.TryAdd(unit, i))
            {
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"system.services[{i}]"), "service named twice", unit,
                    string.Create(CultureInfo.InvariantCulture, $"system.services[{first[unit]}] names it already, and one state holds for a unit"), "remove one");
            }
        }
    }

    private static string FullName(string unit) => unit.Length == 0 || Path.HasExtension(unit) ? unit : unit + ".service";
}
