using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>Others read what we write, and we read what others write.</summary>
public class IsoForeignTests
{
    public static TheoryData<string> Variations => [.. ByName.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, IsoOptions> ByName { get; } = new()
    {
        ["plain"] = IsoImage.Options,
        ["joliet"] = IsoImage.Options with { Joliet = IsoJoliet.Long },
        ["relocated"] = IsoImage.Options with { Joliet = IsoJoliet.Short, DeepDirectories = IsoDeepDirectories.Relocate },
        ["level 1"] = IsoImage.Options with { Level = 1, PartitionOffset = true },
    };

    [ToolTheory("xorriso")]
    [MemberData(nameof(Variations))]
    public void Xorriso_sees_the_tree(string variation)
    {
        FileTree tree = IsoImage.TypesForOthers();
        using var image = new IsoImage(tree, ByName[variation]);
        string report = Tool.Check("xorriso", "-indev", image.Path, "-check_media", "--");
        Assert.Matches(@"Media region :\s+0 ,\s+\d+ , \+ good", report);
        TreeEquality.AssertSame(tree, image.ExtractedByXorriso(tree), TreeTimes.Seconds);
    }

    [ToolTheory("bsdtar")]
    [MemberData(nameof(Variations))]
    public void Libarchive_sees_the_tree(string variation)
    {
        FileTree tree = IsoImage.TypesForOthers();
        using var image = new IsoImage(tree, ByName[variation]);
        TreeEquality.AssertSame(tree, image.ExtractedByLibarchive(tree), TreeTimes.Seconds);
    }

    [ToolFact("isoinfo", "7z", "isosize", "blkid")]
    public void Other_tools_know_it()
    {
        using var image = new IsoImage(IsoImage.TypesForOthers(), IsoImage.Options with { Joliet = IsoJoliet.Long });
        Assert.Contains("hard2", Tool.Check("isoinfo", "-l", "-R", "-i", image.Path), StringComparison.Ordinal);
        Assert.Contains("hello.txt", Tool.Check("isoinfo", "-J", "-l", "-i", image.Path), StringComparison.Ordinal);
        Assert.Contains("Everything is Ok", Tool.Check("7z", "t", image.Path), StringComparison.Ordinal);
        Assert.Equal($"{image.Blob.Length}", Tool.Check("isosize", image.Path).Trim());
        string probed = Tool.Check("blkid", "-p", image.Path);
        Assert.Contains("UUID=\"2023-11-14-22-13-20-12\"", probed, StringComparison.Ordinal);
        Assert.Contains("LABEL=\"DIECAST\"", probed, StringComparison.Ordinal);
        IsoInfo info = IsoFileSystem.ReadInfo(image.Blob);
        Assert.Equal("2023-11-14-22-13-20-12", info.Uuid);
        Assert.Equal(("DIECAST", true, true), (info.VolumeId, info.HasRockRidge, info.HasJoliet));
    }

    [ToolFact("bsdtar")]
    public void Libarchive_reads_compressed_files_and_joliet_alone()
    {
        var tree = new FileTree();
        tree.Set("/text", new FileInode(Blob.FromMemory(new byte[500_000].Select((_, i) => (byte)(i / 5000)).ToArray())));
        tree.Set("/other", IsoImage.Text("other"));
        using var packed = new IsoImage(Blob.FromMemory(IsoImage.PackToArray(tree, IsoImage.Options with { Zisofs = new IsoZisofs() })));
        Assert.InRange(packed.Blob.Length, 1, 400_000 + 150 * 2048);
        TreeEquality.AssertSame(tree, packed.ExtractedByLibarchive(tree), TreeTimes.Seconds);
        using var joliet = new IsoImage(tree, IsoImage.Options with { RockRidge = false, Joliet = IsoJoliet.Short });
        Assert.Equal(["/other", "/text"], joliet.ExtractedByLibarchive(tree).Walk().Select(e => e.Path));
    }

    [ToolTheory("xorriso")]
    [InlineData("-R")]
    [InlineData("-R", "-J", "-joliet-long")]
    [InlineData("-R", "-rr_reloc_dir", "/moved")]
    [InlineData("-R", "-iso-level", "1")]
    public void Images_of_xorriso_are_read(params string[] options) => ReadsAs("xorriso", ["-as", "mkisofs", "-quiet", .. options]);

    [ToolTheory("xorriso")]
    [InlineData("off", "32k")]
    [InlineData("on", "1m")]
    public void Files_that_xorriso_compressed_with_offsets_of_64_bits_are_read(string ownEntry, string blockSize)
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["files"]);
        byte[] text = [.. Enumerable.Range(0, 3_000_001).Select(i => (byte)(i / 1000 * (i % 7) % 251))];
        text.AsSpan(100_000, 200_000).Clear();
        File.WriteAllBytes(directory["files/text"], text);
        Tool.Check("xorriso", "-outdev", directory["iso"], "-zisofs", $"version_2=on:susp_z2={ownEntry}:block_size_v2={blockSize}",
            "-map", directory["files"], "/", "-set_filter_r", "--zisofs", "/", "--", "-commit");
        Assert.InRange(new FileInfo(directory["iso"]).Length, 1, 1_500_000);
        FileTree read = IsoFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(directory["iso"])));
        Assert.Equal(text, Assert.IsType<FileInode>(read.Find("/text")).Content.ToArray());
    }

    [ToolFact("xorriso", "setfattr")]
    public void Attributes_that_xorriso_wrote_are_read()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["files"]);
        File.WriteAllText(directory["files/text"], "text");
        string large = new('v', 900);
        Tool.Check("setfattr", "-n", "user.comment", "-v", "spoken", directory["files/text"]);
        Tool.Check("setfattr", "-n", "user.large", "-v", large, directory["files/text"]);
        Tool.Check("xorriso", "-outdev", directory["iso"], "-xattr", "on", "-map", directory["files"], "/", "-commit");
        FileTree read = IsoFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(directory["iso"])));
        Xattrs expected = Xattrs.None.With("user.comment", "spoken"u8.ToArray()).With("user.large", System.Text.Encoding.ASCII.GetBytes(large));
        Assert.Equal(expected, read.Find("/text")!.Xattrs);
        Assert.Equal(Xattrs.None, read.Root.Xattrs);
    }

    [ToolTheory("genisoimage")]
    [InlineData("-R")]
    [InlineData("-R", "-J", "-l")]
    [InlineData("-R", "-D")]
    public void Images_of_genisoimage_are_read(params string[] options) => ReadsAs("genisoimage", ["-quiet", .. options]);

    private static void ReadsAs(string tool, string[] options)
    {
        FileTree tree = IsoImage.TypesForOthers();
        using var image = new IsoImage(tree);
        _ = image.ExtractedByXorriso(tree);
        FileTree host = HostDirectoryReader.Read(image["xorriso"], new HostDirectoryOptions { Owner = HostOwner.Keep });
        string path = image["other.iso"];
        Tool.Check(tool, [.. options, "-o", path, image["xorriso"]]);
        FileTree read = IsoFileSystem.Read(Blob.FromFile(HostFile.FromPath(path), 0, new FileInfo(path).Length));
        // Both leave the directory from which they moved others.
        read.Remove("/rr_moved");
        read.Remove("/moved");
        TreeEquality.AssertSame(host, read, TreeTimes.Seconds);
    }
}
