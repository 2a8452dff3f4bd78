using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>A section of a PE file.</summary>
public sealed record PeSection
{
    /// <summary>Its name, at most eight bytes, as in <c>.linux</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where it stands in memory, in bytes from the image's start.</summary>
    public required long VirtualAddress { get; init; }

    /// <summary>Bytes that it takes in memory; more than the file has are zeros.</summary>
    public required long VirtualLength { get; init; }

    /// <summary>Where its bytes stand in the file; 0 when it has none there.</summary>
    public required long Offset { get; init; }

    /// <summary>Bytes in the file, with the padding.</summary>
    public required long Length { get; init; }

    /// <summary>The flags as they stand in the header.</summary>
    public required uint Characteristics { get; init; }

    /// <summary>The bytes without the padding; a section that is longer in memory ends where the file has no more of it.</summary>
    public required Blob Content { get; init; }
}
