using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Trees;
using Diecast.Tests.Cli;

namespace Diecast.Tests.Building;

/// <summary>
/// A .wsl file by the rules that Microsoft publishes for distributions (https://learn.microsoft.com/windows/wsl/build-custom-distro),
/// written down here a second time, from the page and not from the product.
/// </summary>
public sealed class WslBuildTests
{
    private static readonly Dictionary<string, string[]> SettingsKeys = new()
    {
        ["automount"] = ["enabled", "mountFsTab", "root", "options"],
        ["boot"] = ["command", "protectBinfmt", "systemd"],
        ["gpu"] = ["enabled", "appendLibPath"],
        ["interop"] = ["enabled", "appendWindowsPath"],
        ["network"] = ["generateHosts", "generateResolvConf", "hostname"],
        ["time"] = ["useWindowsTimezone"],
        ["user"] = ["default"],
    };

    private static readonly Dictionary<string, string[]> DistributionKeys = new()
    {
        ["oobe"] = ["command", "defaultUid", "defaultName"],
        ["shortcut"] = ["enabled", "icon"],
        ["windowsterminal"] = ["enabled", "profileTemplate"],
    };

    [Theory]
    [InlineData("gzip")]
    [InlineData("xz")]
    public void A_distribution_keeps_the_rules(string compression)
    {
        using var directory = new TempDirectory();
        string definition = ContainerBuildTests.Definition(directory, $"type: wsl2, compression: {compression}", """
              hostName: mountain
              users: [{ name: ada, sudo: none }]
              services: [cron, systemd-networkd]
            """);
        ContainerBuildTests.Build(directory, definition);

        FileTree tree = ContainerBuildTests.ReadTar(directory["out/small.wsl"]);

        Assert.Empty(Violations(tree));
        Dictionary<string, string> settings = Settings(tree, "/etc/wsl.conf", SettingsKeys);
        Assert.Equal("true", settings["boot.systemd"]);
        Assert.Equal("ada", settings["user.default"]);
        Assert.Equal("mountain", settings["network.hostname"]);
        Assert.Equal("small", Settings(tree, "/etc/wsl-distribution.conf", DistributionKeys)["oobe.defaultName"]);
        Assert.NotNull(tree.Find("/etc/systemd/system/multi-user.target.wants/cron.service"));
    }

    [Fact]
    public void The_settings_are_those_of_the_definition()
    {
        using var directory = new TempDirectory();
        ContainerBuildTests.Build(directory, ContainerBuildTests.Definition(directory, "type: wsl2, wsl: { name: Small-13, defaultUser: daemon, systemd: no }"));
        FileTree tree = ContainerBuildTests.ReadTar(directory["out/small.wsl"]);
        Assert.Equal("[boot]\nsystemd=false\n\n[user]\ndefault=daemon\n", tree.ReadText("/etc/wsl.conf"));
        Assert.Equal("[oobe]\ndefaultName=Small-13\n", tree.ReadText("/etc/wsl-distribution.conf"));
    }

    [Fact]
    public void An_icon_is_where_windows_looks_for_it()
    {
        using var directory = new TempDirectory();
        byte[] icon = Icon(1, 24);
        File.WriteAllBytes(directory["mountain.ico"], icon);
        ContainerBuildTests.Build(directory, ContainerBuildTests.Definition(directory, "type: wsl2, wsl: { icon: mountain.ico }"));

        FileTree tree = ContainerBuildTests.ReadTar(directory["out/small.wsl"]);

        Assert.Empty(Violations(tree));
        string path = Settings(tree, "/etc/wsl-distribution.conf", DistributionKeys)["shortcut.icon"];
        Assert.StartsWith("/usr/lib/wsl/", path, StringComparison.Ordinal);
        Assert.EndsWith(".ico", path, StringComparison.Ordinal);
        Assert.Equal(icon, Assert.IsType<FileInode>(tree.Find(path)).Content.ToArray());
    }

    [Theory]
    [InlineData(2, 24, 0, "is no icon")]
    [InlineData(1, 21, 0, "is no icon")]
    [InlineData(1, 24, 1 << 20, "WSL takes icons of up to 1 MiB")]
    public void An_icon_that_windows_would_not_show_is_refused(int type, int offset, int more, string reason)
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["mountain.ico"], [.. Icon(type, offset), .. new byte[more]]);
        string definition = ContainerBuildTests.Definition(directory, "type: wsl2, wsl: { icon: mountain.ico }");
        CommandLine.Result built = CommandLine.Run("build", definition, "--output", directory["out/"]);
        Assert.NotEqual(0, built.ExitCode);
        Assert.Contains(reason, built.Error, StringComparison.Ordinal);
    }

    /// <summary>A directory of one picture of 40 bytes, which stands at an offset; 24 bytes is all that is there before it.</summary>
    private static byte[] Icon(int type, int offset)
    {
        byte[] icon = new byte[64];
        icon[2] = (byte)type;
        icon[4] = 1;
        icon[6 + 8] = 40;
        icon[6 + 12] = (byte)offset;
        return icon;
    }

    [Theory]
    [InlineData("etc/passwd", "root:x:0:0::/root:/bin/sh\ntoor:x:0:0::/root:/bin/sh\n", "toor has the number 0")]
    [InlineData("etc/passwd", "root:x:0:0::/root:/bin/sh\na:x:5:5::/:/bin/sh\nb:x:5:5::/:/bin/sh\n", "same number, 5")]
    [InlineData("etc/passwd", "admin:x:1:0::/root:/bin/sh\n", "no account root")]
    [InlineData("etc/shadow", "root:$6$salt$hash:20000::::::\n", "root has a password")]
    [InlineData("usr/bin/sh", "#!/usr/bin/env sh with some more bytes\n", "no program for x86-64")]
    [InlineData("usr/bin/sh", "", "no program /bin/sh")]
    public void A_base_that_breaks_a_rule_is_refused(string path, string text, string reason)
    {
        using var directory = new TempDirectory();
        string definition = ContainerBuildTests.Definition(directory, "type: wsl2");
        File.WriteAllText(Path.Combine(directory["root"], path), text);
        CommandLine.Result built = CommandLine.Run("build", definition, "--output", directory["out/"]);
        Assert.NotEqual(0, built.ExitCode);
        Assert.Contains(reason, built.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["out/small.wsl"]));
    }

    /// <summary>What a tree breaks of the rules, in words.</summary>
    private static List<string> Violations(FileTree tree)
    {
        var faults = new List<string>();
        Inode? distribution = tree.Find("/etc/wsl-distribution.conf");
        if (distribution is not FileInode { Uid: 0, Gid: 0, Mode: 0b110_100_100 })
            faults.Add("wsl-distribution.conf is not a file of root with mode 0644");
        if (!Settings(tree, "/etc/wsl-distribution.conf", DistributionKeys).ContainsKey("oobe.defaultName"))
            faults.Add("no oobe.defaultName");
        _ = Settings(tree, "/etc/wsl.conf", SettingsKeys);
        string[][] accounts = [.. tree.ReadText("/etc/passwd")!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':'))];
        if (accounts.Where(fields => fields[2] == "0").Select(fields => fields[0]).ToArray() is not ["root"])
            faults.Add("number 0 is not root's alone");
        if (accounts.Select(fields => fields[2]).Distinct().Count() != accounts.Length)
            faults.Add("a number is given twice");
        if (tree.ReadText("/etc/shadow")!.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => line.Split(':')[1].StartsWith('$')))
            faults.Add("a password");
        byte[] shell = tree.ResolveFile("/bin/sh")!.Content.ToArray();
        if (!shell.AsSpan().StartsWith("\u007fELF"u8) || BinaryPrimitives.ReadUInt16LittleEndian(shell.AsSpan(18)) is not (62 or 183))
            faults.Add("/bin/sh");
        foreach (TreeEntry entry in tree.Walk())
        {
            string name = entry.Name.ToString();
            if (entry.Path.StartsWith("/boot/", StringComparison.Ordinal) && (name.StartsWith("vmlinuz", StringComparison.Ordinal) || name.StartsWith("init", StringComparison.Ordinal)))
                faults.Add(entry.Path);
            if (entry.Inode.Xattrs.Any(attribute => attribute.Name.ToString() is "security.selinux" or "security.ima" or "security.evm"))
                faults.Add(entry.Path + " has an attribute of the host's security");
        }

        foreach (string path in (string[])["/etc/resolv.conf", "/etc/fstab"])
        {
            if (tree.Find(path) is not null)
                faults.Add(path);
        }

        foreach (string unit in (string[])["systemd-networkd.service", "systemd-tmpfiles-setup.service"])
        {
            if (tree.Find("/etc/systemd/system/" + unit) is not SymlinkInode mask || mask.Target.ToString() != "/dev/null")
                faults.Add(unit + " is not masked");
        }

        return faults;
    }

    /// <summary>The values of an ini file; a key that the page does not know fails the test.</summary>
    private static Dictionary<string, string> Settings(FileTree tree, string path, Dictionary<string, string[]> known)
    {
        var values = new Dictionary<string, string>();
        string section = "";
        foreach (string line in Encoding.UTF8.GetString(tree.ResolveFile(path)!.Content.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith('['))
            {
                section = line.Trim('[', ']');
                Assert.Contains(section, known.Keys);
                continue;
            }

            string[] parts = line.Split('=', 2);
            Assert.Contains(parts[0].Trim(), known[section]);
            values.Add($"{section}.{parts[0].Trim()}", parts[1].Trim());
        }

        return values;
    }
}
