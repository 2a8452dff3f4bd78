using System.CommandLine;
using System.CommandLine.Parsing;
using Diecast.Cli.Rendering;
using Diecast.Definitions;

namespace Diecast.Cli;

/// <summary>Says what is wrong with a command line, and what was perhaps meant.</summary>
internal static class UsageErrors
{
    /// <summary>Whether there was anything to say.</summary>
    internal static bool Report(Terminal terminal, ParseResult result)
    {
        string[] options = [.. UnknownOptions(result)];
        if (options.Length == 0 && result.Errors.Count == 0)
            return false;
        Command command = result.CommandResult.Command;
        string? word = command.Subcommands.Count > 0 && result.UnmatchedTokens is [var first, ..] ? first : null;
        foreach (string option in options)
            Unknown(terminal, "option", option, Options(command));
        if (options.Length == 0 && word is not null)
            Unknown(terminal, "command", word, command.Subcommands.Select(child => child.Name));
        if (options.Length == 0 && word is null)
        {
            foreach (ParseError error in result.Errors)
                ErrorText.Write(terminal, error.Message);
        }

        string names = string.Join(' ', command.Parents.OfType<Command>().Append(command).Select(each => each.Name));
        ErrorText.Hint(terminal, "try", $"{names} --help");
        return true;
    }

    /// <summary>
    /// Words that look like options and are none. They would be taken for a file otherwise; a file of such a name is
    /// written as <c>./-name</c>.
    /// </summary>
    private static IEnumerable<string> UnknownOptions(ParseResult result) => result.Tokens
        .TakeWhile(token => token.Type != TokenType.DoubleDash)
        .Where(token => token.Type == TokenType.Argument && token.Value is { Length: > 1 } text && text[0] == '-')
        .Select(token => token.Value);

    private static IEnumerable<string> Options(Command command) => command.Options
        .Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
        .Select(option => option.Name);

    private static void Unknown(Terminal terminal, string kind, string text, IEnumerable<string> names)
    {
        int value = text.IndexOf('=', StringComparison.Ordinal);
        string name = value < 0 ? text : text[..value];
        string? nearest = Suggestion.Nearest(name, names);
        ErrorText.Write(terminal, $"there is no {kind} {name}", nearest is null ? null : $"did you mean {nearest}?");
    }
}
