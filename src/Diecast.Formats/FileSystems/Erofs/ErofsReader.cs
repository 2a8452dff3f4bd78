using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The tree of a file system, read as it is asked for.</summary>
/// <remarks>
/// What is read leads to memory in proportion to the image: a directory belongs to one name, and a file with several names is
/// one inode.
/// </remarks>
internal sealed class ErofsReader
{
    /// <summary>PATH_MAX is 4096 with its NUL, so no path that Linux takes has more names.</summary>
    private const int MaximumDepth = 2048;

    /// <summary>Linux takes no longer targets.</summary>
    private const int MaximumTarget = 4096;

    /// <summary>Many times the largest directory that a tree can have and be used; what is compressed can claim any size.</summary>
    private const long MaximumDirectory = 1L << 30;

    private readonly Lock _lock = new();
    private readonly ErofsVolume _volume;
    private readonly ErofsReaderXattrs _xattrs;
    private readonly HashSet<ulong> _directories = [];
    private readonly Dictionary<ulong, Inode> _linked = [];
    private Blob? _packed;

    private ErofsReader(ErofsVolume volume)
    {
        _volume = volume;
        _xattrs = new ErofsReaderXattrs(volume, this);
    }

    internal static FileTree Read(Blob image)
    {
        var volume = new ErofsVolume(image, ErofsSuperblock.Read(image));
        var reader = new ErofsReader(volume);
        ulong root = volume.Superblock.RootNid;
        reader._directories.Add(root);
        return reader.Decode(ErofsNodeHeader.Read(volume, root), 0) is DirectoryInode directory
            ? new FileTree(directory)
            : throw ErofsFormat.Invalid("the root is not a directory");
    }

    /// <summary>The content of the packed inode, which has the ends of files.</summary>
    internal Blob Packed
    {
        get
        {
            lock (_lock)
                return _packed ??= OpenPacked();
        }
    }

    private Blob OpenPacked()
    {
        if (!_volume.Superblock.Features.Has(ErofsFormat.IncompatFragments) || _volume.Superblock.PackedNid == 0)
            throw ErofsFormat.Invalid("a file has its end in the packed inode, and there is none");
        return Content(ErofsNodeHeader.Read(_volume, _volume.Superblock.PackedNid), isPacked: true);
    }

    private Inode Inode(ulong nid, int depth) =>
        _linked.TryGetValue(nid, out Inode? known) ? known : Decode(ErofsNodeHeader.Read(_volume, nid), depth);

    private Inode Decode(ErofsNodeHeader header, int depth)
    {
        if (header.Links == 0)
            throw ErofsFormat.Invalid($"inode {header.Nid} has a name, and claims to have none");
        Inode inode = header.Type switch
        {
            InodeType.File => new FileInode(Content(header, isPacked: false), header.Mode),
            InodeType.Directory => Directory(header, depth),
            InodeType.Symlink => new SymlinkInode(new FileName(Target(header))),
            InodeType.CharacterDevice or InodeType.BlockDevice =>
                new SpecialInode(header.Type, header.Mode, DecodeDevice(header.Union)),
            InodeType.Fifo or InodeType.Socket => new SpecialInode(header.Type, header.Mode),
            _ => throw ErofsFormat.Invalid($"inode {header.Nid} is of a type that is not known ({(int)header.Type:x4})"),
        };
        inode.Uid = header.Uid;
        inode.Gid = header.Gid;
        inode.ModifiedTime = header.ModifiedTime;
        inode.Xattrs = _xattrs.Read(header);
        if (inode is not DirectoryInode && header.Links > 1)
            _linked.Add(header.Nid, inode);
        return inode;
    }

    /// <summary>The kernel's new_encode_dev.</summary>
    private static DeviceNumber DecodeDevice(uint word) => new((word >> 8) & 0xfff, (word & 0xff) | ((word >> 12) & 0xfff00));

    private Blob Content(ErofsNodeHeader header, bool isPacked)
    {
        if (header.FileSize == 0)
            return Blob.Empty;
        return header.Layout switch
        {
            ErofsDataLayout.Plain or ErofsDataLayout.Inline => Flat(header),
            ErofsDataLayout.Chunks => new ErofsChunkContent(_volume, header),
            _ => new ErofsCompressedContent(_volume, header, isPacked ? null : this),
        };
    }

    private Blob Flat(ErofsNodeHeader header)
    {
        string what = $"the content of inode {header.Nid}";
        long start = header.StartBlock > long.MaxValue >> (_volume.BlockBits + 1) ? long.MaxValue : header.StartBlock << _volume.BlockBits;
        if (header.Layout == ErofsDataLayout.Plain)
            return _volume.Slice(start, header.FileSize, what);
        long tail = ((header.FileSize - 1) & (_volume.BlockSize - 1)) + 1;
        if ((header.End & (_volume.BlockSize - 1)) + tail > _volume.BlockSize)
        {
            // What fills its last block need not be behind the inode.
            throw ErofsFormat.Invalid($"the content behind inode {header.Nid} goes over the end of a block");
        }

        Blob inline = _volume.Slice(header.End, tail, what);
        return header.FileSize == tail ? inline : Blob.Concat(_volume.Slice(start, header.FileSize - tail, what), inline);
    }

    private byte[] Target(ErofsNodeHeader header)
    {
        if (header.FileSize is 0 or > MaximumTarget)
            throw ErofsFormat.Invalid($"inode {header.Nid} is a symbolic link of {header.FileSize} bytes");
        byte[] target = Content(header, isPacked: false).ToArray();
        return !target.Contains((byte)0) ? target : throw ErofsFormat.Invalid($"inode {header.Nid} is a symbolic link with NUL in it");
    }

    private DirectoryInode Directory(ErofsNodeHeader header, int depth) => new(header.Mode, () =>
    {
        lock (_lock)
            return ReadDirectory(header, depth);
    });

    private DirectoryEntry[] ReadDirectory(ErofsNodeHeader header, int depth)
    {
        if (header.FileSize > MaximumDirectory)
            throw ErofsFormat.Invalid($"directory {header.Nid} claims {header.FileSize} bytes; {MaximumDirectory} are read");
        _volume.Charge(header.FileSize, header.Nid);
        var names = new Dictionary<FileName, ulong>();
        Blob content = Content(header, isPacked: false);
        byte[] block = new byte[_volume.BlockSize];
        for (long at = 0; at < content.Length; at += block.Length)
        {
            Span<byte> part = block.AsSpan(0, (int)Math.Min(block.Length, content.Length - at));
            content.Read(at, part);
            ReadEntries(header.Nid, part, names);
        }

        if (depth >= MaximumDepth && names.Count > 0)
            throw ErofsFormat.Invalid($"directory {header.Nid} is deeper than {MaximumDepth} names, the longest path of Linux");
        var entries = new DirectoryEntry[names.Count];
        int count = 0;
        foreach ((FileName name, ulong nid) in names)
        {
            Inode below = Inode(nid, depth + 1);
            if (below is DirectoryInode && !_directories.Add(nid))
                throw ErofsFormat.Invalid($"'{name}' in directory {header.Nid}: directory {nid} has another name already");
            entries[count++] = new DirectoryEntry(name, below);
        }

        return entries;
    }

    /// <summary>A block of a directory: entries of one size, then names up to the next one's, the last up to a zero or the end.</summary>
    private static void ReadEntries(ulong directory, ReadOnlySpan<byte> block, Dictionary<FileName, ulong> names)
    {
        if (block.Length < ErofsDirentLayout.Size)
            throw Invalid("there is no room for one");
        int first = (int)ErofsDirentLayout.NameOffset.Get(block);
        if (first < ErofsDirentLayout.Size || first >= block.Length || first % ErofsDirentLayout.Size != 0)
            throw Invalid($"the first name would be at byte {first} of {block.Length}");
        int count = first / ErofsDirentLayout.Size;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = block.Slice(i * ErofsDirentLayout.Size, ErofsDirentLayout.Size);
            int start = (int)ErofsDirentLayout.NameOffset.Get(entry);
            int end = i + 1 < count
                ? (int)ErofsDirentLayout.NameOffset.Get(block.Slice((i + 1) * ErofsDirentLayout.Size, ErofsDirentLayout.Size))
                : block.Length;
            if (start < first || end > block.Length || end <= start)
                throw Invalid($"the name of entry {i} would be at bytes {start} to {end} of {block.Length}");
            ReadOnlySpan<byte> name = block[start..end];
            int zero = i + 1 < count ? -1 : name.IndexOf((byte)0);
            if (zero >= 0)
                name = name[..zero];
            if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
                continue;
            if (!FileName.IsValid(name) || name.Length > ErofsFormat.MaximumName)
                throw Invalid($"the name of entry {i} is empty, too long, or holds a slash or NUL");
            var copy = new FileName(name.ToArray());
            if (!names.TryAdd(copy, ErofsDirentLayout.Nid.Get(entry)))
                throw Invalid($"the name '{copy}' is there twice");
        }

        InvalidImageException Invalid(string what) => ErofsFormat.Invalid($"directory {directory}: {what}");
    }
}
