using System.CommandLine;
using Diecast.Cli.Rendering;
using Diecast.Repart;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast repart [DEVICE]</c>, and what a link called <c>systemd-repart</c> runs.</summary>
internal static class RepartCommand
{
    /// <summary>The name under which the program is systemd-repart.</summary>
    internal const string OriginalName = "systemd-repart";

    /// <summary>The release whose switches, settings and layouts are understood.</summary>
    internal const int OriginalVersion = 262;

    /// <summary>The command.</summary>
    /// <param name="session">The terminal.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="environment">The variables; null for the process's own.</param>
    internal static ExampledCommand Create(Session session, string name = "repart", Func<string, string?>? environment = null)
    {
        var command = new ExampledCommand(name, "Make or extend a disk image from partition definitions (repart.d), as systemd-repart does.");
        var node = new Argument<string?>("DEVICE")
        {
            Description = "The image; - says only how large it has to be.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        command.Arguments.Add(node);
        var switches = new RepartSwitches();
        foreach (Option option in switches.All)
            command.Options.Add(option);
        command.Example("--definitions=repart.d --empty=create --size=auto --seed=UUID --copy-source=tree disk.raw", "makes an image as large as it must be");
        command.Example("--definitions=repart.d disk.raw", "shows what would be added to an image, or grown in it");
        command.Example("--definitions=repart.d --dry-run=no --size=8G disk.raw", "grows the image and does it");
        command.Example("-S --copy-source=tree extension.raw", "makes a system extension image");
        command.SetAction((result, cancellation) => Task.Run(
            () => Run(session.Terminal, switches.Read(result, result.GetValue(node)), environment ?? Environment.GetEnvironmentVariable, cancellation),
            CancellationToken.None));
        return command;
    }

    /// <summary>Whether a program's name is systemd-repart's.</summary>
    internal static bool IsOriginal(string programName) => Path.GetFileName(programName) == OriginalName;

    /// <summary>What systemd-repart answers to <c>--version</c>: programs read the second word, mkosi the third.</summary>
    internal static string Version(string own) => FormattableString.Invariant($"systemd {OriginalVersion} ({OriginalVersion}-diecast-{own})");

    private static int Run(Terminal terminal, RepartOptions? options, Func<string, string?> environment, CancellationToken cancellation)
    {
        var log = new RepartLog((level, text) => ErrorText.Say(terminal, level == RepartLevel.Warning ? "warning" : null, text));
        if (options is null)
        {
            log.Notice("there is no DEVICE; disks of the running machine are not worked on here, name an image");
            return RepartRun.NoDisk;
        }

        using var context = new RepartContext(options, environment, log);
        return new RepartRun(context, terminal.Output.Profile.Out.Writer, cancellation).Execute();
    }
}
