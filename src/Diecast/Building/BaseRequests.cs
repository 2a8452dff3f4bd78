using Diecast.Bases;
using Diecast.Boot;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>What a build asks of its base: the declaration, and what the system, its file systems and its boot need.</summary>
internal static class BaseRequests
{
    internal static DebianRequest Of(DebianBase debian, OperatingSystem system, Definition definition)
    {
        if (debian.Architecture is null && definition.Image.Platform is { } platform)
            debian = debian with { Architecture = platform.DebianArchitecture };
        var needs = SystemRequirements.Of(system, Containers.PlaceOf(definition), Containers.RunsInit(definition));
        var boot = BootRequirements.Of(system, new BootPlaces(definition).GrubPlatforms(system, ArchitectureOf(debian)));
        var fileSystems = system.Kernel is null
            ? []
            : definition.Image.Partitions.Where(partition => partition is { MountPoint: not null, FileSystem: not null })
                .Select(partition => SystemRequirements.FileSystemPackage(MountTypes.NameOf(partition.FileSystem!.Type)))
                .OfType<string>();
        IEnumerable<string> encrypted = system.Kernel is not null && definition.Image.Partitions.Any(partition => partition is { MountPoint: "/", Encrypt: not null })
            ? [EncryptedRoot.Package]
            : [];
        return new DebianRequest
        {
            Base = debian,
            ExtraPackages = needs.Packages.Concat(boot.Packages).Concat(fileSystems).Concat(encrypted).Concat(ApplianceFiles.Packages(definition)).Concat(definition.Image.Blobs.Select(blob => blob.Package).OfType<string>())
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToValueList(),
            DebconfSelections = needs.DebconfSelections,
            Environment = needs.Environment.Concat(boot.Environment)
                .Select(variable => $"{variable.Key}={variable.Value}")
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToValueList(),
        };
    }

    private static Architecture ArchitectureOf(DebianBase debian) =>
        Architectures.FromDebianName(debian.Architecture ?? DebianDeclaration.MachineArchitecture);
}
