using Diecast.Bases;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Bases;

public sealed class AptSourceTests
{
    [Theory]
    [InlineData("deb http://a/debian/ trixie main contrib", "http://a/debian", "trixie", 2, "")]
    [InlineData("deb [arch=amd64 signed-by=/k.gpg]  http://a trixie main # comment", "http://a", "trixie", 1, "arch=amd64 signed-by=/k.gpg")]
    [InlineData("deb file:/srv/flat ./", "file:/srv/flat", "./", 0, "")]
    public void Lines_of_sources_list_are_read(string line, string address, string suite, int components, string options)
    {
        AptSource source = AptSource.Parse(line)!;
        Assert.Equal((address, suite, components, options), (source.Uri, source.Suite, source.Components.Count, source.Options));
        Assert.Equal(source, AptSource.Parse(source.Line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("# deb http://a b c")]
    [InlineData("deb-src http://a trixie main")]
    public void What_is_no_source_of_packages_is_nothing(string line) => Assert.Null(AptSource.Parse(line));

    [Theory]
    [InlineData("http://a trixie main")]
    [InlineData("deb http://a")]
    [InlineData("deb http://a trixie")]
    [InlineData("deb [x http://a trixie main")]
    public void Other_lines_are_errors(string line) => Assert.Throws<FormatException>(() => AptSource.Parse(line));

    [Fact]
    public void The_state_of_a_flat_archive_lies_beside_its_packages()
    {
        Assert.Equal("file:/srv/flat/InRelease", AptSource.Parse("deb file:/srv/flat ./")!.StateFiles[0]);
        Assert.Equal("file:/srv/x/sub/InRelease", AptSource.Parse("deb file:/srv/x sub/")!.StateFiles[0]);
        Assert.Equal("http://a/dists/sid/InRelease", AptSource.Parse("deb http://a sid main")!.StateFiles[0]);
    }

    [Fact]
    public void The_machines_mirror_is_found_in_both_styles()
    {
        using var temp = new TempDirectory();
        Directory.CreateDirectory(temp["etc/apt/sources.list.d"]);
        File.WriteAllText(temp["etc/os-release"], "NAME=x\nID=debian\n");
        File.WriteAllText(temp["etc/apt/sources.list"], "# none\n");
        File.WriteAllText(
            temp["etc/apt/sources.list.d/debian.sources"],
            "Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: x\n\n"
            + "# comment\nTypes: deb deb-src\nURIs:\n http://mirror.example/debian/\nSuites: trixie\nComponents: main\n");
        File.WriteAllText(temp["etc/apt/sources.list.d/security.list"], "deb http://sec.example/debian-security trixie-security main\n");
        Assert.Equal(new MachineSources("http://mirror.example/debian", "http://sec.example/debian-security"), MachineSources.Read(temp.Path));
        File.WriteAllText(temp["etc/os-release"], "ID=fedora\n");
        Assert.Equal(MachineSources.StandardDebian, MachineSources.Read(temp.Path).Debian);
    }

    [Fact]
    public void What_depends_on_the_moment_of_the_installation_is_taken_out()
    {
        var tree = new FileTree();
        foreach (string path in (string[])["/var/log/apt/history.log", "/var/log/dpkg.log", "/var/cache/ldconfig/aux-cache", "/etc/ssh/ssh_host_rsa_key", "/etc/ssh/sshd_config", "/etc/passwd-"])
            tree.Set(path, new FileInode(Blob.FromText("x")));
        tree.Set("/etc/shadow", new FileInode(Blob.FromText("root:*:20000:0:99999:7:::\nold:*:100:0:99999:7:::\nodd\n")));
        tree.Set("/etc/apt/sources.list", new FileInode(Blob.FromText("deb http://local/debian trixie main\ndeb [a=b] http://local/debian-security trixie-security main\n")));
        DebianTreeCleaner.Clean(tree, 10_000 * 86_400L, new MachineSources("http://local/debian", "http://local/debian-security"));
        Assert.Equal(
            ["/etc", "/etc/apt", "/etc/apt/sources.list", "/etc/shadow", "/etc/ssh", "/etc/ssh/sshd_config", "/var", "/var/cache", "/var/cache/ldconfig", "/var/log", "/var/log/apt"],
            tree.Walk().Select(e => e.Path));
        Assert.Equal("root:*:10000:0:99999:7:::\nold:*:100:0:99999:7:::\nodd\n", tree.ReadText("/etc/shadow"));
        Assert.Equal("deb http://deb.debian.org/debian trixie main\ndeb [a=b] http://deb.debian.org/debian-security trixie-security main\n", tree.ReadText("/etc/apt/sources.list"));
    }
}
