using System.Runtime.InteropServices;
using Diecast.Repart.Sources;

namespace Diecast.Repart.Definitions;

/// <summary>What specifiers stand for: facts of the system below a root, never those of the machine that builds, unless that is the root.</summary>
internal sealed class SystemFacts(FileRoot root, bool isRunning, Func<string, string?> environment)
{
    private Dictionary<string, string>? _release;

    /// <summary>The id of the system, or null where it has none yet.</summary>
    internal Guid? MachineId => root.ReadText("/etc/machine-id") is { } text ? SystemdValues.ParseId(text.Trim()) : null;

    /// <summary>The meaning of a specifier's letter: null where the letter means nothing, and an exception where the system does not say.</summary>
    /// <exception cref="InvalidOperationException">The system does not say; the message is the reason.</exception>
    internal string? Find(char letter) => letter switch
    {
        'a' => RepartTypes.NativeArchitecture,
        'A' => Release("IMAGE_VERSION"),
        'B' => Release("BUILD_ID"),
        'M' => Release("IMAGE_ID"),
        'o' => Release("ID"),
        'w' => Release("VERSION_ID"),
        'W' => Release("VARIANT_ID"),
        'm' => (MachineId ?? throw new InvalidOperationException("there is no /etc/machine-id")).ToString("N"),
        'H' => HostName(),
        'l' => HostName().Split('.')[0],
        'q' => Assignments(root.ReadText("/etc/machine-info") ?? "").GetValueOrDefault("PRETTY_HOSTNAME") ?? HostName(),
        'b' => Running("/proc/sys/kernel/random/boot_id").Replace("-", "", StringComparison.Ordinal),
        'v' => Running("/proc/sys/kernel/osrelease"),
        'T' => Temporary("/tmp"),
        'V' => Temporary("/var/tmp"),
        _ => null,
    };

    private string Temporary(string path) =>
        isRunning ? environment("TMPDIR") ?? environment("TEMP") ?? environment("TMP") ?? path : path;

    private string HostName()
    {
        if (isRunning)
            return Environment.MachineName;
        string? name = (root.ReadText("/etc/hostname") ?? "")
            .Split('\n', StringSplitOptions.TrimEntries)
            .FirstOrDefault(line => line.Length > 0 && line[0] != '#');
        return name ?? throw new InvalidOperationException("there is no /etc/hostname");
    }

    /// <summary>What only a running system has.</summary>
    private string Running(string path) => isRunning && RuntimeInformation.IsOSPlatform(OSPlatform.Linux)
        ? File.ReadAllText(path).Trim()
        : throw new InvalidOperationException("it belongs to the running machine, and --root= or --image= names another system");

    private string Release(string key)
    {
        _release ??= Assignments(
            root.ReadText("/etc/os-release") ?? root.ReadText("/usr/lib/os-release")
            ?? throw new InvalidOperationException("there is no os-release"));
        return _release.GetValueOrDefault(key, "");
    }

    private static Dictionary<string, string> Assignments(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && line[0] != '#' && Words.Split(line[(equals + 1)..]) is { } words)
                values[line[..equals]] = string.Join(' ', words);
        }

        return values;
    }
}
