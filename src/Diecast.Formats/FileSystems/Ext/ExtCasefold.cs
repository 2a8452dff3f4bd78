using System.Buffers;
using System.Text;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// The form in which directories that ignore case compare and hash names: canonical decomposition with case folding,
/// ignorable characters left out, of Unicode 12.1 for ever (utf8-12.1, fs/unicode of the kernel).
/// </summary>
/// <remarks>
/// Neither the runtime's nor the host's Unicode data is of that version, so the table is a file of our own.
/// </remarks>
internal static class ExtCasefold
{
    private const int FirstHangul = 0xac00;
    private const int LastHangul = 0xd7a3;

    private static readonly Lazy<Table> Data = new(Table.Load);

    /// <summary>The form of a name; null where it is not UTF-8.</summary>
    internal static byte[]? Fold(ReadOnlySpan<byte> name)
    {
        if (!name.ContainsAnyInRange((byte)0x80, byte.MaxValue))
        {
            byte[] lower = name.ToArray();
            foreach (ref byte b in lower.AsSpan())
                b = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
            return lower;
        }

        Table table = Data.Value;
        var folded = new List<Rune>(name.Length);
        while (name.Length > 0)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int length) != OperationStatus.Done)
                return null;
            table.Append(rune, folded);
            name = name[length..];
        }

        table.Reorder(folded);
        byte[] bytes = new byte[folded.Sum(r => r.Utf8SequenceLength)];
        int at = 0;
        foreach (Rune rune in folded)
            at += rune.EncodeToUtf8(bytes.AsSpan(at));
        return bytes;
    }

    /// <summary>What two names have in common that are one in a directory that ignores case.</summary>
    internal static byte[] KeyOf(ReadOnlySpan<byte> name) => Fold(name) ?? name.ToArray();

    private sealed class Table
    {
        private readonly HashSet<int> _ignorable = [];
        private readonly Dictionary<int, byte> _classes = [];
        private readonly Dictionary<int, Rune[]> _forms = [];

        internal static Table Load()
        {
            using Stream stream = typeof(ExtCasefold).Assembly.GetManifestResourceStream("Diecast.Formats.casefold-12.1.txt")!;
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var table = new Table();
            while (reader.ReadLine() is { } line)
                table.Add(line.Split(' '));
            return table;
        }

        /// <summary>Adds what a character becomes: one that is not assigned, itself.</summary>
        internal void Append(Rune rune, List<Rune> folded)
        {
            int value = rune.Value;
            if (value is >= FirstHangul and <= LastHangul)
                AppendHangul(value - FirstHangul, folded);
            else if (_forms.TryGetValue(value, out Rune[]? form))
                folded.AddRange(form);
            else
                folded.Add(rune);
        }

        /// <summary>
        /// Puts the combining characters after each starter in the order of their classes, then leaves out what is to
        /// be ignored: until then it keeps characters apart, as in the kernel.
        /// </summary>
        internal void Reorder(List<Rune> folded)
        {
            for (int i = 1; i < folded.Count; i++)
            {
                byte own = ClassOf(folded[i]);
                int at = i;
                while (own > 0 && at > 0 && ClassOf(folded[at - 1]) > own)
                {
                    (folded[at - 1], folded[at]) = (folded[at], folded[at - 1]);
                    at--;
                }
            }

            folded.RemoveAll(r => _ignorable.Contains(r.Value));
        }

        /// <summary>A syllable is a leading consonant, a vowel, and may be a trailing consonant (Unicode, 3.12).</summary>
        private static void AppendHangul(int index, List<Rune> folded)
        {
            const int vowels = 21;
            const int trails = 28;
            folded.Add(new Rune(0x1100 + (index / (vowels * trails))));
            folded.Add(new Rune(0x1161 + (index / trails % vowels)));
            if (index % trails > 0)
                folded.Add(new Rune(0x11a7 + (index % trails)));
        }

        private static int Hex(string text) => Convert.ToInt32(text, 16);

        private static (int First, int Last) Range(string text)
        {
            string[] ends = text.Split('-');
            return (Hex(ends[0]), Hex(ends[^1]));
        }

        private byte ClassOf(Rune rune) => _classes.GetValueOrDefault(rune.Value);

        private void Add(string[] words)
        {
            switch (words[0])
            {
                case "ignorable":
                    foreach ((int first, int last) in words.Skip(1).Select(Range))
                        _ignorable.UnionWith(Enumerable.Range(first, last - first + 1));
                    break;
                case "class":
                    foreach ((int first, int last) in words.Skip(2).Select(Range))
                    {
                        for (int i = first; i <= last; i++)
                            _classes.Add(i, Convert.ToByte(words[1], 10));
                    }

                    break;
                case "one":
                    foreach (string word in words.Skip(1))
                        AddRun(word);
                    break;
                case "many":
                    foreach (string[] pair in words.Skip(1).Select(w => w.Split('=')))
                        _forms.Add(Hex(pair[0]), [.. pair[1].Split('.').Select(h => new Rune(Hex(h)))]);
                    break;
            }
        }

        /// <summary>As in <c>41+26=61</c>, or <c>100+24/2=101</c> for every second one.</summary>
        private void AddRun(string word)
        {
            string[] sides = word.Split('=');
            string[] run = sides[0].Split('+', '/');
            int from = Hex(run[0]);
            int to = Hex(sides[1]);
            int count = run.Length > 1 ? Convert.ToInt32(run[1], 10) : 1;
            int step = run.Length > 2 ? 2 : 1;
            for (int i = 0; i < count; i++)
                _forms.Add(from + (i * step), [new Rune(to + (i * step))]);
        }
    }
}
