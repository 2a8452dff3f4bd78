using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.ExceptionServices;

namespace Diecast.Formats.Compression;

/// <summary>A block that has been through a compressor, valid only during the call.</summary>
/// <param name="number">The block's number; the first is 0, and skipped ones count.</param>
/// <param name="input">The block's bytes.</param>
/// <param name="output">What the compressor made of them; empty when it did not fit, and when the block is zero.</param>
/// <param name="isZero">Whether all bytes are zero; such a block is not compressed.</param>
internal readonly ref struct FinishedBlock(long number, ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, bool isZero)
{
    internal long Number { get; } = number;

    internal ReadOnlySpan<byte> Input { get; } = input;

    internal ReadOnlySpan<byte> Output { get; } = output;

    internal bool IsZero { get; } = isZero;
}

/// <summary>Takes finished blocks in the order of their numbers.</summary>
internal interface IBlockConsumer
{
    /// <summary>The next block.</summary>
    void Block(FinishedBlock block);

    /// <summary>The next <paramref name="count"/> blocks, from <paramref name="first"/> on, are holes.</summary>
    void Holes(long first, long count);
}

/// <summary>
/// Compresses numbered blocks on all cores. The consumer gets them in order and on the thread that submits, so it needs no
/// locks, and its exceptions reach the caller as they are; those of a compressor are thrown there too.
/// </summary>
/// <remarks>
/// The bytes do not depend on the number of workers: a block is a unit of its own, its size is the caller's constant, and
/// only the order of numbers decides what the consumer sees. Buffers and compressors together take no more than
/// <see cref="MemoryBytes"/>: a compressor that takes much gets fewer workers, though never less than two on two cores.
/// </remarks>
internal sealed class ParallelBlocks : IDisposable
{
    /// <summary>All compressors, and all buffers in flight, of input and output.</summary>
    internal const int MemoryBytes = 41 << 20;

    private const int BlocksPerWorker = 3;

    /// <summary>Short blocks are those up to this share of a block; their buffers are powers of two from the least on.</summary>
    private const int ShortShare = 4;

    private const int LeastShort = 16 * 1024;

    private readonly BlockCodec _codec;
    private readonly IBlockConsumer _consumer;
    private readonly int _blockSize;
    private readonly int _outputSize;
    private readonly CancellationToken _cancellation;
    private readonly BlockingCollection<Job> _work = [];
    private readonly Queue<Job> _window = new();
    private readonly Stack<Job> _free = new();
    private readonly Stack<Job>[] _freeShort;
    private readonly Thread[] _workers;
    private readonly int _slots;
    private readonly long _slotBytes;
    private long _shortBytes;
    private volatile bool _stopped;
    private Job? _filling;
    private int _made;
    private long _number;

    /// <summary>Starts the workers.</summary>
    /// <param name="codec">Compresses the blocks.</param>
    /// <param name="blockSize">Bytes of a block; the last may be shorter.</param>
    /// <param name="outputSize">Room for a result; one that does not fit is reported as empty. Null for the codec's bound.</param>
    /// <param name="consumer">Takes the results.</param>
    /// <param name="workers">Threads, however much memory that is; null for one a core.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/> at the next call.</param>
    internal ParallelBlocks(
        BlockCodec codec, int blockSize, int? outputSize, IBlockConsumer consumer, int? workers = null, CancellationToken cancellation = default)
    {
        _codec = codec;
        _consumer = consumer;
        _blockSize = blockSize;
        _outputSize = outputSize ?? codec.Bound(blockSize);
        _cancellation = cancellation;
        long slot = _slotBytes = _blockSize + _outputSize;
        long memory = codec.Memory(blockSize);
        int count = workers ?? (int)Math.Clamp(MemoryBytes / (memory + slot), Math.Min(2, Environment.ProcessorCount), Environment.ProcessorCount);
        int most = Math.Max(2, count * BlocksPerWorker);
        _slots = (int)Math.Clamp((MemoryBytes - (count * memory)) / slot, Math.Min(count + 1, most), most);
        _freeShort = [.. Enumerable.Range(0, ShortClass(_blockSize) + 1).Select(_ => new Stack<Job>())];
        _workers = new Thread[count];
        for (int i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Run) { IsBackground = true, Name = "compressor" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that compress.</summary>
    internal int Workers => _workers.Length;

    /// <summary>The buffer of the next block, which the caller fills and submits. Waits while the window is full.</summary>
    internal Span<byte> Fill()
    {
        if (_filling is null)
        {
            Drain(() => _free.Count == 0 && _made == _slots);
            if (!_free.TryPop(out _filling))
            {
                _made++;
                _filling = new Job { Input = new byte[_blockSize], Output = new byte[_outputSize] };
            }
        }

        return _filling.Input;
    }

    /// <summary>
    /// The buffer of the next block, which is no longer than <paramref name="length"/>. Many short blocks are in flight
    /// where there would be few long ones, so that a long one does not keep the other workers waiting; they may take as
    /// much memory as one long one.
    /// </summary>
    internal Span<byte> Fill(int length)
    {
        if (_filling is not null)
        {
            if (_filling.Input.Length >= length && (_filling.IsShort || length > _blockSize / ShortShare))
                return _filling.Input;
            Release(_filling);
            _filling = null;
        }

        if (length > _blockSize / ShortShare)
            return Fill();
        int size = LeastShort << ShortClass(length);
        int outputSize = Math.Min(_codec.Bound(size), _outputSize);
        while (!_freeShort[ShortClass(length)].TryPop(out _filling))
        {
            if (_shortBytes + size + outputSize <= _slotBytes)
            {
                _shortBytes += size + outputSize;
                _filling = new Job { Input = GC.AllocateUninitializedArray<byte>(size), Output = GC.AllocateUninitializedArray<byte>(outputSize), IsShort = true };
                break;
            }

            if (!DropShort())
                DrainOne();
        }

        return _filling.Input;
    }

    /// <summary>Hands the first <paramref name="count"/> bytes of the buffer to the workers as the next block.</summary>
    internal void Submit(int count, BlockHandling handling = BlockHandling.CompressUnlessZero)
    {
        Job job = _filling ?? throw new InvalidOperationException("no block is being filled");
        _filling = null;
        job.Length = count;
        job.Handling = handling;
        job.Number = _number++;
        job.Done.Reset();
        _window.Enqueue(job);
        _work.Add(job, _cancellation);
        Drain(() => _window.Peek().IsReady);
    }

    /// <summary>The next <paramref name="count"/> blocks are holes: the consumer is told in its turn, and nobody works on them.</summary>
    internal void Skip(long count)
    {
        if (count == 0)
            return;
        _window.Enqueue(new Job { Number = _number, Holes = count });
        _number += count;
        // Runs of holes hold no buffer, but they may not pile up behind a slow block either.
        Drain(() => _window.Count > 2 * _slots || _window.Peek().IsReady);
    }

    /// <summary>Waits until the consumer has had every block.</summary>
    internal void Complete() => Drain(static () => true);

    public void Dispose()
    {
        _stopped = true;
        _work.CompleteAdding();
        foreach (Thread worker in _workers)
            worker.Join();
        _work.Dispose();
        foreach (Job job in _window)
            job.Dispose();
        foreach (Job job in _free.Concat(_freeShort.SelectMany(free => free)))
            job.Dispose();
        _filling?.Dispose();
    }

    /// <summary>Hands the oldest blocks to the consumer for as long as the condition holds, waiting for each.</summary>
    private void Drain(Func<bool> condition)
    {
        while (_window.Count > 0 && condition())
            DrainOne();
    }

    private void DrainOne()
    {
        Job job = _window.Peek();
        if (job.Holes > 0)
        {
            _ = _window.Dequeue();
            _consumer.Holes(job.Number, job.Holes);
            job.Dispose();
            return;
        }

        job.Done.Wait(_cancellation);
        job.Fault?.Throw();
        _cancellation.ThrowIfCancellationRequested();
        _ = _window.Dequeue();
        Release(job);
        _consumer.Block(new FinishedBlock(job.Number, job.Input.AsSpan(0, job.Length), job.Output.AsSpan(0, job.Result), job.IsZero));
    }

    private void Release(Job job)
    {
        if (job.IsShort)
            _freeShort[ShortClass(job.Input.Length)].Push(job);
        else
            _free.Push(job);
    }

    /// <summary>Gives up a buffer of a length that is not asked for now.</summary>
    private bool DropShort()
    {
        for (int i = _freeShort.Length - 1; i >= 0; i--)
        {
            if (!_freeShort[i].TryPop(out Job? job))
                continue;
            _shortBytes -= job.Input.Length + job.Output.Length;
            job.Dispose();
            return true;
        }

        return false;
    }

    /// <summary>Which power of two of <see cref="LeastShort"/> holds so many bytes.</summary>
    private static int ShortClass(int length) =>
        length <= LeastShort ? 0 : BitOperations.Log2((uint)(length - 1) / LeastShort) + 1;

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "it is carried to the thread that submits")]
    private void Run()
    {
        IBlockCompressor? compressor = null;
        try
        {
            foreach (Job job in _work.GetConsumingEnumerable())
            {
                try
                {
                    if (!_stopped)
                        Work(job, compressor ??= _codec.Open());
                }
                catch (Exception exception)
                {
                    job.Fault = ExceptionDispatchInfo.Capture(exception);
                }

                job.Done.Set();
            }
        }
        finally
        {
            compressor?.Dispose();
        }
    }

    private static void Work(Job job, IBlockCompressor compressor)
    {
        ReadOnlySpan<byte> input = job.Input.AsSpan(0, job.Length);
        job.IsZero = job.Handling != BlockHandling.Compress && !input.ContainsAnyExcept((byte)0);
        job.Result = job.IsZero || job.Handling == BlockHandling.Store ? 0 : compressor.Compress(input, job.Output);
    }

    private sealed class Job : IDisposable
    {
        internal readonly ManualResetEventSlim Done = new();
        internal byte[] Input = [];
        internal byte[] Output = [];
        internal long Number;
        internal long Holes;
        internal int Length;
        internal BlockHandling Handling;
        internal int Result;
        internal bool IsZero;
        internal bool IsShort;
        internal ExceptionDispatchInfo? Fault;

        internal bool IsReady => Holes > 0 || Done.IsSet;

        public void Dispose() => Done.Dispose();
    }
}

/// <summary>What the workers do with a block.</summary>
internal enum BlockHandling
{
    /// <summary>They compress it, but for one of zeros, which is told as that.</summary>
    CompressUnlessZero,

    /// <summary>They compress it, whatever it holds.</summary>
    Compress,

    /// <summary>They only look whether it is all zeros.</summary>
    Store,
}
