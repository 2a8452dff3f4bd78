using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Formats.FileSystems.Erofs;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>What the installed erofs-utils know, which is little before 1.8.</summary>
internal static partial class ErofsTools
{
    /// <summary>The version of mkfs.erofs or fsck.erofs; zero when there is none.</summary>
    internal static Version Version { get; } = Find();

    /// <summary>Whether fsck.erofs reads what an image has.</summary>
    internal static bool Reads(ErofsOptions options)
    {
        if (Version < new Version(1, 8))
            return options is { BlockSize: 4096, Compression: null or { Algorithm: ErofsAlgorithm.Lz4 or ErofsAlgorithm.Lz4Hc, TailPacking: false, Deduplicate: false, Fragments: ErofsFragments.None } };
        return options.BlockSize <= 4096;
    }

    private static Version Find()
    {
        if (Tool.Find("fsck.erofs") is null)
            return new Version(0, 0);
        Match match = Number().Match(Tool.Run("fsck.erofs", "-V").Output);
        return match.Success
            ? new Version(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))
            : new Version(0, 0);
    }

    [GeneratedRegex(@"([0-9]+)\.([0-9]+)")]
    private static partial Regex Number();
}
