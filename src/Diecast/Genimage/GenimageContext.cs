using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Partitioning;

namespace Diecast.Genimage;

/// <summary>What a run works with: its paths, its time and its ids.</summary>
internal sealed class GenimageContext
{
    private readonly GenimageOptions _options;
    private readonly ConfigSection? _config;
    private readonly SeedUuids _ids;

    internal GenimageContext(GenimageOptions options, ConfigSection top, Func<string, string?> environment)
    {
        _options = options;
        _config = Merge(top);
        Environment = environment;
        RootPath = Path.GetFullPath(Setting("rootpath") ?? "root");
        TemporaryPath = Path.GetFullPath(Setting("tmppath") ?? "tmp");
        InputPath = Path.GetFullPath(Setting("inputpath") ?? "input");
        OutputPath = Path.GetFullPath(Setting("outputpath") ?? "images");
        if (environment("SOURCE_DATE_EPOCH") is { Length: > 0 } epoch)
        {
            Latest = long.TryParse(epoch, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds)
                ? new Timestamp(seconds)
                : throw new BuildException($"SOURCE_DATE_EPOCH={epoch} is no number of seconds");
        }

        string seed = Setting("random-seed") ?? Setting("seed") ?? "";
        if (seed == "random")
            seed = Convert.ToHexString(RandomNumberGenerator.GetBytes(16));
        // Without a seed the ids follow from the configuration: another one gives other ids, the same one the same.
        string text = seed.Length > 0 ? "seed " + seed : ConfigDump.Text(top);
        _ids = new SeedUuids(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("genimage " + text)).AsSpan(0, 16), bigEndian: true));
    }

    internal Func<string, string?> Environment { get; }

    internal string RootPath { get; }

    internal string TemporaryPath { get; }

    internal string InputPath { get; }

    internal string OutputPath { get; }

    /// <summary>No time in an image is later; null where SOURCE_DATE_EPOCH does not say.</summary>
    internal Timestamp? Latest { get; }

    /// <summary>The time of what is made here.</summary>
    internal Timestamp Time => Latest ?? Timestamp.Epoch;

    /// <summary>The id of a role in an image.</summary>
    internal Guid Derive(string image, string role) => _ids.Derive($"{image}/{role}");

    private string? Setting(string name) =>
        _options.Given.GetValueOrDefault(name)
        ?? (Environment("GENIMAGE_" + name.ToUpperInvariant().Replace('-', '_')) is { Length: > 0 } variable ? variable : null)
        ?? _config?.Text(name);

    /// <summary>There may be several; the last one counts.</summary>
    private static ConfigSection? Merge(ConfigSection top)
    {
        ConfigSection? merged = null;
        foreach (ConfigSection section in top.All("config"))
        {
            merged ??= new ConfigSection("config", null, section.Position);
            foreach (ConfigOption option in section.Options)
                merged.Set(option, adds: false);
        }

        return merged;
    }
}
