using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;
using Diecast.Repart.Sources;

namespace Diecast.Tests.Repart;

/// <summary><c>--image=</c>: definitions, specifiers and files out of an image's own file systems.</summary>
public sealed class SystemImageTests
{
    [Fact]
    public void An_image_stands_for_the_root_with_all_that_is_mounted_in_it()
    {
        using var directory = new TempDirectory();
        string image = MakeSystem(directory, "ext4", "erofs");

        RepartProgram.Result result = RepartProgram.Run($"--image={image}", "--empty=create", "--size=auto", $"--seed={RepartProgram.Seed}", "--json=pretty", directory["out"]);

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains($"\"file\" : \"{image}/usr/lib/repart.d/10-root.conf\"", result.Output, StringComparison.Ordinal);
        Assert.Contains($"\"{image}/etc/repart.d/10-root.conf.d/label.conf\"", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("20-masked.conf", result.Output, StringComparison.Ordinal);
        using var made = new RepartImage(directory["out"]);
        Assert.Equal("sample-7", made.Partition(1).Label);
        FileTree tree = ExtFileSystem.Read(made.Content(1));
        Assert.Equal(
            ["/boot", "/dev", "/efi", "/efi/EFI", "/efi/EFI/BOOT", "/etc", "/etc/link", "/etc/one", "/etc/repart.d", "/etc/repart.d/10-root.conf.d", "/etc/repart.d/10-root.conf.d/label.conf", "/etc/repart.d/20-masked.conf", "/home", "/home/user", "/lib", "/proc", "/tmp", "/usr", "/usr/lib", "/usr/lib/os-release", "/usr/lib/repart.d", "/usr/lib/repart.d/10-root.conf", "/usr/lib/repart.d/20-masked.conf", "/usr/lib/repart.d/30-srv.conf", "/usr/lib/two"],
            tree.Walk().Select(entry => entry.Path).Where(path => !path.EndsWith("/lost+found", StringComparison.Ordinal)));
        Assert.Same(tree.Find("/etc/one"), tree.Find("/etc/link"));
        Assert.Equal("Hello", tree.ReadText("/etc/one"));
        FileTree others = ExtFileSystem.Read(made.Content(2));
        Assert.Equal("loader", others.ReadText("/esp/EFI/BOOT"));
        Assert.IsType<DirectoryInode>(others.Find("/homes/user"));
    }

    [Fact]
    public void Without_another_disk_the_image_itself_is_worked_on()
    {
        using var directory = new TempDirectory();
        string image = MakeSystem(directory, "ext4", "squashfs");
        string definitions = RepartProgram.Define(directory, ("50-srv.conf", "Type=srv\nSizeMinBytes=5M\nLabel=%M-%A\nFormat=ext4\nCopyFiles=/usr/lib/two:/two\n"));

        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", $"--image={image}", "--size=2G", "--dry-run=no", $"--seed={RepartProgram.Seed}", "--json=short");

        Assert.True(result.ExitCode == 0, result.Error);
        using var made = new RepartImage(image);
        Assert.Equal("sample-7", made.Partition(6).Label);
        Assert.Equal("2", ExtFileSystem.Read(made.Content(6)).ReadText("/two"));
        Assert.Equal(2L << 30, made.Disk.Length);
    }

    [Fact]
    public void What_cannot_be_read_is_told_where_it_is_asked_for_and_nothing_else_is_kept_back()
    {
        using var directory = new TempDirectory();
        string image = MakeSystem(directory, "ext4", "erofs", home: "Format=ext4\nEncrypt=key-file\nKeyFile=" + directory["key"] + "\nEncryptKDF=minimal\n");
        string all = RepartProgram.Define(directory, ("50-srv.conf", "Type=srv\nCopyFiles=/etc:/\n"));

        RepartProgram.Result fine = RepartProgram.Run($"--definitions={all}", $"--image={image}", "--empty=create", "--size=auto", directory["fine"]);
        File.WriteAllText(Path.Combine(all, "50-srv.conf"), "[Partition]\nType=srv\nCopyFiles=/home:/\n");
        RepartProgram.Result refused = RepartProgram.Run($"--definitions={all}", $"--image={image}", "--empty=create", "--size=auto", directory["refused"]);
        RepartProgram.Result both = RepartProgram.Run($"--root={directory.Path}", $"--image={image}", directory["both"]);

        Assert.True(fine.ExitCode == 0, fine.Error);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("(home)", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["refused"]));
        Assert.Equal(1, both.ExitCode);
    }

    [Fact]
    public void Blocks_are_copied_out_of_a_file_in_the_image()
    {
        using var directory = new TempDirectory();
        string image = MakeSystem(directory, "ext4", "erofs");
        string definitions = RepartProgram.Define(directory, ("50-srv.conf", "Type=srv\nCopyBlocks=/etc/blocks\n"));

        RepartProgram.Result none = RepartProgram.Run($"--definitions={definitions}", $"--image={image}", "--empty=create", "--size=auto", directory["none"]);

        Assert.Equal(1, none.ExitCode);
        Assert.Contains("there is no such file", none.Error, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(definitions, "50-srv.conf"), "[Partition]\nType=srv\nCopyBlocks=/etc/one\n");
        RepartProgram.Result odd = RepartProgram.Run($"--definitions={definitions}", $"--image={image}", "--empty=create", "--size=auto", directory["odd"]);
        Assert.Contains("no file of whole sectors", odd.Error, StringComparison.Ordinal);
    }

    /// <summary>The examples of the specification (UAPI.10).</summary>
    [Theory]
    [InlineData("122.1", "123~rc1-1")]
    [InlineData("123~rc1-1", "123")]
    [InlineData("123", "123-a")]
    [InlineData("123-a", "123-a.1")]
    [InlineData("123-a.1", "123-1")]
    [InlineData("123-1", "123-1.1")]
    [InlineData("123-1.1", "123^post1")]
    [InlineData("123^post1", "123.a-1")]
    [InlineData("123.a-1", "123.1-1")]
    [InlineData("123.1-1", "123a-1")]
    [InlineData("123a-1", "124-1")]
    [InlineData("root_9", "root_10")]
    public void Versions_in_labels_have_the_specifications_order(string lesser, string greater)
    {
        Assert.Equal(-1, VersionOrder.Compare(lesser, greater));
        Assert.Equal(1, VersionOrder.Compare(greater, lesser));
        Assert.Equal(0, VersionOrder.Compare(greater, greater));
    }

    /// <summary>An image with a root, /usr, /home and an ESP, and definitions of its own.</summary>
    private static string MakeSystem(TempDirectory directory, string rootFormat, string usrFormat, string home = "Format=ext4\nMakeDirectories=/user\n")
    {
        using var parts = new TempDirectory();
        string root = parts["root"];
        File.WriteAllText(directory["key"], "secret");
        Write(root, "etc/one", "Hello");
        Tool.Check("ln", Path.Combine(root, "etc/one"), Path.Combine(root, "etc/link"));
        Write(root, "etc/repart.d/10-root.conf.d/label.conf", "[Partition]\nLabel=%M-%A\n");
        File.CreateSymbolicLink(Path.Combine(root, "etc/repart.d/20-masked.conf"), "/dev/null");
        File.CreateSymbolicLink(Path.Combine(root, "lib"), "usr/lib");
        foreach (string empty in (ReadOnlySpan<string>)["usr", "home", "boot", "efi", "proc", "dev", "tmp"])
            Directory.CreateDirectory(Path.Combine(root, empty));
        Write(parts["usr"], "lib/two", "2");
        Write(parts["usr"], "lib/os-release", "ID=debian\nIMAGE_ID=sample\nIMAGE_VERSION=\"7\"\n");
        Write(parts["usr"], "lib/repart.d/10-root.conf", "[Partition]\nType=root\nCopyFiles=/\nFormat=ext4\nMinimize=guess\n");
        Write(parts["usr"], "lib/repart.d/20-masked.conf", "[Partition]\nType=swap\n");
        Write(parts["usr"], "lib/repart.d/30-srv.conf", "[Partition]\nType=srv\nCopyFiles=/efi:/esp\nCopyFiles=/home:/homes\nFormat=ext4\nMinimize=guess\n");
        Write(parts["esp"], "EFI/BOOT", "loader");
        string definitions = RepartProgram.Define(
            parts,
            ("00-esp.conf", "Type=esp\nFormat=vfat\nCopyFiles=/esp:/\nSizeMinBytes=4M\nSizeMaxBytes=300M\n"),
            ("10-root.conf", $"Type=root\nFormat={rootFormat}\nCopyFiles=/root:/\n"),
            ("20-usr-old.conf", $"Type=usr\nFormat={usrFormat}\nLabel=usr_9\nCopyFiles=/esp:/\nMinimize=best\n"),
            ("21-usr.conf", $"Type=usr\nFormat={usrFormat}\nLabel=usr_10\nCopyFiles=/usr:/\nMinimize=best\n"),
            ("30-home.conf", "Type=home\n" + home));
        RepartProgram.Make(definitions, directory["image"], $"--copy-source={parts.Path}");
        return directory["image"];
    }

    private static void Write(string root, string path, string text)
    {
        string file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
