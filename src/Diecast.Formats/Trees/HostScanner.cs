using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Trees;

/// <summary>Reads directories of the host, on one thread.</summary>
internal sealed class HostScanner(HostDirectoryOptions options, HostScan scan, CancellationToken cancellation)
{
    private const int SectorSize = 512;
    private const int MaximumPath = 4096;

    private readonly HostListing _listing = new();
    private readonly Predicate<FileName> _wanted = options.Xattrs == HostXattrs.All ? static _ => true : IsPortable;
    private (uint Major, uint Minor)? _withoutXattrs;
    private bool _asksShortly = true;

    /// <summary>The directory that the scan begins at, without its entries.</summary>
    internal DirectoryInode ReadRoot(HostTreeDirectory directory)
    {
        byte[] path = [.. directory.Path, 0];
        var entry = new HostEntry(directory, null);
        FileStatus status = HostInode.Stat(0, path, entry);
        var root = new DirectoryInode(status.FullMode & 0xfff);
        Describe(root, status);
        if (WantsXattrs(status))
            AddXattrs(root, status, path, entry);
        return root;
    }

    /// <summary>Reads the entries of a directory and leaves the directories among them to the scan.</summary>
    internal void ReadDirectory(DirectoryInode inode, HostTreeDirectory directory)
    {
        cancellation.ThrowIfCancellationRequested();
        var display = new HostEntry(directory, null);
        int descriptor = directory.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out int error);
        if (descriptor < 0)
            throw FileDescriptor.Error("open the directory", display.ToString(), error);
        try
        {
            _listing.Read(descriptor, display);
            inode.EnsureCapacity(_listing.Count);
            for (int i = 0; i < _listing.Count; i++)
            {
                ReadOnlySpan<byte> terminated = _listing.Terminated(i);
                byte[] name = terminated[..^1].ToArray();
                inode.Set(new FileName(name), ReadInode(descriptor, directory, terminated, name));
            }
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private Inode ReadInode(int parent, HostTreeDirectory directory, ReadOnlySpan<byte> terminated, byte[] name)
    {
        var entry = new HostEntry(directory, name);
        FileStatus status = HostInode.Stat(parent, terminated, entry);
        var type = (InodeType)(status.FullMode & 0xf000);
        bool isLinked = status.Links > 1 && type != InodeType.Directory && scan.KeepsLinks;
        var key = (status.FileSystemMajor, status.FileSystemMinor, status.InodeNumber);
        if (isLinked && scan.TryFind(key, out Inode? known))
            return known;
        int mode = status.FullMode & 0xfff;
        Inode inode = type switch
        {
            InodeType.File => new FileInode(Content(directory, name, status), mode),
            InodeType.Directory => new DirectoryInode(mode),
            InodeType.Symlink => new SymlinkInode(new FileName(HostInode.ReadLink(parent, terminated, entry))),
            InodeType.CharacterDevice or InodeType.BlockDevice =>
                new SpecialInode(type, mode, new DeviceNumber(status.DeviceMajor, status.DeviceMinor)),
            InodeType.Fifo or InodeType.Socket => new SpecialInode(type, mode),
            _ => throw new IOException($"{entry} is of a type that is not known ({status.FullMode:x4})"),
        };
        Describe(inode, status);
        if (WantsXattrs(status) && HasXattrs(parent, terminated))
        {
            byte[] above = directory.Path;
            byte[] path = above.Length + terminated.Length < MaximumPath
                ? [.. above, (byte)'/', .. terminated]
                : [.. Encoding.ASCII.GetBytes($"/proc/self/fd/{parent}/"), .. terminated];
            AddXattrs(inode, status, path, entry);
        }

        if (inode is DirectoryInode below)
            scan.Add(below, new HostTreeDirectory(directory, name));
        return isLinked ? scan.Keep(key, inode) : inode;
    }

    private static Blob Content(HostTreeDirectory directory, byte[] name, in FileStatus status)
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

    private void Describe(Inode inode, in FileStatus status)
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
    private bool HasXattrs(int directory, ReadOnlySpan<byte> terminated)
    {
        if (!_asksShortly)
            return true;
        bool? has = HostInode.HasXattrs(directory, terminated);
        _asksShortly = has is not null;
        return has ?? true;
    }

    private void AddXattrs(Inode inode, in FileStatus status, byte[] path, HostEntry entry)
    {
        List<Xattr>? xattrs = HostInode.ReadXattrs(path, _wanted, entry);
        if (xattrs is null)
            _withoutXattrs = (status.FileSystemMajor, status.FileSystemMinor);
        else if (xattrs.Count > 0)
            inode.Xattrs = Xattrs.Create(xattrs);
    }

    private static bool IsPortable(FileName name) =>
        name.Span.StartsWith("user."u8) || name.Span.SequenceEqual("security.capability"u8);
}
