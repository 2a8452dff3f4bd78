namespace Diecast.Genimage;

/// <summary>How genimage is called: from its switches, then its variables, then the config section, then what is usual.</summary>
internal sealed record GenimageOptions
{
    /// <summary>Directories whose files can be included, before the current one.</summary>
    internal IReadOnlyList<string> IncludePaths { get; init; } = [];

    /// <summary>The configuration; <c>-</c> is standard input.</summary>
    internal string Config { get; init; } = "genimage.cfg";

    /// <summary>What was given by a switch, by its name without dashes.</summary>
    internal IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>File that the configuration is written to, with everything included; <c>-</c> is standard output.</summary>
    internal string? ConfigDump { get; init; }

    /// <summary>The variable of a setting.</summary>
    internal static string VariableOf(string setting) => setting == "qemu-img" ? "GENIMAGE_QEMU" : "GENIMAGE_" + setting.ToUpperInvariant().Replace('-', '_');
}
