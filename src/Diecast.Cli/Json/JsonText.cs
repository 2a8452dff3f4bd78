using System.Text.Json.Serialization;

namespace Diecast.Cli.Json;

/// <summary>An image type, as <c>diecast types --json</c> prints it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">One line.</param>
/// <param name="Format">The disk formats when none is asked for.</param>
/// <param name="Accepts">The names of those that may be asked for; null for all.</param>
/// <param name="SizeMultiple">Bytes that the size is a multiple of, or null.</param>
internal sealed record TypeJson(string Name, string Description, string[] Format, string[]? Accepts, long? SizeMultiple);

/// <summary>A step of a build, as <c>diecast build --json</c> prints it.</summary>
internal sealed record StepJson(string Title, double Seconds, double ProcessorSeconds, long PeakMemory, long Bytes, string Summary);

/// <summary>An output of a build.</summary>
internal sealed record OutputJson(string Path, string Format, long Size, long AllocatedSize, string? Sha256);

/// <summary>A finished build.</summary>
internal sealed record BuildJson(StepJson[] Steps, OutputJson[] Outputs, long Epoch, string[] Codecs, string[] Plan);

/// <summary>An effective value, as <c>diecast show --json</c> prints it.</summary>
internal sealed record ValueJson(string Path, string? Value, string Origin);

/// <summary>An error in a definition, as <c>diecast check --json</c> prints it.</summary>
internal sealed record ErrorJson(string? File, int? Line, int? Column, string? Path, string Message, string? Value, string? Rule, string? Fix);

/// <summary>Something in which two builds differ.</summary>
internal sealed record DifferenceJson(string Subject, string Explanation);

/// <summary>Whether a definition is reproducible, as <c>diecast check --reproducible --json</c> prints it.</summary>
internal sealed record ReproducibilityJson(bool Reproducible, OutputJson[] Outputs, string[] Codecs, DifferenceJson[] Differences);

/// <summary>Something that an image tells of itself.</summary>
internal sealed record FactJson(string Name, string Value);

/// <summary>A snapshot within an image.</summary>
internal sealed record SnapshotJson(string Id, string Name, long Seconds, long VirtualMachineStateSize, long? VirtualSize);

/// <summary>A partition table.</summary>
internal sealed record TableJson(string Kind, int SectorSize, string? Id, string[] Faults);

/// <summary>What a partition or a disk holds.</summary>
internal sealed record ContentJson(string Type, string? Version, string? Label, string? Id, long? Size, bool? Clean, FactJson[]? Facts);

/// <summary>A partition.</summary>
internal sealed record PartitionJson(
    int Number, string Type, string? TypeId, string? Label, string? Id, long Start, long Size, string? Attributes, bool Active, ContentJson? Content);

/// <summary>Neighbouring blocks of a dm-verity device that are not as they were.</summary>
internal sealed record DamageJson(string Kind, int? Level, long Block, long Count, long Offset, long Length, string Message);

/// <summary>What came of checking every block of a dm-verity device.</summary>
internal sealed record VerityCheckJson(bool Good, long DataBlocks, long HashBlocks, long BadDataBlocks, long BadHashBlocks, DamageJson[] Damage);

/// <summary>Partitions that are data and its dm-verity tree, by their numbers.</summary>
internal sealed record VerityJson(
    int Data,
    int Hash,
    int? Signature,
    string? Fault,
    string? Algorithm,
    int? HashType,
    int? DataBlockSize,
    int? HashBlockSize,
    long? DataBlocks,
    int? SaltSize,
    string? RootHash,
    bool MatchesIds,
    bool? MatchesSignature,
    VerityCheckJson? Check);

/// <summary>An image, as <c>diecast info --json</c> prints it; docs/images.md tells what each field is.</summary>
internal sealed record ImageJson(
    int SchemaVersion,
    string Path,
    string Format,
    string? Compression,
    long VirtualSize,
    long Size,
    long? AllocatedSize,
    long DataSize,
    bool Complete,
    FactJson[] Facts,
    SnapshotJson[]? Snapshots,
    TableJson? Table,
    PartitionJson[]? Partitions,
    ContentJson? Content,
    VerityJson[]? Verity);

/// <summary>A layer of a container image.</summary>
internal sealed record LayerJson(string Digest, string DiffId, string? Compression, long Size, string? CreatedBy);

/// <summary>What a container image says of how it is run.</summary>
internal sealed record ContainerConfigurationJson(
    string Architecture,
    string? Variant,
    string Os,
    long Created,
    string? User,
    string[] Environment,
    string[] Entrypoint,
    string[] Command,
    string? WorkingDirectory,
    string[] Ports,
    string[] Volumes,
    SortedDictionary<string, string> Labels,
    string? StopSignal);

/// <summary>A container image, as <c>diecast info --json</c> prints it; docs/containers.md tells what each field is.</summary>
internal sealed record ContainerJson(
    int SchemaVersion,
    string Path,
    string Format,
    string[] References,
    string? ManifestDigest,
    string ConfigurationDigest,
    long Size,
    ContainerConfigurationJson Configuration,
    LayerJson[] Layers);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(TypeJson[]))]
[JsonSerializable(typeof(BuildJson))]
[JsonSerializable(typeof(ReproducibilityJson))]
[JsonSerializable(typeof(ValueJson[]))]
[JsonSerializable(typeof(ErrorJson[]))]
[JsonSerializable(typeof(ImageJson))]
[JsonSerializable(typeof(ContainerJson))]
[JsonSerializable(typeof(ProgramJson))]
[JsonSerializable(typeof(VariablesJson))]
internal sealed partial class JsonText : JsonSerializerContext;
