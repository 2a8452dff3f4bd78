using System.Text;

namespace Diecast.Formats.Executables;

/// <summary>Which component a file is of, for revocation (rhboot/shim, SBAT.md): lines of comma-separated values after a header.</summary>
internal static class SbatText
{
    internal const string Header = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md";
    internal const string Image = Header + "\nuki,1,UKI,uki,1,https://uapi-group.org/specifications/specs/unified_kernel_image/\n";
    internal const string Addon = Header + "\nuki-addon,1,UKI Addon,addon,1,https://www.freedesktop.org/software/systemd/man/latest/systemd-stub.html\n";

    private const string Section = ".sbat";

    /// <summary>Larger ones are no texts.</summary>
    private const long MaximumLength = 1 << 20;

    /// <summary>The lines of several files and texts under one header.</summary>
    internal static string Merge(IEnumerable<PeFile> files, IEnumerable<string> texts, string format)
    {
        IEnumerable<string> found = files.Select(file => file.Find(Section)).OfType<PeSection>().Select(section => Text(section, format));
        IEnumerable<string> lines = found.Concat(texts).SelectMany(text => Lines(text, format)).Prepend(Header);
        return string.Concat(lines.Select(line => line + "\n"));
    }

    private static string Text(PeSection section, string format) => section.Content.Length <= MaximumLength
        ? Encoding.UTF8.GetString(section.Content.ToArray()).TrimEnd('\0')
        : throw new InvalidImageException(format, "a .sbat section of more than 1 MiB");

    private static IEnumerable<string> Lines(string text, string format)
    {
        string[] lines = text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
        return lines[0].StartsWith("sbat,", StringComparison.Ordinal)
            ? lines.Skip(1)
            : throw new UnrepresentableException(format, null, $"an SBAT text begins with 'sbat,', not with '{lines[0]}'");
    }
}
