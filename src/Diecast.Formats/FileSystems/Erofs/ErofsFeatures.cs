using System.Globalization;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The feature bits of a superblock and what they are called.</summary>
/// <param name="Compat">Those that a reader may ignore.</param>
/// <param name="Incompat">Those that a reader has to know.</param>
internal readonly record struct ErofsFeatures(uint Compat, uint Incompat)
{
    /// <summary>All that our reader knows. It has no metadata box, the area that holds compressed inodes.</summary>
    internal const uint Readable = ErofsFormat.IncompatMetadataBox - 1;

    private static readonly string[] CompatNames =
        ["sb_csum", "mtime", "xattr_filter", "shared_ea_in_metabox", "plain_xattr_pfx"];

    private static readonly string[] IncompatNames =
        ["0padding", "compr_cfgs", "chunked_file", "device_table", "ztailpacking", "fragments", "xattr_prefixes", "48bit", "metabox"];

    internal bool HasCompat(uint bit) => (Compat & bit) != 0;

    internal bool Has(uint bit) => (Incompat & bit) != 0;

    /// <summary>The names of dump.erofs, lowest bit first; bits without one by their number.</summary>
    internal IReadOnlyList<string> Names() => [.. Names(Compat, CompatNames, 'C'), .. Names(Incompat, IncompatNames, 'I')];

    /// <summary>What our reader does not know, by name.</summary>
    internal IReadOnlyList<string> Unreadable() => [.. Names(Incompat & ~Readable, IncompatNames, 'I')];

    private static IEnumerable<string> Names(uint word, string[] names, char letter)
    {
        for (int bit = 0; bit < 32; bit++)
        {
            if ((word >> bit & 1) != 0)
                yield return bit < names.Length ? names[bit] : string.Create(CultureInfo.InvariantCulture, $"FEATURE_{letter}{bit}");
        }
    }
}
