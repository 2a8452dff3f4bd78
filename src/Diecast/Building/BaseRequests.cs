using System.Runtime.InteropServices;
using Diecast.Bases;
using Diecast.Boot;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>What a build asks of its base: the declaration, and what the system, its file systems and its boot need.</summary>
internal static class BaseRequests
{
    internal static DebianRequest Of(DebianBase debian, OperatingSystem system, Definition definition)
    {
        var needs = SystemRequirements.Of(system, Containers.PlaceOf(definition), Containers.RunsInit(definition));
        var boot = BootRequirements.Of(system, new BootPlaces(definition).GrubPlatforms(system, ArchitectureOf(debian)));
        var fileSystems = system.Kernel is null
            ? []
            : definition.Image.Partitions.Where(partition => partition is { MountPoint: not null, FileSystem: not null })
                .Select(partition => SystemRequirements.FileSystemPackage(MountTypes.NameOf(partition.FileSystem!.Type)))
                .OfType<string>();
        return new DebianRequest
        {
            Base = debian,
            ExtraPackages = needs.Packages.Concat(boot.Packages).Concat(fileSystems)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToValueList(),
            DebconfSelections = needs.DebconfSelections,
            Environment = needs.Environment.Concat(boot.Environment)
                .Select(variable => $"{variable.Key}={variable.Value}")
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToValueList(),
        };
    }

    private static Boot.Architecture ArchitectureOf(DebianBase debian) => debian.Architecture is { } name
        ? Architectures.FromDebianName(name)
        : RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => Boot.Architecture.Amd64,
            System.Runtime.InteropServices.Architecture.X86 => Boot.Architecture.I386,
            System.Runtime.InteropServices.Architecture.Arm64 => Boot.Architecture.Arm64,
            System.Runtime.InteropServices.Architecture.RiscV64 => Boot.Architecture.RiscV64,
            _ => Boot.Architecture.Unknown,
        };
}
