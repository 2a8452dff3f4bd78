using System.Globalization;
using System.Text;
using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How the settings of containers and of WSL are written.</summary>
internal static class ContainerShapes
{
    private const int LongestName = 255;

    private static readonly TextShape Argument = new("an argument", "any text without NUL")
    {
        Test = text => text.Contains('\0', StringComparison.Ordinal) ? "NUL in an argument" : null,
    };

    /// <summary>distribution/reference: an optional registry, then parts of small letters and digits with separators in them.</summary>
    private static readonly TextShape Repository = new("an image name", "parts of small letters and digits, with . _ or - in them, parted by /; the first may be a registry")
    {
        Form = ContainerForms.RepositoryForm,
        Pattern = ContainerForms.Repository,
        MaxLength = LongestName,
        Advice = _ => "write it as in server, or registry.example.org/team/server; the tag has a key of its own",
    };

    private static readonly TextShape Tag = Texts.Make(
        "a tag", ContainerForms.TagForm, ContainerForms.Tag, "letters, digits, _ . and -, not first . or -, at most 128", _ => "write it as in 1.0");

    /// <summary>A name with its tag, or either of them.</summary>
    internal static readonly TextShape Reference = Texts.Make(
        "the name of an image", ContainerForms.ReferenceForm, ContainerForms.Reference, "it is a name, a tag, or both with a colon between them", _ => "write it as in server:latest");

    private static readonly TextShape User = Texts.Make(
        "a user", ContainerForms.UserForm, ContainerForms.User, "a name or number, with a group behind a colon or without", _ => "write it as in 1000:100");

    private static readonly TextShape Port = new("a port", "a number from 1 to 65535, with /tcp, /udp or /sctp behind it or without")
    {
        Form = ContainerForms.PortForm,
        Pattern = ContainerForms.Port,
        Test = text => int.Parse(text.Split('/')[0], CultureInfo.InvariantCulture) is < 1 or > 65535 ? "no port of that number" : null,
        Advice = _ => "write it as in 80 or 53/udp",
    };

    private static readonly TextShape Signal = Texts.Make(
        "a signal", ContainerForms.SignalForm, ContainerForms.Signal, "its name as in SIGTERM or SIGRTMIN+3, or its number", _ => "see kill -l");

    internal static readonly TextShape Platform = Texts.Make(
        "an architecture", ContainerForms.PlatformForm, ContainerForms.Platform, "Go's name of it, as in amd64, arm64 or arm/v7", _ => "leave it out, or write it so");

    private static readonly TextShape WslName = new("a distribution's name", "letters, digits, . _ and -, at most 64")
    {
        Form = ContainerForms.WslNameForm,
        Pattern = ContainerForms.WslName,
        MaxLength = 64,
        Advice = _ => "write it as in Debian-13",
    };

    internal static readonly RecordShape<ContainerSettings> Container = new("settings of a container", () => new ContainerSettings(),
    [
        Field.Optional(nameof(ContainerSettings.Repository), Repository, (ContainerSettings c) => c.Repository, (c, v) => c with { Repository = v }),
        Field.Of(nameof(ContainerSettings.Tag), Tag, (ContainerSettings c) => c.Tag, (c, v) => c with { Tag = v }),
        Field.Of(nameof(ContainerSettings.Entrypoint), new ListShape<string>(Argument, "arguments"),
            (ContainerSettings c) => c.Entrypoint, (c, v) => c with { Entrypoint = v }),
        Field.Of(nameof(ContainerSettings.Command), new ListShape<string>(Argument, "arguments"),
            (ContainerSettings c) => c.Command, (c, v) => c with { Command = v }),
        Field.Of(nameof(ContainerSettings.Environment), Map("variables", "{LANG: C.UTF-8}", CheckVariable),
            (ContainerSettings c) => c.Environment, (c, v) => c with { Environment = v }),
        Field.Of(nameof(ContainerSettings.Labels), Map("labels", "{org.opencontainers.image.title: server}", CheckLabel),
            (ContainerSettings c) => c.Labels, (c, v) => c with { Labels = v }),
        Field.Optional(nameof(ContainerSettings.User), User, (ContainerSettings c) => c.User, (c, v) => c with { User = v }),
        Field.Optional(nameof(ContainerSettings.WorkingDirectory), Texts.TreePath,
            (ContainerSettings c) => c.WorkingDirectory, (c, v) => c with { WorkingDirectory = v }),
        Field.Of(nameof(ContainerSettings.Ports), new ListShape<string>(Port, "ports"), (ContainerSettings c) => c.Ports, (c, v) => c with { Ports = v }),
        Field.Of(nameof(ContainerSettings.Volumes), new ListShape<string>(Texts.TreePath, "absolute paths"),
            (ContainerSettings c) => c.Volumes, (c, v) => c with { Volumes = v }),
        Field.Optional(nameof(ContainerSettings.StopSignal), Signal, (ContainerSettings c) => c.StopSignal, (c, v) => c with { StopSignal = v }),
        Field.Optional(nameof(ContainerSettings.Architecture), Platform, (ContainerSettings c) => c.Architecture, (c, v) => c with { Architecture = v }),
    ])
    { MayBePartial = true };

    internal static readonly RecordShape<WslSettings> Wsl = new("settings of a WSL distribution", () => new WslSettings(),
    [
        Field.Optional(nameof(WslSettings.Name), WslName, (WslSettings w) => w.Name, (w, v) => w with { Name = v }),
        Field.Optional(nameof(WslSettings.DefaultUser), Texts.UserName, (WslSettings w) => w.DefaultUser, (w, v) => w with { DefaultUser = v }),
        Field.Optional(nameof(WslSettings.Icon), Scalars.FilePath, (WslSettings w) => w.Icon, (w, v) => w with { Icon = v }),
        Field.Of(nameof(WslSettings.Systemd), Scalars.Boolean, (WslSettings w) => w.Systemd, (w, v) => w with { Systemd = v }),
    ])
    { MayBePartial = true };

    private static MapShape<NamedValue> Map(string plural, string example, Func<string, string, (string, string, string)?> test) =>
        new(plural, example, (name, value) => new NamedValue(name, value), item => item.Name, item => item.Value) { Test = test };

    private static (string, string, string)? CheckVariable(string name, string value) =>
        name.Length == 0 || name.Contains('=', StringComparison.Ordinal) || name.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal)
            ? ("not a variable", "a variable's name is not empty and holds no = and no NUL, nor does its value hold NUL", "correct it")
            : null;

    private static (string, string, string)? CheckLabel(string name, string value) =>
        name.Length == 0 || Encoding.UTF8.GetByteCount(name) > LongestName
            ? ("not a label's name", "a label's name has 1 to 255 bytes", "shorten it")
            : null;
}
