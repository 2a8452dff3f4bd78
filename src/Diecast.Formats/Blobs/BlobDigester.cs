using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using System.Security.Cryptography;

namespace Diecast.Formats.Blobs;

/// <summary>Hashes staging buffers on a thread of its own while the next one is filled.</summary>
internal sealed class BlobDigester : IDisposable
{
    private const int Buffers = 8;
    private static readonly byte[] ZeroBytes = new byte[FileSink.StagingSize];

    private readonly IncrementalHash _digest;
    private readonly BlockingCollection<(byte[]? Buffer, long Length)> _full = new(Buffers);
    private readonly BlockingCollection<byte[]> _free = [];
    private readonly Thread _thread;
    private ExceptionDispatchInfo? _fault;
    private int _made = 1;

    internal BlobDigester(IncrementalHash digest)
    {
        _digest = digest;
        _thread = new Thread(Run) { IsBackground = true, Name = "digest" };
        _thread.Start();
    }

    /// <summary>Queues a filled buffer and returns an empty one.</summary>
    internal byte[] Exchange(byte[] filled, int count, CancellationToken cancellation)
    {
        Queue(filled, count, cancellation);
        if (_free.TryTake(out byte[]? buffer))
            return buffer;
        if (_made < Buffers)
        {
            _made++;
            return new byte[FileSink.StagingSize];
        }

        return _free.Take(cancellation);
    }

    internal void Zeros(long length, CancellationToken cancellation) => Queue(null, length, cancellation);

    /// <summary>Waits until everything queued has been hashed.</summary>
    internal void Complete()
    {
        _full.CompleteAdding();
        _thread.Join();
        _fault?.Throw();
    }

    public void Dispose()
    {
        if (!_full.IsAddingCompleted)
            _full.CompleteAdding();
        _thread.Join();
        _full.Dispose();
        _free.Dispose();
    }

    private void Queue(byte[]? buffer, long length, CancellationToken cancellation)
    {
        _fault?.Throw();
        _full.Add((buffer, length), cancellation);
    }

    private void Run()
    {
        try
        {
            foreach ((byte[]? buffer, long length) in _full.GetConsumingEnumerable())
            {
                for (long done = 0; done < length;)
                {
                    int count = (int)Math.Min(length - done, FileSink.StagingSize);
                    _digest.AppendData((buffer ?? ZeroBytes).AsSpan(0, count));
                    done += count;
                }

                if (buffer is not null)
                    _free.Add(buffer);
            }
        }
        catch (CryptographicException exception)
        {
            _fault = ExceptionDispatchInfo.Capture(exception);
            foreach ((byte[]? buffer, _) in _full.GetConsumingEnumerable())
            {
                if (buffer is not null)
                    _free.Add(buffer);
            }
        }
    }
}
