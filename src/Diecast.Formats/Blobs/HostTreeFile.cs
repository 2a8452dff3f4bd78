using System.Runtime.InteropServices;
using System.Text;
using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Blobs;

/// <summary>A directory of a scanned host tree: its name and the way up. Paths are put together when they are needed.</summary>
internal sealed class HostTreeDirectory(HostTreeDirectory? parent, byte[] name)
{
    // Longer paths than PATH_MAX (with its NUL) cannot be opened in one step.
    private const int MaximumPath = 4096;
    private const int MaximumName = 255;

    /// <summary>Path of the directory without a NUL.</summary>
    internal byte[] Path => Join(null, terminators: 0);

    /// <summary>Path of an entry, for messages.</summary>
    internal string Display(ReadOnlySpan<byte> entry) => Encoding.UTF8.GetString(Join(entry.ToArray(), terminators: 0));

    /// <summary>Opens an entry for reading. A link in place of what was scanned is an error.</summary>
    internal unsafe int OpenEntry(byte[] entry, HostDirectoryCursor? cursor, out int error)
    {
        if (entry.Length > MaximumName || cursor?.Enter(this) is not { } directory)
            return Open(entry, Libc.ReadOnly, out error);
        Span<byte> terminated = stackalloc byte[MaximumName + 1];
        entry.CopyTo(terminated);
        terminated[entry.Length] = 0;
        int descriptor;
        fixed (byte* p = terminated)
        {
            do
            {
                descriptor = Libc.OpenAt(directory, p, Libc.ReadOnly | Libc.CloseOnExec | Libc.NoFollow, 0);
                error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (error == Libc.EINTR);
        }

        return descriptor;
    }

    /// <summary>Opens an entry, or the directory itself for null. A link in place of what was scanned is an error.</summary>
    internal unsafe int Open(byte[]? entry, int flags, out int error)
    {
        byte[] path = Join(entry, terminators: 1);
        flags |= Libc.CloseOnExec | Libc.NoFollow;
        if (path.Length > MaximumPath)
            return OpenStepwise(entry, flags, out error);
        int descriptor;
        fixed (byte* p = path)
        {
            do
            {
                descriptor = Libc.Open(p, flags, 0);
                error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
            }
            while (error == Libc.EINTR);
        }

        return descriptor;
    }

    private unsafe int OpenStepwise(byte[]? entry, int flags, out int error)
    {
        var steps = new Stack<byte[]>();
        if (entry is not null)
            steps.Push(entry);
        HostTreeDirectory root = this;
        for (; root.Parent is { } up; root = up)
            steps.Push(root.Name);
        int directory = root.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out error);
        while (directory >= 0 && steps.TryPop(out byte[]? step))
        {
            int stepFlags = steps.Count == 0 ? flags : Libc.ReadOnly | Libc.DirectoryOnly | Libc.CloseOnExec | Libc.NoFollow;
            int next;
            fixed (byte* p = (byte[])[.. step, 0])
            {
                next = Libc.OpenAt(directory, p, stepFlags, 0);
                error = next < 0 ? Marshal.GetLastPInvokeError() : 0;
            }

            _ = Libc.Close(directory);
            directory = next;
        }

        return directory;
    }

    private HostTreeDirectory? Parent => parent;

    private byte[] Name => name;

    /// <summary>The path of an entry, or of the directory itself for null, and so many NULs.</summary>
    private byte[] Join(byte[]? entry, int terminators)
    {
        int length = entry?.Length ?? -1;
        for (HostTreeDirectory? step = this; step is not null; step = step.Parent)
            length += step.Name.Length + 1;
        byte[] path = new byte[length + terminators];
        int end = length;
        if (entry is not null)
        {
            end -= entry.Length;
            entry.CopyTo(path, end);
            path[--end] = (byte)'/';
        }

        for (HostTreeDirectory? step = this; step is not null; step = step.Parent)
        {
            end -= step.Name.Length;
            step.Name.CopyTo(path, end);
            if (step.Parent is not null)
                path[--end] = (byte)'/';
        }

        return path;
    }
}

/// <summary>An entry of a scanned directory, or the directory itself; becomes a path only where a message needs one.</summary>
internal readonly record struct HostEntry(HostTreeDirectory Directory, byte[]? Name)
{
    public override string ToString() => Name is null ? Encoding.UTF8.GetString(Directory.Path) : Directory.Display(Name);
}

/// <summary>A file of a scanned host tree: two references, opened at each use.</summary>
internal sealed class HostTreeFile(HostTreeDirectory directory, byte[] name) : HostFile
{
    public override string DisplayPath => directory.Display(name);

    internal override Lease Borrow(HostDirectoryCursor? cursor)
    {
        int descriptor = directory.OpenEntry(name, cursor, out int error);
        return descriptor >= 0
            ? new Lease(descriptor, null)
            : throw FileDescriptor.Error("open", DisplayPath, error);
    }
}

/// <summary>
/// The directory of a scanned tree that a file was last opened in. Files are written in the order of the tree, so that
/// most have the directory of the one before, and the way from the root is saved from the second one on.
/// </summary>
internal sealed class HostDirectoryCursor : IDisposable
{
    private HostTreeDirectory? _directory;
    private SafeFileHandle? _handle;

    /// <summary>The descriptor of a directory, good until the next call; null when it is new here.</summary>
    internal int? Enter(HostTreeDirectory directory)
    {
        if (_directory != directory)
        {
            Dispose();
            _directory = directory;
            return null;
        }

        if (_handle is null)
        {
            int descriptor = directory.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out _);
            if (descriptor < 0)
                return null;
            _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        }

        return (int)_handle.DangerousGetHandle();
    }

    public void Dispose()
    {
        _handle?.Dispose();
        _handle = null;
    }
}
