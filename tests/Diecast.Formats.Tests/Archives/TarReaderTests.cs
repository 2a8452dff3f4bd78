using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

public sealed class TarReaderTests
{
    [ToolTheory("tar")]
    [InlineData("gnu", false)]
    [InlineData("oldgnu", false)]
    [InlineData("posix", true)]
    public void Archives_of_gnu_tar_hold_the_directory(string format, bool nanoseconds)
    {
        using var sample = new SampleDirectory();
        Tool.Check("tar", "-C", sample.Root, "--format=" + format, "--numeric-owner", "-cf", sample["a.tar"], ".");
        AssertBothWays(sample, nanoseconds);
    }

    [ToolTheory("bsdtar")]
    [InlineData("pax", true)]
    [InlineData("gnutar", false)]
    public void Archives_of_bsdtar_hold_the_directory(string format, bool nanoseconds)
    {
        using var sample = new SampleDirectory();
        Tool.Check("bsdtar", "-C", sample.Root, "--format=" + format, "--numeric-owner", "-cf", sample["a.tar"], ".");
        AssertBothWays(sample, nanoseconds);
    }

    [ToolTheory("tar", "bsdtar")]
    [InlineData("tar", "ustar")]
    [InlineData("tar", "v7")]
    [InlineData("bsdtar", "ustar")]
    [InlineData("bsdtar", "v7")]
    public void Small_formats_hold_what_they_can(string tool, string format)
    {
        using var sample = new SampleDirectory();
        Directory.Delete(Path.Combine(sample.Root, "usr/lib"), recursive: true);
        File.Delete(Path.Combine(sample.Root, "etc/long"));
        if (format == "v7")
            File.Delete(Path.Combine(sample.Root, "etc/pipe"));
        Tool.Check(tool, "-C", sample.Root, "--format=" + format, "--numeric-owner", "-cf", sample["a.tar"], ".");
        AssertBothWays(sample, nanoseconds: false);
    }

    [ToolTheory("tar")]
    [InlineData("oldgnu", "0.0")]
    [InlineData("posix", "0.0")]
    [InlineData("posix", "0.1")]
    [InlineData("posix", "1.0")]
    public void Sparse_files_keep_their_holes(string format, string version)
    {
        using var sample = new SampleDirectory();
        sample.Sparse("few", (1 << 20, 4096), (3 << 20, 100));
        sample.Sparse("many", [.. Enumerable.Range(0, 60).Select(i => ((long)i * 65536, 4096))]);
        sample.Sparse("usr/share/" + new string('n', 150), (8192, 4096));
        Tool.Check("tar", "-C", sample.Root, "-S", "--format=" + format, "--sparse-version=" + version, "--numeric-owner", "-cf", sample["a.tar"], ".");
        AssertBothWays(sample, nanoseconds: format == "posix");
        using HostFile file = HostFile.Open(sample["a.tar"]);
        Assert.Equal(60, TarReader.ReadFile(file).ResolveFile("/many")!.Content.DataRanges().Count);
    }

    [ToolFact("bsdtar")]
    public void Sparse_files_of_bsdtar_keep_their_holes()
    {
        using var sample = new SampleDirectory();
        sample.Sparse("few", (1 << 20, 4096), (3 << 20, 100));
        Tool.Check("bsdtar", "-C", sample.Root, "--format=pax", "--numeric-owner", "-cf", sample["a.tar"], ".");
        AssertBothWays(sample, nanoseconds: true);
        using HostFile file = HostFile.Open(sample["a.tar"]);
        Assert.Equal(2, TarReader.ReadFile(file).ResolveFile("/few")!.Content.DataRanges().Count);
    }

    [ToolTheory("tar", "bsdtar", "setfattr", "setfacl", "setcap")]
    [InlineData("tar", "--xattrs", "--xattrs-include=*", "--acls", "--format=posix")]
    [InlineData("bsdtar", "--xattrs", "--acls", "--format=pax", "--no-fflags")]
    public void Attributes_and_acls_come_along(string tool, params string[] arguments)
    {
        using var sample = new SampleDirectory();
        string target = Path.Combine(sample.Root, "usr/bin/tool");
        Tool.Check("setfattr", "-n", "user.diecast", "-v", "0x00ff3d250a", target);
        Tool.Check("setfattr", "-n", "user.odd=name%", "-v", "odd", target);
        Tool.Check("setfacl", "-m", "u:12345:rx,g:54321:rwx", target);
        Tool.Check("setfacl", "-d", "-m", "u:12345:rwx", Path.Combine(sample.Root, "var/empty"));
        // Only root may give capabilities.
        if (Environment.IsPrivilegedProcess)
            Tool.Check("setcap", "cap_net_raw+ep", Path.Combine(sample.Root, "usr/share/doc/block"));
        Tool.Check(tool, [.. arguments, "-C", sample.Root, "--numeric-owner", "-cf", sample["a.tar"], "."]);
        AssertBothWays(sample, nanoseconds: true);
        using HostFile file = HostFile.Open(sample["a.tar"]);
        FileTree tree = TarReader.ReadFile(file);
        Assert.Equal(3, tree.Find("/usr/bin/tool")!.Xattrs.Count);
        Assert.NotNull(tree.Find("/var/empty")!.Xattrs.Find("system.posix_acl_default"));
        Assert.Equal(Environment.IsPrivilegedProcess, tree.Find("/usr/share/doc/block")!.Xattrs.Find("security.capability") is not null);
    }

    [Fact]
    public void An_acl_by_name_takes_the_number_from_the_trees_own_passwd()
    {
        byte[] archive = new TarBytes()
            .Pax(("SCHILY.acl.access", "user::rw-,user:lisa:r--,group::r--,mask::r--,other::---"))
            .File("file", "")
            .File("etc/passwd", "root:x:0:0::/root:/bin/sh\nlisa:x:1042:1042::/:/bin/sh\n")
            .End();
        Inode file = TarReader.Read(Blob.FromMemory(archive)).Find("/file")!;
        Assert.Equal(
            "0200000001000600FFFFFFFF0200040012040000" + "04000400FFFFFFFF" + "10000400FFFFFFFF" + "20000000FFFFFFFF",
            Convert.ToHexString(file.Xattrs.Find("system.posix_acl_access")!.Value.Span));
    }

    [Fact]
    public void An_acl_that_only_repeats_the_mode_is_left_out()
    {
        byte[] archive = new TarBytes().Pax(("SCHILY.acl.access", "user::rw-\ngroup::r--\nother::r--\n")).File("file", "").End();
        Assert.Empty(TarReader.Read(Blob.FromMemory(archive)).Find("/file")!.Xattrs);
    }

    [Fact]
    public void Libarchives_attributes_and_selinux_labels_are_read()
    {
        byte[] archive = new TarBytes()
            .Pax(("LIBARCHIVE.xattr.user.a%20b", "AQI"), ("RHT.security.selinux", "system_u:object_r:etc_t:s0"))
            .File("file", "")
            .End();
        Xattrs xattrs = TarReader.Read(Blob.FromMemory(archive)).Find("/file")!.Xattrs;
        Assert.Equal([1, 2], xattrs.Find("user.a b")!.Value.ToArray());
        Assert.Equal("system_u:object_r:etc_t:s0\0"u8.ToArray(), xattrs.Find("security.selinux")!.Value.ToArray());
    }

    [Fact]
    public void Global_records_hold_until_a_local_one()
    {
        byte[] archive = new TarBytes()
            .Pax('g', ("mtime", "100.5"), ("uid", "7"), ("comment", "x"))
            .File("a", "")
            .Pax(("mtime", "-1.25"), ("gid", "4000000000"))
            .File("b", "")
            .Pax(("uid", ""))
            .File("c", "")
            .End();
        FileTree tree = TarReader.Read(Blob.FromMemory(archive));
        Assert.Equal((7u, new Timestamp(100, 500_000_000)), (tree.Find("/a")!.Uid, tree.Find("/a")!.ModifiedTime));
        Assert.Equal((7u, 4000000000u, new Timestamp(-2, 750_000_000)), (tree.Find("/b")!.Uid, tree.Find("/b")!.Gid, tree.Find("/b")!.ModifiedTime));
        Assert.Equal(0u, tree.Find("/c")!.Uid);
    }

    [Fact]
    public void Later_entries_win()
    {
        byte[] archive = new TarBytes()
            .Directory("d/", 0x1c0).File("d/f", "old").File("d/f", "new").Directory("d", 0x1ed)
            .File("x", "file").Directory("x").Symlink("l", "d").Directory("l").File("l/inside", "i")
            .End();
        FileTree tree = TarReader.Read(Blob.FromMemory(archive));
        Assert.Equal("new", tree.ReadText("/d/f"));
        Assert.Equal(0x1ed, tree.Find("/d")!.Mode);
        Assert.IsType<DirectoryInode>(tree.Find("/x"));
        Assert.Equal("i", tree.ReadText("/l/inside"));
        Assert.Null(tree.Find("/d/inside"));
    }

    [Fact]
    public void Entries_below_a_link_go_where_it_leads_inside_the_tree()
    {
        byte[] archive = new TarBytes()
            .Directory("usr/lib").Symlink("lib", "usr/lib").File("lib/a", "a")
            .Symlink("abs", "/usr/lib").File("./abs/b", "b")
            .Symlink("usr/up", "../../../../usr/lib").File("usr/up/c", "c")
            .Symlink("new", "not/yet").File("new/d", "d")
            .File("/leading/slash", "e")
            .HardLink("usr/h", "lib/a")
            .End();
        FileTree tree = TarReader.Read(Blob.FromMemory(archive));
        Assert.Equal("a", tree.ReadText("/usr/lib/a"));
        Assert.Equal("b", tree.ReadText("/usr/lib/b"));
        Assert.Equal("c", tree.ReadText("/usr/lib/c"));
        Assert.Equal("d", tree.ReadText("/not/yet/d"));
        Assert.Equal("e", tree.ReadText("/leading/slash"));
        Assert.Same(tree.Find("/usr/lib/a"), tree.Find("/usr/h"));
    }

    [Fact]
    public void The_entry_of_the_root_describes_the_root()
    {
        FileTree tree = TarReader.Read(Blob.FromMemory(new TarBytes().Directory("./", 0x1c0).File("./a", "").End()));
        Assert.Equal(0x1c0, tree.Root.Mode);
        Assert.Equal(1, tree.Root.Count);
    }

    [Fact]
    public void Numbers_in_base_256_are_read()
    {
        byte[] archive = new TarBytes().File("a", "").End();
        TarBytes.PutBase256(archive.AsSpan(108, 8), 3_000_000);
        TarBytes.PutBase256(archive.AsSpan(136, 12), -5);
        TarBytes.Seal(archive.AsSpan(0, 512));
        Inode inode = TarReader.Read(Blob.FromMemory(archive)).Find("/a")!;
        Assert.Equal((3_000_000u, new Timestamp(-5)), (inode.Uid, inode.ModifiedTime));
    }

    [Fact]
    public void A_signed_checksum_is_accepted_and_a_wrong_one_is_not()
    {
        byte[] archive = new TarBytes().File("caf\u00e9", "").End();
        int signed = -256 * 2;
        foreach (byte b in TarBytes.WithBlankChecksum(archive.AsSpan(0, 512)))
            signed += b;
        TarBytes.PutOctal(archive.AsSpan(148, 8), signed);
        Assert.NotNull(TarReader.Read(Blob.FromMemory(archive)).Find("/caf\u00e9"));
        archive[0]++;
        Assert.Contains("checksum", Assert.Throws<InvalidImageException>(() => TarReader.Read(Blob.FromMemory(archive))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_the_end_is_ignored_and_the_copy_has_it()
    {
        byte[] archive = [.. new TarBytes().File("a", "content").End(), .. "garbage"u8];
        using var temp = new TempDirectory();
        using var copy = ContentSpool.CreateTemporary(temp.Path);
        FileTree tree = TarReader.ReadAndCopy(new MemoryStream(archive), copy);
        Assert.Equal("content", tree.ReadText("/a"));
        Assert.Equal(archive, Blob.FromFile(copy.File, 0, copy.Length).ToArray());
        Assert.Empty(Directory.GetFiles(temp.Path));
    }

    [Fact]
    public void The_end_of_the_file_ends_the_archive()
    {
        byte[] archive = new TarBytes().File("a", "content").Bytes();
        Assert.Equal("content", TarReader.Read(Blob.FromMemory(archive)).ReadText("/a"));
    }

    internal static void AssertBothWays(SampleDirectory sample, bool nanoseconds)
    {
        string expected = TreeListing.Of(sample.Read(), nanoseconds);
        using HostFile file = HostFile.Open(sample["a.tar"]);
        Assert.Equal(expected, TreeListing.Of(TarReader.ReadFile(file), nanoseconds));
        using var spool = ContentSpool.CreateTemporary(Path.GetTempPath());
        using FileStream stream = File.OpenRead(sample["a.tar"]);
        Assert.Equal(expected, TreeListing.Of(TarReader.Read(stream, spool), nanoseconds));
        using var copy = ContentSpool.CreateTemporary(Path.GetTempPath());
        stream.Position = 0;
        Assert.Equal(expected, TreeListing.Of(TarReader.ReadAndCopy(stream, copy), nanoseconds));
        Assert.Equal(stream.Length, copy.Length);
    }
}
