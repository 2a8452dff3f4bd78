namespace Diecast.Formats.FileSystems.Swap;

/// <summary>How a swap area is made.</summary>
public sealed record SwapOptions
{
    /// <summary>Bytes in a page of x86 and of most other machines.</summary>
    public const int DefaultPageSize = 4096;

    /// <summary>Bytes in all, at least ten pages. What is left of the last page is not used.</summary>
    public required long Size { get; init; }

    /// <summary>
    /// Bytes in a page of the machine that swaps, for whose kernel alone the area is: 4096, 8192, 16384 or 65536. Default:
    /// 4096.
    /// </summary>
    public int PageSize { get; init; } = DefaultPageSize;

    /// <summary>UUID. Default: zeros, which count as none.</summary>
    public Guid Uuid { get; init; }

    /// <summary>Label, at most 15 bytes of UTF-8. Default: none.</summary>
    public string Label { get; init; } = "";

    /// <summary>Whether the machine that swaps is big-endian. Default: no.</summary>
    public bool IsBigEndian { get; init; }
}
