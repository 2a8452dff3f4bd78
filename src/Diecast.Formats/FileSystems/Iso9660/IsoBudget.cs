using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Reads directories, of which an image can claim more than it has bytes by naming the same ones again and again.</summary>
internal sealed class IsoBudget(Blob image)
{
    private const long Beside = 1 << 20;

    private long _left = (2 * image.Length) + Beside;

    /// <exception cref="InvalidImageException">The range is not in the image, or too much has been read by now.</exception>
    internal byte[] Read(long offset, long length)
    {
        if (offset < 0 || length < 0 || offset > image.Length - length || length > Array.MaxLength)
            throw IsoFaults.Invalid($"{length} bytes at {offset} of an image of {image.Length}");
        _left -= length;
        if (_left < 0)
            throw IsoFaults.Invalid($"its directories claim more than its {image.Length} bytes");
        byte[] bytes = new byte[length];
        image.Read(offset, bytes);
        return bytes;
    }
}
