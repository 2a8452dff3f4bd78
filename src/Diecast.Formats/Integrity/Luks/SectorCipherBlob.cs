using System.Buffers;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;

namespace Diecast.Formats.Integrity;

/// <summary>A blob in or out of AES-XTS, made on demand at any offset. What is a hole in the source is none here.</summary>
/// <param name="source">The other side: whole sectors.</param>
/// <param name="cipher">The direction and the key.</param>
/// <param name="sectorSize">Bytes of a sector.</param>
/// <param name="first">The first sector's number, in units of 512 bytes.</param>
internal sealed class SectorCipherBlob(Blob source, AesXts cipher, int sectorSize, ulong first) : Blob(source.Length)
{
    protected override void ReadCore(long offset, Span<byte> destination)
    {
        int skip = (int)(offset % sectorSize);
        if (skip > 0 || destination.Length < sectorSize)
        {
            int count = Math.Min(sectorSize - skip, destination.Length);
            ReadPart(offset - skip, skip, destination[..count]);
            destination = destination[count..];
            offset += count;
        }

        int whole = destination.Length / sectorSize * sectorSize;
        if (whole > 0)
        {
            ReadSectors(offset, destination[..whole]);
            destination = destination[whole..];
            offset += whole;
        }

        if (destination.Length > 0)
            ReadPart(offset, 0, destination);
    }

    private void ReadSectors(long offset, Span<byte> sectors)
    {
        source.Read(offset, sectors);
        cipher.Transform(sectors, sectorSize, unchecked(first + ((ulong)offset / Luks2Layout.SectorSize)));
    }

    private void ReadPart(long offset, int skip, Span<byte> destination)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(sectorSize);
        Span<byte> sector = buffer.AsSpan(0, sectorSize);
        ReadSectors(offset, sector);
        sector.Slice(skip, destination.Length).CopyTo(destination);
        ArrayPool<byte>.Shared.Return(buffer);
    }
}
