using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Formats.Inspection;

/// <summary>What an EFI program is: a unified kernel image, an addon to one, or another.</summary>
public sealed record FoundProgram
{
    private const int LongestText = 1 << 16;

    /// <summary>What it is.</summary>
    public required FoundProgramKind Kind { get; init; }

    /// <summary>Its headers and sections.</summary>
    public required PeFile File { get; init; }

    /// <summary>Its digest, in small hexadecimal digits; null where its headers are damaged.</summary>
    public string? Digest { get; init; }

    /// <summary>Its signatures, damaged ones left out.</summary>
    public IReadOnlyList<AuthenticodeSignature> Signatures { get; init; } = [];

    /// <summary>What is wrong with it; null for nothing that is seen.</summary>
    public string? Fault { get; init; }

    /// <summary>The release of the kernel in it; null when it does not say.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>The text of os-release(5) in it; null when it has none.</summary>
    public string? OsRelease { get; init; }

    /// <summary>The kernel's command line, of the base; null when it has none.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Its profiles; empty for an image without.</summary>
    public IReadOnlyList<FoundProfile> Profiles { get; init; } = [];

    /// <summary>Looks at a file; null when it is no PE file.</summary>
    /// <exception cref="InvalidImageException">It begins as one and its headers are damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FoundProgram? Find(Blob content)
    {
        if (!PeFile.IsPe(content))
            return null;
        PeFile file = PeFile.Read(content);
        PeSection[] shared = [.. file.Sections.TakeWhile(section => section.Name != UkiSections.Profile)];
        bool isUnified = file.Sections.Any(section => section.Name == UkiSections.Linux) && shared.Any(section => section.Name == UkiSections.OsRelease);
        bool isAddon = !isUnified && file.Find(".sdmagic") is { } magic && Text(magic)?.Contains("systemd-addon", StringComparison.Ordinal) == true;
        var found = new FoundProgram
        {
            Kind = isUnified ? FoundProgramKind.UnifiedKernelImage : isAddon ? FoundProgramKind.UnifiedKernelAddon : FoundProgramKind.Program,
            File = file,
            KernelRelease = Text(Of(UkiSections.KernelRelease)),
            OsRelease = Text(Of(UkiSections.OsRelease)),
            CommandLine = Text(Of(UkiSections.CommandLine)),
            Profiles = [.. ReadProfiles(file)],
        };
        try
        {
            return found with { Digest = Convert.ToHexStringLower(Authenticode.Digest(content)), Signatures = Authenticode.Read(content) };
        }
        catch (InvalidImageException fault)
        {
            return found with { Fault = fault.Message };
        }

        PeSection? Of(string name) => Array.Find(shared, section => section.Name == name);
    }

    private static IEnumerable<FoundProfile> ReadProfiles(PeFile file)
    {
        for (int at = 0; at < file.Sections.Count; at++)
        {
            if (file.Sections[at].Name != UkiSections.Profile)
                continue;
            PeSection? line = file.Sections.Skip(at + 1).TakeWhile(section => section.Name != UkiSections.Profile)
                .FirstOrDefault(section => section.Name == UkiSections.CommandLine);
            string text = Text(file.Sections[at]) ?? "";
            yield return new FoundProfile(Value(text, "ID="), Value(text, "TITLE="), Text(line));
        }
    }

    private static string? Value(string text, string name) =>
        text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim().Trim('"', '\'');

    private static string? Text(PeSection? section) => section is null
        ? null
        : Encoding.UTF8.GetString(section.Content.Slice(0, Math.Min(section.Content.Length, LongestText)).ToArray()).TrimEnd('\0');
}

/// <summary>What an EFI program is.</summary>
public enum FoundProgramKind
{
    /// <summary>None of the others.</summary>
    Program,

    /// <summary>A kernel with its initial RAM disk and command line.</summary>
    UnifiedKernelImage,

    /// <summary>What is added to such an image.</summary>
    UnifiedKernelAddon,
}

/// <summary>A profile of a unified kernel image.</summary>
/// <param name="Id">Its name; null when it does not say.</param>
/// <param name="Title">Its title in boot menus; null when it does not say.</param>
/// <param name="CommandLine">Its command line; null when it is the base's.</param>
public sealed record FoundProfile(string? Id, string? Title, string? CommandLine);
