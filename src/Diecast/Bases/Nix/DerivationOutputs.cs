using System.Text;

namespace Diecast.Bases.Nix;

/// <summary>What a derivation makes, from its file: <c>Derive([("out","/nix/store/…","",""),…],…)</c> (Nix, ATerm format).</summary>
internal static class DerivationOutputs
{
    /// <summary>The outputs with their paths; those whose paths are not known before they are built have none here.</summary>
    /// <exception cref="BuildException">The file is no derivation.</exception>
    internal static IReadOnlyList<(string Output, string Path)> Parse(byte[] file, string path)
    {
        string text = Encoding.Latin1.GetString(file);
        const string Start = "Derive([";
        int at = Start.Length;
        if (!text.StartsWith(Start, StringComparison.Ordinal))
            throw Wrong();
        var outputs = new List<(string Output, string Path)>();
        while (Peek() != ']')
        {
            if (outputs.Count > 0)
                Expect(',');
            Expect('(');
            string output = Word();
            Expect(',');
            string made = Word();
            Expect(',');
            Word();
            Expect(',');
            Word();
            Expect(')');
            outputs.Add((output, made));
        }

        return [.. outputs.Where(output => output.Path.Length > 0)];

        char Peek() => at < text.Length ? text[at] : throw Wrong();

        void Expect(char expected)
        {
            if (Peek() != expected)
                throw Wrong();
            at++;
        }

        // Neither outputs' names nor paths have anything that is escaped.
        string Word()
        {
            Expect('"');
            int end = text.IndexOf('"', at);
            if (end < 0 || text.AsSpan(at, end - at).Contains('\\'))
                throw Wrong();
            string word = text[at..end];
            at = end + 1;
            return word;
        }

        BuildException Wrong() => new($"{path} is named as a derivation and is none", "leave it out");
    }
}
