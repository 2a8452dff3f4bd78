using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>Walks the headers of an archive once and grows the tree.</summary>
/// <param name="source">The archive.</param>
/// <param name="cancellation">Ends the reading.</param>
/// <param name="tree">What the entries go into; null for an empty tree.</param>
internal sealed class TarParser(TarSource source, CancellationToken cancellation, ArchiveTreeBuilder? tree = null)
{
    // A sparse map of a hundred thousand regions in pax records takes 6 MB; nothing honest comes near.
    private const int MaximumExtendedHeader = 32 * 1024 * 1024;
    private const int MaximumPath = 16 * 1024;

    private readonly ArchiveTreeBuilder _tree = tree ?? new ArchiveTreeBuilder("tar");
    private readonly PosixAclResolver _acls = new();
    private readonly byte[] _block = new byte[TarLayout.BlockSize];

    private PaxRecords? _global;
    private PaxRecords? _pax;
    private byte[]? _longName;
    private byte[]? _longLink;
    private long _header;

    internal FileTree Run()
    {
        while (NextHeader())
        {
            cancellation.ThrowIfCancellationRequested();
            ReadMember();
        }

        if (_pax is not null || _longName is not null || _longLink is not null)
            throw Invalid("the archive ends after an extended header");
        source.Finish();
        _acls.Resolve(_tree.Tree);
        return _tree.Tree;
    }

    /// <summary>Reads the next header; false at the end, which is a block of zeros or the end of the file.</summary>
    private bool NextHeader()
    {
        _header = source.Position;
        int count = source.Read(_block);
        if (count == 0)
            return _header == 0 ? throw TarReader.Empty() : false;
        if (count < TarLayout.BlockSize)
            throw Invalid($"the archive is cut short: {count} bytes where a header of 512 was expected");
        if (!_block.AsSpan().ContainsAnyExcept((byte)0))
            return false;
        if (!TarLayout.IsChecksumRight(_block))
            throw Invalid(_header == 0 ? "this is no tar archive: the first header's checksum is wrong" : "the header's checksum is wrong");
        return true;
    }

    private void ReadMember()
    {
        switch (_block[TarLayout.TypeFlag])
        {
            case TarLayout.PaxGlobal:
                (_global ??= new PaxRecords()).ApplyGlobal(ReadMetadata(), _header);
                break;
            case TarLayout.PaxLocal or TarLayout.SolarisPaxLocal:
                _pax = PaxRecords.ForEntry(_global, ReadMetadata(), _header);
                break;
            case TarLayout.GnuLongName:
                _longName = TarLayout.Text(ReadMetadata()).ToArray();
                break;
            case TarLayout.GnuLongLink:
                _longLink = TarLayout.Text(ReadMetadata()).ToArray();
                break;
            case TarLayout.GnuVolumeLabel:
                Forget();
                break;
            default:
                ReadEntry(_pax ?? _global);
                Forget();
                break;
        }
    }

    private void Forget()
    {
        _pax = null;
        _longName = null;
        _longLink = null;
    }

    private void ReadEntry(PaxRecords? pax)
    {
        ReadOnlySpan<byte> name = Name(pax);
        long size = pax?.Size ?? Number(TarLayout.Size, "size");
        if (size < 0 || size > long.MaxValue - TarLayout.BlockSize)
            throw Invalid($"the size {size} is absurd");
        byte type = _block[TarLayout.TypeFlag];

        // Systems before ustar have no type for directories; they are files whose name ends with a slash.
        if (type is TarLayout.OldFile or TarLayout.File && name.EndsWith("/"u8))
            type = TarLayout.Directory;
        switch (type)
        {
            case TarLayout.Directory:
                Describe(_tree.MakeDirectory(name, _header), pax);
                break;
            case TarLayout.GnuDumpDirectory:
                Describe(_tree.MakeDirectory(name, _header), pax);
                SkipData(size);
                break;
            case TarLayout.HardLink:
                _tree.Link(name, LinkName(pax), _header);
                // Only pax stores the content of a link again; others leave a size that stands for nothing.
                if (_pax is not null)
                    SkipData(size);
                break;
            case TarLayout.Symlink:
                Add(name, new SymlinkInode(new FileName(LinkName(pax).ToArray())), pax);
                break;
            case TarLayout.CharacterDevice:
                Add(name, new SpecialInode(InodeType.CharacterDevice, Mode(), Device(pax)), pax);
                break;
            case TarLayout.BlockDevice:
                Add(name, new SpecialInode(InodeType.BlockDevice, Mode(), Device(pax)), pax);
                break;
            case TarLayout.Fifo:
                Add(name, new SpecialInode(InodeType.Fifo, Mode()), pax);
                break;
            case TarLayout.GnuSparse:
                Add(name, new FileInode(OldSparse(size), Mode()), pax);
                break;
            case >= (byte)'A' and <= (byte)'Z':
                throw Invalid($"entries of type '{(char)type}' are not supported");
            default:
                // POSIX: types that are not known are files (pax, "ustar Interchange Format", typeflag).
                Add(name, new FileInode(pax is null ? Data(size) : PaxContent(pax, size), Mode()), pax);
                break;
        }
    }

    private void Add(ReadOnlySpan<byte> name, Inode inode, PaxRecords? pax)
    {
        Describe(inode, pax);
        _tree.Add(name, inode, _header);
    }

    private void Describe(Inode inode, PaxRecords? pax)
    {
        if (inode is not SymlinkInode)
            inode.Mode = Mode();
        inode.Uid = Id(pax?.Uid ?? Number(TarLayout.Uid, "uid"), "uid");
        inode.Gid = Id(pax?.Gid ?? Number(TarLayout.Gid, "gid"), "gid");
        inode.ModifiedTime = pax?.ModifiedTime ?? new Timestamp(Number(TarLayout.ModifiedTime, "mtime"));
        inode.Xattrs = Xattrs.None;
        if (pax is null)
            return;
        foreach (Xattr xattr in pax.Xattrs)
        {
            if (xattr.Name.Length == 0 || xattr.Name.Span.Contains((byte)0))
                throw Invalid("an extended attribute has no valid name");
        }

        if (pax.Xattrs.Count > 0)
            inode.Xattrs = Xattrs.Create(pax.Xattrs);
        if (pax.AccessAcl is { } access)
            _acls.Add(inode, access, isDefault: false, _header);
        if (pax.DefaultAcl is { } standard)
            _acls.Add(inode, standard, isDefault: true, _header);
    }

    private ReadOnlySpan<byte> Name(PaxRecords? pax)
    {
        ReadOnlySpan<byte> name = pax?.SparseName ?? pax?.Path ?? _longName;
        if (name.IsEmpty)
        {
            name = TarLayout.Text(_block.AsSpan(TarLayout.Name));
            // GNU's own format has the same magic with another version, and times where ustar has a prefix.
            if (_block.AsSpan(TarLayout.Magic).StartsWith(TarLayout.UstarMagic))
            {
                ReadOnlySpan<byte> prefix = TarLayout.Text(_block.AsSpan(TarLayout.Prefix));
                if (!prefix.IsEmpty)
                    name = (byte[])[.. prefix, (byte)'/', .. name];
            }
        }

        if (name.IsEmpty || name.Contains((byte)0))
            throw Invalid("an entry has no valid name");
        return name.Length <= MaximumPath ? name : throw Invalid($"a path of {name.Length} bytes is not supported");
    }

    private ReadOnlySpan<byte> LinkName(PaxRecords? pax)
    {
        ReadOnlySpan<byte> name = pax?.LinkPath ?? _longLink;
        if (name.IsEmpty)
            name = TarLayout.Text(_block.AsSpan(TarLayout.LinkName));
        if (name.IsEmpty || name.Contains((byte)0))
            throw Invalid("a link has no valid target");
        return name.Length <= MaximumPath ? name : throw Invalid($"a link target of {name.Length} bytes is not supported");
    }

    private int Mode() => (int)(Number(TarLayout.Mode, "mode") & 0xfff);

    private DeviceNumber Device(PaxRecords? pax) => new(
        Id(pax?.DeviceMajor ?? Number(TarLayout.DeviceMajor, "devmajor"), "devmajor"),
        Id(pax?.DeviceMinor ?? Number(TarLayout.DeviceMinor, "devminor"), "devminor"));

    private uint Id(long value, string what) =>
        value is >= 0 and <= uint.MaxValue ? (uint)value : throw Invalid($"the {what} {value} is no 32-bit number");

    private long Number(Range field, string what) =>
        TarLayout.TryNumber(_block.AsSpan(field), out long value) ? value : throw Invalid($"the header's {what} is no number");

    private byte[] ReadMetadata()
    {
        // The size in a pax header is never its own record: only the header's field counts.
        long size = Number(TarLayout.Size, "size");
        if (size is < 0 or > MaximumExtendedHeader)
            throw Invalid($"an extended header of {size} bytes is not supported");
        // Grown as it is read, so that a short archive cannot ask for 32 MiB again and again.
        byte[] bytes = new byte[Math.Min(size, 64 * 1024)];
        source.ReadExactly(bytes);
        while (bytes.Length < size)
        {
            int have = bytes.Length;
            Array.Resize(ref bytes, (int)Math.Min(size, have * 2L));
            source.ReadExactly(bytes.AsSpan(have));
        }

        source.Skip(TarLayout.Padding(size));
        return bytes;
    }

    private Blob Data(long size)
    {
        Blob data = source.Take(size);
        source.Skip(TarLayout.Padding(size));
        return data;
    }

    private void SkipData(long size)
    {
        source.Skip(size);
        source.Skip(TarLayout.Padding(size));
    }

    /// <summary>A file whose pax records may say that it is sparse (GNU tar manual, "Storing Sparse Files").</summary>
    private Blob PaxContent(PaxRecords pax, long size)
    {
        if (pax.SparseMajor is { } major && (major, pax.SparseMinor) is not ((0, _) or (1, 0)))
            throw Invalid($"sparse format {major}.{pax.SparseMinor} is not supported");
        if (pax.SparseMajor != 1)
            return pax.SparseMap is { } map ? map.Expand(Data(size), RealSize(pax), _header) : Data(size);

        // 1.0: the map comes first in the data, decimal lines, padded to a block.
        long start = source.Position;
        var reader = new LineReader(source, size);
        long count = reader.Number(_header);
        var inline = new SparseMap();
        for (long i = 0; i < count; i++)
            inline.Add(reader.Number(_header), reader.Number(_header), _header);
        Blob stored = source.Take(size - (source.Position - start));
        source.Skip(TarLayout.Padding(size));
        return inline.Expand(stored, RealSize(pax), _header);
    }

    private long RealSize(PaxRecords pax) => pax.SparseSize ?? throw Invalid("a sparse file has no real size");

    /// <summary>GNU's first sparse format: four regions in the header, more in blocks after it.</summary>
    private Blob OldSparse(long size)
    {
        long realSize = Number(TarLayout.GnuRealSize, "real size");
        if (realSize < 0)
            throw Invalid($"the real size {realSize} is absurd");
        var map = new SparseMap();
        Regions(map, _block, TarLayout.GnuSparseRegions, TarLayout.GnuSparseRegionsInHeader);
        bool extended = _block[TarLayout.GnuSparseIsExtended] != 0;
        byte[] extension = new byte[TarLayout.BlockSize];
        while (extended)
        {
            source.ReadExactly(extension);
            Regions(map, extension, 0, TarLayout.GnuSparseRegionsInExtension);
            extended = extension[TarLayout.GnuExtensionIsExtended] != 0;
        }

        return map.Expand(Data(size), realSize, _header);
    }

    private void Regions(SparseMap map, byte[] block, int start, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> region = block.AsSpan(start + (i * TarLayout.GnuSparseRegionSize), TarLayout.GnuSparseRegionSize);
            if (region[0] == 0)
                break;
            if (!TarLayout.TryNumber(region[..12], out long offset) || !TarLayout.TryNumber(region[12..], out long length))
                throw Invalid("the map of a sparse file holds no numbers");
            map.Add(offset, length, _header);
        }
    }

    private InvalidImageException Invalid(string what) => new("tar", $"at offset {_header}: {what}");

    /// <summary>Reads decimal lines block by block, never past the member's data.</summary>
    private sealed class LineReader(TarSource source, long size)
    {
        private readonly byte[] _block = new byte[TarLayout.BlockSize];
        private int _at = TarLayout.BlockSize;
        private long _left = size;

        internal long Number(long header)
        {
            long value = 0;
            for (int digits = 0; ; digits++)
            {
                if (_at == _block.Length)
                {
                    if (_left < _block.Length)
                        throw Invalid(header);
                    source.ReadExactly(_block);
                    _left -= _block.Length;
                    _at = 0;
                }

                byte b = _block[_at++];
                if (b == '\n' && digits > 0)
                    return value;
                if (b is < (byte)'0' or > (byte)'9' || digits == 18)
                    throw Invalid(header);
                value = (value * 10) + (b - '0');
            }
        }

        private static InvalidImageException Invalid(long header) =>
            new("tar", $"at offset {header}: the map of a sparse file is damaged");
    }
}
