using System.Buffers;
using System.Runtime.ExceptionServices;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>Takes the digests of the next blocks, one after the other, valid only during the call.</summary>
/// <param name="first">Number of the first block.</param>
/// <param name="digests">The digests.</param>
/// <returns>Whether it wants more.</returns>
internal delegate bool DigestConsumer(long first, ReadOnlySpan<byte> digests);

/// <summary>Hashes the blocks of a blob on all cores; what comes of it does not depend on how many there are.</summary>
/// <param name="hash">The hash.</param>
/// <param name="blockSize">Bytes of a block.</param>
/// <param name="workers">Threads; null for one a core.</param>
internal sealed class BlockDigests(SaltedHash hash, int blockSize, int? workers = null)
{
    /// <summary>Bytes that a thread takes at once.</summary>
    private const int JobSize = 1 << 20;

    /// <summary>Bytes read at once: more than a call's cost, less than a core's cache.</summary>
    private const int ReadSize = 256 * 1024;

    /// <summary>Many, so that little is lost while the last ones end.</summary>
    private const int JobsPerThread = 16;

    private readonly byte[] _zero = DigestOfZeros(hash, blockSize);

    internal SaltedHash Hash => hash;

    internal int BlockSize => blockSize;

    /// <summary>The digest of a block of zeros.</summary>
    internal ReadOnlySpan<byte> OfZeros => _zero;

    /// <summary>Hashes all blocks of a blob, whose length is a multiple of theirs.</summary>
    internal void Compute(Blob source, DigestConsumer consumer, CancellationToken cancellation)
    {
        var data = new BlobMap(source.DataRanges());
        Compute(source.Length / blockSize, JobSize, (first, digests) => ComputeJob(source, data, first, digests.Span), consumer, cancellation);
    }

    /// <summary>Has a device's blocks hashed by something that brings them, on all cores.</summary>
    /// <param name="blocks">Blocks of the device.</param>
    /// <param name="jobSize">Bytes that a thread takes at once.</param>
    /// <param name="job">Hashes blocks from a number on, as many as there is room for digests. Threads take them in order.</param>
    /// <param name="consumer">Takes the digests in order, on the calling thread.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal void Compute(long blocks, int jobSize, Action<long, Memory<byte>> job, DigestConsumer consumer, CancellationToken cancellation)
    {
        int threads = workers ?? Environment.ProcessorCount;
        var parallel = new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = threads };
        int jobBlocks = Math.Max(1, jobSize / blockSize);
        byte[][] digests = new byte[(int)Math.Min(threads * JobsPerThread, Units.Divide(blocks, jobBlocks))][];
        for (int i = 0; i < digests.Length; i++)
            digests[i] = new byte[jobBlocks * hash.Size];

        for (long first = 0; first < blocks;)
        {
            cancellation.ThrowIfCancellationRequested();
            long start = first;
            int jobs = (int)Math.Min(digests.Length, Units.Divide(blocks - first, jobBlocks));
            if (jobs == 1)
                Run(0);
            else
                RunAll(jobs, parallel, Run);
            for (int i = 0; i < jobs; i++)
            {
                int count = CountOf(i);
                if (!consumer(first, digests[i].AsSpan(0, count * hash.Size)))
                    return;
                first += count;
            }

            void Run(int i) => job(start + ((long)i * jobBlocks), digests[i].AsMemory(0, CountOf(i) * hash.Size));

            int CountOf(int i) => (int)Math.Min(jobBlocks, blocks - start - ((long)i * jobBlocks));
        }
    }

    /// <summary>Hashes blocks in memory.</summary>
    internal void Compute(ReadOnlySpan<byte> blocks, Span<byte> digests)
    {
        for (int i = 0; i * blockSize < blocks.Length; i++)
        {
            ReadOnlySpan<byte> block = blocks.Slice(i * blockSize, blockSize);
            Span<byte> digest = digests.Slice(i * hash.Size, hash.Size);
            if (block.ContainsAnyExcept((byte)0))
                hash.Compute(block, digest);
            else
                _zero.CopyTo(digest);
        }
    }

    /// <summary>Writes the digest of a block of zeros so many times.</summary>
    internal void FillZeros(Span<byte> digests)
    {
        for (; digests.Length > 0; digests = digests[hash.Size..])
            _zero.CopyTo(digests);
    }

    private void ComputeJob(Blob source, BlobMap data, long first, Span<byte> digests)
    {
        int step = Math.Max(1, ReadSize / blockSize);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(step * blockSize);
        try
        {
            while (digests.Length > 0)
            {
                int count = Math.Min(step, digests.Length / hash.Size);
                Span<byte> bytes = buffer.AsSpan(0, count * blockSize);
                Span<byte> target = digests[..(count * hash.Size)];
                if (data.HasData(first * blockSize, bytes.Length))
                {
                    source.Read(first * blockSize, bytes);
                    Compute(bytes, target);
                }
                else
                {
                    FillZeros(target);
                }

                digests = digests[target.Length..];
                first += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Threads take the next job each, so that what they read or write lies together.</summary>
    private static void RunAll(int jobs, ParallelOptions parallel, Action<int> run)
    {
        int taken = 0;
        try
        {
            _ = Parallel.For(0, Math.Min(jobs, parallel.MaxDegreeOfParallelism), parallel, (_, state) =>
            {
                for (int i; !state.ShouldExitCurrentIteration && (i = Interlocked.Increment(ref taken) - 1) < jobs;)
                {
                    parallel.CancellationToken.ThrowIfCancellationRequested();
                    run(i);
                }
            });
        }
        catch (AggregateException exception)
        {
            // Of several faults the first tells the caller what a single thread would have met.
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }

    private static byte[] DigestOfZeros(SaltedHash hash, int blockSize)
    {
        byte[] digest = new byte[hash.Size];
        hash.Compute(new byte[blockSize], digest);
        return digest;
    }
}
