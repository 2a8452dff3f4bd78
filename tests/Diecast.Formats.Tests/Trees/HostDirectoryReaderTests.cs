using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Tests.Archives;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Trees;

public sealed class HostDirectoryReaderTests
{
    [ToolFact("stat", "find")]
    public void Every_inode_is_as_stat_says()
    {
        using var sample = new SampleDirectory();
        string[] expected = Tool.Check("find", sample.Root, "!", "-type", "d", "-printf", "/%P %m %U:%G %Ts %s %l\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        FileTree tree = sample.Read();
        IEnumerable<string> actual = tree.Walk().Where(e => e.Inode is not DirectoryInode).Select(e =>
            $"{e.Path} {Convert.ToString(e.Inode.Mode, 8)} {e.Inode.Uid}:{e.Inode.Gid} {e.Inode.ModifiedTime.Seconds} "
            + $"{Size(e.Inode)} {(e.Inode as SymlinkInode)?.Target}");
        Assert.Equal(expected.Order(StringComparer.Ordinal), actual.Order(StringComparer.Ordinal));
        Assert.Equal(123456789, tree.Find("/etc/hostname")!.ModifiedTime.Nanoseconds);
    }

    private static long Size(Inode inode) => inode switch
    {
        FileInode file => file.Content.Length,
        SymlinkInode link => link.Target.Length,
        _ => 0,
    };

    [Fact]
    public void Hard_links_are_kept_or_ignored()
    {
        using var sample = new SampleDirectory();
        FileTree kept = HostDirectoryReader.Read(sample.Root);
        Assert.Same(kept.Find("/usr/bin/tool"), kept.Find("/usr/bin/alias"));
        FileTree ignored = HostDirectoryReader.Read(sample.Root, new HostDirectoryOptions { HardLinks = HostHardLinks.Ignore });
        Assert.NotSame(ignored.Find("/usr/bin/tool"), ignored.Find("/usr/bin/alias"));
        Assert.Equal(0u, ignored.Find("/usr/bin/tool")!.Uid);
    }

    [Fact]
    public void Holes_of_sparse_files_stay_holes()
    {
        using var sample = new SampleDirectory();
        sample.Sparse("holes", (1 << 20, 4096), (3 << 20, 100));
        Blob content = HostDirectoryReader.Read(sample.Root).ResolveFile("/holes")!.Content;
        Assert.Equal(File.ReadAllBytes(Path.Combine(sample.Root, "holes")), content.ToArray());
        Assert.Equal(2, content.DataRanges().Count);
        Assert.Equal(1 << 20, content.DataRanges()[0].Offset);
    }

    [ToolFact("find")]
    public void Many_directories_are_read_as_find_lists_them()
    {
        using var temp = new TempDirectory();
        string shared = temp["root/shared"];
        Directory.CreateDirectory(temp["root"]);
        File.WriteAllText(shared, "shared");
        for (int i = 0; i < 200; i++)
        {
            string directory = Directory.CreateDirectory(temp[$"root/{i % 7}/{i % 31}/{i}"]).FullName;
            File.WriteAllText(Path.Combine(directory, $"file {i}"), "");
            if (i % 10 == 0)
                Tool.Check("ln", shared, Path.Combine(directory, "alias"));
        }

        FileTree tree = HostDirectoryReader.Read(temp["root"]);
        string[] expected = Tool.Check("find", temp["root"], "-mindepth", "1", "-printf", "/%P\n").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Order(StringComparer.Ordinal), tree.Walk().Select(e => e.Path).Order(StringComparer.Ordinal));
        Inode[] aliases = [.. tree.Walk().Where(e => e.Name == "alias").Select(e => e.Inode)];
        Assert.Equal(20, aliases.Length);
        Assert.All(aliases, alias => Assert.Same(tree.Find("/shared"), alias));
    }

    [Fact]
    public void Names_that_take_many_calls_to_list_are_in_order()
    {
        using var temp = new TempDirectory();
        var random = new Random(5);
        string[] names = [.. Enumerable.Range(0, 600).Select(i => new string((char)('a' + random.Next(26)), random.Next(1, 200)) + i)];
        foreach (string name in names)
            File.WriteAllBytes(temp[name], []);
        DirectoryInode root = HostDirectoryReader.Read(temp.Path).Root;
        Assert.Equal(names.Order(StringComparer.Ordinal), root.Entries.ToArray().Select(e => e.Name.ToString()));
    }

    [Fact]
    public void Reading_that_is_cancelled_ends()
    {
        using var sample = new SampleDirectory();
        Assert.ThrowsAny<OperationCanceledException>(() => HostDirectoryReader.Read(sample.Root, null, new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Paths_longer_than_the_kernel_takes_are_read()
    {
        using var temp = new TempDirectory();
        string step = new('d', 200);
        // Made from the inside out, because no call takes the whole path.
        string inner = temp["0"];
        Directory.CreateDirectory(inner);
        File.WriteAllText(Path.Combine(inner, "file"), "deep");
        for (int i = 1; i <= 30; i++)
        {
            string outer = temp[i.ToString()];
            Directory.CreateDirectory(outer);
            Directory.Move(temp[(i - 1).ToString()], Path.Combine(outer, step));
        }

        FileTree tree = HostDirectoryReader.Read(temp["30"]);
        string path = string.Concat(Enumerable.Repeat("/" + step, 30)) + "/file";
        Assert.Equal("deep", tree.ReadText(path));
        Tool.Check("rm", "-rf", temp["30"]);
    }

    [Fact]
    public void Names_that_are_not_utf8_are_kept()
    {
        using var temp = new TempDirectory();
        Tool.Check("sh", "-c", $"printf data > \"$(printf '{temp.Path}/a\\377b')\"");
        DirectoryEntry entry = HostDirectoryReader.Read(temp.Path).Root.Entries[0];
        Assert.Equal([(byte)'a', 0xff, (byte)'b'], entry.Name.Span.ToArray());
        Assert.Equal("data", Encoding.ASCII.GetString(((FileInode)entry.Inode).Content.ToArray()));
        Tool.Check("sh", "-c", $"rm {temp.Path}/*");
    }

    [Fact]
    public void A_directory_that_is_missing_is_named()
    {
        using var temp = new TempDirectory();
        var exception = Assert.ThrowsAny<IOException>(() => HostDirectoryReader.Read(temp["none"]));
        Assert.Contains(temp["none"], exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_shrank_since_is_an_error_not_zeros()
    {
        using var temp = new TempDirectory();
        File.WriteAllText(temp["file"], "0123456789");
        FileTree tree = HostDirectoryReader.Read(temp.Path);
        File.WriteAllText(temp["file"], "0");
        Assert.Contains("shrunk", Assert.Throws<IOException>(() => tree.ReadText("/file")).Message, StringComparison.Ordinal);
    }

    [ToolFact("setfattr")]
    public void Portable_attributes_leave_the_hosts_own_behind()
    {
        using var temp = new TempDirectory();
        File.WriteAllText(temp["file"], "");
        Tool.Check("setfattr", "-n", "user.mine", "-v", "1", temp["file"]);
        Tool.Check("setfacl", "-m", "u:12345:rx", temp["file"]);
        Assert.Equal("user.mine", Assert.Single(HostDirectoryReader.Read(temp.Path).Find("/file")!.Xattrs).Name.ToString());
        Assert.Equal(2, HostDirectoryReader.Read(temp.Path, new HostDirectoryOptions { Xattrs = HostXattrs.All }).Find("/file")!.Xattrs.Count);
        Assert.Empty(HostDirectoryReader.Read(temp.Path, new HostDirectoryOptions { Xattrs = HostXattrs.None }).Find("/file")!.Xattrs);
    }
}
