using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// A table of numbers in a file, read as it is asked for. At most four megabytes of it are kept, however long it is.
/// </summary>
internal sealed class TablePages
{
    private const int PageBytes = 64 * 1024;
    private const int Pages = 64;
    private readonly PageCache _pages;

    /// <summary>A table that is known to lie inside the file.</summary>
    internal TablePages(Blob file, long offset, long length) =>
        _pages = new PageCache(Pages, page =>
        {
            byte[] bytes = new byte[Math.Min(PageBytes, length - (page * PageBytes))];
            file.Read(offset + (page * PageBytes), bytes);
            return bytes;
        });

    internal uint UInt32LittleEndian(long entry) => BinaryPrimitives.ReadUInt32LittleEndian(At(entry * sizeof(uint)));

    internal uint UInt32BigEndian(long entry) => BinaryPrimitives.ReadUInt32BigEndian(At(entry * sizeof(uint)));

    internal ulong UInt64LittleEndian(long entry) => BinaryPrimitives.ReadUInt64LittleEndian(At(entry * sizeof(ulong)));

    private ReadOnlySpan<byte> At(long position) => _pages.Get(position / PageBytes)[(int)(position % PageBytes)..];
}
