using System.Buffers;
using System.Buffers.Binary;
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
    private const int LongestName = 255;
    private const int UnicodeUnit = 2;

    private static readonly SearchValues<byte> NotInJoliet = SearchValues.Create("*/:;?\\"u8);

    private readonly IsoNameSet _taken = new();
    private readonly byte[] _name = new byte[2 * UnicodeUnit * LongestName];

    private static ReadOnlySpan<byte> FileVersion => ";1"u8;

    private static ReadOnlySpan<byte> UnicodeFileVersion => "\0;\01"u8;

    internal void Name(IEnumerable<IsoDirectory> directories)
    {
        foreach (IsoDirectory directory in directories)
        {
            directory.PlainChildren = PlainChildren(directory);
            _taken.Begin(directory.PlainChildren.Length);
            foreach (IsoNode node in directory.PlainChildren)
                node.Plain = PlainOf(node);
            // A file's version takes no part in the order (ECMA-119 9.3), but for that it is the same.
            Sort(directory.PlainChildren, static (a, b) => Compare(a, b, a.Plain, b.Plain, FileVersion.Length));
            if (options.Joliet == IsoJoliet.None || directory == moved)
                continue;
            directory.UnicodeChildren = directory.Children.FindAll(c => c.Inode is DirectoryInode or FileInode).ToArray();
            _taken.Begin(directory.UnicodeChildren.Length);
            foreach (IsoNode node in directory.UnicodeChildren)
                node.Unicode = UnicodeOf(node);
            Sort(directory.UnicodeChildren, static (a, b) => Compare(a, b, a.Unicode, b.Unicode, UnicodeFileVersion.Length));
        }
    }

    private IsoNode[] PlainChildren(IsoDirectory directory)
    {
        if (moved is null || directory == moved)
            return [.. directory.Children];
        IEnumerable<IsoNode> children = directory.Children.Select(c => c is IsoDirectory { IsMoved: true } below ? new IsoMoved(below) : c);
        return directory.IsRoot ? [.. children, moved] : [.. children];
    }

    /// <summary>Most directories are in order already, as their entries are in the tree.</summary>
    private static void Sort(IsoNode[] nodes, Comparison<IsoNode> compare)
    {
        for (int i = 1; i < nodes.Length; i++)
        {
            if (compare(nodes[i - 1], nodes[i]) > 0)
            {
                Array.Sort(nodes, compare);
                return;
            }
        }
    }

    private static int Compare(IsoNode a, IsoNode b, byte[] left, byte[] right, int version) =>
        left.AsSpan(0, left.Length - (a is IsoDirectory ? 0 : version))
            .SequenceCompareTo(right.AsSpan(0, right.Length - (b is IsoDirectory ? 0 : version)));

    /// <summary>The name in capitals, digits and underscores, and what is behind its last dot.</summary>
    private byte[] PlainOf(IsoNode node)
    {
        bool isDirectory = node is IsoDirectory;
        ReadOnlySpan<byte> name = node.Name.Span;
        int dot = isDirectory ? -1 : name.LastIndexOf((byte)'.');
        Span<byte> stemBuffer = stackalloc byte[LongestName];
        Span<byte> stem = Map(dot > 0 ? name[..dot] : name, stemBuffer);
        if (stem.IsEmpty)
            (stem = stemBuffer[..1])[0] = (byte)'_';
        Span<byte> extensionBuffer = stackalloc byte[LongestName + 1];
        extensionBuffer[0] = (byte)'.';
        int extension = dot > 0 ? Map(name[(dot + 1)..], extensionBuffer[1..]).Length : 0;
        int room = ShortBase;
        if (options.Level == 1)
        {
            extension = Math.Min(extension, ShortExtension);
        }
        else if (isDirectory)
        {
            room = LongestDirectory;
        }
        else
        {
            if (stem.Length + extension > LongestPlain)
                extension = Math.Min(extension, Math.Max(ShortExtension, LongestPlain - stem.Length));
            room = LongestPlain - extension;
        }

        ReadOnlySpan<byte> end = isDirectory ? default : extensionBuffer[..(1 + extension)];
        return Take(stem[..Math.Min(stem.Length, room)], end, room, unit: 1, isDirectory ? default : FileVersion);
    }

    private static Span<byte> Map(ReadOnlySpan<byte> bytes, Span<byte> mapped)
    {
        int count = 0;
        foreach (byte b in bytes)
        {
            // What continues a character of UTF-8 adds nothing.
            if ((b & 0xc0) != 0x80)
                mapped[count++] = char.IsAsciiLetterOrDigit((char)b) ? (byte)char.ToUpperInvariant((char)b) : (byte)'_';
        }

        return mapped[..count];
    }

    private byte[] UnicodeOf(IsoNode node)
    {
        int longest = options.Joliet == IsoJoliet.Long ? 103 : 64;
        Span<byte> buffer = stackalloc byte[UnicodeUnit * LongestName];
        ReadOnlySpan<byte> text = ToUnicode(node.Name, buffer);
        int dot = node is IsoDirectory ? -1 : LastDot(text);
        int stem = dot > 0 && text.Length - dot <= 6 * UnicodeUnit ? dot : text.Length;
        ReadOnlySpan<byte> extension = text[stem..];
        int room = longest - (extension.Length / UnicodeUnit);
        return Take(Cut(text[..stem], room, UnicodeUnit), extension, room, UnicodeUnit, node is IsoDirectory ? default : UnicodeFileVersion);
    }

    private static int LastDot(ReadOnlySpan<byte> text)
    {
        int at = text.Length - UnicodeUnit;
        while (at >= 0 && BinaryPrimitives.ReadUInt16BigEndian(text[at..]) != '.')
            at -= UnicodeUnit;
        return at;
    }

    /// <summary>The name in big-endian UTF-16, which is never more than two bytes for each of UTF-8.</summary>
    private static ReadOnlySpan<byte> ToUnicode(FileName name, Span<byte> text)
    {
        int length = 0;
        Span<char> pair = stackalloc char[2];
        for (ReadOnlySpan<byte> rest = name.Span; !rest.IsEmpty;)
        {
            byte first = rest[0];
            if (first < 0x80)
            {
                Append(text, ref length, first < ' ' || NotInJoliet.Contains(first) ? '_' : (char)first);
                rest = rest[1..];
                continue;
            }

            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            rest = rest[consumed..];
            int count = status == OperationStatus.Done ? rune.EncodeToUtf16(pair) : 0;
            if (count == 0)
                Append(text, ref length, '_');
            foreach (char c in pair[..count])
                Append(text, ref length, c);
        }

        return text[..length];
    }

    private static void Append(Span<byte> text, ref int length, char c)
    {
        BinaryPrimitives.WriteUInt16BigEndian(text[length..], c);
        length += UnicodeUnit;
    }

    /// <summary>The beginning of a text, without half of a surrogate pair.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, int length, int unit)
    {
        if (text.Length <= length * unit)
            return text;
        bool cutsPair = unit == UnicodeUnit && char.IsHighSurrogate((char)BinaryPrimitives.ReadUInt16BigEndian(text[((length - 1) * unit)..]));
        return text[..((cutsPair ? length - 1 : length) * unit)];
    }

    /// <summary>The name if it is free, else its beginning with the first number that makes it so.</summary>
    private byte[] Take(ReadOnlySpan<byte> stem, ReadOnlySpan<byte> extension, int room, int unit, ReadOnlySpan<byte> version)
    {
        ref IsoNameSlot wanted = ref Find(stem, default, extension, unit, out int length);
        if (wanted.Name is null)
            return wanted.Name = [.. _name.AsSpan(0, length), .. version];
        Span<byte> digits = stackalloc byte[10];
        while (true)
        {
            wanted.LastNumber++;
            _ = wanted.LastNumber.TryFormat(digits, out int count, default, CultureInfo.InvariantCulture);
            ref IsoNameSlot slot = ref Find(Cut(stem, room - count, unit), digits[..count], extension, unit, out length);
            if (slot.Name is null)
                return slot.Name = [.. _name.AsSpan(0, length), .. version];
        }
    }

    private ref IsoNameSlot Find(
        ReadOnlySpan<byte> stem, ReadOnlySpan<byte> digits, ReadOnlySpan<byte> extension, int unit, out int length)
    {
        stem.CopyTo(_name);
        length = stem.Length;
        foreach (byte digit in digits)
        {
            if (unit == UnicodeUnit)
                _name[length++] = 0;
            _name[length++] = digit;
        }

        extension.CopyTo(_name.AsSpan(length));
        length += extension.Length;
        // A directory has no dot where a file without an extension has one, and they are the same all the same.
        bool endsWithDot = unit == 1 && _name[length - 1] == '.';
        return ref _taken.Find(_name.AsSpan(0, endsWithDot ? length - 1 : length));
    }
}
