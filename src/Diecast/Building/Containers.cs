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

    /// <summary>Whether the system boots by its init where something else's kernel runs it, as far as the definition tells.</summary>
    internal static bool RunsInit(Definition definition) => ImageCatalogue.KindOf(definition) switch
    {
        ImageKind.Container => RunsInit(ProgramOf(definition.Image.Container ?? new ContainerSettings(), null)),
        ImageKind.Wsl => definition.Image.Wsl?.Systemd ?? true,
        _ => false,
    };

    /// <summary>The name that an image goes by.</summary>
    internal static ContainerReference Reference(Definition definition)
    {
        ContainerSettings settings = definition.Image.Container ?? new ContainerSettings();
        return new ContainerReference(settings.Repository ?? RepositoryOf(definition.Name), settings.Tag);
    }

    /// <summary>What the image says of how it is run: what the definition says, else what the image says that it is made from.</summary>
    /// <param name="definition">The definition, completed by its image type.</param>
    /// <param name="tree">The finished tree.</param>
    /// <param name="epoch">When it counts as made.</param>
    /// <param name="source">Of the container image that is the base; null where it is none.</param>
    /// <exception cref="BuildException">The tree has no init, or tells no architecture.</exception>
    internal static ContainerConfiguration Configuration(Definition definition, FileTree tree, Timestamp epoch, ContainerConfiguration? source = null)
    {
        ContainerSettings settings = definition.Image.Container ?? new ContainerSettings();
        ContainerProgram program = ProgramOf(settings, source);
        bool runsInit = RunsInit(program);
        if (runsInit && tree.Resolve(Init) is not FileInode)
            throw new BuildException($"the base has no {Init}, which a container boots by", "add the package systemd-sysv to the base, or name a program with image.container.entrypoint");
        (string architecture, string? variant) = settings.Architecture is { } given ? Split(given)
            : definition.System?.Base is DebianBase { Architecture: "armel" } ? ("arm", "v5")
            : source is not null ? (source.Architecture, source.Variant)
            : ArchitectureOf(program, tree);
        // Of what runs another program its user, directory and signal are no matter to init.
        ContainerConfiguration? same = runsInit && !RunsInit(ProgramOf(new ContainerSettings(), source)) ? null : source;
        return new ContainerConfiguration
        {
            Architecture = architecture,
            Variant = variant,
            Created = epoch,
            User = settings.User ?? same?.User ?? "",
            Environment = Environment(settings, source, runsInit),
            Entrypoint = [.. runsInit ? [Init] : program.Entrypoint],
            Command = [.. program.Command],
            WorkingDirectory = settings.WorkingDirectory ?? same?.WorkingDirectory ?? "",
            ExposedPorts = settings.Ports.Count > 0
                ? [.. settings.Ports.Select(port => port.Contains('/', StringComparison.Ordinal) ? port : port + "/tcp")]
                : source?.ExposedPorts ?? [],
            Volumes = settings.Volumes.Count > 0 ? [.. settings.Volumes] : source?.Volumes ?? [],
            Labels = Labels(settings, source),
            StopSignal = settings.StopSignal ?? same?.StopSignal ?? (runsInit ? HaltSignal : null),
        };
    }

    /// <summary>
    /// What runs: a declared command replaces the base's alone, and a declared entry point both, as its arguments are another
    /// program's (as Dockerfile's ENTRYPOINT and CMD).
    /// </summary>
    private static ContainerProgram ProgramOf(ContainerSettings settings, ContainerConfiguration? source) =>
        settings.Entrypoint.Count > 0 ? new ContainerProgram([.. settings.Entrypoint], [.. settings.Command])
        : settings.Command.Count > 0 ? new ContainerProgram(source?.Entrypoint ?? [], [.. settings.Command])
        : new ContainerProgram(source?.Entrypoint ?? [], source?.Command ?? []);

    private static bool RunsInit(ContainerProgram program) => program is { Entrypoint.Count: 0, Command.Count: 0 } or { Entrypoint: [Init] };

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

    /// <summary>The base's variables first, each with the definition's value where it has one.</summary>
    private static string[] Environment(ContainerSettings settings, ContainerConfiguration? source, bool runsInit)
    {
        NamedValue[] below = [.. (source?.Environment ?? []).Select(Variable).Where(variable => settings.Environment.All(own => own.Name != variable.Name))];
        var variables = new List<NamedValue>();
        if (!IsGiven("PATH"))
            variables.Add(new NamedValue("PATH", DefaultPath));
        // systemd tells by it that it is not on a machine (https://systemd.io/CONTAINER_INTERFACE); any value says so.
        if (runsInit && !IsGiven("container"))
            variables.Add(new NamedValue("container", "oci"));
        return [.. variables.Concat(below).Concat(settings.Environment).Select(variable => $"{variable.Name}={variable.Value}")];

        bool IsGiven(string name) => settings.Environment.Concat(below).Any(variable => variable.Name == name);
    }

    private static NamedValue Variable(string text) => text.Split('=', 2) is [var name, var value] ? new NamedValue(name, value) : new NamedValue(text, "");

    private static KeyValuePair<string, string>[] Labels(ContainerSettings settings, ContainerConfiguration? source) =>
    [
        .. (source?.Labels ?? []).Where(label => settings.Labels.All(own => own.Name != label.Key)),
        .. settings.Labels.Select(label => KeyValuePair.Create(label.Name, label.Value)),
    ];

    private static (string Architecture, string? Variant) ArchitectureOf(ContainerProgram program, FileTree tree)
    {
        string? first = program.Entrypoint.Count > 0 ? program.Entrypoint[0] : program.Command.Count > 0 ? program.Command[0] : null;
        return NameOf(TargetArchitecture.Of(tree, first)) is { } name
            ? Split(name)
            : throw new BuildException("no program in the image tells what it runs on", "name it with image.container.architecture, as in amd64");
    }

    /// <summary>
    /// Go's name (https://go.dev/doc/install/source#environment) with the variant that image indices have; null for one that is
    /// not known.
    /// </summary>
    internal static string? NameOf(Architecture architecture) => architecture switch
    {
        Architecture.Amd64 => "amd64",
        Architecture.I386 => "386",
        Architecture.Arm64 => "arm64/v8",
        Architecture.Arm => "arm/v7",
        Architecture.RiscV64 => "riscv64",
        Architecture.LoongArch64 => "loong64",
        Architecture.Ppc64El => "ppc64le",
        _ => null,
    };

    private static (string, string?) Split(string architecture) =>
        architecture.Split('/') is [var name, var variant] ? (name, variant) : (architecture, null);

    /// <summary>What a container runs.</summary>
    private sealed record ContainerProgram(IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Command);
}
