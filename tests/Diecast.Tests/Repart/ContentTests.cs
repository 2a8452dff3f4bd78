using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.Repart;

namespace Diecast.Tests.Repart;

public sealed class ContentTests
{
    [Fact]
    public void Files_are_left_out_by_upstreams_rules()
    {
        using var directory = new TempDirectory();
        string root = Directory.CreateDirectory(directory["root"]).FullName;
        foreach (string file in (ReadOnlySpan<string>)["abc", "usr/def", "usr/qed", "tmp/prs", "proc/prs", "zzz/usr/prs", "zzz/proc/prs"])
            Write(root, file);
        string definitions = RepartProgram.Define(
            directory,
            ("00-root.conf", "Type=root-x86-64\nCopyFiles=/\nCopyFiles=/zzz:/\nCopyFiles=/:/oiu\nExcludeFilesTarget=/oiu/usr\n"),
            ("10-usr.conf", "Type=usr-x86-64\nCopyFiles=/usr:/\nExcludeFiles=/usr/qed\n"));

        RepartProgram.Make(definitions, directory["image"], $"--root={root}");

        using var image = new RepartImage(directory["image"]);
        Assert.Equal(
            ["/abc", "/oiu", "/oiu/abc", "/oiu/proc", "/oiu/tmp", "/oiu/zzz", "/oiu/zzz/proc", "/oiu/zzz/proc/prs", "/oiu/zzz/usr", "/oiu/zzz/usr/prs", "/proc", "/tmp", "/usr", "/zzz", "/zzz/proc", "/zzz/proc/prs", "/zzz/usr", "/zzz/usr/prs"],
            Paths(ExtFileSystem.Read(image.Content(1))));
        Assert.Equal(["/def"], Paths(ExtFileSystem.Read(image.Content(2))));
    }

    [Fact]
    public void Directories_and_links_come_after_copies_and_the_root_takes_after_its_source()
    {
        using var directory = new TempDirectory();
        string source = Directory.CreateDirectory(directory["source"]).FullName;
        Write(source, "tree/etc/issue");
        File.SetUnixFileMode(Path.Combine(source, "tree"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Write(source, "more/etc/issue", "replaced");
        Write(source, "more/etc/added");
        string definitions = RepartProgram.Define(
            directory,
            ("root.conf", "Type=root-x86-64\nCopyFiles=/tree:/\nCopyFiles=/more:/\nCopyFiles=/more/etc/added:/usr/lib/one\nCopyFiles=/none:/none\nMakeDirectories=/dir \"/with space/x\"\nMakeSymlinks=/foo:/bar /dir/foo-%a:../bar-%a\n"));

        RepartProgram.Result result = RepartProgram.Make(definitions, directory["image"], $"--copy-source={source}");

        Assert.Contains("CopyFiles=/none", result.Error, StringComparison.Ordinal);
        using var image = new RepartImage(directory["image"]);
        FileTree tree = ExtFileSystem.Read(image.Content(1));
        Assert.Equal("replaced", tree.ReadText("/etc/issue"));
        Assert.Equal(["/dir", "/dir/foo-x86-64", "/etc", "/etc/added", "/etc/issue", "/foo", "/usr", "/usr/lib", "/usr/lib/one", "/with space", "/with space/x"], Paths(tree));
        Assert.Equal("/bar", ((SymlinkInode)tree.Find("/foo")!).Target.ToString());
        Assert.Equal(0b111_000_000, tree.Root.Mode);
    }

    [Fact]
    public void A_file_onto_one_that_is_there_is_refused()
    {
        using var directory = new TempDirectory();
        Write(directory["source"], "one");
        string definitions = RepartProgram.Define(directory, ("root.conf", "Type=root\nCopyFiles=/one:/a\nCopyFiles=/one:/a\n"));

        RepartProgram.Result result = RepartProgram.Run($"--definitions={definitions}", "--empty=create", "--size=auto", $"--copy-source={directory["source"]}", directory["image"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("root.conf: CopyFiles=: /a is there already", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["image"]));
    }

    /// <summary>The kernel's word is put in its mouth, as not every kernel has fs-verity; fsverity made it.</summary>
    [ToolFact("fsverity", "e2fsck", "debugfs")]
    public void A_file_that_fs_verity_protects_stays_protected_where_it_is_asked_for()
    {
        using var directory = new TempDirectory();
        Write(directory["source"], "app/data", new string('x', 300_000));
        Write(directory["source"], "app/free");
        string[] parameters = ["--hash-alg=sha512", "--block-size=1024", "--salt=0123"];
        Tool.Check("fsverity", ["digest", .. parameters, $"--out-descriptor={directory["descriptor"]}", directory["source/app/data"]]);
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", "Type=root\nFormat=ext4\nCopyFiles=/app:/a:fsverity=copy\nCopyFiles=/app:/b\n"),
            ("2.conf", "Type=home\nFormat=ext4\nCopyFiles=/app/data:/one:fsverity=copy\nMinimize=guess\n"));
        (int exitCode, string error) = RunProtected(directory, definitions, "image");

        Assert.True(exitCode == 0, error);
        using var image = new RepartImage(directory["image"]);
        foreach ((int number, string path, bool isProtected) in (ReadOnlySpan<(int, string, bool)>)[(1, "/a/data", true), (1, "/a/free", false), (1, "/b/data", false), (2, "/one", true)])
            AssertProtection(directory, image.Content(number), path, isProtected);

        // It stays so through an image that is read in place of a directory.
        File.WriteAllText(Path.Combine(definitions, "1.conf"), "[Partition]\nType=root\nFormat=ext4\nCopyFiles=/a:/a:fsverity=copy\n");
        File.Delete(Path.Combine(definitions, "2.conf"));
        RepartProgram.Result again = RepartProgram.Run($"--definitions={definitions}", $"--image={directory["image"]}", "--empty=create", "--size=auto", directory["again"]);
        Assert.True(again.ExitCode == 0, again.Error);
        using var copied = new RepartImage(directory["again"]);
        AssertProtection(directory, copied.Content(1), "/a/data", isProtected: true);

        File.WriteAllText(Path.Combine(definitions, "1.conf"), "[Partition]\nType=root\nFormat=erofs\nCopyFiles=/app:/a:fsverity=copy\n");
        (exitCode, error) = RunProtected(directory, definitions, "refused");
        Assert.Equal(1, exitCode);
        Assert.Contains("/a/data is protected by fs-verity", error, StringComparison.Ordinal);
    }

    /// <summary>That a file has the mark, and in its last block the descriptor from which the kernel has its digest.</summary>
    private static void AssertProtection(TempDirectory directory, Blob fileSystem, string path, bool isProtected)
    {
        const int Mark = 0x100000;
        string part = directory["part"];
        File.WriteAllBytes(part, fileSystem.ToArray());
        Tool.Check("e2fsck", "-f", "-n", part);
        string stat = Tool.Check("debugfs", "-R", $"stat {path}", part);
        string flags = stat[(stat.IndexOf("Flags: 0x", StringComparison.Ordinal) + 9)..].Split(' ', '\n')[0];
        Assert.Equal(isProtected ? Mark : 0, Convert.ToInt32(flags, 16) & Mark);
        if (!isProtected)
            return;
        // From the next 64 KiB on 22 blocks of hashes of 293 blocks, each of 1 KiB, by SHA-512; then the descriptor.
        long end = (5 * 65536L) + (24 * 1024) + 4096;
        Tool.Check("debugfs", "-w", "-R", FormattableString.Invariant($"set_inode_field {path} size {end}"), part);
        Tool.Check("debugfs", "-R", $"dump {path} {directory["dump"]}", part);
        Assert.Equal(File.ReadAllBytes(directory["descriptor"]), File.ReadAllBytes(directory["dump"]).AsSpan((int)end - 4096, 256).ToArray());
    }

    private static (int ExitCode, string Error) RunProtected(TempDirectory directory, string definitions, string name)
    {
        var said = new StringBuilder();
        var options = new RepartOptions
        {
            Node = directory[name],
            DryRun = false,
            Empty = EmptyMode.Create,
            SizeAuto = true,
            Seed = Guid.Parse(RepartProgram.Seed),
            Definitions = [definitions],
            CopySource = directory["source"],
            Output = RepartOutput.None,
        };
        using var context = new RepartContext(options, _ => null, new RepartLog((_, text) => said.AppendLine(text)))
        {
            VerityReader = (file, isMarked) =>
            {
                Assert.False(isMarked);
                return file.DisplayPath.EndsWith("/data", StringComparison.Ordinal) ? File.ReadAllBytes(directory["descriptor"]) : null;
            },
        };
        try
        {
            return (new RepartRun(context, TextWriter.Null, CancellationToken.None).Execute(), said.ToString());
        }
        catch (BuildException exception)
        {
            return (1, exception.Message);
        }
    }

    [Fact]
    public void The_root_directory_has_what_validatefs_checks()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(
            directory,
            ("a.conf", "Type=home\nFormat=ext4\nLabel=HOME\nMountPoint=/home\nMountPoint=/a\n"),
            ("b.conf", "Type=srv\nFormat=ext4\nAddValidateFS=no\n"));

        RepartProgram.Make(definitions, directory["image"]);

        using var image = new RepartImage(directory["image"]);
        Xattrs attributes = ExtFileSystem.Read(image.Content(1)).Root.Xattrs;
        Assert.Equal("HOME\0", Text(attributes, "user.validatefs.gpt_label"));
        Assert.Equal("933ac7e1-2eb4-4f13-b844-0e14e2aef915\0", Text(attributes, "user.validatefs.gpt_type_uuid"));
        Assert.Equal("/home\0/a\0", Text(attributes, "user.validatefs.mount_point"));
        Assert.Empty(ExtFileSystem.Read(image.Content(2)).Root.Xattrs);
    }

    [Fact]
    public void Ids_of_file_systems_follow_from_those_of_their_partitions()
    {
        using var directory = new TempDirectory();
        string definitions = RepartProgram.Define(directory, ("root.conf", "Type=root-x86-64\nFormat=ext4\nGrowFileSystem=no\n"), ("esp.conf", "Type=esp\nFormat=vfat\n"));

        RepartProgram.Make(definitions, directory["image"]);

        using var image = new RepartImage(directory["image"]);
        Assert.Equal(Guid.Parse("70e624a3-caca-4b82-b656-2e7168b70ff1"), ExtFileSystem.ReadInfo(image.Content(2)).Uuid);
        Assert.Equal("1d2ce291-7cce-4f7d-bc83-fdb49ad74ebd", image.Table.Id);
        // systemd-repart says yes all the same; here no means no.
        Assert.Equal(0UL, image.Partition(2).Attributes);
        FatInfo esp = FatFileSystem.ReadInfo(image.Content(1));
        Assert.Equal(SeedUuids.FatVolumeId(SeedUuids.FileSystem(Guid.Parse("39107b09-615d-48fb-ba37-c663885fce67"))), esp.VolumeId);
        // The disk's sectors, not the 4096 bytes that make some firmware not read it.
        Assert.Equal(512, esp.SectorSize);
    }

    [ToolFact("e2fsck", "fsck.fat")]
    public void What_is_as_small_as_it_can_be_is_sound_and_holds_the_files()
    {
        using var directory = new TempDirectory();
        string source = Directory.CreateDirectory(directory["source"]).FullName;
        for (int i = 0; i < 40; i++)
            Write(source, $"dir{i % 5}/file{i}", new string((char)('a' + (i % 26)), 5000 * i));
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", "Type=linux-generic\nFormat=ext4\nCopyFiles=/\nMinimize=guess\nSplitName=ext\n"),
            ("2.conf", "Type=linux-generic\nFormat=vfat\nCopyFiles=/\nMinimize=guess\nSplitName=fat\n"),
            ("3.conf", "Type=linux-generic\nFormat=erofs\nCopyFiles=/\nMinimize=best\n"),
            ("4.conf", "Type=linux-generic\nFormat=squashfs\nCompression=zstd\nCopyFiles=/\nMinimize=best\n"));

        RepartProgram.Result result = RepartProgram.Make(definitions, directory["image.raw"], $"--copy-source={source}");

        using var image = new RepartImage(directory["image.raw"]);
        string[] expected = Paths(HostDirectoryReader.Read(source));
        Assert.Equal(expected, Paths(ExtFileSystem.Read(image.Content(1))));
        Assert.Equal(expected, Paths(FatFileSystem.Read(image.Content(2))));
        Assert.Equal(expected, Paths(ErofsFileSystem.Read(image.Content(3))));
        Assert.Equal(expected, Paths(SquashfsFileSystem.Read(image.Content(4))));
        Tool.Check("e2fsck", "-fn", Save(image.Content(1), directory["ext"]));
        Tool.Check("fsck.fat", "-n", Save(image.Content(2), directory["fat"]));
        Assert.Contains("\"activity\" : \"create\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_gives_the_same_bytes_again()
    {
        using var directory = new TempDirectory();
        Write(directory["source"], "a/b");
        string definitions = RepartProgram.Define(
            directory,
            ("1.conf", "Type=esp\nFormat=vfat\nCopyFiles=/:/EFI\n"),
            ("2.conf", "Type=root\nFormat=ext4\nCopyFiles=/\nMakeDirectories=/x\n"),
            ("3.conf", "Type=swap\n"));

        foreach (string name in (ReadOnlySpan<string>)["one", "two"])
            RepartProgram.Make(definitions, directory[name], $"--copy-source={directory["source"]}");

        Tool.Check("cmp", directory["one"], directory["two"]);
    }

    [Theory]
    [InlineData("EXT4", "-O ^metadata_csum -N 5000 -m 3 -E lazy_itable_init=1,stride=4", null)]
    [InlineData("EXT4", "-O ^nosuch", "nosuch")]
    [InlineData("EXT4", "-E resize=100", "SYSTEMD_REPART_MKFS_OPTIONS_EXT4: -E resize=100 is not an option that the writer has")]
    [InlineData("VFAT", "-S 512 -s 8 -F 16", null)]
    [InlineData("VFAT", "-R 12", "SYSTEMD_REPART_MKFS_OPTIONS_VFAT: -R is not an option that the writer has")]
    [InlineData("SQUASHFS", "-comp zstd -Xcompression-level 19 -b 1M -no-xattrs", null)]
    [InlineData("SQUASHFS", "-action x", "SYSTEMD_REPART_MKFS_OPTIONS_SQUASHFS: -action is not an option that the writer has")]
    [InlineData("EROFS", "-zlz4hc,9 -C65536 -Efragments --all-root", null)]
    [InlineData("EROFS", "--tar=f", "SYSTEMD_REPART_MKFS_OPTIONS_EROFS: --tar=f is not an option that the writer has")]
    public void Options_of_mkfs_are_understood_or_refused_by_name(string format, string options, string? refusal)
    {
        using var directory = new TempDirectory();
        Write(directory["source"], "a");
        string definitions = RepartProgram.Define(directory, ("1.conf", $"Type=root\nFormat={format.ToLowerInvariant()}\nCopyFiles=/\nSizeMinBytes=32M\n"));

        RepartProgram.Result result = RepartProgram.Run(
            new Dictionary<string, string> { [$"SYSTEMD_REPART_MKFS_OPTIONS_{format}"] = options },
            $"--definitions={definitions}", "--empty=create", "--size=auto", $"--seed={RepartProgram.Seed}", $"--copy-source={directory["source"]}", directory["image"]);

        Assert.Equal(refusal is null ? 0 : 1, result.ExitCode);
        if (refusal is not null)
            Assert.Contains(refusal, result.Error, StringComparison.Ordinal);
    }

    private static string Text(Xattrs attributes, string name) => Encoding.UTF8.GetString(attributes.Find(name)!.Value.Span);

    private static string[] Paths(FileTree tree) =>
        [.. tree.Walk().Select(entry => entry.Path).Where(path => path != "/lost+found").Order(StringComparer.Ordinal)];

    private static string Save(Blob blob, string path)
    {
        using FileStream file = File.Create(path);
        using Stream stream = blob.OpenRead();
        stream.CopyTo(file);
        return path;
    }

    internal static void Write(string directory, string name, string text = "text")
    {
        string path = Path.Combine(directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
