using System.Runtime.InteropServices;
using System.Text;
using Diecast.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Blobs;

/// <summary>A directory of a scanned host tree: its name and the way up. Paths are put together when they are needed.</summary>
internal sealed class HostTreeDirectory(HostTreeDirectory? parent, byte[] name)
{
    private readonly HostTreeRecent _recent = parent?._recent ?? new HostTreeRecent();

    // Longer paths than PATH_MAX (with its NUL) cannot be opened in one step.
    private const int MaximumPath = 4096;
    private const int MaximumName = 255;

    /// <summary>Path of the directory without a NUL.</summary>
    internal byte[] Path => Join(null);

    /// <summary>Path of an entry, for messages.</summary>
    internal string Display(ReadOnlySpan<byte> entry) => Encoding.UTF8.GetString(Join(entry.ToArray()));

    /// <summary>Opens an entry for reading. A link in place of what was scanned is an error.</summary>
    internal unsafe int OpenEntry(byte[] entry, out int error)
    {
        if (_recent.Take(this) is not { } recent)
            return Open(entry, Libc.ReadOnly, out error);
        Span<byte> terminated = stackalloc byte[MaximumName + 1];
        int descriptor = -1;
        error = Libc.EINTR;
        if (entry.Length > MaximumName)
        {
            descriptor = Open(entry, Libc.ReadOnly, out error);
        }
        else
        {
            entry.CopyTo(terminated);
            terminated[entry.Length] = 0;
            fixed (byte* p = terminated)
            {
                while (error == Libc.EINTR)
                {
                    descriptor = Libc.OpenAt(recent.Descriptor, p, Libc.ReadOnly | Libc.CloseOnExec | Libc.NoFollow, 0);
                    error = descriptor < 0 ? Marshal.GetLastPInvokeError() : 0;
                }
            }
        }

        _recent.Return(recent);
        return descriptor;
    }

    /// <summary>Opens an entry, or the directory itself for null. A link in place of what was scanned is an error.</summary>
    internal unsafe int Open(byte[]? entry, int flags, out int error)
    {
        byte[] path = [.. Join(entry), 0];
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

    private byte[] Join(byte[]? entry)
    {
        int length = entry?.Length ?? -1;
        for (HostTreeDirectory? step = this; step is not null; step = step.Parent)
            length += step.Name.Length + 1;
        byte[] path = new byte[length];
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

    internal override Lease Borrow()
    {
        int descriptor = directory.OpenEntry(name, out int error);
        return descriptor >= 0
            ? new Lease(descriptor, null)
            : throw FileDescriptor.Error("open", DisplayPath, error);
    }
}

/// <summary>
/// The directory of a scanned tree that a file was last opened in. Files are opened in the order of the tree, so that
/// most have the directory of the one before, and the way from the root is saved from the second one on.
/// </summary>
internal sealed class HostTreeRecent
{
    private Visit? _last;

    /// <summary>The open directory, which is the caller's until it is returned; null when the directory is new here.</summary>
    internal Visit? Take(HostTreeDirectory directory)
    {
        Visit? last = Interlocked.Exchange(ref _last, null);
        if (last?.Directory == directory)
        {
            if (last.TryOpen())
                return last;
        }
        else
        {
            last?.Dispose();
        }

        Return(new Visit(directory));
        return null;
    }

    internal void Return(Visit visit) => Interlocked.Exchange(ref _last, visit)?.Dispose();

    /// <summary>A directory, open from the second visit on.</summary>
    internal sealed class Visit(HostTreeDirectory directory) : IDisposable
    {
        private SafeFileHandle? _handle;

        internal HostTreeDirectory Directory => directory;

        /// <summary>Good until the visit is returned.</summary>
        internal int Descriptor => (int)_handle!.DangerousGetHandle();

        internal bool TryOpen()
        {
            if (_handle is not null)
                return true;
            int descriptor = directory.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out _);
            if (descriptor < 0)
                return false;
            _handle = new SafeFileHandle(descriptor, ownsHandle: true);
            return true;
        }

        public void Dispose() => _handle?.Dispose();
    }
}
