using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Reads a tree of an image of any maker.</summary>
internal sealed class IsoReader
{
    /// <summary>As deep as any path that Linux takes.</summary>
    private const int MostLevels = 2048;

    /// <summary>Where system use begins on discs that are CD-ROM XA too.</summary>
    private const int ExtendedArchitecture = 14;

    private readonly IsoVolume _volume;
    private readonly IsoBudget _budget;
    private readonly CancellationToken _cancellation;
    private readonly IsoSystemUseReader _use;
    private readonly HashSet<long> _seen = [];
    private readonly Dictionary<(uint Serial, long Block, long Length), Inode> _links = [];
    private readonly Stack<Pending> _pending = new();
    private bool _hasRockRidge;
    private int _skip;
    private bool _isJoliet;

    internal IsoReader(Blob image, CancellationToken cancellation)
    {
        _volume = IsoVolume.Parse(image);
        _budget = new IsoBudget(image);
        _cancellation = cancellation;
        _use = new IsoSystemUseReader(_budget, block => block * _volume.BlockSize);
    }

    internal bool HasRockRidge
    {
        get
        {
            FindRockRidge(RootOf(_volume.Primary));
            return _hasRockRidge;
        }
    }

    internal FileTree Read()
    {
        var root = new DirectoryInode();
        (long Block, long Length) extent = RootOf(_volume.Primary);
        FindRockRidge(extent);
        if (_hasRockRidge)
        {
            Describe(root, ReadSelf(extent.Block, isRoot: true).Time);
        }
        else
        {
            _isJoliet = _volume.Joliet is not null;
            extent = RootOf(_volume.Joliet ?? _volume.Primary);
            root.ModifiedTime = IsoRecord.Of(IsoVolumeLayout.Root.Of(_volume.Joliet ?? _volume.Primary)).Time;
        }

        Push(root, extent.Block, extent.Length, 0);
        while (_pending.TryPop(out Pending next))
        {
            _cancellation.ThrowIfCancellationRequested();
            ReadDirectory(next);
        }

        return new FileTree(root);
    }

    private static (long Block, long Length) RootOf(byte[] descriptor)
    {
        IsoRecord record = IsoRecord.Of(IsoVolumeLayout.Root.Of(descriptor));
        return (record.Block, record.Length);
    }

    private void FindRockRidge((long Block, long Length) root)
    {
        if (root.Length < IsoFormat.SectorSize)
            return;
        byte[] sector = _budget.Read(root.Block * _volume.BlockSize, IsoFormat.SectorSize);
        if (sector[0] == 0)
            return;
        ReadOnlySpan<byte> use = IsoRecord.Of(sector).SystemUse;
        foreach (int offset in (ReadOnlySpan<int>)[0, ExtendedArchitecture])
        {
            if (use.Length <= offset || !use[offset..].StartsWith("SP"u8))
                continue;
            _use.Read(use[offset..]);
            if (_use.Sharing is { } skip && _use.HasAttributes)
                (_hasRockRidge, _skip) = (true, skip);
            return;
        }
    }

    /// <summary>Reads the entries of the record that a directory has of itself, and says what else is in it.</summary>
    private (long Length, Timestamp Time) ReadSelf(long block, bool isRoot)
    {
        byte[] sector = _budget.Read(block * _volume.BlockSize, IsoFormat.SectorSize);
        IsoRecord record = IsoRecord.Of(sector);
        if (!record.IsSpecial || !record.IsDirectory)
            throw IsoFaults.Invalid($"there is no directory at block {block}");
        ReadOnlySpan<byte> use = record.SystemUse;
        _use.Read(use[Math.Min(use.Length, isRoot && use.StartsWith("SP"u8) ? 0 : isRoot ? ExtendedArchitecture : _skip)..]);
        return (record.Length, record.Time);
    }

    private void Push(DirectoryInode directory, long block, long length, int level)
    {
        if (level > MostLevels)
            throw IsoFaults.Invalid($"directories are deeper than {MostLevels} levels");
        if (!_seen.Add(block))
            throw IsoFaults.Invalid($"the directory at block {block} has another name already");
        _pending.Push(new Pending(directory, block, length, level));
    }

    private void ReadDirectory(Pending directory)
    {
        byte[] bytes = _budget.Read(directory.Block * _volume.BlockSize, directory.Length);
        var entries = new List<DirectoryEntry>();
        var sections = new List<(long Block, long Length)>();
        for (int at = 0; at < bytes.Length;)
        {
            int end = (int)Math.Min(bytes.Length, Units.RoundUp(at + 1, IsoFormat.SectorSize));
            if (bytes[at] == 0)
            {
                at = end;
                continue;
            }

            IsoRecord record = IsoRecord.Of(bytes.AsSpan(at..end));
            at += bytes[at];
            if (record.IsSpecial || record.IsAssociated)
                continue;
            if (record.IsInterleaved)
                throw IsoFaults.Invalid($"an interleaved file, which cannot be read");
            sections.Add((record.Block, record.Length));
            if (record.HasMoreSections)
                continue;
            if (Read(record, sections, directory.Level) is { } entry)
                entries.Add(entry);
            sections.Clear();
        }

        if (sections.Count > 0)
            throw IsoFaults.Invalid($"the last section of a file is missing in the directory at block {directory.Block}");
        Fill(directory.Inode, entries);
    }

    private static void Fill(DirectoryInode directory, List<DirectoryEntry> entries)
    {
        entries.Sort(static (a, b) => a.Name.CompareTo(b.Name));
        for (int i = 0; i < entries.Count; i++)
        {
            if (i > 0 && entries[i].Name == entries[i - 1].Name)
                throw IsoFaults.Invalid($"two entries with the name {entries[i].Name}");
            directory.Set(entries[i].Name, entries[i].Inode);
        }
    }

    private DirectoryEntry? Read(IsoRecord record, List<(long Block, long Length)> sections, int level)
    {
        FileName name = default;
        if (_hasRockRidge)
        {
            ReadOnlySpan<byte> use = record.SystemUse;
            _use.Read(use[Math.Min(use.Length, _skip)..]);
            if (_use.IsHidden && IsMovedDirectory(record))
                return null;
            if (_use.HasName)
                name = _use.Name;
        }

        if (name.Length == 0)
            name = _isJoliet ? UnicodeName(record.Name) : PlainName(record.Name);
        if (!name.IsValidEntry)
            throw IsoFaults.Invalid($"'{name}' cannot be a name in a directory");
        Inode inode = _hasRockRidge && _use.MovedTo is { } moved
            ? ReadMoved(moved, level)
            : record.IsDirectory ? ReadBelow(record, level) : ReadOther(record, sections);
        return new DirectoryEntry(name, inode);
    }

    /// <summary>RE is for directories; of other things it says nothing.</summary>
    private static bool IsMovedDirectory(IsoRecord record) => record.IsDirectory;

    private DirectoryInode ReadMoved(long block, int level)
    {
        var directory = new DirectoryInode();
        (long length, Timestamp time) = ReadSelf(block, isRoot: false);
        Describe(directory, time);
        Push(directory, block, length, level + 1);
        return directory;
    }

    private DirectoryInode ReadBelow(IsoRecord record, int level)
    {
        if (_hasRockRidge && _use.HasAttributes && TypeOf(_use.Mode) != InodeType.Directory)
            throw IsoFaults.Invalid($"a directory whose mode is that of something else, 0x{_use.Mode:x}");
        var directory = new DirectoryInode();
        Describe(directory, record.Time);
        Push(directory, record.Block, record.Length, level + 1);
        return directory;
    }

    private Inode ReadOther(IsoRecord record, List<(long Block, long Length)> sections)
    {
        InodeType type = _hasRockRidge && _use.HasAttributes ? TypeOf(_use.Mode) : InodeType.File;
        (uint Serial, long Block, long Length)? key = LinkKey(type, sections);
        if (key is { } known && _links.TryGetValue(known, out Inode? linked) && linked.Type == type)
            return linked;
        Inode inode = type switch
        {
            InodeType.File => new FileInode(Content(sections)),
            InodeType.Symlink when _use.Target.Length > 0 => new SymlinkInode(_use.Target),
            InodeType.Symlink => throw IsoFaults.Invalid($"a symbolic link without a target"),
            InodeType.Directory => throw IsoFaults.Invalid($"a file whose mode is that of a directory, 0x{_use.Mode:x}"),
            _ => new SpecialInode(type, 0, type is InodeType.BlockDevice or InodeType.CharacterDevice ? _use.Device : default),
        };
        Describe(inode, record.Time);
        if (key is { } fresh)
            _links[fresh] = inode;
        return inode;
    }

    /// <summary>What other names of the same inode have too. Old images have no serial numbers, so that only content tells.</summary>
    private (uint Serial, long Block, long Length)? LinkKey(InodeType type, List<(long Block, long Length)> sections)
    {
        if (!_hasRockRidge || _use.Links < 2)
            return null;
        long length = sections.Sum(s => s.Length);
        if (_use.Serial is null or 0 && (type != InodeType.File || length == 0))
            return null;
        return (_use.Serial ?? 0, sections[0].Block, length);
    }

    private Blob Content(List<(long Block, long Length)> sections)
    {
        var content = new BlobBuilder();
        foreach ((long block, long length) in sections)
        {
            if (length == 0)
                continue;
            long offset = block * _volume.BlockSize;
            if (offset > _volume.Image.Length - length)
                throw IsoFaults.Invalid($"a file has {length} bytes at {offset} of an image of {_volume.Image.Length}");
            content.Append(_volume.Image.Slice(offset, length));
        }

        Blob stored = content.ToBlob();
        return _hasRockRidge && _use.Compressed is { } compressed
            ? IsoZisofsBlob.Of(stored, compressed)
            : stored;
    }

    private void Describe(Inode inode, Timestamp recorded)
    {
        inode.ModifiedTime = recorded;
        if (!_hasRockRidge)
            return;
        if (_use.Time is { } time)
            inode.ModifiedTime = time;
        inode.Xattrs = _use.Attributes;
        if (!_use.HasAttributes)
            return;
        if (inode is not SymlinkInode)
            inode.Mode = _use.Mode & 0xfff;
        (inode.Uid, inode.Gid) = (_use.Uid, _use.Gid);
    }

    private static InodeType TypeOf(int mode)
    {
        const int Format = 0xf000;
        var type = (InodeType)(mode & Format);
        return type is InodeType.Fifo or InodeType.CharacterDevice or InodeType.Directory or InodeType.BlockDevice or InodeType.File or InodeType.Symlink or InodeType.Socket
            ? type
            : throw IsoFaults.Invalid($"a mode of no type, 0x{mode:x}");
    }

    private static FileName PlainName(ReadOnlySpan<byte> name)
    {
        if (name.EndsWith(";1"u8))
            name = name[..^2];
        if (name.Length > 1 && name[^1] == '.')
            name = name[..^1];
        return new FileName(name.ToArray());
    }

    private static FileName UnicodeName(ReadOnlySpan<byte> name)
    {
        string text = Encoding.BigEndianUnicode.GetString(name);
        return new FileName(text.EndsWith(";1", StringComparison.Ordinal) ? text[..^2] : text);
    }

    private readonly record struct Pending(DirectoryInode Inode, long Block, long Length, int Level);
}
