using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;
using Diecast.Systems.Accounts;
using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>
/// Sets a tree up as a distribution of WSL, and holds it against the rules that Microsoft publishes
/// (https://learn.microsoft.com/windows/wsl/build-custom-distro; microsoft/WSL, distributions/validate-modern.py).
/// </summary>
internal static class WslDistribution
{
    private const string SettingsFile = "/etc/wsl.conf";
    private const string DistributionFile = "/etc/wsl-distribution.conf";
    private const int ElfHeaderBytes = 20;

    // e_machine of what Windows runs on: EM_X86_64 and EM_AARCH64.
    private const int Amd64 = 62;
    private const int Arm64 = 183;

    /// <summary>The files that are written here.</summary>
    internal static readonly string[] OwnFiles = [SettingsFile, DistributionFile, WslIcon.Target];

    /// <summary>What would take hold of a console, a clock, temporary files or a network that WSL sets up itself.</summary>
    private static readonly string[] MaskedUnits =
    [
        "console-getty.service", "hypervkvpd.service", "systemd-tmpfiles-clean.service", "systemd-tmpfiles-clean.timer",
        "systemd-tmpfiles-setup-dev-early.service", "systemd-tmpfiles-setup-dev.service", "systemd-tmpfiles-setup.service",
        "systemd-vconsole-setup.service", "tmp.mount",
    ];

    private static readonly string[] KernelPrefixes = ["vmlinu", "initrd", "initramfs", "config-", "System.map"];

    private static readonly string[] SecurityAttributes = ["security.selinux", "security.ima", "security.evm"];

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        WslSettings settings = context.Wsl ?? new WslSettings();
        RemoveKernels(edit, "/boot");
        RemoveKernels(edit, "/");
        RemoveAttributes(edit);
        Containment.Mask(edit, MaskedUnits);
        string user = settings.DefaultUser ?? system.Users.FirstOrDefault(account => !account.System)?.Name ?? "root";
        CheckAccounts(edit, user);
        CheckShell(edit);
        if (settings.Systemd && !new UnitSearch(edit.Tree).HasUnits)
            edit.Error("there is no systemd to start", "add the package systemd-sysv to the base, or set image.wsl.systemd to false");
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"[boot]\nsystemd={(settings.Systemd ? "true" : "false")}\n\n[user]\ndefault={user}\n");
        if (system.HostName is { } hostName)
            text.Append(CultureInfo.InvariantCulture, $"\n[network]\nhostname={hostName.Split('.')[0]}\n");
        edit.WriteText(SettingsFile, text.ToString());
        string icon = settings.Icon is { } path && WslIcon.Put(edit, Path.Combine(context.DefinitionDirectory, path)) ? $"\n[shortcut]\nicon={WslIcon.Target}\n" : "";
        edit.WriteText(DistributionFile, $"[oobe]\ndefaultName={settings.Name ?? context.Name}\n{icon}");
    }

    /// <summary>Windows brings the kernel; one in the tree is only weight.</summary>
    private static void RemoveKernels(TreeEditor edit, string directory) => edit.RemoveEntries(
        directory, static entry => entry.Inode is FileInode or SymlinkInode && Array.Exists(KernelPrefixes, prefix => entry.Name.ToString().StartsWith(prefix, StringComparison.Ordinal)));

    private static void RemoveAttributes(TreeEditor edit)
    {
        foreach (TreeEntry entry in edit.Tree.Walk())
        {
            foreach (string name in SecurityAttributes)
            {
                if (entry.Inode.Xattrs.Find(name) is not null)
                    entry.Inode.Xattrs = entry.Inode.Xattrs.Without(name);
            }
        }
    }

    private static void CheckAccounts(TreeEditor edit, string user)
    {
        ColonFile accounts = ColonFile.Load(edit.Tree, AccountDatabase.PasswdPath);
        var numbers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in accounts.Names())
        {
            string[] fields = accounts.Find(name)!;
            string uid = fields.Length > 2 ? fields[2] : "";
            if (uid == "0" && name != "root")
                edit.Error($"the account {name} has the number 0", "only root may have it in a WSL distribution");
            else if (!numbers.TryAdd(uid, name))
                edit.Error($"the accounts {numbers[uid]} and {name} have the same number, {uid}", "a WSL distribution has each number once: give one of them another");
        }

        if (accounts.Find("root") is not { Length: > 2 } root || root[2] != "0")
            edit.Error("there is no account root of the number 0", "a WSL distribution needs it in /etc/passwd");
        if (accounts.Find(user) is null)
            edit.Error($"there is no account {user} to open a shell for", "declare it under system.users, or name another with image.wsl.defaultUser");
        ColonFile shadow = ColonFile.Load(edit.Tree, AccountDatabase.ShadowPath);
        foreach (string name in shadow.Names())
        {
            if (shadow.Find(name) is { Length: > 1 } fields && fields[1].Length > 0 && fields[1][0] is not ('!' or '*'))
                edit.Error($"the account {name} has a password", "a WSL distribution has none: lock it in the base");
        }
    }

    private static void CheckShell(TreeEditor edit)
    {
        Span<byte> header = stackalloc byte[ElfHeaderBytes];
        if (edit.Tree.ResolveFile("/bin/sh") is not { } shell || shell.Content.Length < ElfHeaderBytes)
        {
            edit.Error("there is no program /bin/sh", "WSL starts a distribution by it; add a shell to the base");
            return;
        }

        shell.Content.Read(0, header);
        // The machine stands at 18, in the byte order of the sixth byte (System V ABI, ELF header).
        int machine = header.StartsWith("\u007fELF"u8) && header[5] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(header[18..]) : 0;
        if (machine is not (Amd64 or Arm64))
            edit.Error("/bin/sh is no program for x86-64 or 64-bit ARM", "Windows runs on these: take a base of the architecture amd64 or arm64");
        if (edit.Tree.ResolveFile("/bin/mount") is null)
            edit.Error("there is no program /bin/mount", "WSL mounts the drives of Windows by it; add the package mount to the base");
    }
}
