using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>What mke2fs writes, the reader reads.</summary>
public class ExtReaderForeignTests
{
    [ToolTheory("mke2fs", "setfattr", "setfacl", "mkfifo")]
    [InlineData("ext2", "-b", "1024")]
    [InlineData("ext2", "-b", "4096", "-I", "128")]
    [InlineData("ext2", "-r", "0", "-b", "1024", "-I", "128")]
    [InlineData("ext3", "-b", "1024", "-I", "128")]
    [InlineData("ext3", "-b", "2048")]
    [InlineData("ext4", "-b", "1024")]
    [InlineData("ext4", "-b", "4096")]
    [InlineData("ext4", "-b", "65536")]
    [InlineData("ext4", "-I", "1024", "-b", "4096")]
    [InlineData("ext4", "-O", "^extent,^64bit", "-b", "1024")]
    [InlineData("ext4", "-O", "inline_data", "-b", "1024")]
    [InlineData("ext4", "-O", "inline_data,^extent,^64bit", "-I", "512", "-b", "4096")]
    [InlineData("ext4", "-O", "meta_bg,^resize_inode", "-b", "1024", "-g", "512")]
    [InlineData("ext4", "-O", "meta_bg,^resize_inode,^64bit,^flex_bg", "-b", "1024", "-g", "512")]
    [InlineData("ext4", "-O", "sparse_super2,^resize_inode", "-b", "1024", "-g", "1024")]
    [InlineData("ext4", "-O", "bigalloc", "-b", "4096", "-C", "16384")]
    [InlineData("ext4", "-O", "mmp,fast_commit,project,^64bit", "-b", "2048")]
    [InlineData("ext4", "-O", "ea_inode,casefold,encrypt,verity,quota,project,orphan_file,metadata_csum_seed,large_dir,mmp", "-b", "4096")]
    public void An_image_of_mke2fs_is_what_its_source_was(string type, params string[] options)
    {
        using var image = new ExtForeignImage("48M", Fill, ["-t", type, .. options]);
        FileTree read = image.Read();
        FileTree expected = image.Expected(read);
        if (options.Contains("-r"))
        {
            // The first revision has no feature bits, so none for attributes.
            foreach (TreeEntry entry in expected.Walk())
                entry.Inode.Xattrs = Xattrs.None;
        }

        TreeEquality.AssertSame(expected, read, TreeTimes.Seconds);
    }

    [ToolFact("mke2fs", "debugfs")]
    public void Devices_and_attributes_in_inodes_of_their_own_are_read()
    {
        using var image = new ExtForeignImage("8M", null, "-t", "ext4", "-O", "ea_inode", "-b", "1024");
        byte[] large = ExtImage.Bytes(1024);
        image.Debug(
            "mknod device c 5 1",
            "mknod pipe p",
            $"write {image.FileOf(ExtImage.Bytes(10))} file",
            $"ea_set -f {image.FileOf(large)} file user.large",
            "ea_set file user.small value");
        FileTree read = image.Read();
        var device = Assert.IsType<SpecialInode>(read.Find("/device"));
        Assert.Equal((InodeType.CharacterDevice, new DeviceNumber(5, 1)), (device.Type, device.Device));
        Assert.Equal(InodeType.Fifo, read.Find("/pipe")!.Type);
        Xattrs xattrs = read.Find("/file")!.Xattrs;
        Assert.Equal(["user.large", "user.small"], xattrs.Select(x => x.Name.ToString()));
        Assert.Equal(large, xattrs.Find("user.large")!.Value.ToArray());
    }

    [ToolFact("mke2fs", "debugfs")]
    public void Unwritten_extents_are_holes()
    {
        using var image = new ExtForeignImage("8M", null, "-t", "ext4", "-b", "1024");
        image.Debug($"write {image.FileOf(ExtImage.Bytes(5000))} file", "fallocate file 8 20", "set_inode_field file size 30000");
        var file = Assert.IsType<FileInode>(image.Read().Find("/file"));
        Assert.Equal(30_000, file.Content.Length);
        Assert.Equal(ExtImage.Bytes(5000), file.Content.Slice(0, 5000).ToArray());
        Assert.Equal(5120, file.Content.DataRanges().Sum(r => r.Length));
        Assert.Equal(-1, file.Content.Slice(5120).ToArray().AsSpan().IndexOfAnyExcept((byte)0));
    }

    /// <summary>As the kernel leaves it: tree and descriptor stand in blocks beyond the size.</summary>
    [ToolFact("mke2fs", "debugfs")]
    public void A_protected_file_ends_before_its_tree()
    {
        byte[] content = ExtImage.Bytes(100_000);
        byte[] whole = ExtImage.Bytes(131_072 + 8192, 2);
        content.CopyTo(whole, 0);
        using var image = new ExtForeignImage("16M", null, "-t", "ext4", "-O", "verity");
        image.Debug(
            $"write {image.FileOf(whole)} file",
            "set_inode_field file size 100000",
            "set_inode_field file flags 0x180000",
            $"write {image.FileOf(whole)} empty",
            "set_inode_field empty size 0",
            "set_inode_field empty flags 0x180000");
        Assert.Contains("Flags: 0x180000", Tool.Check("debugfs", "-R", "stat file", image.Path), StringComparison.Ordinal);
        FileTree read = image.Read();
        Assert.Equal(content, Assert.IsType<FileInode>(read.Find("/file")).Content.ToArray());
        Assert.Equal(0, Assert.IsType<FileInode>(read.Find("/empty")).Content.Length);
    }

    [ToolTheory("mke2fs", "debugfs", "e2fsck")]
    [InlineData("project")]
    [InlineData("project,quota")]
    public void Files_of_projects_are_read(string features)
    {
        using var image = new ExtForeignImage("16M", d => File.WriteAllBytes(Path.Combine(d, "file"), ExtImage.Bytes(5000)), "-t", "ext4", "-O", features);
        image.Debug("set_inode_field file projid 77", "mkdir directory", "set_inode_field directory projid 4000000000", "set_inode_field directory flags 0x20080000");
        Assert.Contains("Project:    77", Tool.Check("debugfs", "-R", "stat file", image.Path), StringComparison.Ordinal);
        FileTree read = image.Read();
        Assert.Equal(ExtImage.Bytes(5000), Assert.IsType<FileInode>(read.Find("/file")).Content.ToArray());
        Assert.Empty(Assert.IsType<DirectoryInode>(read.Find("/directory")).Entries.ToArray());
    }

    [ToolTheory("mke2fs", "debugfs")]
    [InlineData("encrypted", "set_inode_field file flags 0x80800", "encrypt")]
    [InlineData("a feature", "set_super_value feature_incompat 0x1242", "dirdata")]
    [InlineData("an unknown feature", "set_super_value feature_incompat 0x80000242", "FEATURE_I31")]
    [InlineData("a journal device", "set_super_value feature_incompat 0x24a", "journal_dev")]
    public void A_feature_that_cannot_be_read_is_named(string what, string request, string name)
    {
        using var image = new ExtForeignImage("4M", d => File.WriteAllText(Path.Combine(d, "file"), what), "-t", "ext4");
        image.Debug(request);
        var error = Assert.Throws<InvalidImageException>(() => image.Read().Root.Count);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    internal static void Fill(string directory)
    {
        string Make(string name, byte[] bytes)
        {
            string path = Path.Combine(directory, name);
            File.WriteAllBytes(path, bytes);
            return path;
        }

        string small = Make("small", ExtImage.Bytes(50));
        string middle = Make("inline with attribute", ExtImage.Bytes(120));
        Make("empty", []);
        Make("direct", ExtImage.Bytes(12 * 1024));
        Make("indirect", ExtImage.Bytes(300_000));
        Make("double", ExtImage.Bytes(3_000_000));
        using (FileStream sparse = File.Create(Path.Combine(directory, "triple")))
        {
            // With blocks of 1 KiB, pointers behind three blocks of them begin at 64 MiB.
            foreach (long at in (long[])[0, 100_000, 5_000_000, 70_000_000, 90_000_000])
            {
                sparse.Position = at;
                sparse.Write(ExtImage.Bytes(1500, (int)at));
            }
        }

        File.CreateSymbolicLink(Path.Combine(directory, "fast"), new string('f', 59));
        File.CreateSymbolicLink(Path.Combine(directory, "slow"), new string('s', 60));
        File.CreateSymbolicLink(Path.Combine(directory, "slower"), new string('s', 900));
        Directory.CreateDirectory(Path.Combine(directory, "few"));
        Make("few/one", ExtImage.Bytes(1));
        Make("few/two", ExtImage.Bytes(2));
        Make("few/three with a longer name", ExtImage.Bytes(3));
        Directory.CreateDirectory(Path.Combine(directory, "many/below/it"));
        for (int i = 0; i < 600; i++)
            Make($"many/a name of some length {i}", []);
        Tool.Check("ln", small, Path.Combine(directory, "few/hard"));
        Tool.Check("mkfifo", Path.Combine(directory, "fifo"));
        Tool.Check("setfattr", "-n", "user.one", "-v", "value", middle);
        Tool.Check("setfattr", "-n", "user.large", "-v", new string('v', 700), small);
        Tool.Check("setfacl", "-m", "u:1000:r,g:7:rw", small);
        Tool.Check("setfacl", "-d", "-m", "u:1000:rwx", Path.Combine(directory, "few"));
        File.SetUnixFileMode(middle, UnixFileMode.UserRead | UnixFileMode.SetUser);
        File.SetLastWriteTimeUtc(small, new DateTime(1965, 5, 5, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(middle, new DateTime(2024, 5, 5, 1, 2, 3, DateTimeKind.Utc));
    }
}
