using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// The content of a sparse extent. The directory is kept, tables and compressed grains are read when they are needed and the
/// last ones kept, so that memory follows neither the disk nor the file.
/// </summary>
internal sealed class VmdkSparseBlob : Blob
{
    private const string Format = VmdkDescriptor.Format;

    /// <summary>128 TiB with the tables that every writer makes; VMware's largest disk has 62 TiB.</summary>
    private const long MostTables = 4L << 20;
    private const ulong MostEntriesPerTable = 512;
    private const ulong MostGrainSectors = 4096;
    private const int KeptTables = 64;
    private const int KeptGrains = 16;

    private readonly Blob _file;
    private readonly uint[] _directory;
    private readonly int _entriesPerTable;
    private readonly int _grainBytes;
    private readonly long _tableSpan;
    private readonly bool _compressed;
    private readonly bool _marked;
    private readonly Table?[] _tables = new Table?[KeptTables];
    private readonly Grain?[] _grains = new Grain?[KeptGrains];

    private VmdkSparseBlob(Blob file, in VmdkLayout.Header header, uint[] directory)
        : base((long)header.Capacity * VmdkLayout.Sector)
    {
        _file = file;
        _directory = directory;
        _entriesPerTable = (int)header.EntriesPerTable;
        _grainBytes = (int)header.Grain * VmdkLayout.Sector;
        _tableSpan = (long)_entriesPerTable * _grainBytes;
        _compressed = header.Compression == VmdkLayout.Deflate;
        _marked = (header.Flags & VmdkLayout.Markers) != 0;
    }

    public override bool MayHaveHoles => true;

    /// <summary>The header or, where the directory comes at the end, the footer, which is a header that knows it all.</summary>
    /// <exception cref="InvalidImageException">They are damaged or ask for what is not read.</exception>
    internal static VmdkLayout.Header ReadHeader(Blob file)
    {
        byte[] bytes = ReadSectors(file, 0, 1, "header");
        VmdkLayout.Header header = CheckHeader(bytes, "header");
        if (header.Directory != VmdkLayout.DirectoryAtEnd)
            return header;
        // The last three sectors: the footer's marker, the footer, the end of the stream.
        if (file.Length < 4 * VmdkLayout.Sector || file.Length % VmdkLayout.Sector != 0)
            throw Fail($"the file, a stream with its directory at the end, has {file.Length} bytes: it is cut short");
        byte[] end = ReadSectors(file, (file.Length / VmdkLayout.Sector) - 3, 3, "footer");
        (_, uint size, uint type) = VmdkLayout.ReadMarker(end);
        if (size != 0 || type != VmdkLayout.FooterMarker)
            throw Fail($"there is no footer where the stream ends: it is cut short");
        (ulong sectors, size, type) = VmdkLayout.ReadMarker(end.AsSpan(2 * VmdkLayout.Sector));
        if (sectors != 0 || size != 0 || type != VmdkLayout.EndOfStreamMarker)
            throw Fail($"the stream has no end: it is cut short");
        VmdkLayout.Header footer = CheckHeader(end.AsSpan(VmdkLayout.Sector, VmdkLayout.Sector), "footer");
        if (footer.Directory == VmdkLayout.DirectoryAtEnd)
            throw Fail($"the footer does not say where the directory is");
        if (footer with { Directory = header.Directory, RedundantDirectory = header.RedundantDirectory } != header)
            throw Fail($"the footer is not that of the header");
        return footer;
    }

    /// <summary>The content of an extent of one sector or more.</summary>
    /// <exception cref="InvalidImageException">The header or the directory is damaged, or asks for what is not read.</exception>
    internal static VmdkSparseBlob Open(Blob file)
    {
        if (file.Length < VmdkLayout.HeaderBytes || !VmdkLayout.HasMagic(file.Slice(0, 4).ToArray()))
            throw Fail($"an extent does not start as a sparse one does");
        VmdkLayout.Header header = ReadHeader(file);
        long span = (long)(header.Grain * header.EntriesPerTable);
        long tables = (long)((header.Capacity + (ulong)span - 1) / (ulong)span);
        if (tables > MostTables)
            throw Fail($"the disk has {header.Capacity} sectors in {tables} tables; {MostTables} are read");
        bool hasSpare = (header.Flags & VmdkLayout.RedundantTables) != 0 && header.RedundantDirectory != 0;
        uint[] directory;
        try
        {
            directory = ReadDirectory(file, header, header.Directory, tables);
        }
        catch (InvalidImageException) when (hasSpare)
        {
            directory = ReadDirectory(file, header, header.RedundantDirectory, tables);
        }

        return new VmdkSparseBlob(file, header, directory);
    }

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            long grain = offset / _grainBytes;
            int skip = (int)(offset % _grainBytes);
            int count = Math.Min(_grainBytes - skip, destination.Length);
            uint entry = Entry(grain);
            if (entry <= VmdkLayout.ZeroGrain)
                destination[..count].Clear();
            else if (_compressed)
                ReadCompressed(grain, entry, skip, destination[..count]);
            else
                _file.Read(Place(grain, entry, count + skip) + skip, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        long end = offset + length;
        var run = new Run(this, sink, offset);
        while (offset < end)
        {
            long table = offset / _tableSpan;
            if (_directory[table] == 0)
            {
                offset = Math.Min((table + 1) * _tableSpan, end);
                run.Add(Kind.Hole, 0, offset);
                continue;
            }

            uint[] entries = ReadTable(table);
            long stop = Math.Min((table + 1) * _tableSpan, end);
            while (offset < stop)
            {
                long grain = offset / _grainBytes;
                int skip = (int)(offset % _grainBytes);
                int count = (int)Math.Min(_grainBytes - skip, stop - offset);
                uint entry = entries[grain % _entriesPerTable];
                if (entry <= VmdkLayout.ZeroGrain)
                    run.Add(Kind.Hole, 0, offset + count);
                else if (_compressed)
                    run.Add(Kind.Made, 0, offset + count);
                else
                    run.Add(Kind.File, Place(grain, entry, count + skip) + skip, offset + count);
                offset += count;
            }
        }

        run.Flush();
    }

    private static VmdkLayout.Header CheckHeader(ReadOnlySpan<byte> bytes, string what)
    {
        if (!VmdkLayout.HasMagic(bytes))
            throw Fail($"the {what} has another magic number");
        VmdkLayout.Header header = VmdkLayout.ReadHeader(bytes);
        if (header.Version is < 1 or > 3)
            throw Fail($"the {what} has version {header.Version}; 1, 2 and 3 are read");
        if ((header.Flags & VmdkLayout.ValidNewlines) != 0 && !VmdkLayout.HasNewlines(bytes))
            throw Fail($"the {what} has changed ends of lines: the file was transferred as text");
        if (header.Compression > VmdkLayout.Deflate)
            throw Fail($"the {what} has the compression {header.Compression}; 0, none, and 1, deflate, are read");
        if (header.Grain is 0 or > MostGrainSectors || !ulong.IsPow2(header.Grain))
            throw Fail($"the {what} has grains of {header.Grain} sectors; powers of two up to {MostGrainSectors} are read");
        if (header.EntriesPerTable is 0 or > (uint)MostEntriesPerTable)
            throw Fail($"the {what} has {header.EntriesPerTable} entries in a table; up to {MostEntriesPerTable} are read");
        if (header.Capacity > long.MaxValue / VmdkLayout.Sector)
            throw Fail($"the {what} has a disk of {header.Capacity} sectors");
        return header;
    }

    /// <summary>The directory, all of whose tables lie in the file and are its own: no table can stand for two parts of the disk.</summary>
    private static uint[] ReadDirectory(Blob file, in VmdkLayout.Header header, ulong sector, long tables)
    {
        long length = tables * VmdkLayout.TableEntryBytes;
        if (sector == 0 || sector > (ulong)(file.Length / VmdkLayout.Sector) || length > file.Length - ((long)sector * VmdkLayout.Sector))
            throw Fail($"the directory of {tables} tables, at sector {sector}, lies past the end of the file");
        uint[] directory = new uint[tables];
        file.Read((long)sector * VmdkLayout.Sector, MemoryMarshal.AsBytes(directory.AsSpan()));
        long tableBytes = header.EntriesPerTable * VmdkLayout.TableEntryBytes;
        long used = 0;
        for (int i = 0; i < directory.Length; i++)
        {
            uint entry = directory[i] = ToHost(directory[i]);
            if (entry == 0)
                continue;
            used++;
            if (tableBytes > file.Length - ((long)entry * VmdkLayout.Sector))
                throw Fail($"the table {i}, at sector {entry}, lies past the end of the file");
        }

        if (used > file.Length / tableBytes)
            throw Fail($"the directory has {used} tables, more than fit in the file");
        return directory;
    }

    private static uint ToHost(uint value) => BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);

    private static byte[] ReadSectors(Blob file, long sector, int count, string what)
    {
        if ((sector + count) * VmdkLayout.Sector > file.Length)
            throw Fail($"the file ends within the {what}");
        return file.Slice(sector * VmdkLayout.Sector, (long)count * VmdkLayout.Sector).ToArray();
    }

    private static InvalidImageException Fail(FormattableString message) => new(Format, FormattableString.Invariant(message));

    private uint Entry(long grain)
    {
        long table = grain / _entriesPerTable;
        return _directory[table] == 0 ? 0 : ReadTable(table)[grain % _entriesPerTable];
    }

    private uint[] ReadTable(long index)
    {
        ref Table? kept = ref _tables[index % KeptTables];
        Table? table = Volatile.Read(ref kept);
        if (table is null || table.Index != index)
        {
            uint[] entries = new uint[_entriesPerTable];
            _file.Read((long)_directory[index] * VmdkLayout.Sector, MemoryMarshal.AsBytes(entries.AsSpan()));
            if (!BitConverter.IsLittleEndian)
                BinaryPrimitives.ReverseEndianness(entries, entries);
            table = new Table(index, entries);
            Volatile.Write(ref kept, table);
        }

        return table.Entries;
    }

    /// <summary>Where a plain grain is, of which so many bytes must be there.</summary>
    private long Place(long grain, uint sector, int needed)
    {
        long place = (long)sector * VmdkLayout.Sector;
        return needed <= _file.Length - place
            ? place
            : throw Fail($"the grain {grain}, at sector {sector}, reaches past the end of the file");
    }

    private void ReadCompressed(long grain, uint sector, int skip, Span<byte> destination)
    {
        if (destination.Length == _grainBytes)
        {
            Decompress(grain, sector, destination);
            return;
        }

        ref Grain? kept = ref _grains[grain % KeptGrains];
        Grain? last = Volatile.Read(ref kept);
        if (last is null || last.Index != grain)
        {
            byte[] bytes = new byte[_grainBytes];
            Decompress(grain, sector, bytes);
            last = new Grain(grain, bytes);
            Volatile.Write(ref kept, last);
        }

        last.Bytes.AsSpan(skip, destination.Length).CopyTo(destination);
    }

    private void Decompress(long grain, uint sector, Span<byte> destination)
    {
        long place = (long)sector * VmdkLayout.Sector;
        long rest = _file.Length - place;
        // Deflate may store; what is longer than that is no grain.
        int most = _grainBytes + (_grainBytes / 8) + VmdkLayout.Sector;
        int size = (int)Math.Clamp(rest, 0, most);
        if (_marked)
        {
            Span<byte> marker = stackalloc byte[VmdkLayout.GrainMarkerBytes];
            if (rest < marker.Length)
                throw Fail($"the grain {grain}, at sector {sector}, lies past the end of the file");
            _file.Read(place, marker);
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(marker);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(marker[8..]);
            if (start != (ulong)(grain * (_grainBytes / VmdkLayout.Sector)))
                throw Fail($"the grain {grain}, at sector {sector}, says that it is that of the disk's sector {start}");
            if (length == 0 || length > most || length > rest - marker.Length)
                throw Fail($"the grain {grain}, at sector {sector}, has {length} bytes");
            place += marker.Length;
            size = (int)length;
        }

        byte[] input = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            _file.Read(place, input.AsSpan(0, size));
            int written = VmdkGrain.Decompress(input.AsSpan(0, size), destination);
            // Some writers cut the last grain where the disk ends.
            int needed = (int)Math.Min(_grainBytes, Length - (grain * _grainBytes));
            if (written < needed)
                throw Fail($"the grain {grain}, at sector {sector}, is damaged");
            destination[written..].Clear();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(input);
        }
    }

    private sealed record Table(long Index, uint[] Entries);

    private sealed record Grain(long Index, byte[] Bytes);

    private enum Kind
    {
        None,
        Hole,
        Made,
        File,
    }

    /// <summary>Joins neighbours of one kind before they are handed on.</summary>
    private struct Run(VmdkSparseBlob blob, IBlobSink sink, long start)
    {
        private Kind _kind;
        private long _place;
        private long _start = start;
        private long _end = start;

        internal void Add(Kind kind, long place, long end)
        {
            if (kind != _kind || (kind == Kind.File && place != _place + (_end - _start)))
            {
                Flush();
                _kind = kind;
                _place = place;
                _start = _end;
            }

            _end = end;
        }

        internal readonly void Flush()
        {
            long length = _end - _start;
            if (length == 0)
                return;
            if (_kind == Kind.Hole)
                sink.Hole(length);
            else if (_kind == Kind.Made)
                sink.Generated(blob, _start, length);
            else
                blob._file.Emit(_place, length, sink);
        }
    }
}
