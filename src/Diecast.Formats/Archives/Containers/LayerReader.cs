using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>Reads a layer, holds its digests against its bytes, and puts it over a tree.</summary>
internal static class LayerReader
{
    internal static void Apply(PackedLayer layer, FileTree tree, ContentSpool spool, CancellationToken cancellation)
    {
        var builder = new LayerTreeBuilder(tree);
        try
        {
            if (layer.Compression == CompressionFormat.None)
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                BlobWriter.Digest(layer.Content, hash, cancellation);
                Check(layer, layer.DiffId, hash, "uncompressed bytes");
                new TarParser(new BlobTarSource(layer.Content), cancellation, builder).Run();
                return;
            }

            using var stored = new HashingStream(layer.Content.OpenRead());
            using var content = new HashingStream(Decompression.Open(stored));
            new TarParser(new StreamTarSource(content, spool, copy: false, cancellation), cancellation, builder).Run();
            content.Drain();
            stored.Drain();
            Check(layer, layer.DiffId, content.Hash, "uncompressed bytes");
            Check(layer, layer.Digest, stored.Hash, "bytes");
        }
        catch (InvalidImageException exception) when (exception.Format != PackedContainer.Format)
        {
            throw new InvalidImageException(PackedContainer.Format, $"layer {layer.Digest}: {exception.Message}", exception);
        }
    }

    private static void Check(PackedLayer layer, string digest, IncrementalHash hash, string what)
    {
        string found = ContainerLayout.DigestPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
        if (found != digest)
            throw new InvalidImageException(PackedContainer.Format, $"layer {layer.Digest}: the {what} have the digest {found}, not {digest}");
    }

    /// <summary>Passes bytes on and hashes them.</summary>
    private sealed class HashingStream(Stream source) : ForwardStream
    {
        internal IncrementalHash Hash { get; } = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public override int Read(Span<byte> buffer)
        {
            int count = source.Read(buffer);
            Hash.AppendData(buffer[..count]);
            return count;
        }

        /// <summary>Reads what a reader has left.</summary>
        internal void Drain()
        {
            byte[] buffer = new byte[64 * 1024];
            while (Read(buffer) > 0)
            {
            }
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                Hash.Dispose();
                source.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
