namespace Diecast.Repart.Content;

/// <summary>The words of a mkfs program's command line, one after the other.</summary>
internal sealed class MkfsWords(string variable, string[] words)
{
    private int _next;

    /// <summary>The next option; null at the end.</summary>
    internal string? Next() => _next < words.Length ? words[_next++] : null;

    /// <summary>What an option is given: the rest of its word, or the next one.</summary>
    /// <param name="word">The word.</param>
    /// <param name="option">The option that the word begins with.</param>
    internal string Value(string word, string option)
    {
        if (word.Length > option.Length)
            return word[option.Length..].TrimStart('=');
        return Next() ?? throw Refuse(word, "has no value");
    }

    /// <summary>A whole number that an option is given, with K, M or G.</summary>
    internal long Number(string word, string option)
    {
        string value = Value(word, option);
        return Definitions.SystemdValues.ParseSize(value.ToUpperInvariant()) ?? throw Refuse(word, $"{value} is no number");
    }

    internal int Small(string word, string option) => (int)Math.Min(Number(word, option), int.MaxValue);

    internal BuildException Refuse(string word, string reason = "is not an option that the writer has") =>
        new($"{variable}: {word} {reason}", "leave it out, or say it with a setting of the definition");
}
