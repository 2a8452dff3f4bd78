namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>What is said of damaged images.</summary>
internal static class IsoFaults
{
    internal static InvalidImageException Invalid(FormattableString message) => new(IsoFormat.Name, FormattableString.Invariant(message));
}
