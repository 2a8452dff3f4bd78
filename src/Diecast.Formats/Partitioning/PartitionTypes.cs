using System.Globalization;

namespace Diecast.Formats.Partitioning;

/// <summary>The known partition types, by name, GUID and MBR byte.</summary>
public static class PartitionTypes
{
    /// <summary>Architectures that have types of their own, in the spelling of the Discoverable Partitions Specification.</summary>
    public static IReadOnlyList<string> Architectures { get; } = [.. PartitionTypeTable.ByArchitecture.Select(row => row.Architecture)];

    /// <summary>All types, the general ones first.</summary>
    public static IReadOnlyList<PartitionType> All { get; } = [.. MakeAll()];

    private static readonly Dictionary<string, PartitionType> ByName = All.ToDictionary(t => t.Name, StringComparer.Ordinal);

    /// <summary>EFI system partition.</summary>
    public static PartitionType Esp { get; } = ByName["esp"];

    /// <summary>GRUB's core image on a GPT disk that a BIOS boots.</summary>
    public static PartitionType BiosBoot { get; } = ByName["bios-boot"];

    /// <summary>Any Linux data.</summary>
    public static PartitionType LinuxGeneric { get; } = ByName["linux-generic"];

    /// <summary>
    /// The type of a name (<c>esp</c>, <c>root-arm64</c>, <c>usr-x86-64-verity</c>), of a GUID, or of an MBR byte
    /// (<c>0x83</c>); null when it is none of them.
    /// </summary>
    /// <param name="text">The name, GUID or byte.</param>
    /// <param name="architecture">
    /// Completes <c>root</c>, <c>usr</c> and their verity names; a name from <see cref="Architectures"/>, or null.
    /// </param>
    public static PartitionType? Find(string text, string? architecture = null)
    {
        if (ByName.TryGetValue(text, out PartitionType? type))
            return type;
        if (architecture is not null && Complete(text, architecture) is { } completed && ByName.TryGetValue(completed, out type))
            return type;
        if (Guid.TryParseExact(text, "D", out Guid guid) || Guid.TryParseExact(text, "N", out guid))
            return ByGuid(guid);
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && byte.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? new PartitionType(FormattableString.Invariant($"0x{value:x2}"), null, value)
            : null;
    }

    /// <summary>The type of a GUID; outside the catalogue it is named by the GUID.</summary>
    public static PartitionType ByGuid(Guid guid) =>
        All.FirstOrDefault(t => t.Guid == guid) ?? new PartitionType(guid.ToString(), guid, null);

    /// <summary>The first type of an MBR byte, as several share one; outside the catalogue it is named by the byte.</summary>
    public static PartitionType ByMbrByte(byte value) =>
        All.FirstOrDefault(t => t.MbrByte == value) ?? new PartitionType(FormattableString.Invariant($"0x{value:x2}"), null, value);

    private static string? Complete(string name, string architecture) => name switch
    {
        "root" or "usr" => $"{name}-{architecture}",
        "root-verity" or "usr-verity" or "root-verity-sig" or "usr-verity-sig" => $"{name[..name.IndexOf('-', StringComparison.Ordinal)]}-{architecture}{name[name.IndexOf('-', StringComparison.Ordinal)..]}",
        _ => null,
    };

    private static IEnumerable<PartitionType> MakeAll()
    {
        foreach (PartitionTypeTable.General row in PartitionTypeTable.Rows)
            yield return new PartitionType(row.Name, row.Guid is null ? null : Guid.Parse(row.Guid), row.MbrByte, row.Attributes);
        const ulong All = PartitionTypeTable.All;
        const ulong Fixed = GptAttributes.ReadOnly | GptAttributes.NoAuto;
        foreach (PartitionTypeTable.Architectural row in PartitionTypeTable.ByArchitecture)
        {
            yield return new PartitionType($"root-{row.Architecture}", Guid.Parse(row.Root), 0x83, All);
            yield return new PartitionType($"usr-{row.Architecture}", Guid.Parse(row.Usr), 0x83, All);
            yield return new PartitionType($"root-{row.Architecture}-verity", Guid.Parse(row.RootVerity), null, Fixed);
            yield return new PartitionType($"usr-{row.Architecture}-verity", Guid.Parse(row.UsrVerity), null, Fixed);
            yield return new PartitionType($"root-{row.Architecture}-verity-sig", Guid.Parse(row.RootVeritySignature), null, GptAttributes.ReadOnly);
            yield return new PartitionType($"usr-{row.Architecture}-verity-sig", Guid.Parse(row.UsrVeritySignature), null, GptAttributes.ReadOnly);
        }
    }
}
