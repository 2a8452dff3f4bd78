using System.Collections.Immutable;
using Diecast.Processes;

namespace Diecast.Building;

/// <summary>The commands of a definition that are run with each complete output.</summary>
internal sealed class OutputHooks(Definition definition, CancellationToken cancellation)
{
    private readonly ValueList<string> _commands = definition.Image.Hooks?.After ?? [];

    /// <summary>Whether there are any.</summary>
    internal bool AreDeclared => _commands.Count > 0;

    /// <summary>Runs the commands.</summary>
    /// <param name="output">The output.</param>
    /// <param name="path">Where its file is now.</param>
    /// <exception cref="BuildException">A command failed.</exception>
    internal void Run(OutputReport output, string path)
    {
        ImmutableSortedDictionary<string, string> environment = ChildEnvironment.WithNetwork();
        // They are the user's own, and find what the user's shell finds.
        foreach (string name in new[] { "PATH", "HOME" })
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
                environment = environment.SetItem(name, value);
        }

        environment = environment.SetItem("DISK_IMAGE", path).SetItem("DISK_IMAGE_NAME", Path.GetFileName(output.Path)).SetItem("DISK_IMAGE_FORMAT", output.Format);
        for (int i = 0; i < _commands.Count; i++)
        {
            try
            {
                ChildProcess.RunForText(
                    new ChildProcessStart
                    {
                        Program = "/bin/sh",
                        Arguments = ["-c", _commands[i]],
                        Environment = environment,
                        Directory = Path.GetFullPath(definition.Directory),
                    },
                    cancellation);
            }
            catch (BuildException exception)
            {
                throw new BuildException(
                    $"the command image.hooks.after[{i}] failed with {Path.GetFileName(output.Path)}: {exception.Message}",
                    "correct it, or what it found; no output was put in its place", exception.Log, exception);
            }
        }
    }
}
