using System.Runtime.InteropServices;
using Diecast.Formats.Partitioning;

namespace Diecast.Repart;

/// <summary>Partition types as systemd names and uses them (Discoverable Partitions Specification).</summary>
internal static class RepartTypes
{
    internal const string Esp = "esp";
    internal const string Xbootldr = "xbootldr";
    internal const string Swap = "swap";
    internal const string Root = "root";

    private const string Hash = "-verity";
    private const string Signature = "-verity-sig";

    /// <summary>The types without an architecture that systemd has a name for; it shows others by their UUID.</summary>
    private static readonly string[] General = [Esp, Xbootldr, Swap, "home", "srv", "var", "tmp", "user-home", "linux-generic"];

    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["aarch64"] = "arm64",
        ["armv7l"] = "arm",
        ["armv6l"] = "arm",
        ["amd64"] = "x86-64",
        ["x86_64"] = "x86-64",
        ["i386"] = "x86",
        ["i486"] = "x86",
        ["i586"] = "x86",
        ["i686"] = "x86",
        ["ppc64le"] = "ppc64-le",
        ["ppc64el"] = "ppc64-le",
        ["mipsel"] = "mips-le",
        ["mips64el"] = "mips64-le",
        ["loong64"] = "loongarch64",
    };

    /// <summary>The architecture of this machine, in the specification's spelling.</summary>
    internal static string NativeArchitecture { get; } = RuntimeInformation.OSArchitecture switch
    {
        Architecture.X64 => "x86-64",
        Architecture.X86 => "x86",
        Architecture.Arm64 => "arm64",
        Architecture.Arm or Architecture.Armv6 => "arm",
        Architecture.RiscV64 => "riscv64",
        Architecture.S390x => "s390x",
        Architecture.Ppc64le => "ppc64-le",
        Architecture.LoongArch64 => "loongarch64",
        _ => "x86-64",
    };

    /// <summary>The architecture of a name or an alias, or null.</summary>
    internal static string? FindArchitecture(string name)
    {
        string canonical = Aliases.GetValueOrDefault(name, name);
        return PartitionTypes.Architectures.Contains(canonical) ? canonical : null;
    }

    /// <summary>The type of a name or a UUID, or null; <c>root</c> and its like are those of this machine's architecture.</summary>
    internal static PartitionType? Find(string text)
    {
        if (text == "root-secondary" || text == "usr-secondary")
            text = string.Concat(text.AsSpan(0, 4).TrimEnd('-'), "-x86");
        if (PartitionTypes.Find(text, NativeArchitecture) is { Guid: not null } type)
            return type;
        foreach (string role in (ReadOnlySpan<string>)["root-", "usr-"])
        {
            if (!text.StartsWith(role, StringComparison.Ordinal))
                continue;
            string suffix = text.EndsWith(Signature, StringComparison.Ordinal) ? Signature : text.EndsWith(Hash, StringComparison.Ordinal) ? Hash : "";
            int end = text.Length - suffix.Length;
            if (end > role.Length && FindArchitecture(text[role.Length..end]) is { } architecture)
                return PartitionTypes.Find($"{role}{architecture}{suffix}");
        }

        return null;
    }

    /// <summary>The same type of another architecture, for types that belong to one.</summary>
    internal static PartitionType WithArchitecture(PartitionType type, string architecture)
    {
        string role = RoleOf(type);
        return IsOfArchitecture(type) ? PartitionTypes.Find(role, architecture) ?? type : type;
    }

    /// <summary>What a partition is for, without the architecture: <c>root</c>, <c>usr-verity</c>, <c>esp</c>; the name itself for other types.</summary>
    internal static string RoleOf(PartitionType type)
    {
        if (!IsOfArchitecture(type))
            return type.Name;
        string role = type.Name[..type.Name.IndexOf('-', StringComparison.Ordinal)];
        return type.Name.EndsWith(Signature, StringComparison.Ordinal) ? role + Signature
            : type.Name.EndsWith(Hash, StringComparison.Ordinal) ? role + Hash
            : role;
    }

    /// <summary>The name that systemd knows, or null.</summary>
    internal static string? NameOf(PartitionType type) =>
        IsOfArchitecture(type) || General.Contains(type.Name) ? type.Name : null;

    /// <summary>The name, or the UUID where systemd has none.</summary>
    internal static string Describe(PartitionType type) => NameOf(type) ?? type.Guid!.Value.ToString();

    /// <summary>Where such a partition is mounted.</summary>
    internal static string[] MountPoints(PartitionType type) => RoleOf(type) switch
    {
        Root => ["/"],
        "usr" => ["/usr"],
        "home" => ["/home"],
        "srv" => ["/srv"],
        Esp => ["/efi", "/boot"],
        Xbootldr => ["/boot"],
        "var" => ["/var"],
        "tmp" => ["/var/tmp"],
        _ => [],
    };

    internal static bool IsBoot(PartitionType type) => RoleOf(type) is Esp or Xbootldr;

    internal static bool IsVerityHash(PartitionType type) => RoleOf(type).EndsWith(Hash, StringComparison.Ordinal);

    internal static bool IsVeritySignature(PartitionType type) => RoleOf(type).EndsWith(Signature, StringComparison.Ordinal);

    private static bool IsOfArchitecture(PartitionType type) =>
        type.Name.StartsWith("root-", StringComparison.Ordinal) || type.Name.StartsWith("usr-", StringComparison.Ordinal);
}
