namespace Diecast;

/// <summary>What a definition file declares.</summary>
public sealed record Definition
{
    /// <summary>
    /// Name of the image and stem of the output file: letters, digits, <c>.</c> <c>_</c> <c>+</c> and <c>-</c>, at most 128.
    /// Default: the file's name without its extension.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>The system. Default: none; the image has partitions of its own.</summary>
    public OperatingSystem? System { get; init; }

    /// <summary>The image. Default: each of its keys' own.</summary>
    public Image Image { get; init; } = new();

    /// <summary>
    /// Source epoch in seconds since 1970: no time in the image is later. SOURCE_DATE_EPOCH wins over it. Default: that of
    /// the base.
    /// </summary>
    public long? Epoch { get; init; }

    /// <summary>Seed of every id in the image. Default: from the digest of the definition.</summary>
    public Guid? Seed { get; init; }

    /// <summary>Image types beside those that are built in, for <see cref="Image.Type"/>. Default: empty.</summary>
    public ValueList<ImageType> Types { get; init; } = [];

    /// <summary>Directory that relative paths start from. Default: the definition file's own.</summary>
    public string Directory { get; init; } = ".";
}
