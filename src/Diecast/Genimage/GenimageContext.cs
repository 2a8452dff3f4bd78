using System.Collections.Immutable;
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
    private readonly GenimageRandom? _random;

    internal GenimageContext(GenimageOptions options, ConfigSection top, Func<string, string?> environment)
    {
        _options = options;
        _config = Merge(top);
        Top = top;
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

        string seed = Setting("randomseed") ?? "";
        if (seed.Length > 0)
            _random = new GenimageRandom(seed);
        // Without a seed the ids follow from the configuration: another one gives other ids, the same one the same.
        string text = seed.Length > 0 ? "seed " + seed : ConfigDump.Text(top);
        _ids = new SeedUuids(new Guid(SHA256.HashData(Encoding.UTF8.GetBytes("genimage " + text)).AsSpan(0, 16), bigEndian: true));
    }

    /// <summary>The configuration.</summary>
    internal ConfigSection Top { get; }

    internal Func<string, string?> Environment { get; }

    /// <summary>Variables that programs see: all that there are.</summary>
    internal ImmutableSortedDictionary<string, string> ProcessEnvironment { get; } = System.Environment.GetEnvironmentVariables()
        .Cast<System.Collections.DictionaryEntry>()
        .ToImmutableSortedDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal);

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

    /// <summary>The id of a role for which genimage draws one: with a seed the next that it would draw.</summary>
    internal Guid Draw(string image, string role) => _random?.NextId() ?? Derive(image, role);

    /// <summary>The 32 bits of a role for which genimage draws them.</summary>
    internal uint DrawNumber(string image, string role) => _random?.Next() ?? BitConverter.ToUInt32(Derive(image, role).ToByteArray());

    /// <summary>A setting: from its switch, its variable, or the config section.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="variable">The variable where it is not called as the setting.</param>
    internal string? Setting(string name, string? variable = null) =>
        _options.Given.GetValueOrDefault(name)
        ?? (Environment(variable ?? GenimageOptions.VariableOf(name)) is { Length: > 0 } value ? value : null)
        ?? _config?.Text(name);

    /// <summary>The type that the config section gives a name of its own.</summary>
    /// <exception cref="ConfigException">Its value is no UUID.</exception>
    internal Guid? Shortcut(string name) => Top.All("config").SelectMany(config => config.All("gpt-shortcuts")).Select(section => section.Id(name)).LastOrDefault(id => id is not null);

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
