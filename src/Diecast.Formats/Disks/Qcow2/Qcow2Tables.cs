using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The tables of an image, which lie anywhere in it, read in pages of which 1 MiB is kept.</summary>
internal sealed class Qcow2Tables(Blob file)
{
    private const int PageBytes = 16 * 1024;
    private const int Pages = 64;

    private readonly PageCache _pages = new(Pages, number =>
        file.Slice(number * PageBytes, Math.Min(PageBytes, file.Length - (number * PageBytes))).ToArray());

    /// <summary>The number at an offset that is a multiple of 8 and has all 8 bytes within the file.</summary>
    internal ulong this[long offset] =>
        BinaryPrimitives.ReadUInt64BigEndian(_pages.Get(offset / PageBytes)[(int)(offset % PageBytes)..]);
}
