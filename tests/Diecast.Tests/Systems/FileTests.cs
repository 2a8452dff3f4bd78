using Diecast.Formats;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Systems;

public class FileTests
{
    [Fact]
    public void Text_and_links_are_written_with_their_owner_through_the_links_on_the_way()
    {
        FileTree tree = DebianTree.Make();
        tree.Set("/var/run", new SymlinkInode("/srv/run"));

        DebianTree.Apply(tree, DebianTree.System() with
        {
            Users = [new UserAccount { Name = "ada" }],
            Files =
            [
                new SystemFile { Target = "/var/run/new/a", Text = "hello\n", Mode = DebianTree.Mode("4750"), User = "ada", Group = "video" },
                new SystemFile { Target = "/etc/link", Link = "../gone", User = "33" },
            ],
        });

        Inode file = tree.Find("/srv/run/new/a")!;
        Assert.Equal("hello\n", tree.ReadText("/srv/run/new/a"));
        Assert.Equal(("4750", 1000u, 44u), (DebianTree.ModeOf(tree, "/srv/run/new/a"), file.Uid, file.Gid));
        Assert.Equal(("755", 0u), (DebianTree.ModeOf(tree, "/srv/run/new"), tree.Find("/srv/run/new")!.Uid));
        Assert.Equal("../gone", ((SymlinkInode)tree.Find("/etc/link")!).Target.ToString());
        Assert.Equal(33u, tree.Find("/etc/link")!.Uid);
    }

    [Fact]
    public void A_directory_is_copied_with_all_below_it_and_no_umask_shows()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["src/sub"]);
        File.WriteAllText(directory["src/plain"], "p");
        File.WriteAllText(directory["src/sub/run"], "r");
        File.WriteAllText(directory["src/secret"], "s");
        File.CreateSymbolicLink(directory["src/link"], "sub/run");
        Tool.Check("chmod", "0664", directory["src/plain"]);
        Tool.Check("chmod", "4775", directory["src/sub/run"]);
        Tool.Check("chmod", "0400", directory["src/secret"]);
        Tool.Check("chmod", "0700", directory["src/sub"]);
        // A name that is not UTF-8, and a directory where the base has a link to one.
        Tool.Check("sh", "-c", $"touch '{directory["src"]}'/$(printf 'n\\377')");
        Directory.CreateDirectory(directory["src/moved"]);
        File.WriteAllText(directory["src/moved/m"], "m");
        FileTree tree = DebianTree.Make();
        DebianTree.Text(tree, "/opt/app/old", "kept");
        tree.Set("/opt/app/moved", new SymlinkInode("/srv/moved"));

        DebianTree.Apply(
            tree,
            DebianTree.System() with { Files = [new SystemFile { Target = "/opt/app", Source = "src", Group = "video" }] },
            DebianTree.Context() with { DefinitionDirectory = directory.Path });
        Tool.Check("sh", "-c", $"rm '{directory["src"]}'/$(printf 'n\\377')");

        Assert.Equal("644", DebianTree.ModeOf(tree, "/opt/app/plain"));
        Assert.Equal("755", DebianTree.ModeOf(tree, "/opt/app/sub/run"));
        Assert.Equal("600", DebianTree.ModeOf(tree, "/opt/app/secret"));
        Assert.Equal("755", DebianTree.ModeOf(tree, "/opt/app/sub"));
        Assert.Equal("r", tree.ReadText("/opt/app/link"));
        Assert.IsType<SymlinkInode>(tree.Find("/opt/app/link"));
        Assert.Equal("kept", tree.ReadText("/opt/app/old"));
        Assert.NotNull(((DirectoryInode)tree.Find("/opt/app")!).Find(new FileName([(byte)'n', 0xff])));
        Assert.IsType<SymlinkInode>(tree.Find("/opt/app/moved"));
        Assert.Equal("m", tree.ReadText("/srv/moved/m"));
        Assert.Equal((0u, 44u), (tree.Find("/opt/app/sub/run")!.Uid, tree.Find("/opt/app/sub/run")!.Gid));
        Assert.Equal(new Timestamp(DebianTree.EpochSeconds), tree.Find("/opt/app/sub/run")!.ModifiedTime);
    }

    [Theory]
    [InlineData("pipe", "the source pipe is no regular file or directory")]
    [InlineData("with", "pipe among the source's files for /opt/app is a Fifo")]
    public void A_pipe_is_no_source(string source, string message)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["with"]);
        Tool.Check("mkfifo", directory["pipe"], directory["with/pipe"]);

        SystemConfigurationError error = DebianTree.Error(
            DebianTree.Make(),
            DebianTree.System() with { Files = [new SystemFile { Target = "/opt/app", Source = directory[source] }] });

        Assert.Equal(message, error.Message.Replace(directory.Path + "/", ""));
    }

    [Fact]
    public void A_single_file_may_be_reached_through_a_link()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["real"], "content");
        File.CreateSymbolicLink(directory["link"], "real");
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(tree, DebianTree.System() with { Files = [new SystemFile { Target = "/opt/app", Source = directory["link"] }] });

        Assert.Equal("content", tree.ReadText("/opt/app"));
        Assert.IsType<FileInode>(tree.Find("/opt/app"));
    }

    [Fact]
    public void A_mode_for_a_directory_is_that_of_its_files_and_who_reads_may_search()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["src/sub"]);
        File.WriteAllText(directory["src/sub/f"], "");
        FileTree tree = DebianTree.Make();

        DebianTree.Apply(
            tree,
            DebianTree.System() with { Files = [new SystemFile { Target = "/opt/app", Source = directory["src"], Mode = DebianTree.Mode("0640") }] });

        Assert.Equal("640", DebianTree.ModeOf(tree, "/opt/app/sub/f"));
        Assert.Equal("750", DebianTree.ModeOf(tree, "/opt/app/sub"));
        Assert.Equal("750", DebianTree.ModeOf(tree, "/opt/app"));
    }

    [Theory]
    [InlineData("relative", "x", null, "the target 'relative' is no absolute path of a file")]
    [InlineData("/a/../b", "x", null, "the target '/a/../b' is no absolute path of a file")]
    [InlineData("/", "x", null, "the target '/' is no absolute path of a file")]
    [InlineData("/etc/x", "x", "y", "/etc/x has 2 of source, text and link")]
    [InlineData("/etc/x", null, null, "/etc/x has 0 of source, text and link")]
    [InlineData("/etc/skel", "x", null, "/etc/skel is a directory in the base, and a file or link is to be there")]
    [InlineData("/etc/passwd/x", "x", null, "passwd on the way to /etc/passwd/ is a File in the base, not a directory")]
    [InlineData("/loop/x", "x", null, "the symbolic links on the way to /loop/ go in a circle")]
    [InlineData("/etc/x", null, "", "'' cannot be the target of the link /etc/x")]
    public void What_cannot_be_written_is_a_plain_error(string target, string? text, string? link, string message)
    {
        FileTree tree = DebianTree.Make();
        tree.Set("/loop", new SymlinkInode("/loop"));

        SystemConfigurationError error = DebianTree.Error(tree, DebianTree.System() with { Files = [new SystemFile { Target = target, Text = text, Link = link }] });

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Owners_and_sources_that_are_not_there_are_all_reported()
    {
        SystemConfigurationError[] errors = DebianTree.Errors(DebianTree.Make(), DebianTree.System() with
        {
            Files =
            [
                new SystemFile { Target = "/a", Text = "", User = "www-dat" },
                new SystemFile { Target = "/b", Text = "", Group = "nogrou" },
                new SystemFile { Target = "/c", Source = "/nonexistent/diecast" },
                new SystemFile { Target = "/d", Text = "", Mode = 0x1000 },
            ],
        });

        Assert.Equal(
            [
                "the user www-dat of /a is not in the image",
                "the group nogrou of /b is not in the image",
                "the source /nonexistent/diecast is not there",
                "the mode 10000 of /d is no permission",
            ],
            errors.Select(error => error.Message));
        Assert.StartsWith("did you mean www-data", errors[0].Fix);
    }

    [Fact]
    public void A_file_of_a_user_that_is_refused_adds_no_error() =>
        Assert.Equal(
            "the shell /bin/zsh of the user ada is not in the base",
            DebianTree.Error(DebianTree.Make(), DebianTree.System() with
            {
                Users = [new UserAccount { Name = "ada", Shell = "/bin/zsh" }],
                Files = [new SystemFile { Target = "/srv/a", Text = "", User = "ada", Group = "ada" }],
            }).Message);
}
