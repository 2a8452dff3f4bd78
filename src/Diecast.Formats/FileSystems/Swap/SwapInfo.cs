namespace Diecast.Formats.FileSystems.Swap;

/// <summary>What a swap area says of itself.</summary>
public sealed record SwapInfo
{
    /// <summary>Bytes that are used, the header's page among them.</summary>
    public required long Length { get; init; }

    /// <summary>Bytes in a page.</summary>
    public required int PageSize { get; init; }

    /// <summary>Whether its numbers are big-endian.</summary>
    public required bool IsBigEndian { get; init; }

    /// <summary>Pages that are not used because they are bad.</summary>
    public required long BadPages { get; init; }

    /// <summary>UUID; zeros for none.</summary>
    public required Guid Uuid { get; init; }

    /// <summary>Label; empty for none.</summary>
    public required string Label { get; init; }
}
