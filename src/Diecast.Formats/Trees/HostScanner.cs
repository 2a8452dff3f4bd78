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
    private readonly Predicate<FileName> _wanted = options.Xattrs == HostXattrs.All ? static _ => true : HostDirectoryReader.IsPortable;
    private (uint Major, uint Minor)? _withoutXattrs;
    private bool _asksShortly = true;

    internal static HostInodeKey KeyOf(in FileStatus status) => new(status.FileSystemMajor, status.FileSystemMinor, status.InodeNumber);

    /// <summary>The directory that the scan begins at. Its entries are left to the scan.</summary>
    internal DirectoryInode ReadRoot(HostTreeDirectory directory)
    {
        byte[] path = [.. directory.Path, 0];
        var entry = new HostEntry(directory, null);
        FileStatus status = HostInode.Stat(0, path, entry);
        var root = new DirectoryInode(status.FullMode & 0xfff);
        Describe(root, status);
        if (WantsXattrs(status))
            AddXattrs(root, status, path, entry);
        if (OmissionOf(status) is null)
            scan.Add(root, directory);
        return root;
    }

    /// <summary>One entry of a directory, or null where it is to be left out.</summary>
    internal Inode? ReadEntry(HostTreeDirectory directory, byte[] name)
    {
        int descriptor = Open(directory);
        try
        {
            return ReadInode(descriptor, directory, [.. name, 0], name);
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    /// <summary>Reads the entries of a directory and leaves the directories among them to the scan.</summary>
    internal void ReadDirectory(DirectoryInode inode, HostTreeDirectory directory)
    {
        cancellation.ThrowIfCancellationRequested();
        int descriptor = Open(directory);
        try
        {
            _listing.Read(descriptor, new HostEntry(directory, null));
            inode.EnsureCapacity(_listing.Count);
            for (int i = 0; i < _listing.Count; i++)
            {
                ReadOnlySpan<byte> terminated = _listing.Terminated(i);
                byte[] name = terminated[..^1].ToArray();
                if (ReadInode(descriptor, directory, terminated, name) is { } found)
                    inode.Set(new FileName(name), found);
            }
        }
        finally
        {
            _ = Libc.Close(descriptor);
        }
    }

    private static int Open(HostTreeDirectory directory)
    {
        int descriptor = directory.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out int error);
        return descriptor >= 0
            ? descriptor
            : throw FileDescriptor.Error("open the directory", new HostEntry(directory, null).ToString(), error);
    }

    private HostOmission? OmissionOf(in FileStatus status) =>
        options.Omitted is { } omitted && omitted.TryGetValue(KeyOf(status), out HostOmission omission) ? omission : null;

    /// <summary>An inode, or null where it is to be left out.</summary>
    private Inode? ReadInode(int parent, HostTreeDirectory directory, ReadOnlySpan<byte> terminated, byte[] name)
    {
        var entry = new HostEntry(directory, name);
        FileStatus status = HostInode.Stat(parent, terminated, entry);
        HostOmission? omission = OmissionOf(status);
        if (omission == HostOmission.All)
            return null;
        var type = (InodeType)(status.FullMode & 0xf000);
        bool isLinked = options.HardLinks == HostHardLinks.Keep && status.Links > 1 && type != InodeType.Directory;
        HostInodeKey key = KeyOf(status);
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

        if (options.Seen is { } seen && inode is FileInode file)
            seen(file, new HostTreeFile(directory, name), (status.Attributes & FileStatus.VerityAttribute) != 0);
        if (inode is DirectoryInode below && omission is null)
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
}
