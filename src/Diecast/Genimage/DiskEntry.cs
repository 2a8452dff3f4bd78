using Diecast.Formats.Blobs;

namespace Diecast.Genimage;

/// <summary>A partition of a disk, as it is declared and where it comes to lie.</summary>
internal sealed class DiskEntry
{
    internal required ConfigSection Section { get; init; }

    /// <summary>Its name in the configuration, and in a GPT.</summary>
    internal string Name => Section.Title ?? "";

    /// <summary>What is in it; null for nothing.</summary>
    internal Blob? Content { get; init; }

    /// <summary>Ranges of the content that hold nothing.</summary>
    internal IReadOnlyList<(long Start, long End)> Holes { get; init; } = [];

    /// <summary>Whether the table lists it.</summary>
    internal required bool IsListed { get; init; }

    internal required long Align { get; init; }

    internal bool Autoresize { get; init; }

    internal bool IsForcedPrimary { get; init; }

    /// <summary>Whether it is a logical partition, within the extended one.</summary>
    internal bool IsLogical { get; set; }

    internal byte MbrType { get; init; }

    internal bool HasMbrType { get; init; }

    internal Guid Type { get; init; }

    internal Guid Id { get; init; }

    internal ulong Attributes { get; init; }

    internal bool Bootable { get; init; }

    /// <summary>Whether the file reaches to its end though its content does not.</summary>
    internal bool Fill { get; init; }

    /// <summary>Whether what holds nothing stays a hole of the file.</summary>
    internal bool IsSparse { get; init; } = true;

    internal long Offset { get; set; }

    internal long Size { get; set; }

    internal long End => Offset + Size;
}
