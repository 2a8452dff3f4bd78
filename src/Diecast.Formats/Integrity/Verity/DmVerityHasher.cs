using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Integrity;

/// <summary>
/// Makes the hash area of a device from its bytes as they pass, in order, so that what is being written to a file need
/// not be read again. Other threads hash while the next bytes come.
/// </summary>
public sealed class DmVerityHasher : IDisposable
{
    private const int JobSize = 256 * 1024;

    private readonly DmVerityOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly DmVerityBuilder _builder;
    private readonly Consumer _consumer;
    private readonly ParallelBlocks _jobs;
    private readonly int _jobSize;
    private int _filled;
    private bool _isFinished;

    /// <summary>Begins with a device.</summary>
    /// <param name="options">The parameters.</param>
    /// <param name="spool">
    /// Where what exceeds 64 MiB of the area goes, behind what is there; it must outlive the result. The calling thread may
    /// append to it itself between two calls. Null for memory.
    /// </param>
    /// <param name="cancellation">Ends the work at the next call.</param>
    /// <exception cref="UnrepresentableException">An option is out of range.</exception>
    public DmVerityHasher(DmVerityOptions options, ContentSpool? spool = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _cancellation = cancellation;
        _builder = new DmVerityBuilder(options, spool);
        _jobSize = Math.Max(JobSize, options.DataBlockSize);
        BlockDigests leaves = _builder.Leaves;
        _consumer = new Consumer(leaves, _builder.CreateStore(), _jobSize / options.DataBlockSize);
        var codec = new BlockCodec("digests", length => length / leaves.BlockSize * leaves.Hash.Size, () => new Worker(leaves));
        _jobs = new ParallelBlocks(codec, _jobSize, null, _consumer, null, cancellation);
    }

    /// <summary>Bytes so far.</summary>
    public long Length { get; private set; }

    /// <summary>Adds the next bytes.</summary>
    /// <exception cref="InvalidOperationException">The area is made already.</exception>
    /// <exception cref="IOException">The spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        CheckOpen();
        Length += bytes.Length;
        while (bytes.Length > 0)
        {
            Span<byte> room = _jobs.Fill()[_filled..];
            int count = Math.Min(bytes.Length, room.Length);
            bytes[..count].CopyTo(room);
            bytes = bytes[count..];
            Filled(count);
        }
    }

    /// <summary>Adds zeros, of which whole blocks are hashed once for all.</summary>
    /// <param name="length">Bytes.</param>
    /// <exception cref="InvalidOperationException">The area is made already.</exception>
    /// <exception cref="IOException">The spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void AppendZeros(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        CheckOpen();
        Length += length;
        while (length > 0)
        {
            if (_filled == 0 && length >= _jobSize)
            {
                long jobs = length / _jobSize;
                _jobs.Skip(jobs);
                length -= jobs * _jobSize;
                continue;
            }

            Span<byte> room = _jobs.Fill()[_filled..];
            int count = (int)Math.Min(length, room.Length);
            room[..count].Clear();
            length -= count;
            Filled(count);
        }
    }

    /// <summary>The hash area of all that has been added.</summary>
    /// <exception cref="UnrepresentableException">That is nothing, or no whole data blocks.</exception>
    /// <exception cref="InvalidOperationException">The area is made already.</exception>
    /// <exception cref="IOException">The spool cannot be written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public DmVerityTree Finish()
    {
        CheckOpen();
        DmVerityShape shape = _options.ShapeOf(_options.BlocksOf(Length));
        _isFinished = true;
        if (_filled > 0)
            Submit();
        _jobs.Complete();
        return _builder.Finish(shape, _consumer.Store, _consumer.Last, _cancellation);
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose() => _jobs.Dispose();

    private void CheckOpen()
    {
        if (_isFinished)
            throw new InvalidOperationException("the hash area is made already");
    }

    private void Filled(int count)
    {
        _filled += count;
        if (_filled == _jobSize)
            Submit();
    }

    private void Submit()
    {
        _jobs.Submit(_filled, BlockHandling.Compress);
        _filled = 0;
    }

    /// <summary>To the threads a hash is a compressor that leaves little.</summary>
    private sealed class Worker(BlockDigests leaves) : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> input, Span<byte> output)
        {
            leaves.Compute(input, output);
            return input.Length / leaves.BlockSize * leaves.Hash.Size;
        }

        public void Dispose()
        {
        }
    }

    private sealed class Consumer(BlockDigests leaves, DigestStore store, int blocksOfJob) : IBlockConsumer
    {
        private readonly Lazy<byte[]> _zeros = new(() =>
        {
            byte[] digests = new byte[blocksOfJob * leaves.Hash.Size];
            leaves.FillZeros(digests);
            return digests;
        });

        internal DigestStore Store => store;

        /// <summary>The digest of the last block.</summary>
        internal byte[] Last { get; } = new byte[leaves.Hash.Size];

        public void Block(FinishedBlock block) => Add(block.Output);

        public void Holes(long first, long count)
        {
            for (; count > 0; count--)
                Add(_zeros.Value);
        }

        private void Add(ReadOnlySpan<byte> digests)
        {
            store.Add(digests);
            digests[^Last.Length..].CopyTo(Last);
        }
    }
}
