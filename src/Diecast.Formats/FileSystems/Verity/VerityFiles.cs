using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems;

/// <summary>A content that may have been protected in the image that it is read out of.</summary>
internal interface IVerityContent
{
    /// <summary>The descriptor, with its signature; null where there is none.</summary>
    byte[]? ReadVerityDescriptor();
}

/// <summary>Which files of trees fs-verity protects where they come from, and how; gathered by several threads.</summary>
/// <param name="read">
/// The descriptor of a file of the host, of which the kernel says whether it is protected; null where it has none. Default: what
/// the kernel has.
/// </param>
internal sealed class VerityFiles(Func<HostFile, bool, byte[]?>? read = null)
{
    private readonly ConcurrentDictionary<FileInode, VerityOptions> _files = new(ReferenceEqualityComparer.Instance);
    private readonly Func<HostFile, bool, byte[]?> _read = read ?? ReadDescriptor;

    internal bool IsEmpty => _files.IsEmpty;

    /// <summary>Looks at a file of the host.</summary>
    /// <exception cref="IOException">It is protected, and the kernel does not say how.</exception>
    internal void Take(FileInode inode, HostFile file, bool isMarked)
    {
        if (_read(file, isMarked) is { } descriptor)
            _files[inode] = VerityDescriptor.Read(descriptor);
    }

    /// <summary>Looks at a file that was read out of an image.</summary>
    internal void Take(FileInode inode)
    {
        if (inode.Content is IVerityContent content && content.ReadVerityDescriptor() is { } descriptor)
            _files[inode] = VerityDescriptor.Read(descriptor);
    }

    /// <summary>How a file is protected.</summary>
    internal bool TryFind(FileInode inode, [NotNullWhen(true)] out VerityOptions? options) => _files.TryGetValue(inode, out options);

    /// <summary>The first path in a tree that is protected, or null.</summary>
    internal string? FirstIn(FileTree tree) => IsEmpty
        ? null
        : tree.Walk().FirstOrDefault(entry => entry.Inode is FileInode file && _files.ContainsKey(file)).Path;

    private static byte[]? ReadDescriptor(HostFile file, bool isMarked)
    {
        if (!isMarked)
            return null;
        using HostFile.Lease lease = file.Borrow();
        return FileDescriptor.ReadVerityDescriptor(lease.Descriptor, VerityDescriptor.Size, file.DisplayPath);
    }
}
