namespace Diecast.Building;

/// <summary>What a build did and made.</summary>
public sealed record BuildReport
{
    /// <summary>The steps in order.</summary>
    public required ValueList<StepFinished> Steps { get; init; }

    /// <summary>The files made.</summary>
    public required ValueList<OutputReport> Outputs { get; init; }

    /// <summary>The printed plan: every partition, size and id.</summary>
    public required string Plan { get; init; }

    /// <summary>Source epoch in seconds.</summary>
    public required long Epoch { get; init; }

    /// <summary>Identities of the codecs whose bytes are in the outputs, as in <c>zstd 1.5.4 level 19</c>.</summary>
    public required ValueList<string> Codecs { get; init; }
}

/// <summary>One file made.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Format">Disk format.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="AllocatedSize">Bytes that the host file system stores.</param>
/// <param name="Sha256">Digest of the file, in lower-case hexadecimal; null when none was asked for.</param>
public sealed record OutputReport(string Path, string Format, long Size, long AllocatedSize, string? Sha256);
