using System.Numerics;
using System.Text;

namespace Diecast.Formats.Disks;

/// <summary>Which options there are, and which go together.</summary>
internal static class Qcow2OptionRules
{
    private const int LargestZlibLevel = 12;
    private const int LargestZstdLevel = 19;

    /// <summary>The levels for 0.</summary>
    internal const int ZlibLevel = 4;
    internal const int ZstdLevel = 3;

    internal static void Check(Qcow2Options options)
    {
        int cluster = options.ClusterSize;
        if (!BitOperations.IsPow2(cluster) || cluster < Qcow2Layout.LeastClusterSize || cluster > Qcow2Layout.LargestClusterSize)
            throw Qcow2Faults.Refuse($"a cluster size of {cluster}; it must be a power of two from {Qcow2Layout.LeastClusterSize} to {Qcow2Layout.LargestClusterSize}");
        if (options.Version is not (Qcow2Version.V2 or Qcow2Version.V3))
            throw Qcow2Faults.Refuse($"a version {(int)options.Version}; it must be 2 or 3");
        if (!BitOperations.IsPow2(options.RefcountBits) || options.RefcountBits > 64)
            throw Qcow2Faults.Refuse($"refcounts of {options.RefcountBits} bits; there are 1, 2, 4, 8, 16, 32 and 64");
        if (options.Preallocation is < Qcow2Preallocation.Off or > Qcow2Preallocation.Full)
            throw Qcow2Faults.Refuse($"a preallocation {(int)options.Preallocation}");
        if (options.Version == Qcow2Version.V2)
            CheckVersion2(options);
        if (options.ExtendedL2 && cluster < Qcow2Layout.LeastExtendedClusterSize)
            throw Qcow2Faults.Refuse($"extended L2 entries with clusters of {cluster}; they need {Qcow2Layout.LeastExtendedClusterSize}");
        CheckCompression(options);
        CheckBacking(options);
    }

    private static void CheckVersion2(Qcow2Options options)
    {
        if (options.RefcountBits != 16)
            throw Qcow2Faults.Refuse($"refcounts of {options.RefcountBits} bits; version 2 has 16");
        if (options.LazyRefcounts)
            throw Qcow2Faults.Refuse($"lazy refcounts need version 3");
        if (options.ExtendedL2)
            throw Qcow2Faults.Refuse($"extended L2 entries need version 3");
        if (options.Compression == Qcow2Compression.Zstd)
            throw Qcow2Faults.Refuse($"compression by Zstandard needs version 3");
    }

    private static void CheckCompression(Qcow2Options options)
    {
        int largest = options.Compression switch
        {
            Qcow2Compression.None => 0,
            Qcow2Compression.Zlib => LargestZlibLevel,
            Qcow2Compression.Zstd => LargestZstdLevel,
            _ => throw Qcow2Faults.Refuse($"a compression {(int)options.Compression}"),
        };
        if (options.CompressionLevel < 0 || options.CompressionLevel > largest)
            throw Qcow2Faults.Refuse($"a compression level of {options.CompressionLevel}; the highest is {largest}");
        if (options.Compression == Qcow2Compression.None)
            return;
        if (options.ExtendedL2)
            throw Qcow2Faults.Refuse($"extended L2 entries with compression, which have no subclusters");
        if (options.Preallocation != Qcow2Preallocation.Off)
            throw Qcow2Faults.Refuse($"preallocation with compression");
        // The many compressed clusters in one cluster of the file are counted there.
        if (options.RefcountBits < 16)
            throw Qcow2Faults.Refuse($"refcounts of {options.RefcountBits} bits with compression, which needs 16");
    }

    private static void CheckBacking(Qcow2Options options)
    {
        if (options.BackingFile is null)
        {
            if (options.BackingFormat is not null || options.Backing is not null)
                throw Qcow2Faults.Refuse($"a backing disk or format without a backing file's name");
            return;
        }

        int bytes = Encoding.UTF8.GetByteCount(options.BackingFile);
        if (bytes is 0 or > Qcow2Layout.MaximumNameBytes || options.BackingFile.Contains('\0', StringComparison.Ordinal))
            throw Qcow2Faults.Refuse($"a backing file's name of {bytes} bytes; it must have 1 to {Qcow2Layout.MaximumNameBytes} and no NUL");
        if (string.IsNullOrEmpty(options.BackingFormat) || options.Backing is null)
            throw Qcow2Faults.Refuse($"a backing file without its format or its disk");
        if (options.Preallocation != Qcow2Preallocation.Off)
            throw Qcow2Faults.Refuse($"preallocation with a backing file, which would never show");
        if (Qcow2Layout.HeaderBytes(options) > options.ClusterSize)
            throw Qcow2Faults.Refuse($"a backing file's name of {bytes} bytes, which the first cluster of {options.ClusterSize} has no room for");
    }
}
