using System.Collections.Concurrent;
using System.Security.Cryptography;
using Diecast.Formats.Native;

namespace Diecast.Formats.Blobs;

/// <summary>
/// What becomes of gathered bytes: they are written, then digested, each on a thread of its own, so that reading, writing
/// and digesting go on at once. What is too small for that is done at once by whoever brings it.
/// </summary>
internal sealed class SinkLine : IDisposable
{
    /// <summary>Bytes of a buffer; large enough that handing it over costs nothing beside filling it.</summary>
    internal const int BufferSize = 512 * 1024;

    /// <summary>
    /// Bytes of a call. Calls of 128 KiB at multiples of 128 KiB are the fastest everywhere: smaller ones cost calls,
    /// others that the page cache takes apart cost a sixth more, and from 256 KiB on the kernel may take large folios,
    /// which a virtual machine that hands free memory back to its host pays for with a fault each, up to six times the
    /// time.
    /// </summary>
    internal const int CallSize = 128 * 1024;

    private const long LeastForThreads = 4 << 20;

    private static readonly byte[] ZeroBytes = new byte[64 * 1024];

    private readonly string _displayPath;
    private readonly IncrementalHash? _digest;
    private readonly SinkStage? _writing;
    private readonly SinkStage? _digesting;
    private readonly ConcurrentBag<byte[]> _free = [];
    private volatile bool _isDigestOver;
    private volatile bool _reserves;

    /// <summary>Starts the threads that the length is worth.</summary>
    /// <param name="target">The descriptor to write to, or null for none.</param>
    /// <param name="displayPath">The target's path, for messages.</param>
    /// <param name="digest">What every byte is fed to, or null for nothing.</param>
    /// <param name="length">Bytes to come, holes included.</param>
    internal SinkLine(int? target, string displayPath, IncrementalHash? digest, long length)
    {
        Target = target;
        _reserves = target is { } descriptor && FileDescriptor.GainsByReserving(descriptor);
        _displayPath = displayPath;
        _digest = digest;
        if (length < LeastForThreads)
            return;
        if (digest is not null)
            _digesting = new SinkStage("digest", Digest, Return);
        if (target is not null)
            _writing = new SinkStage("write", Write, PassOn);
    }

    internal int? Target { get; }

    /// <summary>
    /// Bytes in a block that is not written when it is zero, because the target has a hole there; 0 for none. To be set
    /// before anything is added. A call is a multiple of it.
    /// </summary>
    internal int ZeroGrain { get; private set; }

    internal bool IsDigested => _digest is not null && !_isDigestOver;

    /// <summary>Leaves out blocks of zeros, where blocks are such that calls do not cut them.</summary>
    internal bool TryLeaveOutZeros(int grain)
    {
        if (CallSize % grain != 0)
            return false;
        ZeroGrain = grain;
        return true;
    }

    /// <summary>A buffer, which is the caller's until it adds it. The stages' depths bound how many there are.</summary>
    internal byte[] Rent() => _free.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(BufferSize);

    /// <summary>Hands over the next run, and with it its buffer.</summary>
    internal void Add(SinkRun run)
    {
        if (_writing is not null)
        {
            _writing.Add(run);
        }
        else
        {
            if (Target is not null)
                Write(run);
            if (_digesting is not null)
            {
                _digesting.Add(run);
                return;
            }

            Digest(run);
            Return(run);
        }
    }

    /// <summary>Closes a source when the runs of it that were added before are written, or are not going to be.</summary>
    internal void Close(SinkSource source)
    {
        var end = new SinkRun(null, 0, 0, IsToWrite: false, source);
        if (_writing is null)
            Return(end);
        else
            _writing.Pass(end);
    }

    /// <summary>What comes from now on is not in order, so that a digest of it would mean nothing.</summary>
    internal void EndDigest() => _isDigestOver = true;

    /// <summary>Waits until everything is written and digested.</summary>
    internal void Complete()
    {
        _writing?.Complete();
        _digesting?.Complete();
    }

    public void Dispose()
    {
        _writing?.Dispose();
        _digesting?.Dispose();
    }

    private void PassOn(SinkRun run)
    {
        if (_digesting is null)
            Return(run);
        else
            _digesting.Pass(run);
    }

    private void Return(SinkRun run)
    {
        if (run.Buffer is not null)
            _free.Add(run.Buffer);
        if (run.Source is not null && run.Length == 0)
            run.Source.Dispose();
    }

    private void Write(SinkRun run)
    {
        if (run.Source is not null && run.Length > 0)
            Copy(run, run.Source);
        if (!run.IsToWrite || run.Buffer is null)
            return;
        if (ZeroGrain == 0)
            Reserve(run.Position, run.Length);
        for (long done = 0; done < run.Length;)
        {
            long position = run.Position + done;
            int count = CountOfCall(position, run.Length - done);
            WriteCall(run.Buffer.AsSpan((int)done, count), position);
            done += count;
        }
    }

    /// <summary>Copies what is not read yet; it is neither digested nor does it go through a buffer of the reader's.</summary>
    /// <remarks>
    /// A buffer of one call stays in the core's cache, so that a long range costs a fifth less processor time than one that
    /// another thread reads, and that thread has the small files after it ready meanwhile.
    /// </remarks>
    private void Copy(in SinkRun run, SinkSource source)
    {
        byte[] buffer = Rent();
        if (ZeroGrain == 0)
            Reserve(run.Position, run.Length);
        for (long done = 0; done < run.Length;)
        {
            long position = run.Position + done;
            int count = CountOfCall(position, run.Length - done);
            source.Read(run.SourceOffset + done, buffer.AsSpan(0, count));
            WriteCall(buffer.AsSpan(0, count), position);
            done += count;
        }

        _free.Add(buffer);
    }

    /// <summary>Writes the bytes of a call, or those of its blocks that are not zero.</summary>
    private void WriteCall(ReadOnlySpan<byte> bytes, long position)
    {
        while (bytes.Length > 0)
        {
            bool isZero = false;
            int run = ZeroGrain == 0 ? bytes.Length : ZeroSearch.NextRun(bytes, position, ZeroGrain, out isZero);
            if (!isZero)
            {
                if (ZeroGrain > 0)
                    Reserve(position, run);
                FileDescriptor.Write(Target!.Value, position, bytes[..run], _displayPath);
            }

            position += run;
            bytes = bytes[run..];
        }
    }

    private static int CountOfCall(long position, long length) => (int)Math.Min(length, CallSize - (position % CallSize));

    private void Reserve(long position, long length)
    {
        if (_reserves && length >= CallSize)
            _reserves = FileDescriptor.TryReserve(Target!.Value, position, length);
    }

    private void Digest(SinkRun run)
    {
        if (!IsDigested)
            return;
        if (run.Buffer is not null)
        {
            _digest?.AppendData(run.Buffer.AsSpan(0, (int)run.Length));
            return;
        }

        for (long done = 0; done < run.Length && _digest is not null;)
        {
            int count = (int)Math.Min(run.Length - done, ZeroBytes.Length);
            _digest.AppendData(ZeroBytes.AsSpan(0, count));
            done += count;
        }
    }
}
