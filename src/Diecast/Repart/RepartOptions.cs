using Diecast.Formats.Partitioning;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;

namespace Diecast.Repart;

/// <summary>What to do with a disk that has a partition table, or none (<c>--empty=</c>).</summary>
internal enum EmptyMode
{
    /// <summary>There must be a GPT.</summary>
    Refuse,

    /// <summary>There may be a GPT or no table.</summary>
    Allow,

    /// <summary>There must be no table.</summary>
    Require,

    /// <summary>Whatever is there is given up.</summary>
    Force,

    /// <summary>The file is made, and must not be there.</summary>
    Create,
}

/// <summary>What becomes of an fstab that is there already (<c>--append-fstab=</c>).</summary>
internal enum AppendMode
{
    /// <summary>It must not be there.</summary>
    No,

    /// <summary>What an earlier run wrote is replaced, and everything else stays.</summary>
    Auto,

    /// <summary>It is replaced.</summary>
    Replace,
}

/// <summary>How what is planned is shown.</summary>
internal enum RepartOutput
{
    Table,
    Json,
    JsonPretty,
    None,
}

/// <summary>The switches of a run; the defaults are systemd-repart's.</summary>
internal sealed record RepartOptions
{
    /// <summary>The image; null to say only how large it would have to be.</summary>
    internal string? Node { get; init; }

    internal bool DryRun { get; init; } = true;

    internal EmptyMode Empty { get; init; }

    /// <summary>Bytes to grow the image to; null for what it has.</summary>
    internal long? Size { get; init; }

    internal bool SizeAuto { get; init; }

    /// <summary>Whether what holds nothing is a hole of the file.</summary>
    internal bool Discard { get; init; } = true;

    internal int? SectorSize { get; init; }

    internal long? GrainSize { get; init; }

    /// <summary>The architecture whose types are meant, in the specification's spelling; null for what definitions say.</summary>
    internal string? Architecture { get; init; }

    internal Guid? Seed { get; init; }

    internal bool RandomSeed { get; init; }

    internal bool Split { get; init; }

    internal string? Root { get; init; }

    /// <summary>An image whose root file system stands for <see cref="Root"/>.</summary>
    internal string? Image { get; init; }

    /// <summary>What is asked of that image (<c>--image-policy=</c>).</summary>
    internal ImagePolicy ImagePolicy { get; init; } = ImagePolicy.AllowAll;

    internal ValueList<string> Definitions { get; init; } = [];

    internal string? CopySource { get; init; }

    internal ValueList<string> CopyFrom { get; init; } = [];

    internal TypeFilter Filter { get; init; } = new(null, []);

    internal ValueList<Guid> Deferred { get; init; } = [];

    internal bool DeferEmpty { get; init; }

    internal bool DeferFactoryReset { get; init; }

    internal bool FactoryReset { get; init; }

    internal bool CanFactoryReset { get; init; }

    internal RepartOutput Output { get; init; }

    internal bool Legend { get; init; } = true;

    internal string? KeyFile { get; init; }

    /// <summary>The public half of the storage key of the TPM that is sealed to (TPM2B_PUBLIC), or null.</summary>
    internal string? TpmDeviceKey { get; init; }

    /// <summary>Where the TPM keeps that key; 0 for the usual place.</summary>
    internal uint TpmHandle { get; init; }

    /// <summary>The registers that count before those of the definitions.</summary>
    internal ValueList<TpmRegisterValue> TpmRegisters { get; init; } = [];

    /// <summary>The key that signs what registers may have, in PEM, or null.</summary>
    internal string? TpmPublicKey { get; init; }

    /// <summary>The registers that it signs for.</summary>
    internal ValueList<TpmRegisterValue> TpmSignedRegisters { get; init; } = [];

    internal string? TpmSignedReference { get; init; }

    internal string? PrivateKey { get; init; }

    internal string? Certificate { get; init; }

    internal ValueList<JoinedSignature> JoinedSignatures { get; init; } = [];

    internal string? MakeDdi { get; init; }

    internal string? GenerateFstab { get; init; }

    internal AppendMode AppendFstab { get; init; }

    internal string? GenerateCrypttab { get; init; }

    internal bool ElTorito { get; init; }

    internal string ElToritoSystem { get; init; } = "";

    internal string ElToritoVolume { get; init; } = "";

    internal string ElToritoPublisher { get; init; } = "";
}

/// <summary>Which types of partition are looked at.</summary>
/// <param name="Only">Whether the types are the only ones (true), or those that are left out (false); null for all.</param>
/// <param name="Types">The types.</param>
internal sealed record TypeFilter(bool? Only, ValueList<Guid> Types)
{
    internal bool Excludes(PartitionType type) => Only is { } only && Types.Contains(type.Guid!.Value) != only;
}

/// <summary>A signature that was made elsewhere.</summary>
/// <param name="RootHash">What is signed.</param>
/// <param name="Signature">The detached PKCS#7 in DER.</param>
internal sealed record JoinedSignature(string RootHash, ReadOnlyMemory<byte> Signature);
