using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Blobs;

/// <summary>A file that grows at its end while blobs already refer to what is in it.</summary>
/// <remarks>It stays open; the blobs are good until it is disposed, and only after <see cref="Flush"/>.</remarks>
public sealed class ContentSpool : IDisposable
{
    private const int StagingSize = 256 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _staging = new byte[StagingSize];
    private int _staged;
    private long _written;

    private ContentSpool(SafeFileHandle handle, string path)
    {
        _handle = handle;
        File = HostFile.FromHandle(handle, path);
    }

    /// <summary>The file, for blobs.</summary>
    public HostFile File { get; }

    /// <summary>Bytes appended so far.</summary>
    public long Length => _written + _staged;

    /// <summary>Makes a new file.</summary>
    /// <exception cref="IOException">It exists or cannot be made.</exception>
    public static ContentSpool Create(string path) => new(
        System.IO.File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete), path);

    /// <summary>Makes a file in a directory that has no name and is gone when it is disposed or the process ends.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    public static ContentSpool CreateTemporary(string directory)
    {
        string path = Path.Combine(directory, ".diecast-spool-" + Path.GetRandomFileName());
        ContentSpool spool = Create(path);
        System.IO.File.Delete(path);
        return spool;
    }

    /// <summary>Appends bytes.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, StagingSize - _staged);
            bytes[..count].CopyTo(_staging.AsSpan(_staged));
            _staged += count;
            bytes = bytes[count..];
            if (_staged == StagingSize)
                Flush();
        }
    }

    /// <summary>Replaces bytes that have been appended.</summary>
    /// <exception cref="IOException">They cannot be written.</exception>
    internal void Overwrite(long offset, ReadOnlySpan<byte> bytes)
    {
        Flush();
        if (offset < 0 || offset > _written - bytes.Length)
            throw new ArgumentOutOfRangeException(nameof(offset), offset, $"{bytes.Length} bytes there are not inside the spool's {_written}");
        Write(offset, bytes);
    }

    /// <summary>Writes what is still in memory, so that blobs can read it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Flush()
    {
        if (_staged == 0)
            return;
        Write(_written, _staging.AsSpan(0, _staged));
        _written += _staged;
        _staged = 0;
    }

    /// <summary>Closes the file; blobs of it cannot be read any more.</summary>
    public void Dispose() => File.Dispose();

    private void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        bool added = false;
        _handle.DangerousAddRef(ref added);
        try
        {
            FileDescriptor.Write((int)_handle.DangerousGetHandle(), offset, bytes, File.DisplayPath);
        }
        finally
        {
            _handle.DangerousRelease();
        }
    }
}
