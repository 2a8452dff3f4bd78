using System.CommandLine;
using Diecast.Cli.Rendering;
using Diecast.Genimage;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast genimage</c>, and what a link called <c>genimage</c> runs.</summary>
internal static class GenimageCommand
{
    /// <summary>The name under which the program is genimage.</summary>
    internal const string OriginalName = "genimage";

    /// <summary>The release whose configurations are understood.</summary>
    internal const string OriginalVersion = "20";

    private const int LevelOfSteps = 3;

    /// <summary>Switches that are understood, each with its default and what it says.</summary>
    private static readonly (string Name, string Argument, string Description)[] Known =
    [
        ("loglevel", "LEVEL", "0 errors, 1 what matters, 2 and 3 each step. Default: 1."),
        ("rootpath", "DIR", "What file systems are filled with. Default: root."),
        ("tmppath", "DIR", "Where commands find a copy of it; nothing else is written there. Default: tmp."),
        ("inputpath", "DIR", "Where files are that partitions name. Default: input."),
        ("outputpath", "DIR", "Where images are written. Default: images."),
        ("includepath", "DIRS", "Where included files are looked for, with colons between; the current directory is the last."),
        ("randomseed", "TEXT", "What all ids follow from. Default: the configuration."),
        ("config", "FILE", "The configuration. Default: genimage.cfg."),
        ("configdump", "FILE", "Write the configuration with all that is included; - for standard output."),
    ];

    /// <summary>The command.</summary>
    /// <param name="session">The terminal.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="environment">The variables; null for the process's own.</param>
    internal static ExampledCommand Create(Session session, string name = "genimage", Func<string, string?>? environment = null)
    {
        var command = new ExampledCommand(name, "Make the images that a genimage configuration declares, without its programs and without copies.");
        var options = new Dictionary<string, Option<string[]>>(StringComparer.Ordinal);
        foreach ((string option, string argument, string description) in Known)
            Add(option, argument, description, isHidden: false);
        foreach (string program in HostPrograms.Names)
        {
            bool isCalled = HostPrograms.IsCalled(program);
            Add(program, "PROGRAM", isCalled ? "The program to run." : "Nothing: the program is not run.", isHidden: !isCalled);
        }

        command.Example("--config=board.cfg --inputpath=binaries --rootpath=target", "makes the images of board.cfg in images/");
        command.Example("--config=- --outputpath=out", "takes the configuration from standard input");
        command.SetAction((result, cancellation) => Task.Run(
            () => Run(session.Terminal, options, result, environment ?? Environment.GetEnvironmentVariable, cancellation),
            CancellationToken.None));
        return command;

        void Add(string option, string argument, string description, bool isHidden)
        {
            var made = new Option<string[]>("--" + option) { HelpName = argument, Description = $"{description} ({GenimageOptions.VariableOf(option)})", Hidden = isHidden };
            options.Add(option, made);
            command.Options.Add(made);
        }
    }

    /// <summary>Whether a program's name is genimage's.</summary>
    internal static bool IsOriginal(string programName) => Path.GetFileName(programName) == OriginalName;

    private static int Run(
        Terminal terminal, Dictionary<string, Option<string[]>> options, ParseResult result, Func<string, string?> environment, CancellationToken cancellation)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, Option<string[]> option) in options)
        {
            if (result.GetValue(option) is [.., var last])
                given[name] = last;
        }

        string? Value(string name) => given.GetValueOrDefault(name) ?? environment(GenimageOptions.VariableOf(name)) switch
        {
            { Length: > 0 } variable => variable,
            _ => null,
        };
        string level = Value("loglevel") ?? "1";
        if (!int.TryParse(level, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int steps))
            throw new BuildException($"--loglevel={level} is no number");
        var settings = new GenimageOptions
        {
            IncludePaths = [.. (Value("includepath") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)],
            Config = Value("config") ?? "genimage.cfg",
            ConfigDump = Value("configdump"),
            Given = given,
        };
        Action<string> say = steps >= LevelOfSteps - 1 ? text => ErrorText.Say(terminal, null, text) : _ => { };
        new GenimageRun(settings, environment, say, cancellation).Execute(terminal.Output.Profile.Out.Writer);
        return ExitCodes.Done;
    }
}
