using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Disks;

/// <summary>An output to a file, with the single pass's sharing of blocks and its gathered writes.</summary>
internal sealed class FileDiskOutput : DiskOutput
{
    private readonly SafeFileHandle _file;
    private readonly int _descriptor;
    private readonly IncrementalHash? _digest;
    private readonly CancellationToken _cancellation;
    private readonly SinkLine _line;
    private readonly FileSink _sink;
    private bool _wentElsewhere;
    private bool _disposed;

    internal FileDiskOutput(SafeFileHandle file, string displayPath, IncrementalHash? digest, CancellationToken cancellation)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        _file = file;
        _descriptor = (int)file.DangerousGetHandle();
        _digest = digest;
        _cancellation = cancellation;
        DisplayPath = displayPath;
        _line = new SinkLine(_descriptor, displayPath, digest, long.MaxValue);
        _sink = new FileSink(_line, null, cancellation);
    }

    public override string DisplayPath { get; }

    public override bool CanSeek => true;

    public override long Position => _sink.Position;

    public override void Hole(long length)
    {
        _sink.Hole(length);
        Reached();
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        _sink.Bytes(bytes);
        Reached();
    }

    public override void File(HostFile file, long offset, long length)
    {
        _sink.File(file, offset, length);
        Reached();
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        _sink.Generated(blob, offset, length);
        Reached();
    }

    public override void Seek(long position)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        if (position == Position)
            return;
        if (_line.ZeroGrain > 0)
            throw new InvalidOperationException($"{DisplayPath} is not written over where zeros are left out");
        _wentElsewhere = true;
        _sink.Seek(position);
    }

    internal override bool TryLeaveOutZeros(int grain) => _line.TryLeaveOutZeros(grain);

    public override void Complete()
    {
        _sink.Flush();
        _line.Complete();
        FileDescriptor.SetLength(_descriptor, Length, DisplayPath);
        if (_wentElsewhere)
            DigestAgain();
    }

    private protected override void Dispose(bool disposing)
    {
        if (_disposed)
            return;
        _disposed = true;
        _sink.Dispose();
        _line.Dispose();
        _file.DangerousRelease();
        base.Dispose(disposing);
    }

    /// <summary>What was hashed on the way is of no use when the writer did not write in order.</summary>
    private void DigestAgain()
    {
        if (_digest is null)
            return;
        _ = _digest.GetHashAndReset();
        byte[] buffer = new byte[FileSink.StagingSize];
        for (long at = 0; at < Length;)
        {
            _cancellation.ThrowIfCancellationRequested();
            int count = (int)Math.Min(buffer.Length, Length - at);
            if (FileDescriptor.Read(_descriptor, at, buffer.AsSpan(0, count), DisplayPath) < count)
                throw new IOException($"{DisplayPath} has shrunk while it was written");
            _digest.AppendData(buffer, 0, count);
            at += count;
        }
    }

    private void Reached() => Length = Math.Max(Length, Position);
}
