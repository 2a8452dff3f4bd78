using System.Text;
using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Systems;

public class AccountTests
{
    private const string Hash = "$y$j9T$F5Jx5fExrKuPp53xLKQ..1$X3DX6M94c7o.9agCG9G317fhZg9SqC.5i5rd.RhAtQ7";
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJk0mWSEXNqh7U6oJ1Pq2RjbZQ0pJ0kR3n8uYgkq1h2d ada@example.org";

    [Fact]
    public void Declared_files_of_the_skeleton_are_in_homes_and_a_user_may_have_none()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with
        {
            Users = [new UserAccount { Name = "ada" }, new UserAccount { Name = "bob", CreateHome = false }, new UserAccount { Name = "daemonic", System = true, Home = "/srv/d", CreateHome = true }],
            Files = [new SystemFile { Target = "/etc/skel/.profile", Text = "declared\n" }],
        });

        Assert.Equal("declared\n", tree.ReadText("/home/ada/.profile"));
        Assert.Equal(1000u, tree.Find("/home/ada/.profile")!.Uid);
        Assert.Equal("declared\n", tree.ReadText("/etc/skel/.profile"));
        Assert.Null(tree.Find("/home/bob"));
        Assert.Equal("declared\n", tree.ReadText("/srv/d/.profile"));
    }

    [Fact]
    public void A_user_gets_the_next_number_a_group_of_its_own_and_a_home_from_the_skeleton()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = "ada", Comment = "Ada Lovelacé", Groups = ["sudo", "video"] }] });

        Assert.Equal("ada:x:1000:1000:Ada Lovelacé:/home/ada:/bin/bash", DebianTree.Lines(tree, "/etc/passwd")[^1]);
        Assert.Equal("ada:x:1000:", DebianTree.Lines(tree, "/etc/group")[^1]);
        Assert.Contains("sudo:x:27:ada", DebianTree.Lines(tree, "/etc/group"));
        Assert.Contains("video:*::ada", DebianTree.Lines(tree, "/etc/gshadow"));
        Assert.Equal("ada:!::", DebianTree.Lines(tree, "/etc/gshadow")[^1]);
        Assert.Equal($"ada:!:{DebianTree.EpochDay}:0:99999:7:::", DebianTree.Lines(tree, "/etc/shadow")[^1]);
        Assert.Equal("ada:100000:65536\n", tree.ReadText("/etc/subuid"));
        Assert.Equal("ada:100000:65536\n", tree.ReadText("/etc/subgid"));
        Assert.Equal("700", DebianTree.ModeOf(tree, "/home/ada"));
        Assert.Equal("# bashrc\n", tree.ReadText("/home/ada/.bashrc"));
        Assert.Equal("600", DebianTree.ModeOf(tree, "/home/ada/.config/nested"));
        Assert.All(
            new FileTree((DirectoryInode)tree.Find("/home/ada")!).Walk().Select(entry => entry.Inode).Append(tree.Find("/home/ada")!),
            inode => Assert.Equal((1000u, 1000u), (inode.Uid, inode.Gid)));
        Assert.Equal(0u, tree.Find("/etc/skel/.bashrc")!.Uid);
    }

    [Fact]
    public void The_account_files_keep_their_owners_permissions_and_foreign_lines()
    {
        FileTree tree = DebianTree.Make();
        byte[] passwd = [.. Encoding.UTF8.GetBytes(DebianTree.Passwd), .. "odd:x:77:77:\xe9\xff:/:/bin/sh"u8.ToArray(), (byte)'\n', .. "# note\n+nis::::::\n"u8];
        tree.Set("/etc/passwd", new FileInode(Formats.Blobs.Blob.FromMemory(passwd)));

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = "ada" }] });

        byte[] written = tree.ResolveFile("/etc/passwd")!.Content.ToArray();
        int added = "ada:x:1000:1000::/home/ada:/bin/bash\n".Length;
        int nis = "+nis::::::\n".Length;
        Assert.Equal(passwd[..^nis], written[..(passwd.Length - nis)]);
        Assert.Equal(passwd.Length + added, written.Length);
        Assert.Equal("+nis::::::\n", Encoding.UTF8.GetString(written[^nis..]));
        Assert.Equal("640", DebianTree.ModeOf(tree, "/etc/shadow"));
        Assert.Equal(42u, tree.Find("/etc/gshadow")!.Gid);
        Assert.Equal(new Timestamp(DebianTree.EpochSeconds), tree.Find("/etc/shadow")!.ModifiedTime);
    }

    [RootToolFact("useradd", "groupadd")]
    public void The_account_files_are_those_that_useradd_writes()
    {
        FileTree tree = DebianTree.Make();
        using var directory = new TempDirectory();
        DebianTree.WriteOut(tree, directory.Path);
        UserAccount[] users =
        [
            new() { Name = "ada", Groups = ["sudo", "video"], Comment = "Ada", Shell = "/bin/bash", PasswordHash = Hash },
            new() { Name = "bob", Uid = 1005, Shell = "/bin/bash" },
            new() { Name = "cat", Shell = "/bin/sh", Group = "team", Groups = ["video", "daemons"] },
            new() { Name = "daemon1", System = true },
            new() { Name = "daemon2", System = true, Group = "nogroup", Home = "/var/lib/d2" },
            new() { Name = "dan", Home = "/srv/dan", Shell = "/bin/bash" },
            new() { Name = "eve", Uid = 70000, Shell = "/bin/bash" },
        ];

        Check("groupadd", directory, "team");
        Check("groupadd", directory, "-g", "1006", "taken");
        Check("groupadd", directory, "-r", "daemons");
        foreach (UserAccount user in users)
            Check("useradd", directory, Arguments(user, directory["etc/skel"]));
        DebianTree.Apply(tree, DebianTree.System() with
        {
            Groups = [new UserGroup { Name = "team" }, new UserGroup { Name = "taken", Gid = 1006 }, new UserGroup { Name = "daemons", System = true }],
            Users = [.. users],
        });

        // The day of the base's own lines is clamped here, so that it is no later than the epoch.
        string shadow = File.ReadAllText(directory["etc/shadow"]).Replace(":20779:", $":{DebianTree.EpochDay}:");
        Assert.Equal(File.ReadAllText(directory["etc/passwd"]), tree.ReadText("/etc/passwd"));
        Assert.Equal(File.ReadAllText(directory["etc/group"]), tree.ReadText("/etc/group"));
        Assert.Equal(shadow, tree.ReadText("/etc/shadow"));
        Assert.Equal(File.ReadAllText(directory["etc/gshadow"]), tree.ReadText("/etc/gshadow"));
        Assert.Equal(File.ReadAllText(directory["etc/subuid"]), tree.ReadText("/etc/subuid"));
        Assert.Equal(File.ReadAllText(directory["etc/subgid"]), tree.ReadText("/etc/subgid"));
        foreach (string home in (string[])["home/ada", "srv/dan"])
        {
            Assert.Equal(Tool.Check("stat", "-c", "%a", directory[home]).Trim(), DebianTree.ModeOf(tree, "/" + home));
            Assert.Equal(
                Directory.EnumerateFileSystemEntries(directory[home], "*", SearchOption.AllDirectories).Select(path => path[directory[home].Length..]).Order(StringComparer.Ordinal),
                new FileTree((DirectoryInode)tree.Find("/" + home)!).Walk().Select(entry => entry.Path).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void Root_gets_a_password_and_keys_and_its_numbers_stay()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = "root", PasswordHash = Hash, SshKeys = [Key] }] });

        Assert.Equal(DebianTree.Passwd, tree.ReadText("/etc/passwd"));
        Assert.Contains($"root:{Hash}:{DebianTree.EpochDay}:0:99999:7:::", DebianTree.Lines(tree, "/etc/shadow"));
        Assert.Equal(Key + "\n", tree.ReadText("/root/.ssh/authorized_keys"));
        Assert.Equal("600", DebianTree.ModeOf(tree, "/root/.ssh/authorized_keys"));
        Assert.Equal("700", DebianTree.ModeOf(tree, "/root/.ssh"));
        Assert.Null(tree.Find("/root/.bashrc"));
    }

    [Fact]
    public void Keys_belong_to_their_user()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = "ada", SshKeys = [Key, "from=\"10.0.0.0/8\" " + Key] }] });

        Assert.Equal($"{Key}\nfrom=\"10.0.0.0/8\" {Key}\n", tree.ReadText("/home/ada/.ssh/authorized_keys"));
        Assert.Equal(1000u, tree.Find("/home/ada/.ssh")!.Uid);
        Assert.Equal(1000u, tree.Find("/home/ada/.ssh/authorized_keys")!.Gid);
    }

    [Theory]
    [InlineData("ada", SudoPolicy.Password, "ada", "ada ALL=(ALL:ALL) ALL\n")]
    [InlineData("ada.l", SudoPolicy.NoPassword, "ada_l", "ada.l ALL=(ALL:ALL) NOPASSWD: ALL\n")]
    [InlineData("ADA", SudoPolicy.Password, "ADA", "#1000 ALL=(ALL:ALL) ALL\n")]
    public void Sudo_is_a_file_of_its_own(string name, SudoPolicy policy, string file, string rule)
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = name, Sudo = policy }] });

        Assert.Equal(rule, tree.ReadText("/etc/sudoers.d/" + file));
        Assert.Equal("440", DebianTree.ModeOf(tree, "/etc/sudoers.d/" + file));
    }

    [Fact]
    public void Sudo_without_its_package_is_an_error()
    {
        FileTree tree = DebianTree.Make();
        tree.Remove("/usr/bin/sudo");

        SystemConfigurationError error = DebianTree.Error(tree, DebianTree.System() with { Users = [new UserAccount { Name = "ada", Sudo = SudoPolicy.Password }] });

        Assert.Equal("add the package sudo", error.Fix);
    }

    [Fact]
    public void An_unknown_group_is_an_error_that_lists_the_groups_there_are()
    {
        SystemConfigurationError error = DebianTree.Error(
            DebianTree.Make(),
            DebianTree.System() with { Users = [new UserAccount { Name = "ada", Groups = ["vidoe"] }] });

        Assert.StartsWith("the group vidoe of the user ada is not in the base, which has ada, adm, daemon, ", error.Message);
        Assert.StartsWith("did you mean video?", error.Fix);
    }

    [Fact]
    public void A_number_that_is_given_is_kept_from_those_that_are_chosen()
    {
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with
        {
            Users = [new UserAccount { Name = "one" }, new UserAccount { Name = "two", Uid = 1000 }],
            Groups = [new UserGroup { Name = "late", Gid = 1001 }],
        });

        Assert.Contains("one:x:1001:1002::/home/one:/bin/bash", DebianTree.Lines(tree, "/etc/passwd"));
        Assert.Contains("two:x:1000:1000::/home/two:/bin/bash", DebianTree.Lines(tree, "/etc/passwd"));
    }

    [Fact]
    public void All_errors_of_the_accounts_come_at_once_and_nothing_secret_is_in_them()
    {
        SystemConfigurationError[] errors = DebianTree.Errors(DebianTree.Make(), DebianTree.System() with
        {
            Users =
            [
                new UserAccount { Name = "-bad" },
                new UserAccount { Name = "ada", PasswordHash = "hunter2hunter2" },
                new UserAccount { Name = "bob", Uid = 33 },
                new UserAccount { Name = "www-data", Uid = 34 },
                new UserAccount { Name = "cat", Shell = "/bin/zsh" },
                new UserAccount { Name = "dan", Comment = "a:b" },
                new UserAccount { Name = "eve", SshKeys = ["-----BEGIN OPENSSH PRIVATE KEY-----SECRET"] },
                new UserAccount { Name = "eve" },
            ],
        });

        Assert.Equal(8, errors.Length);
        Assert.DoesNotContain(errors, error => error.ToString().Contains("hunter2") || error.ToString().Contains("SECRET"));
    }

    [Theory]
    [InlineData(Hash, true)]
    [InlineData("!" + Hash, true)]
    [InlineData("$6$rounds=5000$salt$IxDD3jeSOb5eB1CX5LBsqZFVkJdido3OUILO5Ifz5iwMuTS4XMS130MTSuDDl3aCI6WouIL9AjRbLCelDCy.g.", true)]
    [InlineData("$2b$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", true)]
    [InlineData("", true)]
    [InlineData("!", true)]
    [InlineData("*", true)]
    [InlineData("secret", false)]
    [InlineData("$ecret", false)]
    [InlineData("abcdefghijklm", false)]
    [InlineData("$6$a:b$c$d", false)]
    [InlineData("$6$salt$hash\nroot::", false)]
    public void Only_hashes_are_taken_for_passwords(string text, bool accepted)
    {
        FileTree tree = DebianTree.Make();
        OperatingSystem system = DebianTree.System() with { Users = [new UserAccount { Name = "ada", PasswordHash = text }] };

        if (accepted)
        {
            DebianTree.Apply(tree, system);
            Assert.StartsWith($"ada:{text}:{DebianTree.EpochDay}:", DebianTree.Lines(tree, "/etc/shadow")[^1]);
        }
        else
        {
            DebianTree.Error(tree, system);
        }
    }

    [Fact]
    public void A_base_without_shadow_gets_one_that_only_root_reads()
    {
        var tree = new FileTree();
        DebianTree.Text(tree, "/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n");
        DebianTree.Text(tree, "/etc/group", "root:x:0:\n");
        DebianTree.Text(tree, "/bin/sh", "#", "0755");

        DebianTree.Apply(tree, DebianTree.System() with { Users = [new UserAccount { Name = "ada", PasswordHash = Hash }] });

        Assert.Equal("600", DebianTree.ModeOf(tree, "/etc/shadow"));
        Assert.Equal($"ada:{Hash}:{DebianTree.EpochDay}::::::\n", tree.ReadText("/etc/shadow"));
        Assert.Null(tree.Find("/etc/gshadow"));
        Assert.Null(tree.Find("/etc/subuid"));
        Assert.Contains("ada:x:1000:1000::/home/ada:/bin/sh", tree.ReadText("/etc/passwd"));
        Assert.Equal("755", DebianTree.ModeOf(tree, "/home/ada"));
    }

    private static string[] Arguments(UserAccount user, string skeleton)
    {
        var arguments = new List<string> { "-c", user.Comment };
        if (user.System)
            arguments.AddRange(["-r", "-M", "-d", user.Home ?? "/nonexistent", "-s", "/usr/sbin/nologin"]);
        else
            arguments.AddRange(["-m", "-k", skeleton, "-d", user.Home ?? "/home/" + user.Name, "-s", user.Shell!]);
        if (user.Uid is { } uid)
            arguments.AddRange(["-u", uid.ToString()]);
        if (user.Group is { } group)
            arguments.AddRange(["-N", "-g", group]);
        else
            arguments.Add("-U");
        if (user.Groups.Count > 0)
            arguments.AddRange(["-G", string.Join(',', user.Groups)]);
        if (user.PasswordHash is { } hash)
            arguments.AddRange(["-p", hash]);
        return [.. arguments, user.Name];
    }

    private static void Check(string tool, TempDirectory directory, params string[] arguments) =>
        Tool.Check("env", ["SOURCE_DATE_EPOCH=" + DebianTree.Epoch, tool, "--prefix", directory.Path, .. arguments]);
}
