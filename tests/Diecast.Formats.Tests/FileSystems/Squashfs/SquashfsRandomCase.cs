using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Squashfs;

/// <summary>Options that no one chose and a tree that fits them, both of one seed.</summary>
internal sealed class SquashfsRandomCase : IRandomTreeLimits
{
    private readonly Lazy<FileTree> _tree;

    internal SquashfsRandomCase(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Options = Draw();
        _tree = new Lazy<FileTree>(() => new RandomTree(this).Make());
    }

    internal int Seed { get; }

    internal SquashfsOptions Options { get; }

    internal FileTree Tree => _tree.Value;

    public Random Random { get; }

    public int BlockSize => Options.BlockSize;

    /// <summary>Small, because not every kernel tells the holes of a squashfs.</summary>
    public long LargestFile => 2 << 20;

    /// <summary>
    /// A loop device has whole blocks. Where the ends of files are in fragments, Linux 6.18 takes what is behind the list
    /// of blocks for one more of them when it looks for holes, and fails if it cannot be one (docs/formats/squashfs.md).
    /// </summary>
    internal bool IsMountable => Options is { Pad: true, Fragments: not SquashfsFragments.TailEnds };

    public int LargestXattr => 9000;

    public int MostXattrs => Options.Xattrs ? 4 : 0;

    public bool HasAcls => false;

    public bool HasLargeDevices => true;

    public long EarliestTime => 0;

    public long LatestTime => uint.MaxValue;

    public bool HasNanoseconds => false;

    public bool HasNamesOfAnyBytes => true;

    public override string ToString() => $"seed {Seed}: {Options}";

    private SquashfsOptions Draw()
    {
        SquashfsCompression[] all =
        [
            SquashfsCompression.None, SquashfsCompression.Gzip, SquashfsCompression.Gzip, SquashfsCompression.Lzo, SquashfsCompression.Xz,
            SquashfsCompression.Lz4, SquashfsCompression.Zstd,
        ];
        var options = new SquashfsOptions
        {
            Time = new Timestamp(Random.Next()),
            Compression = all[Random.Next(all.Length)],
            BlockSize = 4096 << Random.Next(9),
            Fragments = (SquashfsFragments)Random.Next(3),
            Duplicates = Random.Next(4) != 0,
            Exports = Random.Next(4) != 0,
            Xattrs = Random.Next(6) != 0,
            Pad = Random.Next(8) != 0,
            Uncompressed = Random.Next(3) == 0 ? (SquashfsUncompressed)Random.Next(32) : SquashfsUncompressed.None,
        };
        return options.Compression switch
        {
            SquashfsCompression.Gzip when Random.Next(4) == 0 => options with
            {
                CompressionLevel = Random.Next(1, 10),
                WindowSize = Random.Next(8, 16),
                Strategies = (SquashfsGzipStrategies)Random.Next(32),
            },
            SquashfsCompression.Gzip => options with { CompressionLevel = Random.Next(2) == 0 ? null : Random.Next(1, 10) },
            SquashfsCompression.Zstd => options with { CompressionLevel = Random.Next(8) == 0 ? null : Random.Next(1, 6) },
            SquashfsCompression.Lz4 => options with { HighCompression = Random.Next(3) == 0 },
            SquashfsCompression.Lzo when Random.Next(2) == 0 => options with { LzoAlgorithm = (SquashfsLzoAlgorithm)Random.Next(4) },
            SquashfsCompression.Lzo => options with { CompressionLevel = Random.Next(1, 10) },
            SquashfsCompression.Xz => options with
            {
                DictionarySize = options.BlockSize >= 16384 && Random.Next(2) == 0 ? options.BlockSize / 2 : options.BlockSize < 8192 ? 8192 : null,
                Filters = Random.Next(8) == 0 ? (SquashfsXzFilters)Random.Next(64) : SquashfsXzFilters.None,
                BlockSize = Math.Max(options.BlockSize, 8192),
            },
            _ => options,
        };
    }
}
