using System.Globalization;
using System.Text;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Output;

/// <summary>Shows what is planned: as JSON for programs and as a table for people, both as systemd-repart has them.</summary>
internal sealed class RepartReport(IReadOnlyList<RepartPartition> partitions, RepartOptions options, Func<string, string?> environment)
{
    private const string Undecided = "TBD";

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    private readonly RepartPartition[] _shown = [.. partitions.Where(partition => !partition.IsDropped)];
    private readonly bool _isUtf8 = IsUtf8(environment);
    private readonly bool _isDetailed = environment("SYSTEMD_LOG_LEVEL") is "debug" or "7";

    private string Arrow => _isUtf8 ? "→" : "->";

    /// <summary>Writes one JSON array with an object for each partition, in the order of the disk.</summary>
    internal void WriteJson(TextWriter writer)
    {
        bool hasHash = _shown.Any(partition => RootHash(partition) is not null);
        bool hasDropIns = _shown.Any(partition => partition is { IsForeign: false, Settings.DropIns.Count: > 0 });
        bool hasSplit = _shown.Any(partition => partition.SplitPath is not null);
        var rows = new List<(string Key, string Value)[]>();
        foreach (RepartPartition partition in _shown)
        {
            var row = new List<(string Key, string Value)>
            {
                ("type", Quote(RepartTypes.Describe(partition.Type))),
                ("label", Quote(LabelOf(partition))),
                ("uuid", Quote((partition.HasId ? partition.Id : partition.CurrentId).ToString())),
                ("partno", Number(partition.Number - 1)),
                ("file", partition.File is { } file ? Quote(file) : "null"),
                ("node", Quote(NodeOf(partition.Number))),
                ("offset", Number(partition.Offset)),
                ("old_size", Number(partition.OldSize ?? 0)),
                ("raw_size", Number(partition.Size)),
            };
            if (_isDetailed)
                row.Add(("size", Quote(Change(partition.OldSize, partition.Size))));
            row.Add(("old_padding", Number(partition.OldPadding ?? 0)));
            row.Add(("raw_padding", Number(partition.Padding)));
            if (_isDetailed)
                row.Add(("padding", Quote(Change(partition.OldPadding, partition.Padding))));
            row.Add(("activity", Quote(partition.IsNew ? "create" : partition.Size != partition.OldSize ? "resize" : "unchanged")));
            if (hasHash)
                row.Add(("roothash", RootHash(partition) is { } hash ? Quote(hash) : "null"));
            if (hasDropIns)
                row.Add(("drop-in_files", partition is { IsForeign: false, Settings.DropIns: { Count: > 0 } files } ? List(files) : "null"));
            if (hasSplit)
                row.Add(("split_path", Quote(partition.SplitPath ?? "-")));
            rows.Add([.. row]);
        }

        writer.WriteLine(options.Output == RepartOutput.JsonPretty ? Pretty(rows) : Short(rows));
    }

    /// <summary>Writes a table, and below it the disk as a bar.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="diskLength">Bytes of the disk; null for no bar.</param>
    internal void WriteTable(TextWriter writer, long? diskLength)
    {
        if (_shown.Length == 0)
        {
            writer.WriteLine("no partitions");
            return;
        }

        var columns = new List<Column>
        {
            new("TYPE", partition => RepartTypes.Describe(partition.Type)),
            new("LABEL", LabelOf),
            new("UUID", partition => (partition.HasId ? partition.Id : partition.CurrentId).ToString()),
            new("PART", partition => Number(partition.Number - 1), IsRight: true),
            new("FILE", partition => partition.File is { } file ? Path.GetFileName(file) : "-"),
            new("RAW SIZE", partition => Number(partition.Size), IsRight: true),
            new("SIZE", partition => Change(partition.OldSize, partition.Size), IsRight: true, Sum: Sum(partition => partition.Size)),
            new("PADDING", partition => Change(partition.OldPadding, partition.Padding), IsRight: true, Sum: Sum(partition => partition.Padding)),
        };
        if (_shown.Any(partition => RootHash(partition) is not null))
            columns.Add(new Column("ROOTHASH", partition => RootHash(partition) ?? "-"));
        if (_shown.Any(partition => partition is { IsForeign: false, Settings.DropIns.Count: > 0 }))
            columns.Add(new Column("DROP-IN FILES", partition => partition.IsForeign ? "" : string.Join(' ', partition.Settings.DropIns)));
        if (_shown.Any(partition => partition.SplitPath is not null))
            columns.Add(new Column("SPLIT PATH", partition => partition.SplitPath ?? "-"));
        var lines = new List<string[]>();
        if (options.Legend)
            lines.Add([.. columns.Select(column => column.Name)]);
        lines.AddRange(_shown.Select(partition => columns.Select(column => column.Text(partition)).ToArray()));
        lines.Add([.. columns.Select(column => column.Sum)]);
        int[] widths = [.. columns.Select((_, i) => lines.Max(line => line[i].Length))];
        foreach (string[] line in lines)
            writer.WriteLine(string.Join(' ', line.Select((text, i) => columns[i].IsRight ? text.PadLeft(widths[i]) : text.PadRight(widths[i]))).TrimEnd());
        if (diskLength is { } length)
            WriteBar(writer, length);
    }

    private void WriteBar(TextWriter writer, long diskLength)
    {
        const int Usual = 80;
        int width = (int.TryParse(environment("COLUMNS"), NumberStyles.None, CultureInfo.InvariantCulture, out int columns) && columns > 20 ? columns : Usual) - 2;
        (char full, char free, string down, string corner, string branch) = _isUtf8 ? ('▒', '░', "│", "└─", "├─") : ('#', '-', "|", "`-", "|-");
        char[] bar = [.. Enumerable.Repeat(free, width)];
        int[] starts = new int[_shown.Length];
        for (int i = 0; i < _shown.Length; i++)
        {
            starts[i] = Cell(_shown[i].Offset, diskLength, width);
            bar.AsSpan(starts[i]..Cell(_shown[i].Offset + _shown[i].Size, diskLength, width)).Fill(full);
        }

        writer.WriteLine();
        writer.WriteLine($" {new string(bar)}");
        for (int named = _shown.Length - 1; named >= 0; named--)
        {
            var line = new StringBuilder(" ");
            for (int i = 0; i <= named; i++)
            {
                // Two that begin in one cell share its mark.
                if (i < named && starts[i] == starts[i + 1])
                    continue;
                line.Append(' ', Math.Max(0, starts[i] + 1 - line.Length));
                bool shared = i == named && named > 0 && starts[named - 1] == starts[named];
                line.Append(i < named ? down : $"{(shared ? branch : corner)} {_shown[i].Hint}");
            }

            writer.WriteLine(line.ToString());
        }

        writer.WriteLine();
    }

    private static int Cell(long offset, long length, int width) => (int)((Int128)offset * width / length);

    private string Sum(Func<RepartPartition, long> value) => $"{(_isUtf8 ? "Σ" : "S")} = {SystemdValues.FormatSize(_shown.Sum(value))}";

    private string Change(long? from, long to)
    {
        if (from is not { } before)
            return $"{Arrow} {SystemdValues.FormatSize(to)}";
        return before == to ? SystemdValues.FormatSize(to) : $"{SystemdValues.FormatSize(before)} {Arrow} {SystemdValues.FormatSize(to)}";
    }

    /// <summary>The root hash of a verity partition; undecided until the hash partition is made.</summary>
    private static string? RootHash(RepartPartition partition)
    {
        if (partition.IsForeign || partition.Settings.Verity == VerityMode.Off)
            return null;
        RepartPartition hash = partition.Settings.Verity == VerityMode.Hash ? partition : partition.Siblings[VerityMode.Hash];
        return hash.RootHash ?? Undecided;
    }

    /// <summary>Those of others that have none are shown by their type.</summary>
    private static string LabelOf(RepartPartition partition) => partition.Label.Length > 0 ? partition.Label
        : partition.IsForeign ? RepartTypes.NameOf(partition.Type) ?? "-"
        : "-";

    /// <summary>What Linux calls a partition of a disk.</summary>
    private string NodeOf(int number) => string.Create(
        CultureInfo.InvariantCulture, $"{options.Node}{(options.Node!.Length > 0 && char.IsAsciiDigit(options.Node[^1]) ? "p" : "")}{number}");

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private string List(List<string> items) => options.Output == RepartOutput.JsonPretty
        ? $"[\n{string.Join(",\n", items.Select(item => "\t\t\t" + Quote(item)))}\n\t\t]"
        : $"[{string.Join(',', items.Select(Quote))}]";

    private static string Short(List<(string Key, string Value)[]> rows) =>
        $"[{string.Join(',', rows.Select(row => $"{{{string.Join(',', row.Select(pair => $"{Quote(pair.Key)}:{pair.Value}"))}}}"))}]";

    private static string Pretty(List<(string Key, string Value)[]> rows) => rows.Count == 0
        ? "[]"
        : $"[\n{string.Join(",\n", rows.Select(row => $"\t{{\n{string.Join(",\n", row.Select(pair => $"\t\t{Quote(pair.Key)} : {pair.Value}"))}\n\t}}"))}\n]";

    private static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\f' => "\\f",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                < ' ' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsUtf8(Func<string, string?> environment)
    {
        if (environment("SYSTEMD_UTF8") is { } said && SystemdValues.ParseBoolean(said) is { } on)
            return on;
        string? locale = LocaleVariables.Select(environment).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return locale is null || locale.Contains("utf", StringComparison.OrdinalIgnoreCase);
    }

    private sealed record Column(string Name, Func<RepartPartition, string> Text, bool IsRight = false, string Sum = "");
}
