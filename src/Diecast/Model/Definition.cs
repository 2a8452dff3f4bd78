namespace Diecast;

/// <summary>What a definition file declares.</summary>
public sealed record Definition
{
    /// <summary>Name of the image and stem of the output file. Default: the file's name without its extension.</summary>
    public required string Name { get; init; }

    /// <summary>The system, if there is one.</summary>
    public OperatingSystem? System { get; init; }

    /// <summary>The image.</summary>
    public Image Image { get; init; } = new();

    /// <summary>
    /// Source epoch in seconds: no time in the image is later. Default: SOURCE_DATE_EPOCH, else that of the base.
    /// </summary>
    public long? Epoch { get; init; }

    /// <summary>Seed of every id in the image. Default: from the definition's own content.</summary>
    public Guid? Seed { get; init; }

    /// <summary>Directory that relative paths start from. Default: the definition file's own.</summary>
    public string Directory { get; init; } = ".";
}
