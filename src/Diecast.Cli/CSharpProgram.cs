using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel;
using Diecast.Native;

namespace Diecast.Cli;

/// <summary>A definition that is a C# file: a program which takes the same commands, without the file.</summary>
internal static class CSharpProgram
{
    private const string Sdk = "dotnet";

    /// <summary>Whether a definition's file is a program.</summary>
    internal static bool Is(string file) => string.Equals(Path.GetExtension(file), ".cs", StringComparison.OrdinalIgnoreCase);

    /// <summary>The program that a command line names as its definition, or null.</summary>
    internal static string? Of(ParseResult result, Session session) =>
        result.CommandResult.Command.Arguments.OfType<Argument<string>>().FirstOrDefault(session.DefinitionFiles.Contains) is { } argument
            && result.GetResult(argument) is { Tokens: [{ Value: var file }] } && Is(file) ? file : null;

    /// <summary>The arguments of <c>dotnet</c> that run a program with a command line, less the file.</summary>
    internal static IReadOnlyList<string> Arguments(string file, string[] args)
    {
        int at = Array.IndexOf(args, file);
        return ["run", "--file", file, "--", .. args[..at], .. args[(at + 1)..]];
    }

    /// <summary>Runs a program in the place of this one.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="BuildException">The SDK that compiles it is not there.</exception>
    internal static void Run(string file, string[] args)
    {
        if (!File.Exists(file))
            throw new UsageException($"there is no file {file}");
        try
        {
            ProcessImage.Replace(Sdk, Arguments(file, args));
        }
        catch (Win32Exception exception)
        {
            throw new BuildException(
                $"{file} is a C# program, and {Sdk} cannot be run: {exception.Message}", "install the .NET 10 SDK, which compiles it: package dotnet-sdk-10.0", null, exception);
        }
    }
}
