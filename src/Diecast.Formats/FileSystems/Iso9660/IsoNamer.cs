using System.Buffers;
using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>
/// Gives every node its identifiers, each once in its directory, and sorts them. Names that become the same get numbers in
/// the order of the tree's names.
/// </summary>
internal sealed class IsoNamer(IsoOptions options, IsoDirectory? moved)
{
    private const int LongestPlain = 30;
    private const int LongestDirectory = 31;
    private const int ShortBase = 8;
    private const int ShortExtension = 3;

    private static readonly SearchValues<char> NotInJoliet = SearchValues.Create("*/:;?\\");

    private static ReadOnlySpan<byte> FileVersion => ";1"u8;

    internal void Name(IEnumerable<IsoDirectory> directories)
    {
        foreach (IsoDirectory directory in directories)
        {
            directory.PlainChildren = PlainChildren(directory);
            NamePlain(directory.PlainChildren);
            // A file's version takes no part in the order (ECMA-119 9.3), but for that it is the same.
            Array.Sort(directory.PlainChildren, static (a, b) => Compare(a, b, a.Plain, b.Plain, FileVersion.Length));
            if (options.Joliet == IsoJoliet.None || directory == moved)
                continue;
            directory.UnicodeChildren = [.. directory.Children.Where(c => c.Inode is DirectoryInode or FileInode)];
            NameUnicode(directory.UnicodeChildren);
            Array.Sort(directory.UnicodeChildren, static (a, b) => Compare(a, b, a.Unicode, b.Unicode, 2 * FileVersion.Length));
        }
    }

    private IsoNode[] PlainChildren(IsoDirectory directory)
    {
        if (directory == moved)
            return [.. directory.Children];
        IEnumerable<IsoNode> children = directory.Children.Select(c => c is IsoDirectory { IsMoved: true } below ? new IsoMoved(below) : c);
        return directory.IsRoot && moved is not null ? [.. children, moved] : [.. children];
    }

    private static int Compare(IsoNode a, IsoNode b, byte[] left, byte[] right, int version) =>
        left.AsSpan(0, left.Length - (a is IsoDirectory ? 0 : version))
            .SequenceCompareTo(right.AsSpan(0, right.Length - (b is IsoDirectory ? 0 : version)));

    private void NamePlain(IsoNode[] nodes)
    {
        var taken = new HashSet<string>(nodes.Length, StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (IsoNode node in nodes)
        {
            bool isDirectory = node is IsoDirectory;
            (string stem, string extension) = Map(node.Name, isDirectory);
            int room = options.Level == 1 ? ShortBase : isDirectory ? LongestDirectory : LongestPlain - extension.Length;
            string name = Unique(stem, "." + extension, room, taken, next);
            node.Plain = Encoding.ASCII.GetBytes(isDirectory ? name.TrimEnd('.') : name + ";1");
        }
    }

    /// <summary>The name in capitals, digits and underscores, and what is behind its last dot.</summary>
    private (string Stem, string Extension) Map(FileName name, bool isDirectory)
    {
        ReadOnlySpan<byte> bytes = name.Span;
        int dot = isDirectory ? -1 : bytes.LastIndexOf((byte)'.');
        string stem = Map(dot > 0 ? bytes[..dot] : bytes);
        string extension = dot > 0 ? Map(bytes[(dot + 1)..]) : "";
        if (stem.Length == 0)
            stem = "_";
        if (options.Level == 1)
            return (stem[..Math.Min(stem.Length, ShortBase)], extension[..Math.Min(extension.Length, ShortExtension)]);
        if (isDirectory)
            return (stem[..Math.Min(stem.Length, LongestDirectory)], "");
        if (stem.Length + extension.Length > LongestPlain)
            extension = extension[..Math.Min(extension.Length, Math.Max(ShortExtension, LongestPlain - stem.Length))];
        return (stem[..Math.Min(stem.Length, LongestPlain - extension.Length)], extension);
    }

    private static string Map(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte b in bytes)
        {
            // What continues a character of UTF-8 adds nothing.
            if ((b & 0xc0) != 0x80)
                text.Append(char.IsAsciiLetterOrDigit((char)b) ? char.ToUpperInvariant((char)b) : '_');
        }

        return text.ToString();
    }

    private void NameUnicode(IsoNode[] nodes)
    {
        int longest = options.Joliet == IsoJoliet.Long ? 103 : 64;
        var taken = new HashSet<string>(nodes.Length, StringComparer.Ordinal);
        var next = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (IsoNode node in nodes)
        {
            string text = ToUnicode(node.Name);
            int dot = node is IsoDirectory ? -1 : text.LastIndexOf('.');
            string extension = dot > 0 && text.Length - dot <= 6 ? text[dot..] : "";
            string stem = text[..^extension.Length];
            string name = Unique(Cut(stem, longest - extension.Length), extension, longest - extension.Length, taken, next);
            node.Unicode = Encoding.BigEndianUnicode.GetBytes(node is IsoDirectory ? name : name + ";1");
        }
    }

    private static string ToUnicode(FileName name)
    {
        var text = new StringBuilder(name.Length);
        for (ReadOnlySpan<byte> rest = name.Span; !rest.IsEmpty;)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int length);
            rest = rest[length..];
            string character = rune.ToString();
            text.Append(status != OperationStatus.Done || rune.Value < ' ' || character.AsSpan().ContainsAny(NotInJoliet) ? "_" : character);
        }

        return text.ToString();
    }

    /// <summary>The beginning of a text, without half of a surrogate pair.</summary>
    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    /// <summary>The name if it is free, else its beginning with the first number that makes it so.</summary>
    private static string Unique(string stem, string extension, int room, HashSet<string> taken, Dictionary<string, int> next)
    {
        string wanted = stem + extension;
        if (taken.Add(wanted))
            return wanted;
        int number = next.GetValueOrDefault(wanted);
        while (true)
        {
            string digits = (++number).ToString(CultureInfo.InvariantCulture);
            string name = Cut(stem, room - digits.Length) + digits + extension;
            if (!taken.Add(name))
                continue;
            next[wanted] = number;
            return name;
        }
    }
}
