using System.Runtime.InteropServices;
using System.Text;
using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Blobs;

/// <summary>A file of the host that blobs refer to.</summary>
/// <remarks>
/// Two kinds: one that stays open (an archive, a spool), so that it may be renamed or unlinked meanwhile, and one
/// that is opened at each use (a tree has more files than a process may hold open).
/// </remarks>
public abstract class HostFile : IDisposable
{
    /// <summary>The file's path, for messages.</summary>
    public abstract string DisplayPath { get; }

    /// <summary>Opens a file and keeps it open until it is disposed.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static HostFile Open(string path) =>
        new OpenHostFile(FileDescriptor.OpenRead(Encoding.UTF8.GetBytes(path + '\0'), path), path);

    /// <summary>Takes over an open handle, which must allow reading.</summary>
    public static HostFile FromHandle(SafeFileHandle handle, string displayPath) => new OpenHostFile(handle, displayPath);

    /// <summary>Refers to a file by its path and opens it at each use.</summary>
    public static HostFile FromPath(string path) => new PathHostFile(path);

    /// <summary>Closes the file if it was kept open; blobs of it cannot be read any more.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Reads exactly <paramref name="destination"/>'s length.</summary>
    /// <exception cref="IOException">The file cannot be read, or is shorter than it was.</exception>
    internal void Read(long offset, Span<byte> destination)
    {
        using Lease lease = Borrow();
        ReadExactly(lease.Descriptor, offset, destination);
    }

    /// <summary>The file's length now.</summary>
    /// <exception cref="IOException">It is no regular file or block device, or cannot be opened.</exception>
    internal long MeasureLength()
    {
        using Lease lease = Borrow();
        return FileDescriptor.MeasureLength(lease.Descriptor, DisplayPath);
    }

    internal void ReadExactly(int descriptor, long offset, Span<byte> destination)
    {
        int count = FileDescriptor.Read(descriptor, offset, destination, DisplayPath);
        if (count < destination.Length)
            throw new IOException($"{DisplayPath} has shrunk: {destination.Length} bytes at {offset} were expected, {count} are there");
    }

    /// <summary>A descriptor to read from; the lease must be disposed.</summary>
    /// <param name="cursor">Where the reader was last, which saves way to files of a scanned tree; null if nowhere.</param>
    internal abstract Lease Borrow(HostDirectoryCursor? cursor);

    /// <summary>A descriptor to read from; the lease must be disposed.</summary>
    internal Lease Borrow() => Borrow(null);

    /// <summary>Releases what the file holds.</summary>
    private protected virtual void Dispose(bool disposing)
    {
    }

    internal readonly struct Lease(int descriptor, SafeFileHandle? shared) : IDisposable
    {
        internal int Descriptor => descriptor;

        public void Dispose()
        {
            if (shared is null)
                _ = Libc.Close(descriptor);
            else
                shared.DangerousRelease();
        }
    }

    private protected static Lease OpenLease(ReadOnlySpan<byte> path, HostFile file)
    {
        int descriptor = FileDescriptor.OpenReadRaw(path);
        return descriptor >= 0
            ? new Lease(descriptor, null)
            : throw FileDescriptor.Error("open", file.DisplayPath, Marshal.GetLastPInvokeError());
    }

    private sealed class OpenHostFile(SafeFileHandle handle, string displayPath) : HostFile
    {
        public override string DisplayPath => displayPath;

        internal override Lease Borrow(HostDirectoryCursor? cursor)
        {
            bool added = false;
            handle.DangerousAddRef(ref added);
            return new Lease((int)handle.DangerousGetHandle(), handle);
        }

        private protected override void Dispose(bool disposing)
        {
            handle.Dispose();
            base.Dispose(disposing);
        }
    }

    private sealed class PathHostFile(string path) : HostFile
    {
        private readonly byte[] _path = Encoding.UTF8.GetBytes(path + '\0');

        public override string DisplayPath => path;

        internal override Lease Borrow(HostDirectoryCursor? cursor) => OpenLease(_path, this);
    }
}
