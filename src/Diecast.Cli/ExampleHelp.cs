using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Diecast.Cli.Rendering;

namespace Diecast.Cli;

/// <summary>The library's help, and the command's examples below it.</summary>
internal sealed class ExampleHelp(Terminal terminal) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new() { MaxWidth = terminal.Width };

    public override bool Terminating => true;

    /// <summary>Who asks for help need not have said the rest.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampledCommand { Examples.Count: > 0 } command)
            Write(parseResult.InvocationConfiguration.Output, command);
        return exitCode;
    }

    private static void Write(TextWriter output, ExampledCommand command)
    {
        string name = string.Join(' ', command.Parents.OfType<Command>().Select(parent => parent.Name).Append(command.Name));
        output.WriteLine("Examples:");
        foreach ((string arguments, string meaning) in command.Examples)
        {
            output.WriteLine($"  {name} {arguments}".TrimEnd());
            output.WriteLine($"      {meaning}");
        }

        output.WriteLine();
    }
}
