namespace Diecast.Cli.Json;

/// <summary>A section of an EFI program.</summary>
internal sealed record SectionJson(string Name, long Address, long Size, long Start);

/// <summary>A profile of a unified kernel image.</summary>
internal sealed record ProfileJson(string? Id, string? Title, string? CommandLine);

/// <summary>A signature of an EFI program.</summary>
internal sealed record SignatureJson(string? Signer, string? Issuer, string? Fingerprint, string? Time, bool Intact);

/// <summary>An EFI program, as <c>diecast info --json</c> prints it; docs/formats/uki.md tells what each field is.</summary>
internal sealed record ProgramJson(
    int SchemaVersion,
    string Path,
    string Format,
    string Machine,
    long Size,
    string? Digest,
    string? Fault,
    string? KernelRelease,
    string? CommandLine,
    string? OsRelease,
    ProfileJson[] Profiles,
    SignatureJson[] Signatures,
    SectionJson[] Sections);

/// <summary>A variable of UEFI firmware.</summary>
internal sealed record VariableJson(string Name, string Vendor, string[] Attributes, string? Time, string Data);

/// <summary>A file of firmware variables, as <c>diecast info --json</c> prints it; docs/formats/efi-variables.md tells what each field is.</summary>
internal sealed record VariablesJson(int SchemaVersion, string Path, string Format, long Size, bool Authenticated, long Free, VariableJson[] Variables);
