using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The virtual disk of a VHDX.</summary>
/// <param name="file">The file, its log replayed.</param>
/// <param name="table">The block table, known to be long enough.</param>
/// <param name="info">Sizes.</param>
internal sealed class VhdxDisk(Blob file, TablePages table, VhdxInfo info) : MappedDisk(file, info.VirtualSize)
{
    private readonly long _ratio = VhdxLayout.ChunkRatio(info.BlockSize, info.LogicalSectorSize);
    private readonly long _blockSize = info.BlockSize;

    /// <inheritdoc/>
    protected override Extent Find(long offset)
    {
        long block = offset / _blockSize;
        long inside = offset % _blockSize;
        long length = Math.Min(_blockSize - inside, Length - offset);
        ulong entry = table.UInt64LittleEndian(block + (block / _ratio));
        switch (VhdxLayout.State(entry))
        {
            // What is undefined or unmapped may read as anything; zeros are the same every time.
            case VhdxLayout.BlockState.NotPresent:
            case VhdxLayout.BlockState.Undefined:
            case VhdxLayout.BlockState.Zero:
            case VhdxLayout.BlockState.Unmapped:
                return Extent.Hole(length);
            case VhdxLayout.BlockState.FullyPresent:
                ulong place = VhdxLayout.Offset(entry);
                if (place < VhdxLayout.RegionUnit || place > (ulong)File.Length || (long)place > File.Length - (inside + length))
                    throw VhdxImage.Invalid($"block {block} lies at {place}, in the headers or past the file's end {File.Length}");
                return new Extent((long)place + inside, length);
            case VhdxLayout.BlockState.PartiallyPresent:
                throw VhdxImage.Invalid($"block {block} is partly in a parent, which a disk without one cannot have");
            default:
                throw VhdxImage.Invalid($"block {block} has the state {entry & 7}, which is none");
        }
    }
}
