using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Archives;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>From an image's settings to what a container says of itself, with all defaults filled in.</summary>
internal static class Containers
{
    private const string Init = "/sbin/init";

    /// <summary>What a login shell of Debian starts with (login.defs, ENV_SUPATH), and Docker where an image has none.</summary>
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>systemd(1), Signals: starts halt.target.</summary>
    private const string HaltSignal = "SIGRTMIN+3";

    /// <summary>What runs the system in an image.</summary>
    internal static SystemPlace PlaceOf(Definition definition) => ImageCatalogue.KindOf(definition) switch
    {
        ImageKind.Container => definition.Image.SharedNetwork ? SystemPlace.ContainerOnHostNetwork : SystemPlace.Container,
        ImageKind.Wsl => SystemPlace.Wsl,
        _ => SystemPlace.Machine,
    };

    /// <summary>Whether the system boots by its init where something else's kernel runs it.</summary>
    internal static bool RunsInit(Definition definition) => ImageCatalogue.KindOf(definition) switch
    {
        ImageKind.Container => definition.Image.Container is null or { Entrypoint.Count: 0, Command.Count: 0 } or { Entrypoint: [Init] },
        ImageKind.Wsl => definition.Image.Wsl?.Systemd ?? true,
        _ => false,
    };

    /// <summary>The name that an image goes by.</summary>
    internal static ContainerReference Reference(Definition definition)
    {
        ContainerSettings settings = definition.Image.Container ?? new ContainerSettings();
        return new ContainerReference(settings.Repository ?? RepositoryOf(definition.Name), settings.Tag);
    }

    /// <summary>What the image says of how it is run.</summary>
    /// <param name="definition">The definition, completed by its image type.</param>
    /// <param name="tree">The finished tree.</param>
    /// <param name="epoch">When it counts as made.</param>
    /// <exception cref="BuildException">The tree has no init, or tells no architecture.</exception>
    internal static ContainerConfiguration Configuration(Definition definition, FileTree tree, Timestamp epoch)
    {
        ContainerSettings settings = definition.Image.Container ?? new ContainerSettings();
        bool runsInit = RunsInit(definition);
        if (runsInit && tree.Resolve(Init) is not FileInode)
            throw new BuildException($"the base has no {Init}, which a container boots by", "add the package systemd-sysv to the base, or name a program with image.container.entrypoint");
        (string architecture, string? variant) = settings.Architecture is { } given ? Split(given)
            : definition.System?.Base is DebianBase { Architecture: "armel" } ? ("arm", "v5")
            : ArchitectureOf(settings, tree);
        return new ContainerConfiguration
        {
            Architecture = architecture,
            Variant = variant,
            Created = epoch,
            User = settings.User ?? "",
            Environment = [.. Environment(settings, runsInit).Select(variable => $"{variable.Name}={variable.Value}")],
            Entrypoint = [.. runsInit ? [Init] : settings.Entrypoint],
            Command = [.. settings.Command],
            WorkingDirectory = settings.WorkingDirectory ?? "",
            ExposedPorts = [.. settings.Ports.Select(port => port.Contains('/', StringComparison.Ordinal) ? port : port + "/tcp")],
            Volumes = [.. settings.Volumes],
            Labels = [.. settings.Labels.Select(label => KeyValuePair.Create(label.Name, label.Value))],
            StopSignal = settings.StopSignal ?? (runsInit ? HaltSignal : null),
        };
    }

    /// <summary>The definition's name as image names are spelled: small letters and digits, with single separators between them.</summary>
    private static string RepositoryOf(string name)
    {
        string spelled = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : c is '.' or '_' ? c : '-'));
        var parts = new System.Text.StringBuilder();
        foreach (char c in spelled)
        {
            if (char.IsAsciiLetterOrDigit(c) || (parts.Length > 0 && char.IsAsciiLetterOrDigit(parts[^1])))
                parts.Append(c);
        }

        return parts.ToString().TrimEnd('.', '_', '-');
    }

    private static IEnumerable<NamedValue> Environment(ContainerSettings settings, bool runsInit)
    {
        if (settings.Environment.All(variable => variable.Name != "PATH"))
            yield return new NamedValue("PATH", DefaultPath);
        // systemd tells by it that it is not on a machine (https://systemd.io/CONTAINER_INTERFACE); any value says so.
        if (runsInit && settings.Environment.All(variable => variable.Name != "container"))
            yield return new NamedValue("container", "oci");
        foreach (NamedValue variable in settings.Environment)
            yield return variable;
    }

    private static (string Architecture, string? Variant) ArchitectureOf(ContainerSettings settings, FileTree tree)
    {
        string? program = settings.Entrypoint.Count > 0 ? settings.Entrypoint[0] : settings.Command.Count > 0 ? settings.Command[0] : null;
        return TargetArchitecture.Of(tree, program) switch
        {
            // Go's names (https://go.dev/doc/install/source#environment) and the variants that image indices have.
            Architecture.Amd64 => ("amd64", null),
            Architecture.I386 => ("386", null),
            Architecture.Arm64 => ("arm64", "v8"),
            Architecture.Arm => ("arm", "v7"),
            Architecture.RiscV64 => ("riscv64", null),
            Architecture.LoongArch64 => ("loong64", null),
            Architecture.Ppc64El => ("ppc64le", null),
            _ => throw new BuildException("no program in the image tells what it runs on", "name it with image.container.architecture, as in amd64"),
        };
    }

    private static (string, string?) Split(string architecture) =>
        architecture.Split('/') is [var name, var variant] ? (name, variant) : (architecture, null);
}
