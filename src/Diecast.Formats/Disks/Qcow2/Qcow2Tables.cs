using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// The tables of an image, read in pages when they are asked for. Pages are kept, 1 MiB of them at most, and replace
/// each other without a lock: a page is never changed, so that a race costs a second reading and nothing else.
/// </summary>
internal sealed class Qcow2Tables(Blob file)
{
    private const int PageBytes = 16 * 1024;
    private const int Pages = 64;

    private readonly Page?[] _pages = new Page?[Pages];

    /// <summary>The number at an offset that is a multiple of 8 and has all 8 bytes within the file.</summary>
    internal ulong this[long offset]
    {
        get
        {
            long number = offset / PageBytes;
            ref Page? slot = ref _pages[(int)(number % Pages)];
            Page? page = Volatile.Read(ref slot);
            if (page is null || page.Number != number)
            {
                long start = number * PageBytes;
                page = new Page(number, file.Slice(start, Math.Min(PageBytes, file.Length - start)).ToArray());
                Volatile.Write(ref slot, page);
            }

            return BinaryPrimitives.ReadUInt64BigEndian(page.Bytes.AsSpan((int)(offset % PageBytes)));
        }
    }

    private sealed record Page(long Number, byte[] Bytes);
}
