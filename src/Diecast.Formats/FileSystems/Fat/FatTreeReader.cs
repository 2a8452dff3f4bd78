using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Reads the directories of somebody's FAT file system into a tree.</summary>
internal sealed class FatTreeReader
{
    private const int ReadOnlyMode = 0b100_100_100;
    internal const int MaximumEntries = 65536;
    private const int BufferSize = 4096;

    // Walking a tree costs the square of its depth. Windows' longest path is 32,767 units.
    private const int MaximumDepth = 2048;
    private const int MaximumPath = 32767;

    private readonly FatVolume _volume;
    private readonly FatChains _chains;
    private readonly FatCharacters _characters;
    private readonly CancellationToken _cancellation;
    private readonly FatLongName _longName = new();
    private readonly Stack<(DirectoryInode Inode, FatPlace Place, uint Cluster)> _pending = [];
    private readonly List<DirectoryEntry> _entries = [];
    private readonly byte[] _buffer;
    private int _slots;

    internal FatTreeReader(FatVolume volume, FatReadOptions options, CancellationToken cancellation)
    {
        _volume = volume;
        _chains = new FatChains(volume);
        _characters = FatCharacters.Of(options.CodePage);
        _cancellation = cancellation;
        _buffer = new byte[Math.Min(BufferSize, volume.ClusterSize)];
    }

    internal FileTree Read()
    {
        var root = new DirectoryInode();
        _pending.Push((root, FatPlace.Root, _volume.RootCluster));
        while (_pending.TryPop(out (DirectoryInode Inode, FatPlace Place, uint Cluster) next))
        {
            _cancellation.ThrowIfCancellationRequested();
            _entries.Clear();
            _longName.Clear();
            _slots = 0;
            if (_volume.Type != FatType.Fat32 && next.Place.Parent is null)
                ReadRange(_volume.RootOffset, (long)_volume.RootEntries * FatLayout.EntryLength, next.Place);
            else
                ReadChain(next.Cluster, next.Place);
            Fill(next.Inode, next.Place);
        }

        return new FileTree(root);
    }

    private void ReadChain(uint cluster, FatPlace place)
    {
        _chains.CheckFirst(cluster, place);
        while (cluster != 0)
        {
            uint next = _chains.Follow(cluster, place);
            if (!ReadRange(_volume.ClusterOffset(cluster), _volume.ClusterSize, place))
                return;
            cluster = next;
        }
    }

    /// <summary>Reads entries; returns whether the directory goes on after them.</summary>
    private bool ReadRange(long offset, long length, FatPlace place)
    {
        for (long end = offset + length; offset < end;)
        {
            Span<byte> entries = _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, end - offset));
            if (offset + entries.Length > _volume.Image.Length)
                throw place.Invalid($"the directory lies at {offset}, the image ends at {_volume.Image.Length}");
            _volume.Image.Read(offset, entries);
            for (int at = 0; at < entries.Length; at += FatLayout.EntryLength)
            {
                if (!ReadEntry(entries.Slice(at, FatLayout.EntryLength), place))
                    return false;
            }

            offset += entries.Length;
        }

        return true;
    }

    private bool ReadEntry(ReadOnlySpan<byte> entry, FatPlace place)
    {
        if (entry[0] == 0)
            return false;
        if (++_slots > MaximumEntries)
            throw place.Invalid($"the directory has more than {MaximumEntries} entries");
        int attributes = FatLayout.Attributes(entry);
        if (entry[0] == FatLayout.DeletedMark)
        {
            _longName.Clear();
        }
        else if (attributes == FatLayout.AttributeLongName)
        {
            _longName.Add(entry);
        }
        else if ((attributes & FatLayout.AttributeVolume) != 0 || IsDots(entry))
        {
            _longName.Clear();
        }
        else
        {
            FileName name = _longName.Take(FatLayout.ShortName(entry)) ?? ShortName(entry, place);
            _entries.Add(new DirectoryEntry(name, Make(entry, attributes, place.Below(name))));
        }

        return true;
    }

    private Inode Make(ReadOnlySpan<byte> entry, int attributes, FatPlace place)
    {
        uint cluster = FatLayout.FirstCluster(entry, _volume.Type);
        Inode inode;
        if ((attributes & FatLayout.AttributeDirectory) != 0)
        {
            if (place.Depth > MaximumDepth || place.Length > MaximumPath)
                throw place.Parent!.Invalid($"directories more than {MaximumDepth} deep and paths of more than {MaximumPath} bytes are not supported");
            // Windows marks directories as read-only that have a picture of their own; it keeps nobody from writing.
            var directory = new DirectoryInode();
            _pending.Push((directory, place, cluster));
            inode = directory;
        }
        else
        {
            var file = new FileInode(_chains.Content(cluster, FatLayout.FileSize(entry), place));
            if ((attributes & FatLayout.AttributeReadOnly) != 0)
                file.Mode = ReadOnlyMode;
            inode = file;
        }

        inode.ModifiedTime = FatLayout.ModifiedTime(entry).ToTimestamp();
        FatDosAttribute.Set(inode, (FatAttributes)attributes);
        return inode;
    }

    private void Fill(DirectoryInode directory, FatPlace place)
    {
        _entries.Sort(static (a, b) => a.Name.CompareTo(b.Name));
        for (int i = 0; i < _entries.Count; i++)
        {
            if (i > 0 && _entries[i].Name == _entries[i - 1].Name)
                throw place.Below(_entries[i].Name).Invalid($"the name is there twice");
            directory.Set(_entries[i].Name, _entries[i].Inode);
        }
    }

    private FileName ShortName(ReadOnlySpan<byte> entry, FatPlace place)
    {
        ReadOnlySpan<byte> bytes = FatLayout.ShortName(entry);
        int bits = FatLayout.CaseBits(entry);
        Span<char> name = stackalloc char[12];
        int length = Decode(bytes[..8], (bits & FatLayout.LowerBase) != 0, name);
        // A first byte of 0xE5 would mark the entry as deleted.
        if (length > 0 && bytes[0] == FatLayout.EscapedDeletedMark)
            name[0] = _characters.Decode(FatLayout.DeletedMark);
        int extension = Decode(bytes[8..], (bits & FatLayout.LowerExtension) != 0, name[(length + 1)..]);
        name[length] = '.';
        byte[] utf8 = Encoding.UTF8.GetBytes([.. name[..(extension == 0 ? length : length + 1 + extension)]]);
        return length > 0 && FileName.IsValid(utf8)
            ? new FileName(utf8)
            : throw place.Invalid($"an entry has the short name {Convert.ToHexString(bytes)}, which is no name");
    }

    /// <summary>Reads one part of a short name, up to a NUL and without the spaces at its end.</summary>
    private int Decode(ReadOnlySpan<byte> part, bool lower, Span<char> characters)
    {
        int end = part.IndexOf((byte)0);
        part = (end < 0 ? part : part[..end]).TrimEnd((byte)' ');
        for (int i = 0; i < part.Length; i++)
        {
            char character = _characters.Decode(part[i]);
            characters[i] = lower ? _characters.ToLower(character) : character;
        }

        return part.Length;
    }

    private static bool IsDots(ReadOnlySpan<byte> entry) =>
        entry.StartsWith(".          "u8) || entry.StartsWith("..         "u8);
}
