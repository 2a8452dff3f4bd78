using System.Globalization;
using Diecast.Formats.FileSystems.Erofs;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>What the running kernel mounts, which depends on its version and its settings.</summary>
internal static class ErofsKernel
{
    private static readonly Version Running = Parse(File.ReadAllText("/proc/sys/kernel/osrelease"));

    /// <summary>Whether it is new enough for what an image has.</summary>
    internal static bool Mounts(ErofsOptions options)
    {
        int page = Environment.SystemPageSize;
        if (options.BlockSize > page || (options.BlockSize < page && Running < new Version(6, 10)))
            return false;
        if (Running < new Version(5, 15))
            return false;
        if (options.Compression is not { } compression)
            return true;
        if (compression.TailPacking && Running < new Version(5, 17))
            return false;
        if ((compression.Deduplicate || compression.Fragments != ErofsFragments.None) && Running < new Version(6, 1))
            return false;
        return compression.Algorithm switch
        {
            ErofsAlgorithm.Lz4 or ErofsAlgorithm.Lz4Hc => true,
            ErofsAlgorithm.Lzma => Running >= new Version(5, 16) && IsSet("CONFIG_EROFS_FS_ZIP_LZMA"),
            ErofsAlgorithm.Deflate => Running >= new Version(6, 6) && IsSet("CONFIG_EROFS_FS_ZIP_DEFLATE"),
            _ => Running >= new Version(6, 10) && IsSet("CONFIG_EROFS_FS_ZIP_ZSTD"),
        };
    }

    /// <summary>As far as the kernel tells its settings, where Debian has them or where it has them itself.</summary>
    private static bool IsSet(string setting)
    {
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        string text = File.Exists("/proc/config.gz")
            ? Tool.Check("zcat", "/proc/config.gz")
            : File.Exists($"/boot/config-{release}") ? File.ReadAllText($"/boot/config-{release}") : "";
        return text.Contains(setting + "=y", StringComparison.Ordinal);
    }

    private static Version Parse(string release)
    {
        string[] parts = release.Split('.', '-');
        return new Version(int.Parse(parts[0], CultureInfo.InvariantCulture), int.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
