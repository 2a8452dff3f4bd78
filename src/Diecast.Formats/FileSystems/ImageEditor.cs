using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.FileSystems;

/// <summary>A file system in a file of the host that is changed in place.</summary>
/// <param name="file">The file, open for reading and writing.</param>
internal sealed class ImageEditor(SafeFileHandle file)
{
    /// <summary>Bytes of the file.</summary>
    internal long Length { get; } = RandomAccess.GetLength(file);

    /// <exception cref="InvalidImageException">There are not as many bytes there.</exception>
    internal byte[] Read(long offset, int count)
    {
        byte[] bytes = new byte[count];
        if (offset < 0 || offset > Length - count)
            throw new InvalidImageException("image", $"{count} bytes at {offset} are not inside the image's {Length}");
        int done = 0;
        while (done < count)
        {
            int read = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            if (read == 0)
                throw new InvalidImageException("image", $"the image ends at {offset + done}");
            done += read;
        }

        return bytes;
    }

    internal void Write(long offset, ReadOnlySpan<byte> bytes) => RandomAccess.Write(file, bytes, offset);
}
