namespace Diecast.Testing;

/// <summary>
/// podman on a machine that was not made for it, such as the inside of another container: with mounts, control groups and a
/// storage of its own, without a network, and all of it gone at the end.
/// </summary>
/// <remarks>
/// systemd wants one hierarchy of version 2 whose root it is in. Where the machine mixes both versions, only a mount of its own
/// in namespaces of its own has that; a fresh group in it is what the containers see as the root.
/// </remarks>
public sealed class Podman : IDisposable
{
    private const string Hybrid = "/sys/fs/cgroup/unified";
    private const string Unified = "/sys/fs/cgroup";

    private readonly TempDirectory _storage = new();
    private readonly string _group;

    public Podman() => _group = Path.Combine(
        Directory.Exists(Hybrid) ? Hybrid : Unified, "diecast-podman-" + Path.GetFileName(_storage.Path));

    /// <summary>What stands against running it here; null where nothing does.</summary>
    public static string? Obstacle { get; } =
        !Environment.IsPrivilegedProcess ? "podman runs systemd as root only"
        : Tool.Find("podman") is null ? "podman is not installed"
        : Tool.Find("crun") is null ? "crun is not installed"
        : Attempt();

    /// <summary>Arguments of <c>run</c> that need nothing of the machine: no network, limits that are not raised.</summary>
    public static IReadOnlyList<string> Plain { get; } = ["--network=none", "--cgroups=disabled", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"];

    /// <summary>Further arguments, for a container that systemd is the first process of.</summary>
    public static IReadOnlyList<string> Systemd { get; } =
        ["--systemd=always", "--cgroupns=host", "--volume", $"{Unified}:{Unified}:rw", "--cap-add=SYS_ADMIN", "--tty"];

    /// <summary>Runs a command of podman that must succeed.</summary>
    public string Check(params IReadOnlyList<string> arguments)
    {
        (int exitCode, string output) = Run(arguments);
        Xunit.Assert.True(exitCode == 0, $"podman {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
        return output;
    }

    /// <summary>Runs a command of podman.</summary>
    public (int ExitCode, string Output) Run(params IReadOnlyList<string> arguments)
    {
        const string Script =
            """
            mkdir -p "$GROUP/run" && echo $$ >"$GROUP/run/cgroup.procs" || exit 125
            exec unshare --mount --cgroup --propagation private sh -c '
              umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit 125
              exec podman --root "$0/storage" --runroot "$0/run" --storage-driver vfs --cgroup-manager cgroupfs --runtime crun "$@"' "$STORAGE" "$@"
            """;
        return Tool.Run("env", [$"GROUP={_group}", $"STORAGE={_storage.Path}", "sh", "-c", Script, "sh", .. arguments]);
    }

    public void Dispose()
    {
        Run(["rm", "--all", "--force", "--time", "0"]);
        // The script's own group, left empty, and what a container's init made below it.
        if (Directory.Exists(_group))
        {
            foreach (string group in Directory.EnumerateDirectories(_group, "*", SearchOption.AllDirectories).OrderByDescending(path => path.Length).Append(_group))
                Tool.Run("rmdir", group);
        }

        _storage.Dispose();
    }

    private static string? Attempt()
    {
        using var podman = new Podman();
        (int exitCode, string output) = podman.Run(["info"]);
        return exitCode == 0 ? null : $"podman does not run here: {output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault()}";
    }
}

/// <summary>A test that podman runs containers in; skipped, with the reason, where it cannot.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PodmanFactAttribute : Xunit.FactAttribute
{
    public PodmanFactAttribute() => Skip = Podman.Obstacle;
}
