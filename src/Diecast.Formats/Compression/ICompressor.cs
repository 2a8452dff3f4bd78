namespace Diecast.Formats.Compression;

/// <summary>A compressor at one level. Its output is a function of the input, the level and the library's version.</summary>
public interface ICompressor
{
    /// <summary>Name, version and level, as in <c>zstd 1.5.4 level 19</c>: equal identities give equal bytes.</summary>
    string Identity { get; }

    /// <summary>A stream that compresses what is written to it; disposing it completes the output and leaves the target open.</summary>
    Stream OpenWrite(Stream target);
}
