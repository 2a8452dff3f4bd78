using System.Globalization;

namespace Diecast.Boot;

/// <summary>Words as GRUB's script language and POSIX shells read them.</summary>
internal static class GrubText
{
    private const string Plain = "-_./:=,+@%~";

    /// <summary>A word for GRUB's script language, quoted where it must be.</summary>
    internal static string Word(string text) => text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c, StringComparison.Ordinal))
        ? text
        : ShellWord(text);

    /// <summary>A word in single quotes. GRUB and POSIX shells agree on them.</summary>
    internal static string ShellWord(string text) => "'" + text.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    /// <summary>Kernel arguments for GRUB's <c>linux</c> command.</summary>
    /// <remarks>
    /// GRUB quotes a word with blanks for the kernel by itself, so that quotes of the declaration are taken off; it
    /// also puts a backslash before quotes and backslashes, which the kernel does not undo, so that these are refused.
    /// </remarks>
    /// <exception cref="BootException">An argument cannot reach the kernel unchanged.</exception>
    internal static string Arguments(IEnumerable<string> arguments) => string.Join(' ', arguments.Select(Argument));

    private static string Argument(string argument)
    {
        string bare = argument.Replace("\"", "", StringComparison.Ordinal);
        if (bare.Length == 0 || bare.Any(c => c is '\'' or '\\' || char.IsControl(c)))
        {
            throw new BootException(string.Create(
                CultureInfo.InvariantCulture,
                $"the kernel argument '{argument}' cannot be passed by GRUB: it is empty, or holds a single quote, a backslash or a control character"));
        }

        return Word(bare);
    }
}
