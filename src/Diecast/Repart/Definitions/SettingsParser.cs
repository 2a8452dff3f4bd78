using System.Globalization;
using System.Numerics;
using Diecast.Definitions;
using Diecast.Formats.Partitioning;

namespace Diecast.Repart.Definitions;

/// <summary>
/// Reads one definition with its drop-ins. As systemd does, it warns of what it does not know or cannot use and goes on,
/// and refuses what it would have to guess.
/// </summary>
internal sealed partial class SettingsParser(RepartContext context)
{
    private const int MostLabelBytes = 36;
    private const int MostPathBytes = 4095;
    private const uint MostWeight = 1_000_000;

    private static readonly Dictionary<string, Action<SettingsParser, PartitionSettings, SettingLine>> Handlers = new(StringComparer.Ordinal)
    {
        ["Type"] = (parser, settings, line) => parser.TakeType(settings, line),
        ["Label"] = (parser, settings, line) => settings.Label = parser.Label(line) ?? settings.Label,
        ["VolumeLabel"] = (parser, settings, line) => settings.VolumeLabel = parser.Label(line) ?? settings.VolumeLabel,
        ["UUID"] = (parser, settings, line) => parser.TakeId(settings, line),
        ["Priority"] = (parser, settings, line) => settings.Priority = parser.Number(line) ?? settings.Priority,
        ["Weight"] = (parser, settings, line) => settings.Weight = parser.Weight(line) ?? settings.Weight,
        ["PaddingWeight"] = (parser, settings, line) => settings.PaddingWeight = parser.Weight(line) ?? settings.PaddingWeight,
        ["SizeMinBytes"] = (_, settings, line) => settings.SizeMin = Size(line, up: true),
        ["SizeMaxBytes"] = (_, settings, line) => settings.SizeMax = Size(line, up: false),
        ["PaddingMinBytes"] = (_, settings, line) => settings.PaddingMin = Size(line, up: true),
        ["PaddingMaxBytes"] = (_, settings, line) => settings.PaddingMax = Size(line, up: false),
        ["FactoryReset"] = (parser, settings, line) => settings.FactoryReset = parser.Boolean(line) ?? settings.FactoryReset,
        ["CopyBlocks"] = (parser, settings, line) => parser.TakeCopyBlocks(settings, line),
        ["Format"] = (parser, settings, line) => parser.TakeFormat(settings, line),
        ["CopyFiles"] = (parser, settings, line) => parser.TakeCopyFiles(settings, line),
        ["ExcludeFiles"] = (parser, settings, line) => parser.TakeExcludes(settings.ExcludeFiles, line),
        ["ExcludeFilesTarget"] = (parser, settings, line) => parser.TakeExcludes(settings.ExcludeFilesTarget, line),
        ["MakeDirectories"] = (parser, settings, line) => parser.TakeDirectories(settings, line),
        ["MakeSymlinks"] = (parser, settings, line) => parser.TakeSymlinks(settings, line),
        ["Subvolumes"] = (parser, settings, line) => parser.TakeSubvolumes(settings, line),
        ["DefaultSubvolume"] = (parser, settings, line) => parser.TakeDefaultSubvolume(settings, line),
        ["Encrypt"] = (parser, settings, line) => parser.TakeEncrypt(settings, line),
        ["KeyFile"] = (parser, settings, line) => parser.TakeKeyFile(settings, line),
        ["TPM2PCRs"] = (parser, settings, line) => parser.TakeTpmRegisters(settings, line),
        ["EncryptKDF"] = (parser, settings, line) => parser.TakeKdf(settings, line),
        ["Discard"] = (parser, settings, line) => settings.Discard = parser.Tristate(line, settings.Discard),
        ["Integrity"] = (_, _, line) => RefuseIntegrity(line),
        ["IntegrityAlgorithm"] = (parser, _, line) => parser.Warn(line, "it belongs to Integrity=inline, which is not supported, ignored"),
        ["EncryptedVolume"] = (parser, settings, line) => parser.TakeEncryptedVolume(settings, line),
        ["BlockDeviceReplace"] = (_, _, line) => throw Refuse(line, "it moves a mounted btrfs of the running machine; only images are worked on here"),
        ["VolumeName"] = (parser, _, line) => parser.Warn(line, "it names the mapped device of BlockDeviceReplace=, which is not supported, ignored"),
        ["Verity"] = (parser, settings, line) => settings.Verity = parser.Choice(line, settings.Verity, ("off", VerityMode.Off), ("data", VerityMode.Data), ("hash", VerityMode.Hash), ("signature", VerityMode.Signature)),
        ["VerityMatchKey"] = (_, settings, line) => settings.VerityMatchKey = line.Value.Length == 0 ? null : line.Value,
        ["VerityDataBlockSizeBytes"] = (_, settings, line) => settings.VerityDataBlockSize = BlockSize(line),
        ["VerityHashBlockSizeBytes"] = (_, settings, line) => settings.VerityHashBlockSize = BlockSize(line),
        ["Minimize"] = (parser, settings, line) => settings.Minimize = parser.Choice(line, settings.Minimize, ("off", MinimizeMode.Off), ("guess", MinimizeMode.Guess), ("best", MinimizeMode.Best)),
        ["Compression"] = (_, settings, line) => settings.Compression = line.Value.Length == 0 ? null : line.Value,
        ["CompressionLevel"] = (_, settings, line) => settings.CompressionLevel = line.Value.Length == 0 ? null : line.Value,
        ["Flags"] = (parser, settings, line) => parser.TakeFlags(settings, line),
        ["NoAuto"] = (parser, settings, line) => settings.NoAuto = parser.Tristate(line, settings.NoAuto),
        ["ReadOnly"] = (parser, settings, line) => settings.ReadOnly = parser.Tristate(line, settings.ReadOnly),
        ["GrowFileSystem"] = (parser, settings, line) => settings.GrowFileSystem = parser.Tristate(line, settings.GrowFileSystem),
        ["SplitName"] = (_, settings, line) => settings.SplitName = line.Value.Length == 0 ? "%t" : line.Value == "-" ? null : line.Value,
        ["MountPoint"] = (parser, settings, line) => parser.TakeMountPoint(settings, line),
        ["SupplementFor"] = (_, settings, line) => settings.SupplementFor = line.Value.Length == 0 ? null : line.Value,
        ["AddValidateFS"] = (parser, settings, line) => settings.AddValidateFs = parser.Tristate(line, settings.AddValidateFs),
        ["FileSystemSectorSize"] = (_, settings, line) => settings.FileSystemSectorSize = SectorSize(line),
    };

    /// <summary>The settings by name, in the order of the manual.</summary>
    internal static IReadOnlyCollection<string> Names => Handlers.Keys;

    /// <summary>Reads a definition; null where its type is among those that are left out.</summary>
    /// <exception cref="BuildException">It says something that cannot be.</exception>
    internal PartitionSettings? Read(DefinitionFile definition, IReadOnlyList<DefinitionDirectory> directories)
    {
        var settings = new PartitionSettings { Path = definition.Path };
        IReadOnlyList<DefinitionFile> dropIns = DefinitionFiles.DropIns(definition, directories);
        settings.DropIns.AddRange(dropIns.Select(file => file.Path));
        foreach (SettingLine line in dropIns.Prepend(definition).SelectMany(file => SettingsFile.Read(file, context.Log)))
        {
            if (Handlers.TryGetValue(line.Key, out Action<SettingsParser, PartitionSettings, SettingLine>? handler))
                handler(this, settings, line);
            else if (!line.Key.StartsWith("X-", StringComparison.Ordinal))
                context.Log.Warning($"{line.Where}: unknown key '{line.Key}' in section [Partition], ignored{Hint(line.Key)}");
        }

        if (settings.Type is not null && context.Options.Filter.Excludes(settings.Type))
            return null;
        SettingsRules.Complete(settings, context);
        return settings;
    }

    private static string Hint(string key) => Suggestion.Nearest(key, Names) is { } nearest ? $"; did you mean {nearest}=?" : "";

    private void Warn(SettingLine line, string message) => context.Log.Warning($"{line.Where}: {line.Key}={line.Value}: {message}");

    private static BuildException Refuse(SettingLine line, string message) => new($"{line.Where}: {line.Key}={line.Value}: {message}");

    private void TakeType(PartitionSettings settings, SettingLine line)
    {
        PartitionType type = RepartTypes.Find(line.Value)
            ?? throw new BuildException(
                $"{line.Where}: Type={line.Value}: no such partition type",
                Suggestion.Nearest(line.Value, PartitionTypes.All.Select(known => known.Name)) is { } nearest ? $"did you mean {nearest}?" : "give a name such as esp or root, or a UUID");
        settings.Type = context.Options.Architecture is { } architecture ? RepartTypes.WithArchitecture(type, architecture) : type;
    }

    private string? Label(SettingLine line)
    {
        try
        {
            string label = Specifiers.Expand(line.Value, MostLabelBytes, context.Facts.Find);
            if (!label.Contains('\0', StringComparison.Ordinal))
                return label;
            Warn(line, "it holds NUL, ignored");
        }
        catch (InvalidOperationException exception)
        {
            Warn(line, $"{exception.Message}, ignored");
        }

        return null;
    }

    private void TakeId(PartitionSettings settings, SettingLine line)
    {
        if (line.Value.Length == 0)
            settings.Id = null;
        else if (line.Value == "null")
            settings.Id = Guid.Empty;
        else if (SystemdValues.ParseId(line.Value) is { } id)
            settings.Id = id;
        else
            Warn(line, "not a 128-bit id, ignored");
    }

    private int? Number(SettingLine line)
    {
        if (int.TryParse(line.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
            return number;
        if (line.Value.Length > 0)
            Warn(line, "not a whole number of 32 bits, ignored");
        return line.Value.Length == 0 ? 0 : null;
    }

    private uint? Weight(SettingLine line)
    {
        if (SystemdValues.ParseNumber(line.Value) is { } weight and <= MostWeight)
            return (uint)weight;
        Warn(line, "a weight is a number from 0 to 1000000, ignored");
        return null;
    }

    /// <summary>A size in whole blocks of 4 KiB, since 262 the least rounded up and the most down.</summary>
    private static long? Size(SettingLine line, bool up)
    {
        const long Block = 4096;
        long size = SystemdValues.ParseSize(line.Value) ?? throw Refuse(line, "not a size; it is a number of bytes, or one with K, M, G, T, P or E");
        return up ? (size + Block - 1) / Block * Block : size / Block * Block;
    }

    private static int BlockSize(SettingLine line) =>
        SystemdValues.ParseSize(line.Value) is { } size and >= 512 and <= 4096 && BitOperations.IsPow2(size)
            ? (int)size
            : throw Refuse(line, "a block's size is a power of two from 512 to 4096");

    private static int? SectorSize(SettingLine line)
    {
        if (line.Value.Length == 0)
            return null;
        return SystemdValues.ParseSize(line.Value) is { } size and >= 512 and <= int.MaxValue && BitOperations.IsPow2(size)
            ? (int)size
            : throw Refuse(line, "a sector's size is a power of two from 512 on");
    }

    private bool? Boolean(SettingLine line)
    {
        if (line.Value.Length == 0)
            return false;
        if (SystemdValues.ParseBoolean(line.Value) is { } value)
            return value;
        Warn(line, "neither yes nor no, ignored");
        return null;
    }

    private bool? Tristate(SettingLine line, bool? before)
    {
        if (line.Value.Length == 0)
            return null;
        return Boolean(line) ?? before;
    }

    /// <summary>One of several names; yes is the last of a pair of off and on, no the first.</summary>
    private T Choice<T>(SettingLine line, T before, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        foreach ((string name, T value) in choices)
        {
            if (line.Value == name)
                return value;
        }

        if (line.Value.Length == 0)
            return choices[0].Value;
        // Only Minimize= is a switch too, and there yes is best.
        if (typeof(T) == typeof(MinimizeMode) && SystemdValues.ParseBoolean(line.Value) is { } on)
            return on ? choices[^1].Value : choices[0].Value;
        var names = new List<string>();
        foreach ((string name, T _) in choices)
            names.Add(name);
        Warn(line, $"not one of {string.Join(", ", names)}, ignored");
        return before;
    }

    private void TakeFlags(PartitionSettings settings, SettingLine line)
    {
        if (SystemdValues.ParseNumber(line.Value) is { } flags)
            settings.Flags = flags;
        else
            Warn(line, "not a number of 64 bits, ignored");
    }

    private void TakeFormat(PartitionSettings settings, SettingLine line)
    {
        string format = context.Environment("SYSTEMD_REPART_OVERRIDE_FSTYPE") is { Length: > 0 } instead ? instead : line.Value;
        if (format != line.Value)
            context.Log.Notice($"{line.Where}: {format} instead of {line.Value}, as SYSTEMD_REPART_OVERRIDE_FSTYPE says");
        if (format.Length == 0 || format.Contains('/', StringComparison.Ordinal))
            throw Refuse(line, "not the name of a file system");
        settings.Format = format;
    }
}
