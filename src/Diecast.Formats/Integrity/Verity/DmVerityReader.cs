using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>A device whose parameters are known and fit it.</summary>
internal sealed partial class DmVerityReader
{
    private const string SpareText = "has something where no hash stands";

    private readonly Blob _hashDevice;
    private readonly DmVerityOptions _options;
    private readonly byte[] _rootHash;

    private DmVerityReader(Blob data, Blob hashDevice, byte[] rootHash, DmVerityOptions options, DmVerityShape shape)
    {
        Data = data;
        _hashDevice = hashDevice;
        _rootHash = rootHash;
        _options = options;
        Shape = shape;
        Hash = options.CreateHash();
    }

    /// <summary>The protected blocks.</summary>
    internal Blob Data { get; }

    internal DmVerityShape Shape { get; }

    internal SaltedHash Hash { get; }

    internal int DataBlockSize => _options.DataBlockSize;

    internal ReadOnlySpan<byte> RootHash => _rootHash;

    /// <summary>Opens a device.</summary>
    /// <param name="data">The data.</param>
    /// <param name="hashDevice">The hash device.</param>
    /// <param name="rootHash">The root hash; null for the one that the top of the tree has.</param>
    /// <param name="options">Where the superblock is, or all parameters; null for a superblock at the beginning.</param>
    /// <exception cref="InvalidImageException">There is no superblock, it is damaged, or one of the devices is too short for it.</exception>
    internal static DmVerityReader Open(Blob data, Blob hashDevice, ReadOnlyMemory<byte>? rootHash, DmVerityOptions? options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(hashDevice);
        options ??= new DmVerityOptions();
        options.Check();
        long blocks;
        if (options.Superblock)
        {
            DmVeritySuperblock superblock = DmVeritySuperblockLayout.Read(hashDevice, options.HashOffset);
            options = superblock.ToOptions(options.HashOffset);
            blocks = superblock.DataBlocks;
            if (superblock.DataLength > data.Length)
                throw Invalid($"{blocks} data blocks of {options.DataBlockSize} bytes; the data has {data.Length} bytes");
        }
        else
        {
            blocks = options.BlocksOf(data.Length);
        }

        DmVerityShape shape = options.ShapeOf(blocks);
        if (options.TreeOffset > hashDevice.Length || shape.Length > hashDevice.Length - options.TreeOffset)
            throw Invalid($"a tree of {shape.Length} bytes at {options.TreeOffset}; the hash device has {hashDevice.Length} bytes");
        if (rootHash is { Length: var given } && given != shape.DigestSize)
            throw Invalid($"a root hash of {given} bytes; one by {DmVeritySuperblockLayout.NameOf(options.Algorithm)} has {shape.DigestSize}");
        var reader = new DmVerityReader(data.Slice(0, blocks * options.DataBlockSize), hashDevice, new byte[shape.DigestSize], options, shape);
        if (rootHash is { } known)
            known.CopyTo(reader._rootHash);
        else
            reader.ComputeRootHash(reader._rootHash);
        return reader;
    }

    /// <summary>The blocks of a level.</summary>
    internal Blob Level(int level) => _hashDevice.Slice(OffsetOf(level, 0), Shape.Count(level) * Shape.BlockSize);

    internal DmVerityFault? Verify(CancellationToken cancellation)
    {
        for (int level = Shape.Levels - 1; level >= 0; level--)
        {
            if (Verify(level, cancellation) is { } fault)
                return fault;
        }

        long block = FirstOther(Data, DataBlockSize, -1, cancellation);
        return block < 0 ? null : DataFault(block);
    }

    internal DmVerityFault DataFault(long block) => new()
    {
        Block = block,
        Offset = block * DataBlockSize,
        Message = FormattableString.Invariant($"data block {block}, at {block * DataBlockSize}, does not have its hash"),
    };

    /// <summary>What is said of a block of a level that has another hash.</summary>
    internal DmVerityFault NodeFault(int level, long block) =>
        NodeFault(level, block, level == Shape.Levels - 1 ? "does not have the root hash" : "does not have its hash");

    private DmVerityFault NodeFault(int level, long block, string what)
    {
        long offset = OffsetOf(level, block);
        return new DmVerityFault
        {
            Level = level,
            Block = offset / Shape.BlockSize,
            Offset = offset,
            Message = FormattableString.Invariant($"hash block {offset / Shape.BlockSize}, at {offset} and of level {level}, {what}"),
        };
    }

    private long OffsetOf(int level, long block) => _options.TreeOffset + ((Shape.Start(level) + block) * Shape.BlockSize);

    /// <summary>Checks the blocks of a level against the level above, and that nothing stands where no hash does.</summary>
    private DmVerityFault? Verify(int level, CancellationToken cancellation)
    {
        Blob blocks = Level(level);
        long wrong = FirstOther(blocks, Shape.BlockSize, level, cancellation);
        if (wrong >= 0)
            return NodeFault(level, wrong);
        foreach (long block in SpareUsed(level))
            return NodeFault(level, block, SpareText);
        return null;
    }

    /// <summary>The blocks of a level that have something where no hash stands.</summary>
    private IEnumerable<long> SpareUsed(int level)
    {
        Blob blocks = Level(level);
        long hashes = level == 0 ? Shape.DataBlocks : Shape.Count(level - 1);
        byte[] block = new byte[Shape.BlockSize];
        bool isFull = Shape.Stride == Shape.DigestSize && Shape.HashesPerBlock * Shape.Stride == Shape.BlockSize;
        for (long i = isFull ? Shape.Count(level) - 1 : 0; i < Shape.Count(level); i++)
        {
            blocks.Read(i * Shape.BlockSize, block);
            if (!IsSpareZero(block, (int)Math.Min(Shape.HashesPerBlock, hashes - (i * Shape.HashesPerBlock))))
                yield return i;
        }
    }

    /// <summary>The hash of the top of the tree as it is stored, or of the one block of data without a tree.</summary>
    private void ComputeRootHash(Span<byte> digest)
    {
        Blob top = Shape.Levels == 0 ? Data : Level(Shape.Levels - 1);
        Hash.Compute(top.ToArray(), digest);
    }

    private bool IsSpareZero(ReadOnlySpan<byte> block, int hashes)
    {
        int spare = Shape.Stride - Shape.DigestSize;
        for (int i = 0; spare > 0 && i < hashes; i++)
        {
            if (block.Slice((i * Shape.Stride) + Shape.DigestSize, spare).ContainsAnyExcept((byte)0))
                return false;
        }

        return !block[(hashes * Shape.Stride)..].ContainsAnyExcept((byte)0);
    }

    /// <summary>The first block whose hash is another than the level above says, or -1.</summary>
    private long FirstOther(Blob blocks, int blockSize, int level, CancellationToken cancellation)
    {
        long other = -1;
        Compare(blocks, blockSize, level, block => (other = block) < 0, cancellation);
        return other;
    }

    /// <summary>Tells the blocks of a level, in order, whose hash is another than the level above says.</summary>
    /// <param name="blocks">The blocks.</param>
    /// <param name="blockSize">Bytes of one.</param>
    /// <param name="level">The level, -1 for data.</param>
    /// <param name="found">Takes a block's number; whether it wants more.</param>
    /// <param name="cancellation">Ends the work.</param>
    private void Compare(Blob blocks, int blockSize, int level, Func<long, bool> found, CancellationToken cancellation)
    {
        Blob? above = level + 1 < Shape.Levels ? Level(level + 1) : null;
        byte[] expected = new byte[Shape.BlockSize];
        long loaded = -1;
        new BlockDigests(Hash, blockSize).Compute(blocks, CompareSome, cancellation);

        bool CompareSome(long first, ReadOnlySpan<byte> digests)
        {
            for (long block = first; digests.Length > 0; block++)
            {
                if (!digests[..Shape.DigestSize].SequenceEqual(Expected(block)) && !found(block))
                    return false;
                digests = digests[Shape.DigestSize..];
            }

            return true;
        }

        ReadOnlySpan<byte> Expected(long block)
        {
            if (above is null)
                return _rootHash;
            (long node, long place) = Math.DivRem(block, Shape.HashesPerBlock);
            if (node != loaded)
            {
                above.Read(node * Shape.BlockSize, expected);
                loaded = node;
            }

            return expected.AsSpan((int)place * Shape.Stride, Shape.DigestSize);
        }
    }

    private static InvalidImageException Invalid(FormattableString message) =>
        new(DmVerityOptions.Format, FormattableString.Invariant(message));
}
