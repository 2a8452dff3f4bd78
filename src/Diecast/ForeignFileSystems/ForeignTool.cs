using System.Text.RegularExpressions;
using Diecast.Processes;
using Diecast.Store;

namespace Diecast.ForeignFileSystems;

/// <summary>A program that makes or fills file systems.</summary>
/// <param name="Program">Its name.</param>
/// <param name="Package">The Debian package that it is in.</param>
internal sealed partial record ForeignTool(string Program, string Package)
{
    private const int LastLines = 5;

    /// <summary>How it is asked for its version.</summary>
    internal string VersionOption { get; init; } = "-V";

    /// <summary>Its version.</summary>
    /// <exception cref="BuildException">It is not installed, or says none.</exception>
    internal Version Ask(CancellationToken cancellation)
    {
        string said = ChildProcess.RunForText(Start([VersionOption], "/"), cancellation);
        return Number().Match(said) is { Success: true } match && Version.TryParse(match.Value, out Version? version)
            ? version
            : throw new BuildException($"{Program} {VersionOption} tells no version: {said.Trim()}");
    }

    /// <summary>Runs it.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs.</param>
    /// <param name="environment">Variables beside the fixed ones.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="BuildException">It is not installed, or it failed.</exception>
    internal void Run(
        IReadOnlyList<string> arguments, string directory, IEnumerable<KeyValuePair<string, string>> environment, CancellationToken cancellation)
    {
        ChildProcessStart start = Start(arguments, directory) with
        {
            Environment = ChildEnvironment.Fixed.SetItems(environment),
            LogPath = LogDirectory.NewLog(Program),
        };
        string said = "";
        try
        {
            ChildProcess.Run(start, output => said = new StreamReader(output).ReadToEnd(), cancellation);
        }
        catch (BuildException exception) when (said.Length > 0)
        {
            // Some say on their standard output what is wrong.
            string[] lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            throw new BuildException($"{exception.Message}\n  {string.Join("\n  ", lines.TakeLast(LastLines))}", exception.Fix, exception.Log, exception);
        }
    }

    private ChildProcessStart Start(IReadOnlyList<string> arguments, string directory) => new()
    {
        Program = Program,
        Arguments = arguments,
        Directory = directory,
        MissingFix = $"apt install {Package}",
    };

    [GeneratedRegex(@"[0-9]+(\.[0-9]+)+")]
    private static partial Regex Number();
}
