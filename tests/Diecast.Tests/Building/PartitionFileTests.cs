using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;
using Diecast.Tests.Cli;

namespace Diecast.Tests.Building;

/// <summary>Files, directories and links that a definition puts into a partition.</summary>
public sealed class PartitionFileTests
{
    [Fact]
    public void A_file_is_copied_as_its_target_and_a_directory_into_it()
    {
        using var directory = new TempDirectory();
        Write(directory, "motd", "hello\n", 0b110_000_000);
        Write(directory, "site/index.html", "<p>");
        Write(directory, "site/sub/deep", "deep");

        FileTree tree = Build(directory, """
            contents:
              - { source: motd, target: /etc/motd }
              - { source: site, target: /srv/www }
              - { text: "timeout 3\n", target: /loader/loader.conf }
            """);

        Assert.Equal("hello\n", tree.ReadText("/etc/motd"));
        Assert.Equal(0b110_000_000, tree.Find("/etc/motd")!.Mode);
        Assert.Equal("<p>", tree.ReadText("/srv/www/index.html"));
        Assert.Equal("deep", tree.ReadText("/srv/www/sub/deep"));
        Assert.Equal("timeout 3\n", tree.ReadText("/loader/loader.conf"));
        Assert.Equal(0b110_100_100, tree.Find("/loader/loader.conf")!.Mode);
        // What is made on the way is root's, for all to search, and of the epoch's time.
        Assert.Equal((0b111_101_101, 0u, 1_700_000_000L), (tree.Find("/srv")!.Mode, tree.Find("/srv")!.Uid, tree.Find("/srv")!.ModifiedTime.Seconds));
    }

    [Fact]
    public void What_a_pattern_finds_is_copied_into_the_target_each_under_its_name()
    {
        using var directory = new TempDirectory();
        Write(directory, "build/b.efi", "b");
        Write(directory, "build/a.efi", "a");
        Write(directory, "build/.hidden.efi", "h");
        Write(directory, "build/a.txt", "t");
        Write(directory, "build/d.efi/inner", "i");

        FileTree tree = Build(directory, """contents: [{ source: "build/*.efi", target: /EFI/Linux }, { source: "build/[!b-z].txt", target: / }]""");

        Assert.Equal(["/EFI", "/EFI/Linux", "/EFI/Linux/a.efi", "/EFI/Linux/b.efi", "/EFI/Linux/d.efi", "/EFI/Linux/d.efi/inner", "/a.txt"], Paths(tree));
    }

    [Fact]
    public void Owners_are_those_of_the_partitions_own_account_files_or_numbers()
    {
        using var directory = new TempDirectory();
        Write(directory, "root/etc/passwd", "root:x:0:0::/root:/bin/sh\nada:x:1815:100::/home/ada:/bin/sh\n");
        Write(directory, "root/etc/group", "root:x:0:\nwheel:x:77:\n");
        Write(directory, "home/.profile", "#\n");
        Write(directory, "home/bin/run", "#!\n", 0b111_101_101);

        FileTree tree = Build(directory, """
            content: { directory: root }
            contents:
              - { source: home, target: /home/ada, user: ada, group: wheel, mode: 0640 }
              - { text: x, target: /n, user: 12, group: 34 }
            directories: [/empty, { path: /tmp, mode: 1777 }, { path: /home/ada/private, mode: 0700, user: ada, group: 100 }]
            symlinks: [{ target: /usr/bin/sh, to: busybox }]
            """);

        Assert.Equal((1815u, 77u, 0b110_100_000), Of("/home/ada/.profile"));
        Assert.Equal((1815u, 77u, 0b110_100_000), Of("/home/ada/bin/run"));
        // Who may read a directory's files may search it.
        Assert.Equal((1815u, 77u, 0b111_101_000), Of("/home/ada/bin"));
        Assert.Equal((1815u, 100u, 0b111_000_000), Of("/home/ada/private"));
        Assert.Equal((12u, 34u, 0b110_100_100), Of("/n"));
        Assert.Equal((0u, 0u, 0b1_111_111_111), Of("/tmp"));
        Assert.Equal((0u, 0u, 0b111_101_101), Of("/empty"));
        Assert.Equal("busybox", ((SymlinkInode)tree.Find("/usr/bin/sh")!).Target.ToString());

        (uint, uint, int) Of(string path) => (tree.Find(path)!.Uid, tree.Find(path)!.Gid, tree.Find(path)!.Mode);
    }

    [Fact]
    public void An_owner_that_the_image_does_not_have_is_an_error()
    {
        using var directory = new TempDirectory();
        Write(directory, "root/etc/passwd", "ada:x:1815:100::/home/ada:/bin/sh\n");

        string error = Fails(directory, """
            content: { directory: root }
            contents: [{ text: x, target: /x, user: adah }]
            """);

        Assert.Contains("image.partitions[0].contents[0]: the user adah is not in the image", error, StringComparison.Ordinal);
        Assert.Contains("did you mean ada?", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_systems_partition_has_them_beside_the_system_and_by_its_accounts()
    {
        using var directory = new TempDirectory();
        SmallSystem.In(directory);
        File.WriteAllText(directory["system.yaml"], """
            name: small
            epoch: 1700000000
            system:
              base: { directory: root }
              users: [{ name: ada, uid: 1815 }]
            image:
              partitions:
                - type: linux-generic
                  fileSystem: ext4
                  mountPoint: /
                  contents: [{ text: "hers\n", target: /srv/hers, user: ada, group: daemon }]
                  directories: [{ path: /srv, mode: 0750 }]
            """);

        CommandLine.Result result = CommandLine.Run("build", directory["system.yaml"], "-q", "--format", "raw", "-o", directory["out.img"]);

        Assert.True(result.ExitCode == 0, result.Error);
        FileTree tree = ExtFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(directory["out.img"])).Slice(1 << 20));
        Assert.Equal("small\n", tree.ReadText("/etc/hostname"));
        Assert.Equal("hers\n", tree.ReadText("/srv/hers"));
        Assert.Equal((1815u, 1u), (tree.Find("/srv/hers")!.Uid, tree.Find("/srv/hers")!.Gid));
        Assert.Equal(0b111_101_000, tree.Find("/srv")!.Mode);
    }

    [Fact]
    public void The_platform_says_which_root_it_is_where_there_is_no_system()
    {
        using var directory = new TempDirectory();
        string file = Definition(directory, "symlinks: [{ target: /bin, to: usr/bin }]");
        File.WriteAllText(file, File.ReadAllText(file).Replace("partitionTable: none", "platform: arm64", StringComparison.Ordinal).Replace("linux-generic", "root", StringComparison.Ordinal));
        CommandLine.Result plan = CommandLine.Run("build", file, "--dry-run");
        Assert.Contains("partition 1 root-arm64", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_excluded_stays_behind()
    {
        using var directory = new TempDirectory();
        foreach (string path in (string[])["a.py", "a.pyc", "doc/x", "doc/y/z", "lib/b.pyc", "lib/doc/kept", "cache/f"])
            Write(directory, "app/" + path, path);

        FileTree tree = Build(directory, """contents: [{ source: app, target: /opt/app, exclude: ["*.pyc", "/doc/**", /cache] }]""");

        Assert.Equal(["/opt", "/opt/app", "/opt/app/a.py", "/opt/app/doc", "/opt/app/lib", "/opt/app/lib/doc", "/opt/app/lib/doc/kept"], Paths(tree));
    }

    [ToolFact("setfattr")]
    public void Attributes_come_along_as_asked()
    {
        using var directory = new TempDirectory();
        Write(directory, "d/f", "x");
        Tool.Check("setfattr", "-n", "user.mark", "-v", "1", directory["d/f"]);

        FileTree tree = Build(directory, """
            contents:
              - { source: d/f, target: /portable }
              - { source: d/f, target: /none, xattrs: none }
              - { source: d, target: /d, xattrs: all }
            """);

        Assert.NotNull(tree.Find("/portable")!.Xattrs.Find("user.mark"));
        Assert.Empty(tree.Find("/none")!.Xattrs);
        Assert.NotNull(tree.Find("/d/f")!.Xattrs.Find("user.mark"));
    }

    [Theory]
    [InlineData("contents: [{ source: a, target: /x }, { source: b, target: / }]", "contents[1]: /x is there already")]
    [InlineData("contents: [{ source: \"b/*\", target: / }, { source: \"c/*\", target: / }]", "contents[1]: /x is there already")]
    [InlineData("content: { directory: b }\ncontents: [{ source: a, target: /x }]", "contents[0]: /x is there already")]
    [InlineData("contents: [{ source: b, target: /d }]\nsymlinks: [{ target: /d, to: b }]", "target given twice")]
    [InlineData("contents: [{ source: b, target: / }]\nsymlinks: [{ target: /x, to: b }]", "symlinks[0]: /x is there already")]
    [InlineData("contents: [{ source: a, target: /x }]\ndirectories: [/x]", "contents[0]: /x is there already")]
    [InlineData("contents: [{ source: a, target: /x }, { text: t, target: /x/y }]", "contents[1]: x in /x is no directory")]
    public void Nothing_is_replaced_and_nothing_is_written_then(string files, string expected)
    {
        using var directory = new TempDirectory();
        Write(directory, "a", "a");
        Write(directory, "b/x", "b");
        Write(directory, "c/x", "c");
        File.WriteAllText(directory["out.img"], "old");

        Assert.Contains(expected, Fails(directory, files), StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(directory["out.img"]));
    }

    [Fact]
    public void Directories_that_meet_are_one()
    {
        using var directory = new TempDirectory();
        Write(directory, "a/etc/one", "1");
        Write(directory, "b/etc/two", "2");
        FileTree tree = Build(directory, "contents: [{ source: a, target: / }, { source: b, target: / }]");
        Assert.Equal(["/etc", "/etc/one", "/etc/two"], Paths(tree));
    }

    [Theory]
    [InlineData("contents: [{ source: gone, target: /x }]", "no such file: 'gone'", 9)]
    [InlineData("contents: [{ source: \"gone/*\", target: /x }]", "nothing matches", 9)]
    [InlineData("contents: [{ target: /x }]", "files without a source", 9)]
    [InlineData("contents: [{ source: a, text: b, target: /x }]", "both a source and a text", 9)]
    [InlineData("contents: [{ text: b, target: / }]", "not the path of a file", 9)]
    [InlineData("contents: [{ text: b, target: /x, exclude: [a] }]", "patterns for a text", 9)]
    [InlineData("contents: [{ source: a, target: /x, exclude: [a/b] }]", "a path that does not start at the top", 9)]
    [InlineData("contents: [{ text: b, target: /x, user: 4294967295 }]", "not a number of an account", 9)]
    [InlineData("contents: [{ text: b, target: /x }, { text: c, target: /x }]", "target given twice", 9)]
    [InlineData("directories: [/x, /x]", "directory made twice", 9)]
    [InlineData("storePrefix: /x", "no store paths", 9)]
    [InlineData("storePaths: [/nix/store/short]", "no path of a store", 9)]
    public void What_can_be_seen_in_a_definition_is_told_with_its_place(string files, string message, int line)
    {
        using var directory = new TempDirectory();
        Write(directory, "a", "a");
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(Definition(directory, files))).Errors);
        Assert.Contains(message, error.ToString(), StringComparison.Ordinal);
        Assert.Equal(line, error.Position!.Line);
    }

    [Theory]
    [InlineData("contents: [{ text: b, target: /x }]")]
    [InlineData("directories: [/x]")]
    [InlineData("symlinks: [{ target: /x, to: y }]")]
    public void Files_need_a_file_system(string files)
    {
        using var directory = new TempDirectory();
        string file = Definition(directory, files);
        File.WriteAllText(file, File.ReadAllText(file).Replace("fileSystem: ext4", "weight: 7", StringComparison.Ordinal));
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(file)).Errors);
        Assert.Contains("files without a file system", error.ToString(), StringComparison.Ordinal);
    }

    internal static FileTree Build(TempDirectory directory, string files)
    {
        CommandLine.Result result = CommandLine.Run("build", Definition(directory, files), "-q", "-o", directory["out.img"]);
        Assert.True(result.ExitCode == 0, result.Error);
        return ReadImage(directory["out.img"]);
    }

    internal static FileTree ReadImage(string path)
    {
        FileTree tree = ExtFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(path)));
        tree.Remove("/lost+found");
        return tree;
    }

    internal static string Fails(TempDirectory directory, string files)
    {
        CommandLine.Result result = CommandLine.Run("build", Definition(directory, files), "-q", "-o", directory["out.img"]);
        Assert.NotEqual(0, result.ExitCode);
        return result.Error;
    }

    /// <summary>A definition whose image is one file system; the files' first line is the ninth.</summary>
    internal static string Definition(TempDirectory directory, string files)
    {
        File.WriteAllText(directory["files.yaml"], "name: files\nepoch: 1700000000\nimage:\n  partitionTable: none\n  partitions:\n    - type: linux-generic\n"
            + "      fileSystem: ext4\n      free: 64K\n" + string.Concat(files.Split('\n').Select(line => $"      {line}\n")));
        return directory["files.yaml"];
    }

    private static string[] Paths(FileTree tree) => [.. tree.Walk().Select(entry => entry.Path)];

    private static void Write(TempDirectory directory, string path, string text, int mode = 0b110_100_100)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(directory[path])!);
        File.WriteAllText(directory[path], text);
        File.SetUnixFileMode(directory[path], (UnixFileMode)mode);
    }
}
