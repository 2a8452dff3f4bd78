namespace Diecast.Formats.Compression;

/// <summary>A compressor of whole blocks; one thread uses one.</summary>
internal interface IBlockCompressor : IDisposable
{
    /// <summary>Compresses a block as a unit of its own.</summary>
    /// <returns>Bytes written, or 0 when the result does not fit.</returns>
    int Compress(ReadOnlySpan<byte> input, Span<byte> output);
}

/// <summary>A way to compress blocks on many cores: the bytes depend on the block and the codec alone.</summary>
/// <param name="Identity">Name, version and level; equal identities give equal bytes.</param>
/// <param name="Bound">The room that a block of so many bytes needs at worst.</param>
/// <param name="Open">Makes a compressor for one thread.</param>
internal sealed record BlockCodec(string Identity, Func<int, int> Bound, Func<IBlockCompressor> Open)
{
    /// <summary>About how many bytes of memory a compressor takes, besides its buffers, for blocks of so many bytes.</summary>
    internal Func<int, long> Memory { get; init; } = _ => 1 << 20;
}
