using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>A journal that is due gives what e2fsck makes of it.</summary>
public class ExtReaderJournalTests
{
    private const int BlockSize = 1024;
    private const int Blocks = 40;

    [ToolTheory("mke2fs", "debugfs", "e2fsck")]
    [InlineData("ext3", "jo", "^metadata_csum")]
    [InlineData("ext4", "jo", "^metadata_csum,^64bit")]
    [InlineData("ext4", "jo", "64bit,^metadata_csum")]
    [InlineData("ext4", "jo -c", "64bit")]
    [InlineData("ext4", "jo -c -v 2", "64bit")]
    [InlineData("ext4", "jo -c -v 2", "^64bit")]
    [InlineData("ext4", "jo -c -v 3", "^64bit")]
    public void A_replayed_journal_is_what_e2fsck_makes_of_it(string type, string open, string features)
    {
        using ExtForeignImage image = Make(type, features, out int first);
        byte[] escaped = Content(2);
        // The first word of every block of a journal.
        byte[] magic = [0xc0, 0x3b, 0x39, 0x98];
        magic.CopyTo(escaped, 0);
        magic.CopyTo(escaped, 3 * BlockSize);
        image.Debug(
            open,
            $"jw -b {first}-{first + 19} {image.FileOf(Content(1)[..(20 * BlockSize)])}",
            $"jw -b {first + 10}-{first + 29} {image.FileOf(escaped[..(20 * BlockSize)])}",
            $"jw -r {first + 12}-{first + 13}",
            $"jw -b {first + 13}-{first + 13} {image.FileOf(Content(3)[..BlockSize])}",
            $"jw -r {first + 30}-{first + 31}",
            $"jw -b {first + 30}-{first + 39} -c {image.FileOf(Content(4)[..(10 * BlockSize)])}",
            "jc");
        FileTree read = image.Read();
        byte[] found = read.ResolveFile("/file")!.Content.ToArray();
        byte[] expected = [.. Content(1)[..(10 * BlockSize)], .. escaped[..(20 * BlockSize)], .. Content(0)[(30 * BlockSize)..]];
        Content(0).AsSpan(12 * BlockSize, BlockSize).CopyTo(expected.AsSpan(12 * BlockSize));
        Content(3).AsSpan(0, BlockSize).CopyTo(expected.AsSpan(13 * BlockSize));
        for (int i = 0; i < Blocks; i++)
            Assert.True(expected.AsSpan(i * BlockSize, BlockSize).SequenceEqual(found.AsSpan(i * BlockSize, BlockSize)), $"block {i} is another");

        using var copy = new TempDirectory();
        File.Copy(image.Path, copy["fixed"]);
        Tool.Run("e2fsck", "-fy", copy["fixed"]);
        TreeEquality.AssertSame(
            ExtFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(copy["fixed"]))), read);
    }

    [ToolFact("mke2fs", "debugfs")]
    public void Damage_in_a_checksummed_journal_is_refused()
    {
        using ExtForeignImage image = Make("ext4", "64bit", out int first);
        image.Debug("jo -c -v 3", $"jw -b {first}-{first + 3} {image.FileOf(Content(1)[..(4 * BlockSize)])}", "jc");
        byte[] bytes = image.Bytes();
        int at = bytes.AsSpan().IndexOf(Content(1).AsSpan(BlockSize, 64));
        Assert.True(at > 0);
        bytes[at] ^= 1;
        var error = Assert.Throws<InvalidImageException>(
            () => ExtFileSystem.Read(Blob.FromMemory(bytes)));
        Assert.Contains("checksum", error.Message, StringComparison.Ordinal);
    }

    [ToolTheory("mke2fs", "debugfs")]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(1000, true)]
    [InlineData(1023, false)]
    [InlineData(int.MaxValue, false)]
    public void Any_number_of_blocks_for_fast_commits_is_read_or_refused(int blocks, bool isRead)
    {
        using ExtForeignImage image = Make("ext4", "^metadata_csum", out int first);
        image.Debug("jo", $"jw -b {first}-{first + 3} {image.FileOf(Content(1)[..(4 * BlockSize)])}", "jc");
        byte[] bytes = image.Bytes();
        Span<byte> superblock = bytes.AsSpan(bytes.AsSpan().IndexOf((byte[])[0xc0, 0x3b, 0x39, 0x98, 0, 0, 0, 4]));
        superblock[0x2b] |= 0x20;
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(superblock[0x54..], blocks);
        if (isRead)
            Assert.Equal(Content(1)[..BlockSize], ExtFileSystem.Read(Blob.FromMemory(bytes)).ResolveFile("/file")!.Content.Slice(0, BlockSize).ToArray());
        else
            Assert.Throws<InvalidImageException>(() => ExtFileSystem.Read(Blob.FromMemory(bytes)));
    }

    [ToolFact("mke2fs", "debugfs")]
    public void A_journal_elsewhere_that_is_due_is_refused()
    {
        using ExtForeignImage image = Make("ext4", "64bit", out _);
        image.Debug("feature needs_recovery", "set_super_value journal_inum 0", "set_super_value journal_dev 0x801");
        var error = Assert.Throws<InvalidImageException>(() => image.Read());
        Assert.Contains("another device", error.Message, StringComparison.Ordinal);
    }

    [MountTheory("mke2fs", "e2fsck", "debugfs")]
    [InlineData("ext4", "")]
    [InlineData("ext3", ",data=journal")]
    [InlineData("ext4", ",data=writeback,journal_async_commit,journal_checksum", "-O", "^metadata_csum,^64bit")]
    public void What_the_kernel_leaves_behind_is_what_e2fsck_makes_of_it(string type, string mount, params string[] options)
    {
        using var image = new ExtForeignImage("32M", null, ["-t", type, "-b", "1024", .. options]);
        using var copies = new TempDirectory();
        using (var mounted = new LoopMount(image.Path, $"rw{mount}", type: null))
        {
            mounted.Run("""
                mkdir old; for i in $(seq 300); do echo $i > old/$i; done; sync -f .
                mkdir new; for i in $(seq 300); do echo $i > new/$i; done; ln new/3 old/hard; sync -f .
                rm -r old; for i in $(seq 300); do head -c 3000 /dev/zero | tr '\0' x > again$i; done; sync -f .
                rm again1*; sync -f .
                cp "$1" "$2"
                """, image.Path, copies["dirty"]);
        }

        File.Copy(copies["dirty"], copies["fixed"]);
        Assert.Contains("recovering journal", Tool.Run("e2fsck", "-fy", copies["fixed"]).Output, StringComparison.Ordinal);
        FileTree read = ExtFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(copies["dirty"])));
        Assert.Null(read.Find("/old"));
        Assert.Equal("300\n", read.ReadText("/new/300"));
        TreeEquality.AssertSame(ExtFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(copies["fixed"]))), read);
    }

    private static byte[] Content(int seed) => ExtImage.Bytes(Blocks * BlockSize, 100 + seed);

    /// <summary>A file of adjacent blocks, and the number of its first.</summary>
    private static ExtForeignImage Make(string type, string features, out int first)
    {
        var image = new ExtForeignImage("8M", null, "-t", type, "-b", "1024", "-O", $"{features},extent");
        image.Debug($"write {image.FileOf(Content(0))} file");
        string[] blocks = Tool.Check("debugfs", "-R", "blocks file", image.Path).Split('\n')
            .First(l => l.Length > 0 && char.IsAsciiDigit(l[0])).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        first = int.Parse(blocks[0], System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(Enumerable.Range(first, Blocks).Select(b => $"{b}"), blocks);
        return image;
    }
}
