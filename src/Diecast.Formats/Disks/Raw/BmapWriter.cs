using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// The block map of a raw image, version 2.0 (bmap-tools, docs/bmap-schema): which blocks hold data, with a SHA-256 for
/// each range, so that a medium is written without the holes and checked on the way.
/// </summary>
internal sealed class BmapWriter(DiskOutput output) : DiskWriter
{
    private const int BlockSize = 4096;
    private static readonly byte[] ZeroBytes = new byte[BlockSize];

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<(long First, long Last, byte[] Digest)> _ranges = [];
    private readonly HostDirectoryCursor _cursor = new();
    private long _position;
    private long _first = -1;
    private long _last;
    private long _hashed;

    public override void Hole(long length) => _position += length;

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        long block = _position / BlockSize;
        if (_first >= 0 && block > _last + 1)
            EndRange((_last + 1) * BlockSize);
        if (_first < 0)
        {
            _first = block;
            _hashed = block * BlockSize;
        }

        HashZeros(_position);
        _hash.AppendData(bytes);
        _position += bytes.Length;
        _hashed = _position;
        _last = (_position - 1) / BlockSize;
    }

    public override void File(HostFile file, long offset, long length)
    {
        using HostFile.Lease lease = file.Borrow(_cursor);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        for (long done = 0; done < length;)
        {
            int count = (int)Math.Min(buffer.Length, length - done);
            file.ReadExactly(lease.Descriptor, offset + done, buffer.AsSpan(0, count));
            Bytes(buffer.AsSpan(0, count));
            done += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    public override void Generated(Blob blob, long offset, long length)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(128 * 1024);
        for (long done = 0; done < length;)
        {
            int count = (int)Math.Min(buffer.Length, length - done);
            blob.Read(offset + done, buffer.AsSpan(0, count));
            Bytes(buffer.AsSpan(0, count));
            done += count;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    public override void Complete()
    {
        if (_first >= 0)
            EndRange(Math.Min((_last + 1) * BlockSize, _position));
        // The file's own checksum is that of the file with zeros in the checksum's place.
        string blank = Text(new string('0', 2 * SHA256.HashSizeInBytes));
        output.Bytes(Encoding.ASCII.GetBytes(Text(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(blank))))));
        output.Complete();
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        _cursor.Dispose();
        base.Dispose(disposing);
    }

    private void EndRange(long end)
    {
        HashZeros(end);
        _ranges.Add((_first, _last, _hash.GetHashAndReset()));
        _first = -1;
    }

    private void HashZeros(long end)
    {
        while (_hashed < end)
        {
            int count = (int)Math.Min(end - _hashed, ZeroBytes.Length);
            _hash.AppendData(ZeroBytes, 0, count);
            _hashed += count;
        }
    }

    private string Text(string checksum)
    {
        var text = new StringBuilder();
        Line("<?xml version=\"1.0\" ?>");
        Line("<bmap version=\"2.0\">");
        Line(string.Create(CultureInfo.InvariantCulture, $"    <ImageSize> {_position} </ImageSize>"));
        Line(string.Create(CultureInfo.InvariantCulture, $"    <BlockSize> {BlockSize} </BlockSize>"));
        Line(string.Create(CultureInfo.InvariantCulture, $"    <BlocksCount> {(_position + BlockSize - 1) / BlockSize} </BlocksCount>"));
        Line(string.Create(CultureInfo.InvariantCulture, $"    <MappedBlocksCount> {_ranges.Sum(range => range.Last - range.First + 1)} </MappedBlocksCount>"));
        Line("    <ChecksumType> sha256 </ChecksumType>");
        Line($"    <BmapFileChecksum> {checksum} </BmapFileChecksum>");
        Line("    <BlockMap>");
        foreach ((long first, long last, byte[] digest) in _ranges)
        {
            string range = first == last
                ? first.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
            Line($"        <Range chksum=\"{Convert.ToHexStringLower(digest)}\"> {range} </Range>");
        }

        Line("    </BlockMap>");
        Line("</bmap>");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');
    }
}
