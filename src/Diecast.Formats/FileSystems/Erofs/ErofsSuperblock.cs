using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>A superblock that has been read. Nothing that it says of places has been checked against the image.</summary>
internal sealed class ErofsSuperblock
{
    private static readonly string[] AlgorithmNames = ["lz4", "lzma", "deflate", "zstd"];

    private ErofsSuperblock(ReadOnlySpan<byte> bytes)
    {
        BlockBits = (int)ErofsSuperblockLayout.BlockSizeBits.Get(bytes);
        Features = new ErofsFeatures(
            (uint)ErofsSuperblockLayout.FeatureCompat.Get(bytes), (uint)ErofsSuperblockLayout.FeatureIncompat.Get(bytes));
        Uuid = new Guid(ErofsSuperblockLayout.Uuid.Of(bytes), bigEndian: true);
        ReadOnlySpan<byte> name = ErofsSuperblockLayout.VolumeName.Of(bytes);
        int end = name.IndexOf((byte)0);
        Label = Encoding.UTF8.GetString(end < 0 ? name : name[..end]);
        IsWide = Features.Has(ErofsFormat.IncompatWide);
        Blocks = (long)ErofsSuperblockLayout.Blocks.Get(bytes);
        RootNid = ErofsSuperblockLayout.RootNid.Get(bytes);
        // Where it is zero, the old field has the root's number and no more blocks (erofs_read_superblock).
        if (IsWide && ErofsSuperblockLayout.RootNidWide.Get(bytes) is > 0 and var wide)
        {
            Blocks |= (long)RootNid << 32;
            RootNid = wide;
        }

        Inodes = (long)Math.Min(ErofsSuperblockLayout.Inodes.Get(bytes), long.MaxValue);
        Time = new Timestamp(unchecked((long)ErofsSuperblockLayout.Epoch.Get(bytes)), (int)Math.Min(ErofsSuperblockLayout.FixedNanoseconds.Get(bytes), int.MaxValue));
        MetaStart = (long)ErofsSuperblockLayout.MetaBlock.Get(bytes) << BlockBits;
        XattrStart = (long)ErofsSuperblockLayout.XattrBlock.Get(bytes) << BlockBits;
        Algorithms = (uint)ErofsSuperblockLayout.Algorithms.Get(bytes);
        ExtraDevices = (int)ErofsSuperblockLayout.ExtraDevices.Get(bytes);
        XattrPrefixCount = (int)ErofsSuperblockLayout.XattrPrefixCount.Get(bytes);
        XattrPrefixStart = (long)ErofsSuperblockLayout.XattrPrefixStart.Get(bytes) << 2;
        PackedNid = ErofsSuperblockLayout.PackedNid.Get(bytes);
    }

    internal int BlockBits { get; }

    internal int BlockSize => 1 << BlockBits;

    internal ErofsFeatures Features { get; }

    internal Guid Uuid { get; }

    internal string Label { get; }

    internal bool IsWide { get; }

    internal long Blocks { get; }

    internal ulong RootNid { get; }

    internal long Inodes { get; }

    internal Timestamp Time { get; }

    /// <summary>The byte that inode number 0 would have.</summary>
    internal long MetaStart { get; }

    /// <summary>The byte that shared attribute 0 would have.</summary>
    internal long XattrStart { get; }

    /// <summary>Bits of the algorithms, where there is a list of their settings.</summary>
    internal uint Algorithms { get; }

    internal int ExtraDevices { get; }

    internal int XattrPrefixCount { get; }

    internal long XattrPrefixStart { get; }

    internal ulong PackedNid { get; }

    /// <summary>Reads what there is, features that cannot be read included.</summary>
    internal static ErofsSuperblock ReadAny(Blob image)
    {
        if (image.Length < ErofsFormat.SuperblockOffset + ErofsSuperblockLayout.Size)
            throw ErofsFormat.Invalid($"an image of {image.Length} bytes has no room for a superblock");
        Span<byte> bytes = stackalloc byte[ErofsSuperblockLayout.Size];
        image.Read(ErofsFormat.SuperblockOffset, bytes);
        if (ErofsSuperblockLayout.Magic.Get(bytes) != ErofsFormat.Magic)
            throw ErofsFormat.Invalid("there is no superblock at byte 1024");
        int bits = (int)ErofsSuperblockLayout.BlockSizeBits.Get(bytes);
        if (bits is < ErofsFormat.MinimumBlockBits or > ErofsFormat.MaximumBlockBits)
            throw ErofsFormat.Invalid($"blocks of 2^{bits} bytes");
        return new ErofsSuperblock(bytes);
    }

    /// <summary>Reads a superblock of an image that can be read.</summary>
    internal static ErofsSuperblock Read(Blob image)
    {
        ErofsSuperblock superblock = ReadAny(image);
        if (superblock.Features.Unreadable() is { Count: > 0 } unreadable)
            throw ErofsFormat.Invalid($"it has features that cannot be read: {string.Join(", ", unreadable)}");
        if (superblock.ExtraDevices > 0)
            throw ErofsFormat.Invalid($"its content is on {superblock.ExtraDevices} more devices: the feature device_table cannot be read");
        superblock.CheckSum(image);
        return superblock;
    }

    internal ErofsInfo ToInfo() => new()
    {
        Label = Label,
        Uuid = Uuid,
        Features = Features.Names(),
        Algorithms = [.. AlgorithmsInUse().Select(a => AlgorithmNames[a])],
        BlockSize = BlockSize,
        BlockCount = Blocks,
        InodeCount = Inodes,
        Time = Time,
    };

    internal static string NameOf(int algorithm) => AlgorithmNames[algorithm];

    private IEnumerable<int> AlgorithmsInUse()
    {
        bool listed = Features.Has(ErofsFormat.IncompatConfigurations);
        uint bits = listed ? Algorithms : Features.Has(ErofsFormat.IncompatZeroPadding) ? 1u : 0;
        return Enumerable.Range(0, AlgorithmNames.Length).Where(i => (bits >> i & 1) != 0);
    }

    /// <summary>The sum is of the first block from the superblock on, with a zero in its own place (erofs_superblock_csum_verify).</summary>
    private void CheckSum(Blob image)
    {
        if (!Features.HasCompat(ErofsFormat.CompatChecksum))
            return;
        int length = SummedLength(BlockSize);
        if (image.Length < ErofsFormat.SuperblockOffset + length)
            throw ErofsFormat.Invalid($"an image of {image.Length} bytes is shorter than its first block");
        byte[] bytes = new byte[length];
        image.Read(ErofsFormat.SuperblockOffset, bytes);
        uint expected = (uint)ErofsSuperblockLayout.Checksum.Get(bytes);
        ErofsSuperblockLayout.Checksum.Set(bytes, 0UL);
        uint actual = Crc32C.Append(Crc32C.Start, bytes);
        if (actual != expected)
            throw ErofsFormat.Invalid($"the superblock's checksum is {expected:x8} and should be {actual:x8}");
    }

    /// <summary>How many bytes from the superblock on its checksum is of.</summary>
    internal static int SummedLength(int blockSize) =>
        blockSize > ErofsFormat.SuperblockOffset ? blockSize - ErofsFormat.SuperblockOffset : blockSize;
}
