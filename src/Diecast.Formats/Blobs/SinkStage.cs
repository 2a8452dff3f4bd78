using System.Runtime.ExceptionServices;

namespace Diecast.Formats.Blobs;

/// <summary>A run of a blob on its way to the disk.</summary>
/// <param name="Buffer">The bytes, from the buffer's start; null for zeros, and for what has a source.</param>
/// <param name="Position">Where they begin in the blob.</param>
/// <param name="Length">How many; none, where the source is at its end and is to be closed.</param>
/// <param name="IsToWrite">Whether the target has them not yet.</param>
/// <param name="Source">What the bytes are still to be read from, or null.</param>
/// <param name="SourceOffset">Where they begin in the source.</param>
internal readonly record struct SinkRun(
    byte[]? Buffer, long Position, long Length, bool IsToWrite, SinkSource? Source = null, long SourceOffset = 0);

/// <summary>An open file that the writing step reads from by itself.</summary>
internal sealed class SinkSource(HostFile file, HostFile.Lease lease) : IDisposable
{
    internal void Read(long offset, Span<byte> destination) => file.ReadExactly(lease.Descriptor, offset, destination);

    public void Dispose() => lease.Dispose();
}

/// <summary>
/// One of the steps that runs go through in order, writing and digesting, on a thread of its own while the next ones are
/// gathered.
/// </summary>
/// <remarks>
/// A stage that has failed still passes everything on, so that nobody waits for it; whoever adds the next run, or
/// completes the stage, gets its exception.
/// </remarks>
internal sealed class SinkStage : IDisposable
{
    private const int Depth = 4;

    private readonly Action<SinkRun> _work;
    private readonly Action<SinkRun> _pass;
    private readonly Queue<SinkRun> _queue = new(Depth);
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _fault;
    private bool _isComplete;

    /// <summary>Starts the stage's thread.</summary>
    /// <param name="name">The thread's name.</param>
    /// <param name="work">What the stage does with each run.</param>
    /// <param name="pass">Where a run goes after that; must not throw.</param>
    internal SinkStage(string name, Action<SinkRun> work, Action<SinkRun> pass)
    {
        _work = work;
        _pass = pass;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Hands a run over, and waits while too many are before it.</summary>
    internal void Add(SinkRun run)
    {
        Volatile.Read(ref _fault)?.Throw();
        Pass(run);
    }

    /// <summary>Hands a run over from the stage before, which a failure of this one does not concern.</summary>
    internal void Pass(SinkRun run)
    {
        lock (_queue)
        {
            while (_queue.Count == Depth)
                Monitor.Wait(_queue);
            _queue.Enqueue(run);
            if (_queue.Count == 1)
                Monitor.PulseAll(_queue);
        }
    }

    /// <summary>Waits until all runs have gone through.</summary>
    internal void Complete()
    {
        End();
        _fault?.Throw();
    }

    public void Dispose() => End();

    private void End()
    {
        lock (_queue)
        {
            _isComplete = true;
            Monitor.PulseAll(_queue);
        }

        _thread.Join();
    }

    private void Run()
    {
        while (TryTake(out SinkRun run))
        {
            try
            {
                if (_fault is null)
                    _work(run);
            }
            catch (Exception exception) when (Keep(exception))
            {
                // Whoever adds the next run, or completes the stage, gets it.
            }

            _pass(run);
        }
    }

    private bool Keep(Exception exception)
    {
        Volatile.Write(ref _fault, ExceptionDispatchInfo.Capture(exception));
        return true;
    }

    private bool TryTake(out SinkRun run)
    {
        lock (_queue)
        {
            while (_queue.Count == 0 && !_isComplete)
                Monitor.Wait(_queue);
            if (!_queue.TryDequeue(out run))
                return false;
            if (_queue.Count == Depth - 1)
                Monitor.PulseAll(_queue);
            return true;
        }
    }
}
