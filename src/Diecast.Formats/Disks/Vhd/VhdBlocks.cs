using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// Blocks of a disk as they lie one after the other in a dynamic VHD: a bitmap, the block, and room up to where the next
/// bitmap makes the next block begin on 4 KiB.
/// </summary>
/// <param name="disk">The blocks; the last may be short.</param>
/// <param name="count">How many they are.</param>
/// <param name="blockSize">Bytes of each.</param>
internal sealed class VhdBlocks(Blob disk, long count, int blockSize) : Blob(count * Stride(blockSize))
{
    private const int Alignment = 4096;
    private readonly int _bitmap = VhdLayout.BitmapBytes(blockSize);

    /// <inheritdoc/>
    public override bool MayHaveHoles => true;

    /// <summary>From a bitmap to the next.</summary>
    internal static long Stride(int blockSize) => blockSize + Units.RoundUp(VhdLayout.BitmapBytes(blockSize), Alignment);

    /// <summary>The first place at or after an offset for a bitmap whose block then begins on 4 KiB.</summary>
    internal static long First(long offset, int blockSize)
    {
        int bitmap = VhdLayout.BitmapBytes(blockSize);
        return Units.RoundUp(offset + bitmap, Alignment) - bitmap;
    }

    /// <inheritdoc/>
    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            (Part part, long from, long length) = At(offset);
            int now = (int)Math.Min(length, destination.Length);
            switch (part)
            {
                case Part.Bitmap:
                    destination[..now].Fill(0xFF);
                    break;
                case Part.Block:
                    disk.Read(from, destination[..now]);
                    break;
                default:
                    destination[..now].Clear();
                    break;
            }

            destination = destination[now..];
            offset += now;
        }
    }

    /// <inheritdoc/>
    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        Span<byte> bits = stackalloc byte[VhdLayout.SectorSize];
        bits.Fill(0xFF);
        long end = offset + length;
        while (offset < end)
        {
            (Part part, long from, long available) = At(offset);
            long now = Math.Min(available, end - offset);
            switch (part)
            {
                case Part.Bitmap:
                    now = Math.Min(now, bits.Length);
                    sink.Bytes(bits[..(int)now]);
                    break;
                case Part.Block:
                    disk.Emit(from, now, sink);
                    break;
                default:
                    sink.Hole(now);
                    break;
            }

            offset += now;
        }
    }

    private (Part Part, long From, long Length) At(long offset)
    {
        long stride = Stride(blockSize);
        long block = offset / stride;
        long inside = offset % stride;
        if (inside < _bitmap)
            return (Part.Bitmap, 0, _bitmap - inside);
        long from = (block * blockSize) + (inside - _bitmap);
        long left = Math.Min(_bitmap + blockSize - inside, disk.Length - from);
        return inside < _bitmap + blockSize && left > 0 ? (Part.Block, from, left) : (Part.Gap, 0, stride - inside);
    }

    private enum Part
    {
        Bitmap,
        Block,
        Gap,
    }
}
