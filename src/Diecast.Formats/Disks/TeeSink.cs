using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Reads each piece of a disk once, into buffers that several writers share, each on a thread of its own.</summary>
internal sealed class TeeSink : IBlobSink, IDisposable
{
    private const int BufferSize = 256 * 1024;
    private const int Buffers = 16;

    private readonly Branch[] _branches;
    private readonly IProgress<long>? _progress;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationToken _cancellation;
    private readonly BlockingCollection<Shared> _free = [];
    private readonly HostDirectoryCursor _cursor = new();
    private Shared _current;
    private int _made = 1;
    private int _filled;
    private long _position;

    internal TeeSink(IReadOnlyList<DiskWriter> writers, IProgress<long>? progress, CancellationToken cancellation)
    {
        _progress = progress;
        _cancellation = cancellation;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _current = new Shared();
        _branches = [.. writers.Select(writer => new Branch(this, writer))];
        foreach (Branch branch in _branches)
            branch.Start();
    }

    /// <summary>Buffers end at multiples of their size, so that a writer's calls do.</summary>
    private int Room => BufferSize - (int)(_position % BufferSize) - _filled;

    public void Hole(long length)
    {
        Flush();
        Send(new Piece(null, length));
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, Room);
            bytes[..count].CopyTo(_current.Bytes.AsSpan(_filled));
            Filled(count);
            bytes = bytes[count..];
        }
    }

    public void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            file.ReadExactly(lease.Descriptor, offset, _current.Bytes.AsSpan(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    public void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, Room);
            blob.Read(offset, _current.Bytes.AsSpan(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    /// <summary>Waits until every writer has completed its output.</summary>
    internal void Complete()
    {
        Flush();
        foreach (Branch branch in _branches)
            branch.End();
        foreach (Branch branch in _branches)
            branch.Join();
        Rethrow();
        _cancellation.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        // Without Complete this is the way out of an exception: the writers must not go on.
        _stop.Cancel();
        foreach (Branch branch in _branches)
            branch.Join();
        foreach (Branch branch in _branches)
            branch.Dispose();
        _free.Dispose();
        _stop.Dispose();
        _cursor.Dispose();
    }

    private void Filled(int count)
    {
        _filled += count;
        if (Room == 0)
            Flush();
    }

    private void Flush()
    {
        if (_filled == 0)
            return;
        _current.Users = _branches.Length;
        int count = _filled;
        _filled = 0;
        Shared full = _current;
        Send(new Piece(full, count));
        _current = Take();
    }

    private void Send(Piece piece)
    {
        try
        {
            foreach (Branch branch in _branches)
                branch.Send(piece);
        }
        catch (OperationCanceledException)
        {
            Rethrow();
            throw;
        }

        _position += piece.Length;
        _progress?.Report(_position);
    }

    private Shared Take()
    {
        if (_free.TryTake(out Shared? free))
            return free;
        if (_made < Buffers)
        {
            _made++;
            return new Shared();
        }

        try
        {
            return _free.Take(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            Rethrow();
            throw;
        }
    }

    /// <summary>What stopped a writer goes before the cancellation that it caused in the others.</summary>
    private void Rethrow()
    {
        _cancellation.ThrowIfCancellationRequested();
        foreach (Branch branch in _branches)
            branch.Fault?.Throw();
    }

    private sealed class Shared
    {
        internal readonly byte[] Bytes = new byte[BufferSize];
        internal int Users;
    }

    /// <summary>A buffer's first bytes, or a hole.</summary>
    private readonly record struct Piece(Shared? Buffer, long Length);

    private sealed class Branch : IDisposable
    {
        private readonly TeeSink _tee;
        private readonly DiskWriter _writer;
        private readonly BlockingCollection<Piece> _pieces = new(Buffers * 2);
        private readonly Thread _thread;
        private volatile ExceptionDispatchInfo? _fault;

        internal Branch(TeeSink tee, DiskWriter writer)
        {
            _tee = tee;
            _writer = writer;
            _thread = new Thread(Run) { IsBackground = true, Name = "disk writer" };
        }

        internal ExceptionDispatchInfo? Fault => _fault;

        internal void Start() => _thread.Start();

        internal void Send(Piece piece) => _pieces.Add(piece, _tee._stop.Token);

        internal void End() => _pieces.CompleteAdding();

        internal void Join() => _thread.Join();

        public void Dispose() => _pieces.Dispose();

        [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "it is carried to the thread that walks")]
        private void Run()
        {
            try
            {
                foreach (Piece piece in _pieces.GetConsumingEnumerable(_tee._stop.Token))
                {
                    if (piece.Buffer is not { } buffer)
                    {
                        _writer.Hole(piece.Length);
                        continue;
                    }

                    _writer.Bytes(buffer.Bytes.AsSpan(0, (int)piece.Length));
                    if (Interlocked.Decrement(ref buffer.Users) == 0)
                        _tee._free.Add(buffer);
                }

                _writer.Complete();
            }
            catch (OperationCanceledException) when (_tee._stop.IsCancellationRequested)
            {
                // Either the caller's wish or another writer's fault, which is what is told.
            }
            catch (Exception exception)
            {
                _fault = ExceptionDispatchInfo.Capture(exception);
                _tee._stop.Cancel();
            }
        }
    }
}
