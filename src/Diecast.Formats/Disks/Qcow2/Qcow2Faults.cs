namespace Diecast.Formats.Disks;

/// <summary>The two kinds of faults, with the format's name.</summary>
internal static class Qcow2Faults
{
    private const string Format = "qcow2";

    internal static InvalidImageException Invalid(FormattableString message, Exception? inner = null) =>
        new(Format, FormattableString.Invariant(message), inner);

    internal static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));
}
