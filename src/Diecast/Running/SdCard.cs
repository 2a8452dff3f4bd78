using System.Numerics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;

namespace Diecast.Running;

/// <summary>
/// A card for a board's slot. QEMU takes only those whose size is a power of two, so that any other image is copied to one,
/// sparse and gone with the machine.
/// </summary>
internal sealed class SdCard : IDisposable
{
    private readonly string? _copy;

    internal SdCard(string imagePath, GuestWrites writes, CancellationToken cancellation)
    {
        using var image = ImageFile.Open(imagePath, null, cancellation);
        long length = (long)BitOperations.RoundUpToPowerOf2((ulong)image.Disk.Length);
        Path = imagePath;
        if (length == image.Disk.Length)
            return;
        if (writes == GuestWrites.Keep)
        {
            throw new BuildException(
                $"{imagePath} has {image.Disk.Length} bytes, and an SD card that is to be changed has a power of two",
                $"build it with image.size: {new ByteSize(length)}, or leave --keep out");
        }

        Path = _copy = System.IO.Path.GetTempFileName();
        try
        {
            using FileStream file = new(_copy, FileMode.Create, FileAccess.Write, FileShare.None, 0);
            BlobWriter.Write(Blob.Concat(image.Disk, Blob.Zeros(length - image.Disk.Length)), file.SafeFileHandle, _copy, null, cancellation);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The card's file: the image itself, or its copy.</summary>
    internal string Path { get; }

    public void Dispose()
    {
        if (_copy is not null)
            File.Delete(_copy);
    }
}
