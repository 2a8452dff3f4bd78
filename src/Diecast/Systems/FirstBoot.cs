using Diecast.Formats.Trees;
using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>What every machine must make for itself: its id and its SSH host keys.</summary>
internal static class FirstBoot
{
    internal const string HostKeyUnit = "ssh-host-keys.service";

    private const string MachineId = "/etc/machine-id";
    private const string KeptDirectory = "/var/lib/diecast";

    // What ssh-keygen -A makes.
    private static readonly string[] KeyTypes = ["rsa", "ecdsa", "ed25519"];

    private const string DbusMachineId = "/var/lib/dbus/machine-id";

    // What has a unit of its own that makes the keys (Debian 13's, Fedora's, Arch's).
    private static readonly string[] Generators = ["sshd-keygen.service", "sshd-keygen.target", "sshdgenkeys.service"];

    private static readonly string[] SshUnits =
        ["ssh.service", "ssh.socket", "ssh@.service", "sshd.service", "sshd.socket", "sshd@.service"];

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        ClearMachineId(edit);
        ClearHostKeys(edit, context.KeepsOnlyVar);
    }

    /// <summary>
    /// machine-id(5), first boot semantics: an empty file means that an id is made at boot and written when /etc can be
    /// written, and that this is not a first boot. A missing file, or <c>uninitialized</c>, would run the presets,
    /// which enable and disable units other than those declared.
    /// </summary>
    private static void ClearMachineId(TreeEditor edit)
    {
        if (!HasSystemd(edit))
        {
            // dbus-uuidgen --ensure makes an id only where there is no file.
            edit.Remove(MachineId);
            edit.Remove(DbusMachineId);
            return;
        }

        edit.WriteText(MachineId, "", Modes.ReadOnlyFile);
        if (edit.Exists("/var/lib/dbus"))
            edit.Link(DbusMachineId, MachineId);
    }

    private static void ClearHostKeys(TreeEditor edit, bool keepsOnlyVar)
    {
        edit.RemoveEntries("/etc/ssh", static entry => entry.Name.Span.StartsWith("ssh_host_"u8));
        if (!HasSystemd(edit) || !edit.Exists("/usr/sbin/sshd") || !edit.Exists("/usr/bin/ssh-keygen"))
            return;
        var units = new UnitSearch(edit.Tree);
        if (!keepsOnlyVar && Array.Find(Generators, name => RunsWithoutFirstBoot(units, name)) is { } generator)
        {
            if (InstallSection.Read(units, generator) is { IsEmpty: false })
                new UnitEnabler(edit, units).Enable(generator);
            return;
        }

        string[] wanting = [.. SshUnits.Where(name => units.Find(name)?.Name == name)];
        if (wanting.Length == 0)
            return;
        string prefix = keepsOnlyVar ? KeptDirectory : "";
        edit.WriteText($"{UnitSearch.ConfigurationDirectory}/{HostKeyUnit}", UnitText(wanting, prefix));
        new UnitEnabler(edit, new UnitSearch(edit.Tree)).Enable(HostKeyUnit);
        if (!keepsOnlyVar)
            return;
        // What is in /etc is gone with the next start; a host that has other keys then is taken for an impostor.
        edit.MakeDirectory(prefix + "/etc/ssh");
        edit.WriteText("/etc/ssh/sshd_config.d/10-host-keys.conf", string.Concat(KeyTypes.Select(type => $"HostKey {prefix}/etc/ssh/ssh_host_{type}_key\n")));
    }

    // Debian 13's sshd-keygen.service has ConditionFirstBoot=yes, which an empty machine-id does not meet.
    private static bool RunsWithoutFirstBoot(UnitSearch units, string name) =>
        units.Find(name) is { } unit
        && !unit.Text.Split('\n').Any(line => line.Trim().Replace(" ", "", StringComparison.Ordinal) is "ConditionFirstBoot=yes" or "ConditionFirstBoot=true" or "ConditionFirstBoot=1");

    // Without the default dependencies, so that it may come before a socket, which basic.target waits for.
    // ssh-keygen -A makes the ed25519 key last, so its presence says that all are there.
    private static string UnitText(string[] wanting, string prefix) =>
        $"""
        [Unit]
        Description=Make the SSH host keys of this machine
        Documentation=man:ssh-keygen(1)
        DefaultDependencies=no
        After=local-fs.target systemd-random-seed.service
        Before=ssh.service ssh.socket sshd.service sshd.socket shutdown.target
        Conflicts=shutdown.target
        ConditionPathIsReadWrite={prefix}/etc/ssh
        ConditionPathExists=!{prefix}/etc/ssh/ssh_host_ed25519_key

        [Service]
        Type=oneshot
        RemainAfterExit=yes
        ExecStart=/usr/bin/ssh-keygen -A{(prefix.Length > 0 ? " -f " + prefix : "")}

        [Install]
        WantedBy={string.Join(' ', wanting)}

        """;

    private static bool HasSystemd(TreeEditor edit) =>
        edit.Exists("/usr/lib/systemd/systemd") || edit.Exists("/lib/systemd/systemd");
}
