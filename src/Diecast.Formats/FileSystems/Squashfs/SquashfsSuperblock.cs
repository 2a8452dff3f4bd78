using System.Buffers.Binary;
using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>A superblock that has been read and found possible.</summary>
internal sealed class SquashfsSuperblock
{
    private readonly byte[] _bytes;

    private SquashfsSuperblock(byte[] bytes) => _bytes = bytes;

    internal SquashfsCompression Compression => (SquashfsCompression)Get(SquashfsLayout.Superblock.Compression);

    internal SquashfsFlags Flags => (SquashfsFlags)Get(SquashfsLayout.Superblock.Flags);

    internal int BlockSize => (int)Get(SquashfsLayout.Superblock.BlockSize);

    internal long BytesUsed => (long)Get(SquashfsLayout.Superblock.BytesUsed);

    internal int Ids => (int)Get(SquashfsLayout.Superblock.Ids);

    internal uint Fragments => (uint)Get(SquashfsLayout.Superblock.Fragments);

    internal long InodeTable => (long)Get(SquashfsLayout.Superblock.InodeTable);

    internal long DirectoryTable => (long)Get(SquashfsLayout.Superblock.DirectoryTable);

    /// <summary>A table's place; of one that is not there negative.</summary>
    internal long Place(LayoutField field) => field.GetPlace(_bytes);

    internal ulong Get(LayoutField field) => field.Get(_bytes);

    internal static SquashfsSuperblock Read(Blob image)
    {
        if (image.Length < SquashfsLayout.Superblock.Size)
            throw Invalid($"{image.Length} bytes are too few for a superblock");
        byte[] bytes = new byte[SquashfsLayout.Superblock.Size];
        image.Read(0, bytes);
        var superblock = new SquashfsSuperblock(bytes);
        CheckVersion(bytes);
        superblock.Check(image.Length);
        return superblock;
    }

    /// <summary>What the superblock and what follows it say; null where the compressor is not known.</summary>
    internal SquashfsInfo Describe(Blob image) => new()
    {
        Compression = Compression,
        CompressorOptions = Flags.HasFlag(SquashfsFlags.CompressorOptions) ? SquashfsCompressorOptions.Describe(Compression, image) : [],
        Flags = Flags,
        BlockSize = BlockSize,
        Time = new Timestamp((long)Get(SquashfsLayout.Superblock.Time)),
        Inodes = (long)Get(SquashfsLayout.Superblock.Inodes),
        Fragments = Fragments,
        Ids = Ids,
        Length = BytesUsed,
    };

    internal static InvalidImageException Invalid(FormattableString message) =>
        new(SquashfsLayout.Format, message.ToString(CultureInfo.InvariantCulture));

    private static void CheckVersion(byte[] bytes)
    {
        ulong magic = SquashfsLayout.Superblock.Magic.Get(bytes);
        if (magic == SquashfsLayout.SwappedMagic)
        {
            int swapped = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(SquashfsLayout.Superblock.Major.Offset));
            int minor = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(SquashfsLayout.Superblock.Minor.Offset));
            throw Invalid($"squashfs {swapped}.{minor} in big-endian order cannot be read; only 4.0 can");
        }

        if (magic != SquashfsLayout.Magic)
            throw Invalid($"the magic is {magic:x8}, not {SquashfsLayout.Magic:x8}");
        (ulong major, ulong version) = (SquashfsLayout.Superblock.Major.Get(bytes), SquashfsLayout.Superblock.Minor.Get(bytes));
        if (major != SquashfsLayout.Major || version != 0)
            throw Invalid($"squashfs {major}.{version} cannot be read; only 4.0 can");
    }

    private void Check(long length)
    {
        ulong blockSize = Get(SquashfsLayout.Superblock.BlockSize);
        ulong log = Get(SquashfsLayout.Superblock.BlockLog);
        if (blockSize is < SquashfsLayout.LeastBlockSize or > SquashfsLayout.LargestBlockSize || log > 20 || blockSize != 1UL << (int)log)
            throw Invalid($"blocks of {blockSize} bytes, whose logarithm is {log}");
        if (Compression is SquashfsCompression.None || !Enum.IsDefined(Compression))
            throw Invalid($"the compressor {(int)Compression} is not known");
        ulong used = Get(SquashfsLayout.Superblock.BytesUsed);
        if (used < SquashfsLayout.Superblock.Size || used > (ulong)length)
            throw Invalid($"{used} bytes are used, and {length} are there");
        ulong inodes = Get(SquashfsLayout.Superblock.InodeTable);
        ulong directories = Get(SquashfsLayout.Superblock.DirectoryTable);
        if (inodes < SquashfsLayout.Superblock.Size || inodes >= directories || directories > used)
            throw Invalid($"inodes at {inodes} and directories at {directories}, of {used} bytes");
        foreach (LayoutField table in (ReadOnlySpan<LayoutField>)
            [SquashfsLayout.Superblock.IdTable, SquashfsLayout.Superblock.XattrTable, SquashfsLayout.Superblock.FragmentTable])
        {
            if (Get(table) is not SquashfsLayout.NoTable and var place && place > used)
                throw Invalid($"the {table.Name} {place} is past the end, {used}");
        }
    }
}
