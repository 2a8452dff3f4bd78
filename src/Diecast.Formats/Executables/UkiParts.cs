using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>What a unified kernel image, or an addon to one, is made of.</summary>
public sealed record UkiParts : UkiProfile
{
    /// <summary>The EFI stub, as in systemd's <c>linuxx64.efi.stub</c>, for an addon <c>addonx64.efi.stub</c>; not signed.</summary>
    public required Blob Stub { get; init; }

    /// <summary>
    /// SBAT texts, each with its header line, that are added to the stub's and the kernel's. Null adds the line that says what it
    /// is; empty adds nothing.
    /// </summary>
    public IReadOnlyList<string>? Sbat { get; init; }

    /// <summary>More profiles, in order. Each has what the base has where it says nothing else.</summary>
    public IReadOnlyList<UkiProfile> Profiles { get; init; } = [];

    /// <summary>More sections, which nothing measures.</summary>
    public IReadOnlyList<UkiSection> ExtraSections { get; init; } = [];
}
