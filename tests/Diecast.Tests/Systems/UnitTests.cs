using Diecast.Formats.Trees;
using Diecast.Systems;
using Diecast.Systems.Units;

namespace Diecast.Tests.Systems;

public class UnitTests
{
    private static readonly (string Name, string Text)[] Units =
    [
        ("a.service", "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\nAlias=b.service\nAlso=c.socket gone.service\n"),
        ("c.socket", "[Install]\nWantedBy=sockets.target\nRequiredBy=a.service\nAlso=a.service\n"),
        ("t@.service", "[Install]\nWantedBy=multi-user.target x@%i.target %p-%j.target\nDefaultInstance=dflt\nAlias=tt@.service\n"),
        ("two-parts@.service", "[Install]\nWantedBy=w-%j.target x@%i.target\n"),
        ("k@.service", "[Install]\nWantedBy=kk@.service\n"),
        ("m@.service", "[Install]\nWantedBy=multi-user.target\n"),
        ("full.service", "[Install]\nWantedBy=%N.target 100%%.target\nAlias=multi-user.target.wants/full.service\n"),
        ("onlyalso.service", "[Install]\nAlso=c.socket\n"),
        ("lists.service", "[Install]\nWantedBy=one.target\nWantedBy=\n# comment\nWantedBy=three.target \\\n; comment\n  four.target\nWantedby=five.target\n[Service]\nWantedBy=six.target\n"),
        ("dropped.service", "[Service]\nExecStart=/bin/true\n"),
        ("static.service", "[Service]\nExecStart=/bin/true\n"),
        ("reboot.target", "[Install]\nAlias=ctrl-alt-del.target\n"),
    ];

    [Fact]
    public void Enabling_makes_absolute_links_for_wants_aliases_and_what_is_installed_with_it()
    {
        FileTree tree = Make();

        DebianTree.Apply(tree, Enabling("a"));

        Assert.Equal(
            [
                "/etc/systemd/system/a.service.requires/c.socket -> /usr/lib/systemd/system/c.socket",
                "/etc/systemd/system/b.service -> /usr/lib/systemd/system/a.service",
                "/etc/systemd/system/multi-user.target.wants/a.service -> /usr/lib/systemd/system/a.service",
                "/etc/systemd/system/sockets.target.wants/c.socket -> /usr/lib/systemd/system/c.socket",
            ],
            DebianTree.Links(tree));
    }

    [ToolTheory("systemctl")]
    [InlineData("a.service")]
    [InlineData("link.service")]
    [InlineData("c.socket")]
    [InlineData("t@.service")]
    [InlineData("t@foo.service")]
    [InlineData("tlink@bar.service")]
    [InlineData("two-parts@x-y.service")]
    [InlineData("k@.service")]
    [InlineData("k@q.service")]
    [InlineData("m@x.service")]
    [InlineData("onlyalso.service")]
    [InlineData("lists.service")]
    [InlineData("dropped.service")]
    [InlineData("reboot.target")]
    [InlineData("outside.service")]
    public void The_links_are_those_of_systemctl(string name)
    {
        FileTree tree = Make();
        tree.Set("/usr/lib/systemd/system/link.service", new SymlinkInode("a.service"));
        tree.Set("/usr/lib/systemd/system/tlink@.service", new SymlinkInode("t@.service"));
        DebianTree.Text(tree, "/opt/x/outside.service", "[Install]\nWantedBy=multi-user.target\n");
        tree.Set("/etc/systemd/system/outside.service", new SymlinkInode("/opt/x/outside.service"));
        DebianTree.Text(tree, "/etc/systemd/system/dropped.service.d/10-a.conf", "[Install]\nWantedBy=graphical.target\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/service.d/20-b.conf", "[Install]\nRequiredBy=every.target\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/two-@.service.d/20-b.conf", "[Install]\nRequiredBy=two.target\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/m@.service.d/20-b.conf", "[Install]\nRequiredBy=template.target\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/m@x.service.d/20-b.conf", "[Install]\nRequiredBy=instance.target\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/m@x.service.d/10-b.conf", "[Install]\nWantedBy=\n");
        using var directory = new TempDirectory();
        DebianTree.WriteOut(tree, directory.Path);

        Tool.Check("systemctl", "--root=" + directory.Path, "enable", name);
        DebianTree.Apply(tree, Enabling(name));
        Assert.Equal(LinksOnDisk(directory), DebianTree.Links(tree));

        Tool.Check("systemctl", "--root=" + directory.Path, "disable", name);
        DebianTree.Apply(tree, Disabling(name));
        Assert.Equal(LinksOnDisk(directory), DebianTree.Links(tree));
        Assert.Equal(
            Directory.EnumerateDirectories(directory["etc/systemd/system"]).Select(Path.GetFileName).Order(StringComparer.Ordinal),
            ((DirectoryInode)tree.Find("/etc/systemd/system")!).Entries.ToArray().Where(entry => entry.Inode is DirectoryInode).Select(entry => entry.Name.ToString()));
    }

    // The build machine's own units are a base of some hundred that nobody here wrote.
    [ToolFact("systemctl")]
    public void Every_unit_of_this_machine_is_enabled_as_systemctl_does()
    {
        FileTree machine = DebianTree.Make();
        machine.Set("/usr/lib/systemd/system", HostFiles.Read("/usr/lib/systemd/system"));
        using var directory = new TempDirectory();
        DebianTree.WriteOut(machine, directory.Path);
        string[] names =
        [
            .. new UnitSearch(machine).Names()
                .Where(name => InstallSection.Read(new UnitSearch(machine), name) is { IsEmpty: false }),
        ];
        Assert.NotEmpty(names);
        foreach (string name in names)
        {
            int exitCode = Tool.Run("systemctl", "--root=" + directory.Path, "enable", name).ExitCode;
            var edit = new TreeEditor(machine, default);
            new UnitEnabler(edit, new UnitSearch(machine)).Enable(name);

            Assert.True((edit.Errors.Count == 0) == (exitCode == 0), $"{name}: {string.Join('\n', edit.Errors)}");
            string[] onDisk = LinksOnDisk(directory);
            Assert.True(onDisk.SequenceEqual(DebianTree.Links(machine)), $"{name}:\n{string.Join('\n', onDisk)}\nagainst\n{string.Join('\n', DebianTree.Links(machine))}");
            machine.Remove("/etc/systemd/system");
            machine.MakeDirectory("/etc/systemd/system");
            Directory.Delete(directory["etc/systemd/system"], recursive: true);
            Directory.CreateDirectory(directory["etc/systemd/system"]);
        }
    }

    [Fact]
    public void A_link_of_the_base_that_leads_to_the_same_file_stays()
    {
        FileTree tree = Make();
        tree.Set("/etc/systemd/system/multi-user.target.wants/a.service", new SymlinkInode("/lib/systemd/system/a.service"));

        DebianTree.Apply(tree, Enabling("a"));

        Assert.Contains("/etc/systemd/system/multi-user.target.wants/a.service -> /lib/systemd/system/a.service", DebianTree.Links(tree));
    }

    [Fact]
    public void Disabling_removes_links_of_aliases_and_of_every_instance_of_a_template()
    {
        FileTree tree = Make();
        DebianTree.Apply(tree, Enabling("a", "t@one", "t@two", "m@x"));
        tree.Set("/etc/systemd/system/other.target.wants/b.service", new SymlinkInode("../b.service"));

        DebianTree.Apply(tree, DebianTree.System() with { Services = [new DisabledUnit("a.service"), new DisabledUnit("t@.service")] });

        Assert.Equal(["/etc/systemd/system/multi-user.target.wants/m@x.service -> /usr/lib/systemd/system/m@.service"], DebianTree.Links(tree));
    }

    [Fact]
    public void Masking_links_to_null_and_is_done_once()
    {
        FileTree tree = Make();
        OperatingSystem system = DebianTree.System() with { Services = [new MaskedUnit("static"), new MaskedUnit("dev-sda1.swap")] };

        DebianTree.Apply(tree, system);
        DebianTree.Apply(tree, system);

        Assert.Equal(
            ["/etc/systemd/system/dev-sda1.swap -> /dev/null", "/etc/systemd/system/static.service -> /dev/null"],
            DebianTree.Links(tree));
    }

    [Fact]
    public void What_is_declared_to_be_enabled_stays_when_another_unit_that_brings_it_is_disabled()
    {
        FileTree tree = Make();
        DebianTree.Text(tree, "/usr/lib/systemd/system/net.service", "[Install]\nWantedBy=multi-user.target\nAlso=m@x.service\n");
        DebianTree.Apply(tree, Enabling("net"));

        DebianTree.Apply(tree, DebianTree.System() with { Services = [new EnabledUnit("m@x"), new DisabledUnit("net")] });

        Assert.Equal(["/etc/systemd/system/multi-user.target.wants/m@x.service -> /usr/lib/systemd/system/m@.service"], DebianTree.Links(tree));
    }

    [Fact]
    public void A_serial_console_is_an_instance_of_serial_getty_and_may_be_declared_twice()
    {
        FileTree tree = Make();
        DebianTree.Text(tree, "/usr/lib/systemd/system/serial-getty@.service", "[Install]\nWantedBy=getty.target\n");
        OperatingSystem system = DebianTree.System() with { Services = [new SerialGetty("ttyS0"), new SerialGetty("/dev/ttyS0"), new SerialGetty("tty-x")] };

        DebianTree.Apply(tree, system);
        DebianTree.Apply(tree, system);

        Assert.Equal(
            [
                "/etc/systemd/system/getty.target.wants/serial-getty@ttyS0.service -> /usr/lib/systemd/system/serial-getty@.service",
                "/etc/systemd/system/getty.target.wants/serial-getty@tty\\x2dx.service -> /usr/lib/systemd/system/serial-getty@.service",
            ],
            DebianTree.Links(tree));
    }

    [Fact]
    public void A_declared_file_can_be_the_unit_that_is_enabled()
    {
        FileTree tree = Make();

        DebianTree.Apply(tree, Enabling("mine") with
        {
            Files = [new SystemFile { Target = "/etc/systemd/system/mine.service", Text = "[Install]\nWantedBy=multi-user.target\n" }],
        });

        Assert.Equal(["/etc/systemd/system/multi-user.target.wants/mine.service -> /etc/systemd/system/mine.service"], DebianTree.Links(tree));
    }

    [Theory]
    [InlineData("lits", "the unit lits.service is not in the base; did you mean lists.service?")]
    [InlineData("static", "the unit static.service has no [Install] section, so there is no way in which it is enabled; it runs when")]
    [InlineData("m@", "m@.service is a template and multi-user.target wants an instance of it; name the instance, as in m@NAME.service")]
    [InlineData("masked", "the unit masked.service is to be enabled and the base masks it; remove it")]
    [InlineData("a b", "'a b.service' cannot be a unit's name; ")]
    [InlineData("badalias", "the unit badalias.service cannot have the alias 'x.socket'; ")]
    [InlineData("taken", "the unit taken.service is to have the alias b.service, and /etc/systemd/system/b.service is a link to a.service; ")]
    [InlineData("host", "'%H.target' in the [Install] section of host.service depends on the running machine; ")]
    [InlineData("sysv", "sysv is a System V script that the base does not start; ")]
    public void What_cannot_be_enabled_is_a_plain_error(string name, string message)
    {
        FileTree tree = Make();
        tree.Set("/usr/lib/systemd/system/masked.service", new SymlinkInode("/dev/null"));
        tree.Set("/etc/systemd/system/b.service", new SymlinkInode("a.service"));
        DebianTree.Text(tree, "/usr/lib/systemd/system/badalias.service", "[Install]\nAlias=x.socket\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/taken.service", "[Install]\nAlias=b.service\n");
        DebianTree.Text(tree, "/usr/lib/systemd/system/host.service", "[Install]\nWantedBy=%H.target\n");
        DebianTree.Text(tree, "/etc/init.d/sysv", "#!/bin/sh\n", "0755");

        Assert.StartsWith(message, DebianTree.Error(tree, Enabling(name)).ToString());
    }

    [Fact]
    public void A_unit_both_enabled_and_masked_is_an_error()
    {
        SystemConfigurationError error = DebianTree.Error(
            Make(),
            DebianTree.System() with { Services = [new EnabledUnit("c.socket"), new MaskedUnit("c.socket")] });

        Assert.Equal("the unit c.socket is both enabled and masked", error.Message);
    }

    [Fact]
    public void Unknown_units_are_errors_when_they_are_disabled_or_masked()
    {
        SystemConfigurationError[] errors = DebianTree.Errors(
            Make(),
            DebianTree.System() with { Services = [new DisabledUnit("nosuch"), new MaskedUnit("nosuch2")] });

        Assert.Equal(["the unit nosuch.service is not in the base", "the unit nosuch2.service is not in the base"], errors.Select(error => error.Message));
    }

    private static FileTree Make()
    {
        FileTree tree = DebianTree.Make();
        foreach ((string name, string text) in Units)
            DebianTree.Text(tree, "/usr/lib/systemd/system/" + name, text);
        return tree;
    }

    private static OperatingSystem Enabling(params string[] names) =>
        DebianTree.System() with { Services = names.Select(name => (Service)new EnabledUnit(name)).ToValueList() };

    private static OperatingSystem Disabling(params string[] names) =>
        DebianTree.System() with { Services = names.Select(name => (Service)new DisabledUnit(name)).ToValueList() };

    private static string[] LinksOnDisk(TempDirectory directory) =>
    [
        .. new DirectoryInfo(directory["etc/systemd/system"])
            .EnumerateFileSystemInfos("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 })
            .Where(file => file.LinkTarget is not null)
            // Debian 12's systemctl still names /lib, which is a link to /usr/lib.
            .Select(file => $"{file.FullName[directory.Path.Length..]} -> {file.LinkTarget}".Replace(" -> /lib/", " -> /usr/lib/"))
            .Order(StringComparer.Ordinal),
    ];
}
