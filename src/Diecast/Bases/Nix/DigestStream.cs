using System.Security.Cryptography;
using Diecast.Formats;
using Diecast.Formats.Compression;

namespace Diecast.Bases.Nix;

/// <summary>Hashes what is read through it, and gives no more than was announced: a few bytes can be compressed zeros without end.</summary>
internal sealed class DigestStream(Stream source, long most) : ForwardStream
{
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <summary>Bytes so far.</summary>
    internal long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int count = source.Read(buffer);
        Count += count;
        if (Count > most)
            throw new InvalidImageException("nar", $"the archive has more than the {most} bytes that it should have");
        _digest.AppendData(buffer[..count]);
        return count;
    }

    /// <summary>The hash of all that was read.</summary>
    internal NixHash Finish() => NixHash.FromBytes(_digest.GetHashAndReset());

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _digest.Dispose();
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
