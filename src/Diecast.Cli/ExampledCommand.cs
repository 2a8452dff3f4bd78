using System.CommandLine;

namespace Diecast.Cli;

/// <summary>A command whose help ends with examples.</summary>
internal sealed class ExampledCommand(string name, string description) : Command(name, description)
{
    private readonly List<(string Arguments, string Meaning)> _examples = [];

    internal IReadOnlyList<(string Arguments, string Meaning)> Examples => _examples;

    /// <summary>Adds an example.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <param name="meaning">What it does, in a few words.</param>
    internal void Example(string arguments, string meaning) => _examples.Add((arguments.Trim(), meaning));
}
