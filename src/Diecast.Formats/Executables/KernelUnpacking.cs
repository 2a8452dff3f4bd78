using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Executables;

/// <summary>Kernels that some architectures' packages compress as a whole, which firmware does not start.</summary>
internal static class KernelUnpacking
{
    private const int MagicLength = 6;
    private const int ChunkLength = 1 << 20;

    /// <summary>Kernels are tens of megabytes; what unpacks to more is none.</summary>
    private const int MaximumLength = 1 << 29;

    /// <summary>The kernel itself; what is compressed is unpacked into memory.</summary>
    internal static Blob Open(Blob kernel)
    {
        if (PeFile.IsPe(kernel) || Decompression.Detect(kernel.Slice(0, Math.Min(kernel.Length, MagicLength)).ToArray()) == CompressionFormat.None)
            return kernel;
        using Stream stream = Decompression.Open(kernel.OpenRead());
        var builder = new BlobBuilder();
        while (builder.End <= MaximumLength)
        {
            byte[] chunk = new byte[ChunkLength];
            int count = stream.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false);
            builder.Append(Blob.FromMemory(chunk.AsMemory(0, count)));
            if (count < chunk.Length)
                return builder.ToBlob();
        }

        throw new InvalidImageException("kernel", "it unpacks to more than 512 MiB");
    }
}
