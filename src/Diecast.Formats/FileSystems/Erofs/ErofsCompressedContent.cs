using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The content of a compressed file, decompressed as it is read.</summary>
internal sealed class ErofsCompressedContent : Blob
{
    private readonly ErofsVolume _volume;
    private readonly ErofsReader? _fragments;
    private readonly ulong _nid;
    private readonly Lock _lock = new();
    private ErofsNodeHeader? _header;
    private ErofsFileMap? _map;
    private ErofsExtent _last;

    /// <param name="volume">The image.</param>
    /// <param name="header">The file's inode.</param>
    /// <param name="fragments">Has the packed inode; null for that inode itself.</param>
    internal ErofsCompressedContent(ErofsVolume volume, in ErofsNodeHeader header, ErofsReader? fragments)
        : base(header.FileSize)
    {
        _volume = volume;
        _nid = header.Nid;
        _header = header;
        _fragments = fragments;
    }

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            ErofsExtent extent = Find(offset);
            int count = (int)Math.Min(extent.End - offset, destination.Length);
            ReadExtent(extent, offset - extent.Logical, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    private ErofsExtent Find(long offset)
    {
        lock (_lock)
        {
            if (offset >= _last.Logical && offset < _last.End)
                return _last;
            if (_map is null)
            {
                _map = ErofsFileMap.Open(_volume, _header!.Value);
                _header = null;
            }

            return _last = _map.Find(offset);
        }
    }

    private void ReadExtent(in ErofsExtent extent, long skip, Span<byte> destination)
    {
        switch (extent.Encoding)
        {
            case ErofsEncoding.Hole:
                destination.Clear();
                break;
            case ErofsEncoding.Fragment:
                ReadFragment(extent, skip, destination);
                break;
            case ErofsEncoding.Shifted:
                Check(extent, extent.Length <= extent.PhysicalLength);
                _volume.Image.Read(extent.Physical + skip, destination);
                break;
            case ErofsEncoding.Interlaced:
                Check(extent, extent.Length <= extent.PhysicalLength);
                ReadInterlaced(extent, skip, destination);
                break;
            default:
                Check(extent, extent.Length <= ErofsFormat.MaximumDecompressed);
                _volume.Decoder.Read(extent, _nid, (int)skip, destination);
                break;
        }
    }

    private void Check(in ErofsExtent extent, bool isSound)
    {
        if (!isSound || extent.Physical < 0 || extent.Physical > _volume.Image.Length - extent.PhysicalLength)
        {
            throw ErofsFormat.Invalid(
                $"inode {_nid}: {extent.Length} bytes from byte {extent.Logical} on would be {extent.PhysicalLength} bytes at byte {extent.Physical} of the image");
        }
    }

    private void ReadFragment(in ErofsExtent extent, long skip, Span<byte> destination)
    {
        Blob packed = _fragments?.Packed ?? throw ErofsFormat.Invalid("the packed inode has its end in itself");
        if (extent.Physical < 0 || extent.Physical > packed.Length - extent.Length)
            throw ErofsFormat.Invalid($"inode {_nid} ends in bytes {extent.Physical} to {extent.Physical + extent.Length} of the packed inode, which has {packed.Length}");
        packed.Read(extent.Physical + skip, destination);
    }

    /// <summary>
    /// The bytes up to the first end of a block are the last ones stored, and the others come before them
    /// (z_erofs_transform_plain), so that in a single block each has the place that it has in the file.
    /// </summary>
    private void ReadInterlaced(in ErofsExtent extent, long skip, Span<byte> destination)
    {
        int right = _volume.BlockSize - (int)(extent.Logical & (_volume.BlockSize - 1));
        if (skip < right)
        {
            int count = (int)Math.Min(right - skip, destination.Length);
            _volume.Image.Read(extent.Physical + extent.PhysicalLength - right + skip, destination[..count]);
            destination = destination[count..];
            skip += count;
        }

        if (destination.Length > 0)
            _volume.Image.Read(extent.Physical + skip - right, destination);
    }
}
