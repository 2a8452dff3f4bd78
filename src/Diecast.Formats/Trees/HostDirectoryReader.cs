using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Trees;

/// <summary>Reads a directory of the host into a tree. Files are not opened: contents refer to them.</summary>
/// <remarks>
/// Sizes are those at the time of reading; a file that shrinks later ends in an <see cref="IOException"/> when it is
/// written. Other file systems that are mounted below the directory are read too.
/// </remarks>
public static class HostDirectoryReader
{
    /// <summary>Reads a directory with all that is below it.</summary>
    /// <exception cref="IOException">Something cannot be read; the message names it.</exception>
    /// <exception cref="OperationCanceledException">The reading was cancelled.</exception>
    public static FileTree Read(string path, HostDirectoryOptions? options = null, CancellationToken cancellation = default) =>
        new Scan(options ?? new HostDirectoryOptions(), cancellation).Run(Path.GetFullPath(path));

    /// <summary>Reads what a path names, and nothing below it; a last link is not followed.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    internal static Inode ReadEntry(string path, HostDirectoryOptions options) =>
        new Scan(options, CancellationToken.None).RunEntry(Path.GetFullPath(path));

    /// <summary>What tells the inode of a path from others, links followed; null where there is none.</summary>
    internal static HostInodeKey? Identify(string path) => FileDescriptor.TryStat(path) is { } status ? KeyOf(status) : null;

    private static HostInodeKey KeyOf(in FileStatus status) => new(status.FileSystemMajor, status.FileSystemMinor, status.InodeNumber);

    /// <summary>Whether an attribute means the same on every machine.</summary>
    internal static bool IsPortable(FileName name) =>
        name.Span.StartsWith("user."u8) || name.Span.SequenceEqual("security.capability"u8);

    private sealed class Scan(HostDirectoryOptions options, CancellationToken cancellation)
    {
        private const int SectorSize = 512;
        private const int MaximumPath = 4096;

        private readonly Dictionary<(uint Major, uint Minor, ulong Number), Inode> _linked = [];
        private readonly Stack<(DirectoryInode Inode, HostTreeDirectory Directory)> _pending = [];
        private readonly Predicate<FileName> _wanted = options.Xattrs == HostXattrs.All ? static _ => true : IsPortable;
        private (uint Major, uint Minor)? _withoutXattrs;
        private bool _asksShortly = true;

        internal FileTree Run(string path)
        {
            // The root may be reached through a link; what is below may not be followed.
            string real = Path.TrimEndingDirectorySeparator(path);
            byte[] rootPath = Encoding.UTF8.GetBytes(real == "/" ? "/." : real + "/.");
            var rootDirectory = new HostTreeDirectory(null, rootPath);
            byte[] terminated = [.. rootPath, 0];
            var entry = new HostEntry(rootDirectory, null);
            FileStatus status = HostInode.Stat(0, terminated, entry);
            var root = new DirectoryInode(status.FullMode & 0xfff);
            Describe(root, status);
            if (WantsXattrs(status))
                AddXattrs(root, status, terminated, entry);
            if (OmissionOf(status) is null)
                _pending.Push((root, rootDirectory));
            while (_pending.TryPop(out (DirectoryInode Inode, HostTreeDirectory Directory) next))
                ReadDirectory(next.Inode, next.Directory);
            return new FileTree(root);
        }

        internal Inode RunEntry(string path)
        {
            byte[] parent = Encoding.UTF8.GetBytes(Path.GetDirectoryName(path)!);
            var directory = new HostTreeDirectory(null, parent);
            using SafeDirectoryHandle handle = Open(directory, Encoding.UTF8.GetString(parent));
            return ReadInode(handle, directory, parent, Encoding.UTF8.GetBytes(Path.GetFileName(path)))
                ?? throw new IOException($"{path} is left out");
        }

        private static SafeDirectoryHandle Open(HostTreeDirectory directory, string display)
        {
            int descriptor = directory.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out int error);
            return descriptor >= 0
                ? SafeDirectoryHandle.FromDescriptor(descriptor, display)
                : throw FileDescriptor.Error("open the directory", display, error);
        }

        private HostOmission? OmissionOf(in FileStatus status) =>
            options.Omitted is { } omitted && omitted.TryGetValue(KeyOf(status), out HostOmission omission) ? omission : null;

        private void ReadDirectory(DirectoryInode inode, HostTreeDirectory directory)
        {
            cancellation.ThrowIfCancellationRequested();
            byte[] path = directory.Path;
            string display = Encoding.UTF8.GetString(path);
            using SafeDirectoryHandle handle = Open(directory, display);
            foreach (byte[] name in handle.ReadNames(display))
            {
                if (ReadInode(handle, directory, path, name) is { } found)
                    inode.Set(new FileName(name), found);
            }
        }

        /// <summary>An inode, or null where it is to be left out.</summary>
        private Inode? ReadInode(SafeDirectoryHandle handle, HostTreeDirectory directory, byte[] parentPath, byte[] name)
        {
            byte[] terminated = [.. name, 0];
            var entry = new HostEntry(directory, name);
            FileStatus status = HostInode.Stat(handle.Descriptor, terminated, entry);
            HostOmission? omission = OmissionOf(status);
            if (omission == HostOmission.All)
                return null;
            var type = (InodeType)(status.FullMode & 0xf000);
            bool isLinked = options.HardLinks == HostHardLinks.Keep && status.Links > 1 && type != InodeType.Directory;
            var key = (status.FileSystemMajor, status.FileSystemMinor, status.InodeNumber);
            if (isLinked && _linked.TryGetValue(key, out Inode? known))
                return known;
            int mode = status.FullMode & 0xfff;
            Inode inode = type switch
            {
                InodeType.File => new FileInode(Content(directory, name, status), mode),
                InodeType.Directory => new DirectoryInode(mode),
                InodeType.Symlink => new SymlinkInode(new FileName(HostInode.ReadLink(handle.Descriptor, terminated, entry))),
                InodeType.CharacterDevice or InodeType.BlockDevice =>
                    new SpecialInode(type, mode, new DeviceNumber(status.DeviceMajor, status.DeviceMinor)),
                InodeType.Fifo or InodeType.Socket => new SpecialInode(type, mode),
                _ => throw new IOException($"{entry} is of a type that is not known ({status.FullMode:x4})"),
            };
            if (inode is DirectoryInode below && omission is null)
                _pending.Push((below, new HostTreeDirectory(directory, name)));
            if (isLinked)
                _linked.Add(key, inode);
            Describe(inode, status);
            if (WantsXattrs(status) && HasXattrs(handle.Descriptor, terminated))
            {
                byte[] path = parentPath.Length + terminated.Length < MaximumPath
                    ? [.. parentPath, (byte)'/', .. terminated]
                    : [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{handle.Descriptor}/"), .. terminated];
                AddXattrs(inode, status, path, entry);
            }

            return inode;
        }

        private static Blob Content(HostTreeDirectory directory, byte[] name, FileStatus status)
        {
            if (status.Size == 0)
                return Blob.Empty;
            var file = new HostTreeFile(directory, name);
            Blob whole = Blob.FromFile(file, 0, status.Size);
            if (status.Size < SectorSize || status.Blocks >= (status.Size + SectorSize - 1) / SectorSize)
                return whole;
            List<BlobRange> ranges;
            using (HostFile.Lease lease = file.Borrow())
                ranges = HostInode.DataRanges(lease.Descriptor, status.Size, new HostEntry(directory, name));
            var builder = new BlobBuilder();
            foreach (BlobRange range in ranges)
                builder.Add(range.Offset, whole.Slice(range.Offset, range.Length));
            return builder.ToBlob(status.Size);
        }

        private void Describe(Inode inode, FileStatus status)
        {
            inode.ModifiedTime = new Timestamp(status.ModifiedSeconds, status.ModifiedNanoseconds);
            if (options.Owner != HostOwner.Keep)
                return;
            inode.Uid = status.Uid;
            inode.Gid = status.Gid;
        }

        private bool WantsXattrs(in FileStatus status) =>
            options.Xattrs != HostXattrs.None && _withoutXattrs != (status.FileSystemMajor, status.FileSystemMinor);

        /// <summary>Nearly nothing has attributes, so the way there is worth its own call.</summary>
        private bool HasXattrs(int directory, byte[] terminated)
        {
            if (!_asksShortly)
                return true;
            bool? has = HostInode.HasXattrs(directory, terminated);
            _asksShortly = has is not null;
            return has ?? true;
        }

        private void AddXattrs(Inode inode, FileStatus status, byte[] path, HostEntry entry)
        {
            List<Xattr>? xattrs = HostInode.ReadXattrs(path, _wanted, entry);
            if (xattrs is null)
                _withoutXattrs = (status.FileSystemMajor, status.FileSystemMinor);
            else if (xattrs.Count > 0)
                inode.Xattrs = Xattrs.Create(xattrs);
        }
    }
}
