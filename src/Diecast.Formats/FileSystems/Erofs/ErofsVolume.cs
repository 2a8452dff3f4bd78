using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The bytes of an image, read through a few pages that are kept. Nothing that they say is trusted.</summary>
/// <remarks>Safe for several threads.</remarks>
internal sealed class ErofsVolume(Blob image, ErofsSuperblock superblock)
{
    private const int PageSize = 16 * 1024;
    private const int Pages = 64;

    /// <summary>
    /// How often a byte may be met, on average, as part of a directory or of attributes. Those of different inodes cannot
    /// lie on one another then to become many times the image; compressed ones can be larger than it.
    /// </summary>
    private const long Sharing = 8;
    private const long LeastBudget = 16 << 20;

    private readonly Lock _lock = new();
    private long _budget = Math.Max(LeastBudget, image.Length > long.MaxValue / Sharing ? long.MaxValue : image.Length * Sharing);
    private readonly (long Number, byte[]? Bytes)[] _pages = new (long, byte[]?)[Pages];

    internal Blob Image => image;

    internal ErofsSuperblock Superblock => superblock;

    internal int BlockBits => superblock.BlockBits;

    internal int BlockSize => superblock.BlockSize;

    internal ErofsDecoder Decoder { get; } = new(image) { HasPadding = superblock.Features.Has(ErofsFormat.IncompatZeroPadding) };

    /// <summary>Reads metadata.</summary>
    /// <param name="offset">From the image's start.</param>
    /// <param name="destination">What to fill.</param>
    /// <param name="what">What is read, for the message.</param>
    internal void Read(long offset, Span<byte> destination, string what)
    {
        if (offset < 0 || offset > image.Length - destination.Length)
            throw ErofsFormat.Invalid($"{what} would be at byte {offset}, and the image ends at {image.Length}");
        while (destination.Length > 0)
        {
            (long number, long skip) = Math.DivRem(offset, PageSize);
            ReadOnlySpan<byte> page = Page(number).AsSpan((int)skip);
            int count = Math.Min(page.Length, destination.Length);
            page[..count].CopyTo(destination);
            destination = destination[count..];
            offset += count;
        }
    }

    /// <summary>Counts bytes of directories and attributes.</summary>
    internal void Charge(long bytes, ulong nid)
    {
        if (Interlocked.Add(ref _budget, -bytes) < 0)
            throw ErofsFormat.Invalid($"inode {nid}: with it, directories and attributes together have more than {Sharing} times the bytes that there are");
    }

    /// <summary>A part of the image as a blob.</summary>
    internal Blob Slice(long offset, long length, string what) => offset >= 0 && length >= 0 && offset <= image.Length - length
        ? image.Slice(offset, length)
        : throw ErofsFormat.Invalid($"{what} would be {length} bytes at byte {offset}, and the image ends at {image.Length}");

    private byte[] Page(long number)
    {
        lock (_lock)
        {
            ref (long Number, byte[]? Bytes) slot = ref _pages[number % Pages];
            if (slot.Bytes is null || slot.Number != number)
            {
                byte[] bytes = new byte[Math.Min(PageSize, image.Length - (number * PageSize))];
                image.Read(number * PageSize, bytes);
                slot = (number, bytes);
            }

            return slot.Bytes;
        }
    }
}
