using System.Buffers;

namespace Diecast.Formats.Blobs;

/// <summary>Finds the blocks of zeros in what is stored as data.</summary>
internal static class ZeroSearch
{
    /// <summary>The ranges of a map that is kept, 8 MiB of them.</summary>
    internal const int MostRanges = 1 << 19;

    /// <summary>Bytes that a thread takes at once. The map does not depend on it.</summary>
    private const int JobSize = 8 << 20;

    /// <summary>Bytes read at once: more than a call's cost, less than a core's cache.</summary>
    private const int ReadSize = 256 * 1024;

    private const int JobsPerThread = 4;

    /// <summary>The ranges of a blob that hold something else than blocks of zeros.</summary>
    internal static IReadOnlyList<BlobRange> DataOf(
        Blob source, int grain, int mostRanges, IProgress<long>? progress, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grain);
        var data = new Ranges(mostRanges);
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount };
        var jobs = new List<BlobRange>();
        int batch = parallel.MaxDegreeOfParallelism * JobsPerThread;
        foreach (BlobRange job in Jobs(source, grain))
        {
            jobs.Add(job);
            if (jobs.Count == batch)
                Run();
        }

        Run();
        return data.ToList();

        void Run()
        {
            var found = new List<BlobRange>[jobs.Count];
            try
            {
                _ = Parallel.For(0, jobs.Count, parallel, i => found[i] = Search(source, jobs[i], grain));
            }
            catch (AggregateException exception)
            {
                // Of several faults the first tells the caller what a single thread would have met.
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }

            foreach (List<BlobRange> ranges in found)
            {
                foreach (BlobRange range in ranges)
                    data.Add(range);
            }

            if (jobs.Count > 0)
                progress?.Report(jobs[^1].End);
            jobs.Clear();
        }
    }

    /// <summary>The first run of blocks that are all zero or all not.</summary>
    /// <param name="bytes">Not empty.</param>
    /// <param name="position">Where the bytes begin: blocks lie at multiples of the grain.</param>
    /// <param name="grain">Bytes in a block; what is left of one at either end is one too.</param>
    /// <param name="isZero">Whether they are zero.</param>
    /// <returns>The run's bytes.</returns>
    internal static int NextRun(ReadOnlySpan<byte> bytes, long position, int grain, out bool isZero)
    {
        int count = 0;
        isZero = false;
        while (count < bytes.Length)
        {
            int block = (int)Math.Min(bytes.Length - count, grain - ((position + count) % grain));
            bool zero = !bytes.Slice(count, block).ContainsAnyExcept((byte)0);
            if (count == 0)
                isZero = zero;
            else if (zero != isZero)
                break;
            count += block;
        }

        return count;
    }

    private static IEnumerable<BlobRange> Jobs(Blob source, int grain)
    {
        long size = Math.Max(grain, JobSize / grain * grain);
        foreach (BlobRange range in source.DataRanges())
        {
            for (long at = range.Offset; at < range.End;)
            {
                long end = Math.Min(range.End, (at / size * size) + size);
                yield return new BlobRange(at, end - at);
                at = end;
            }
        }
    }

    private static List<BlobRange> Search(Blob source, BlobRange job, int grain)
    {
        var ranges = new List<BlobRange>();
        int step = Math.Max(grain, ReadSize / grain * grain);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(step);
        try
        {
            for (long at = job.Offset; at < job.End;)
            {
                int count = (int)Math.Min(job.End - at, step - (at % grain));
                Span<byte> bytes = buffer.AsSpan(0, count);
                source.Read(at, bytes);
                while (bytes.Length > 0)
                {
                    int run = NextRun(bytes, at, grain, out bool isZero);
                    if (!isZero && ranges.Count > 0 && ranges[^1].End == at)
                        ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + run };
                    else if (!isZero)
                        ranges.Add(new BlobRange(at, run));
                    at += run;
                    bytes = bytes[run..];
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return ranges;
    }

    /// <summary>Ranges in order; when they become too many, gaps below a limit that doubles are closed.</summary>
    private sealed class Ranges(int most)
    {
        private readonly List<BlobRange> _ranges = [];
        private long _leastGap = 1;

        internal void Add(BlobRange range)
        {
            Join(_ranges, range, _leastGap);
            while (_ranges.Count > most)
            {
                _leastGap *= 2;
                var fewer = new List<BlobRange>();
                foreach (BlobRange kept in _ranges)
                    Join(fewer, kept, _leastGap);
                _ranges.Clear();
                _ranges.AddRange(fewer);
            }
        }

        internal IReadOnlyList<BlobRange> ToList() => [.. _ranges];

        private static void Join(List<BlobRange> ranges, BlobRange range, long leastGap)
        {
            if (ranges.Count > 0 && range.Offset - ranges[^1].End < leastGap)
                ranges[^1] = ranges[^1] with { Length = range.End - ranges[^1].Offset };
            else
                ranges.Add(range);
        }
    }
}
