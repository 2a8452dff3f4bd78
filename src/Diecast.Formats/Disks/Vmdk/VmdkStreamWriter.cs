using System.Buffers.Binary;
using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Disks;

/// <summary>
/// A streamOptimized image: header and descriptor, compressed grains in the order of the disk, after the grains of each 32 MiB
/// their table, then the directory, the footer and the end, each behind a marker. Nothing is gone back to.
/// </summary>
/// <remarks>
/// The specification's order; qemu-img's images have their directory in front and no footer, which VMware's importers refuse.
/// </remarks>
internal sealed class VmdkStreamWriter : BlockDiskWriter
{
    private const long LargestSector = uint.MaxValue;
    private static readonly byte[] Padding = new byte[VmdkLayout.Sector];

    private readonly DiskOutput _output;
    private readonly long _diskLength;
    private readonly VmdkLayout.Header _header;
    private readonly uint[] _directory;
    private readonly byte[] _table = new byte[VmdkLayout.TableBytes];
    private readonly byte[] _marker = new byte[VmdkLayout.Sector];
    private readonly IDisposable? _owned;
    private long _tableIndex = -1;
    private long _sector;

    /// <summary>Writes the header.</summary>
    /// <param name="diskLength">Bytes of the disk to come.</param>
    /// <param name="output">Where the image goes.</param>
    /// <param name="options">What the descriptor says.</param>
    /// <param name="writeOptions">Workers and cancellation.</param>
    /// <param name="owned">Disposed with the writer, or null.</param>
    internal VmdkStreamWriter(
        long diskLength, DiskOutput output, VmdkOptions options, DiskWriteOptions? writeOptions, IDisposable? owned = null)
        : base(BlockCodecs.Zlib(CheckLevel(options)), VmdkLayout.GrainBytes, null, BlockTail.Zeros, writeOptions)
    {
        _output = output;
        _diskLength = diskLength;
        _owned = owned;
        long sectors = Units.Divide(diskLength, VmdkLayout.Sector);
        _directory = new uint[Units.Divide(diskLength, VmdkLayout.TableSpan)];
        _header = new VmdkLayout.Header(
            3,
            VmdkLayout.ValidNewlines | VmdkLayout.CompressedGrains | VmdkLayout.Markers,
            (ulong)sectors,
            VmdkLayout.GrainSectors,
            VmdkLayout.DescriptorSector,
            VmdkLayout.DescriptorSectors,
            VmdkLayout.EntriesPerTable,
            0,
            VmdkLayout.DirectoryAtEnd,
            VmdkLayout.GrainSectors,
            VmdkLayout.Deflate);
        byte[] start = new byte[VmdkLayout.GrainBytes];
        VmdkLayout.Write(_header).CopyTo(start, 0);
        VmdkDescriptor.Write(
            "streamOptimized", string.Create(CultureInfo.InvariantCulture, $"RW {sectors} SPARSE \"{options.Name}.vmdk\""), diskLength, options)
            .CopyTo(start, VmdkLayout.DescriptorSector * VmdkLayout.Sector);
        Put(start);
    }

    public override void Block(FinishedBlock block)
    {
        if (block.IsZero)
            return;
        TurnTo(block.Number);
        int index = (int)(block.Number % VmdkLayout.EntriesPerTable);
        if (_sector > LargestSector)
            throw VmdkDescriptor.Refuse($"the image passes 2 TiB; its tables hold sector numbers of 32 bits");
        BinaryPrimitives.WriteUInt32LittleEndian(_table.AsSpan(index * VmdkLayout.TableEntryBytes), (uint)_sector);
        Span<byte> marker = _marker.AsSpan(0, VmdkLayout.GrainMarkerBytes);
        VmdkLayout.WriteGrainMarker(marker, (ulong)(block.Number * VmdkLayout.GrainSectors), (uint)block.Output.Length);
        _output.Bytes(marker);
        _output.Bytes(block.Output);
        int length = marker.Length + block.Output.Length;
        int sectors = (int)Units.Divide(length, VmdkLayout.Sector);
        _output.Bytes(Padding.AsSpan(0, (sectors * VmdkLayout.Sector) - length));
        _sector += sectors;
    }

    /// <summary>What is hole has no grains.</summary>
    public override void Holes(long first, long count)
    {
    }

    protected override void Finish()
    {
        if (DiskPosition != _diskLength)
            throw new InvalidOperationException($"a disk of {_diskLength} bytes came with {DiskPosition}");
        FlushTable();
        byte[] directory = new byte[Units.Divide(_directory.Length * (long)VmdkLayout.TableEntryBytes, VmdkLayout.Sector) * VmdkLayout.Sector];
        for (int i = 0; i < _directory.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(directory.AsSpan(i * VmdkLayout.TableEntryBytes), _directory[i]);
        Mark(directory.Length / VmdkLayout.Sector, VmdkLayout.DirectoryMarker);
        long place = _sector;
        Put(directory);
        Mark(1, VmdkLayout.FooterMarker);
        Put(VmdkLayout.Write(_header with { Directory = (ulong)place }));
        Mark(0, VmdkLayout.EndOfStreamMarker);
        _output.Complete();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _owned?.Dispose();
    }

    private static int CheckLevel(VmdkOptions options)
    {
        VmdkDescriptor.Check(options);
        return options.Level;
    }

    /// <summary>Tables are written as soon as all that is in them is.</summary>
    private void TurnTo(long grain)
    {
        long table = grain / VmdkLayout.EntriesPerTable;
        if (table == _tableIndex)
            return;
        FlushTable();
        _tableIndex = table;
    }

    private void FlushTable()
    {
        if (_tableIndex < 0)
            return;
        Mark(VmdkLayout.TableBytes / VmdkLayout.Sector, VmdkLayout.TableMarker);
        if (_sector > LargestSector)
            throw VmdkDescriptor.Refuse($"the image passes 2 TiB; its tables hold sector numbers of 32 bits");
        _directory[_tableIndex] = (uint)_sector;
        Put(_table);
        _table.AsSpan().Clear();
        _tableIndex = -1;
    }

    private void Mark(long sectors, uint type)
    {
        VmdkLayout.WriteMarker(_marker, (ulong)sectors, type);
        Put(_marker);
    }

    private void Put(ReadOnlySpan<byte> sectors)
    {
        _output.Bytes(sectors);
        _sector += sectors.Length / VmdkLayout.Sector;
    }
}
