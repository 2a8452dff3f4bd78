namespace Diecast.Definitions.Rules;

/// <summary>One argument of the kernel's command line (Documentation/admin-guide/kernel-parameters.rst).</summary>
internal static class KernelArgumentRule
{
    /// <summary>What is wrong with an argument, or null.</summary>
    internal static string? Test(string text) => text.StartsWith("root=", StringComparison.Ordinal) ? "reserved argument" : TestWord(text);

    /// <summary>What is wrong with an argument that may be any, or null.</summary>
    internal static string? TestWord(string text)
    {
        if (text.Length == 0)
            return "empty";
        bool quoted = false;
        foreach (char c in text)
        {
            if (char.IsControl(c))
                return "control character in an argument";
            if (c == '"')
                quoted = !quoted;
            else if (c == ' ' && !quoted)
                return "space in an argument";
        }

        return quoted ? "quote that is not closed" : null;
    }
}
