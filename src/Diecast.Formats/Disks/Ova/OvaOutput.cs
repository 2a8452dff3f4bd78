using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// The disk's file within an OVA: passes its bytes on behind the place of what comes before, and when it is complete, and its
/// length and sum are known, goes back and writes that: the description, the manifest and the disk's own header.
/// </summary>
internal sealed class OvaOutput : DiskOutput
{
    private const int EndBlocks = 2;
    private static readonly byte[] Zeros = new byte[TarLayout.BlockSize];

    private readonly DiskOutput _output;
    private readonly OvaOptions _options;
    private readonly long _capacity;
    private readonly IncrementalHash _hash;
    private readonly long _start;

    internal OvaOutput(DiskOutput output, OvaOptions options, long capacity)
    {
        _output = output;
        _options = options;
        _capacity = capacity;
        _hash = IncrementalHash.CreateHash(Algorithm);
        _start = Front(0, new byte[_hash.HashLengthInBytes]).Length;
        for (long at = 0; at < _start; at += TarLayout.BlockSize)
            _output.Bytes(Zeros);
    }

    public override string DisplayPath => _output.DisplayPath;

    public override bool CanSeek => false;

    public override long Position => _output.Position - _start;

    private HashAlgorithmName Algorithm => _options.Digest == OvaDigest.Sha1 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256;

    private string Disk => _options.Name + "-disk1.vmdk";

    public override void Hole(long length)
    {
        while (length > 0)
        {
            int count = (int)Math.Min(length, Zeros.Length);
            Bytes(Zeros.AsSpan(0, count));
            length -= count;
        }
    }

    public override void Bytes(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        _output.Bytes(bytes);
        Length = Position;
    }

    public override void File(HostFile file, long offset, long length) => Generated(Blob.FromFile(file, offset, length), 0, length);

    public override void Generated(Blob blob, long offset, long length)
    {
        byte[] buffer = new byte[64 * 1024];
        while (length > 0)
        {
            int count = (int)Math.Min(length, buffer.Length);
            blob.Read(offset, buffer.AsSpan(0, count));
            Bytes(buffer.AsSpan(0, count));
            offset += count;
            length -= count;
        }
    }

    public override void Seek(long position)
    {
        if (position != Position)
            throw new NotSupportedException("a disk in an archive is written from its start to its end");
    }

    public override void Complete()
    {
        long size = Length;
        _output.Bytes(Zeros.AsSpan(0, (int)TarLayout.Padding(size)));
        for (int i = 0; i < EndBlocks; i++)
            _output.Bytes(Zeros);
        _output.Seek(0);
        _output.Bytes(Front(size, _hash.GetHashAndReset()));
        _output.Complete();
    }

    private protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>All that comes before the disk's bytes; as long for every size and sum.</summary>
    private byte[] Front(long diskSize, byte[] diskSum)
    {
        byte[] envelope = OvfEnvelope.Write(_options, Disk, _capacity, diskSize);
        using var hash = IncrementalHash.CreateHash(Algorithm);
        hash.AppendData(envelope);
        // No space before the bracket: there are importers that refuse one.
        string label = _options.Digest == OvaDigest.Sha1 ? "SHA1" : "SHA256";
        string description = _options.Name + ".ovf";
        byte[] manifest = Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{label}({description})= {Convert.ToHexStringLower(hash.GetHashAndReset())}\n{label}({Disk})= {Convert.ToHexStringLower(diskSum)}\n"));
        var front = new BlobBuilder();
        Append(front, description, envelope);
        Append(front, _options.Name + ".mf", manifest);
        front.Append(Blob.FromMemory(TarEntryHeader.Ustar(Disk, diskSize, _options.ModifiedTime)));
        return front.ToBlob().ToArray();
    }

    private void Append(BlobBuilder front, string name, byte[] content)
    {
        front.Append(Blob.FromMemory(TarEntryHeader.Ustar(name, content.Length, _options.ModifiedTime)));
        front.Append(Blob.FromMemory(content));
        front.Append(Blob.Zeros(TarLayout.Padding(content.Length)));
    }
}
