using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Systems.Accounts;

/// <summary>
/// A file of lines with fields between colons, the first of which is a name: passwd and its kin. Lines that are not
/// changed keep their bytes, whatever they are: text is held one character a byte.
/// </summary>
internal sealed class ColonFile
{
    private readonly List<string> _lines;
    private bool _changed;

    private ColonFile(string path, bool exists, List<string> lines)
    {
        Path = path;
        Exists = exists;
        _lines = lines;
    }

    internal string Path { get; }

    /// <summary>Whether the tree has the file.</summary>
    internal bool Exists { get; }

    internal static ColonFile Load(FileTree tree, string path)
    {
        if (tree.ResolveFile(path) is not { } file)
            return new ColonFile(path, exists: false, []);
        string text = Encoding.Latin1.GetString(file.Content.ToArray());
        List<string> lines = [.. text.Split('\n')];
        if (lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return new ColonFile(path, exists: true, lines);
    }

    /// <summary>One that a tree has in another form.</summary>
    /// <param name="path">The path of that, for messages.</param>
    /// <param name="lines">The lines.</param>
    internal static ColonFile Of(string path, IEnumerable<string> lines) => new(path, exists: true, [.. lines.Select(Encode)]);

    /// <summary>UTF-8 text as the file's fields hold it.</summary>
    internal static string Encode(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The names, in the order of the lines.</summary>
    internal string[] Names() => [.. Entries().Select(fields => fields[0])];

    /// <summary>The fields of every line that is an entry: no comment, no NIS line, not empty.</summary>
    internal string[][] Entries() => [.. _lines.Where(IsEntry).Select(line => line.Split(':'))];

    /// <summary>The fields of a name's first line, or null.</summary>
    internal string[]? Find(string name)
    {
        int at = IndexOf(name);
        return at < 0 ? null : _lines[at].Split(':');
    }

    internal void Add(params string[] fields)
    {
        // NIS compatibility lines end the local part of the file, so entries go before them (passwd(5), nsswitch compat).
        int nis = _lines.FindIndex(static line => line.StartsWith('+'));
        _lines.Insert(nis < 0 ? _lines.Count : nis, string.Join(':', fields));
        _changed = true;
    }

    internal void Replace(string name, string[] fields)
    {
        string line = string.Join(':', fields);
        int at = IndexOf(name);
        if (_lines[at] == line)
            return;
        _lines[at] = line;
        _changed = true;
    }

    /// <summary>Writes the file if a line was changed, with the owner and permissions that it has.</summary>
    internal FileInode? Save(TreeEditor edit, int mode)
    {
        if (!_changed)
            return null;
        _changed = false;
        var text = new StringBuilder();
        foreach (string line in _lines)
            text.Append(line).Append('\n');
        return edit.Rewrite(edit.Tree.RealPath(Path) ?? Path, Encoding.Latin1.GetBytes(text.ToString()), mode);
    }

    private int IndexOf(string name) =>
        _lines.FindIndex(line => line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.Ordinal));

    private static bool IsEntry(string line) =>
        line.Length > 0 && line[0] is not ('#' or '+' or '-') && line.Contains(':', StringComparison.Ordinal);
}
