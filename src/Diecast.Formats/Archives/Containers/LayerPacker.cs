using System.Buffers.Binary;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Checksums;
using Diecast.Formats.Compression;
using Diecast.Formats.FileSystems;

namespace Diecast.Formats.Archives;

/// <summary>
/// Compresses a layer to a spool on all cores, in one pass that also takes the digests of what goes in and of what comes out.
/// Blocks are of constant size, so that the bytes do not depend on the number of workers.
/// </summary>
internal sealed class LayerPacker : IBlobSink, IBlockConsumer, IDisposable
{
    private const int GzipBlock = 1 << 20;
    private const int ZstdBlock = 4 << 20;

    private readonly ContentSpool _spool;
    private readonly ParallelBlocks _blocks;
    private readonly HostDirectoryCursor _cursor = new();
    private readonly IncrementalHash _content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IncrementalHash _stored = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly IProgress<long>? _progress;
    private readonly long _before;
    private readonly int _blockSize;
    private readonly bool _isGzip;
    private readonly long _start;
    private int _filled;
    private uint _checksum;
    private long _length;

    private LayerPacker(ContentSpool spool, BlockCodec codec, bool isGzip, PackOptions run, long before)
    {
        _spool = spool;
        _isGzip = isGzip;
        _blockSize = isGzip ? GzipBlock : ZstdBlock;
        _progress = run.Progress;
        _before = before;
        _start = spool.Length;
        _blocks = new ParallelBlocks(codec, _blockSize, null, this, run.Workers, run.Cancellation);
    }

    /// <summary>The codec of a compression; null for none.</summary>
    /// <exception cref="UnrepresentableException">Layers are not compressed so, or not so hard.</exception>
    /// <exception cref="MissingLibraryException">The library is not installed.</exception>
    internal static BlockCodec? Codec(ContainerPackOptions options)
    {
        (int least, int most, int level) = options.Compression switch
        {
            CompressionFormat.None => (0, 0, options.Level ?? 0),
            CompressionFormat.Gzip => (1, 12, options.Level ?? 6),
            CompressionFormat.Zstd => (1, 19, options.Level ?? 3),
            _ => throw new UnrepresentableException(PackedContainer.Format, null, $"layers are compressed by gzip, by Zstandard or not at all, never by {options.Compression}"),
        };
        if (level < least || level > most)
            throw new UnrepresentableException(PackedContainer.Format, null, FormattableString.Invariant($"a level of {level}; it must be from {least} to {most}"));
        return options.Compression switch
        {
            CompressionFormat.None => null,
            CompressionFormat.Gzip => GzipSections.Codec(level),
            _ => BlockCodecs.Zstd(level),
        };
    }

    /// <summary>Packs a layer.</summary>
    /// <param name="archive">The layer's tar archive.</param>
    /// <param name="createdBy">How it was made.</param>
    /// <param name="codec">The codec, or null to store it as it is, which copies nothing.</param>
    /// <param name="isGzip">Whether the codec makes sections of a gzip member.</param>
    /// <param name="spool">Where it goes.</param>
    /// <param name="run">Workers, progress and cancellation.</param>
    /// <param name="before">Bytes that were read for other layers, for the progress.</param>
    internal static PackedLayer Pack(
        Blob archive, string createdBy, BlockCodec? codec, bool isGzip, ContentSpool spool, PackOptions run, long before)
    {
        if (codec is null)
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            BlobWriter.Digest(archive, hash, run.Cancellation);
            run.Progress?.Report(before + archive.Length);
            string digest = Name(hash);
            return new PackedLayer(digest, digest, CompressionFormat.None, archive.Length, createdBy) { Content = archive };
        }

        using var packer = new LayerPacker(spool, codec, isGzip, run, before);
        return packer.Run(archive, createdBy);
    }

    public void Block(FinishedBlock block)
    {
        _content.AppendData(block.Input);
        ReadOnlySpan<byte> output = block.Output;
        if (_isGzip)
        {
            _checksum = Crc32.Combine(_checksum, BinaryPrimitives.ReadUInt32LittleEndian(output[^GzipSections.ChecksumBytes..]), block.Input.Length);
            output = output[..^GzipSections.ChecksumBytes];
        }

        Store(output);
        _length += block.Input.Length;
        _progress?.Report(_before + _length);
    }

    public void Holes(long first, long count)
    {
    }

    public void Hole(long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            _blocks.Fill().Slice(_filled, count).Clear();
            Filled(count);
            length -= count;
        }
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int count = Math.Min(bytes.Length, _blockSize - _filled);
            bytes[..count].CopyTo(_blocks.Fill()[_filled..]);
            Filled(count);
            bytes = bytes[count..];
        }
    }

    public void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        while (length > 0)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            file.ReadExactly(lease.Descriptor, offset, _blocks.Fill().Slice(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    public void Generated(Blob blob, long offset, long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, _blockSize - _filled);
            blob.Read(offset, _blocks.Fill().Slice(_filled, count));
            Filled(count);
            offset += count;
            length -= count;
        }
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _cursor.Dispose();
        _content.Dispose();
        _stored.Dispose();
    }

    private PackedLayer Run(Blob archive, string createdBy)
    {
        if (_isGzip)
            Store(GzipSections.Header);
        archive.Emit(this);
        if (_filled > 0)
            _blocks.Submit(_filled, BlockHandling.Compress);
        _blocks.Complete();
        if (_isGzip)
        {
            Store(DeflateSections.End);
            Span<byte> trailer = stackalloc byte[2 * sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, _checksum);
            // The length is told modulo 2^32 (RFC 1952, 2.3.1).
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[sizeof(uint)..], unchecked((uint)_length));
            Store(trailer);
        }

        _spool.Flush();
        CompressionFormat compression = _isGzip ? CompressionFormat.Gzip : CompressionFormat.Zstd;
        return new PackedLayer(Name(_stored), Name(_content), compression, _length, createdBy)
        {
            Content = Blob.FromFile(_spool.File, _start, _spool.Length - _start),
        };
    }

    private void Filled(int count)
    {
        _filled += count;
        if (_filled < _blockSize)
            return;
        _blocks.Submit(_blockSize, BlockHandling.Compress);
        _filled = 0;
    }

    private void Store(ReadOnlySpan<byte> bytes)
    {
        _stored.AppendData(bytes);
        _spool.Append(bytes);
    }

    private static string Name(IncrementalHash hash) => ContainerLayout.DigestPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
}
