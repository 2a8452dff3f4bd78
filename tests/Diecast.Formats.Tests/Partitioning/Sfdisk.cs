using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Tests.Blobs;

namespace Diecast.Formats.Tests.Partitioning;

/// <summary>What sfdisk reads from a disk.</summary>
internal sealed class Sfdisk
{
    private readonly JsonElement _table;

    private Sfdisk(JsonElement table) => _table = table;

    public string Label => _table.GetProperty("label").GetString()!;

    public string Id => _table.GetProperty("id").GetString()!;

    public long FirstLba => _table.GetProperty("firstlba").GetInt64();

    public long LastLba => _table.GetProperty("lastlba").GetInt64();

    public IReadOnlyList<Row> Rows =>
    [
        .. _table.GetProperty("partitions").EnumerateArray().Select(p => new Row(
            p.GetProperty("node").GetString()![^1] - '0',
            p.GetProperty("start").GetInt64(),
            p.GetProperty("size").GetInt64(),
            p.GetProperty("type").GetString()!,
            Text(p, "uuid"),
            Text(p, "name"),
            Text(p, "attrs"),
            p.TryGetProperty("bootable", out JsonElement b) && b.GetBoolean())),
    ];

    public static Sfdisk Read(Blob disk, string path)
    {
        BlobTests.Write(disk, path, null);
        string verdict = Tool.Check("sfdisk", "--verify", path);
        Assert.Contains("No errors detected", verdict);
        string json = Tool.Check("sfdisk", "--json", path);
        return new Sfdisk(JsonDocument.Parse(json).RootElement.GetProperty("partitiontable"));
    }

    private static string Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";

    internal sealed record Row(int Number, long Start, long Size, string Type, string Uuid, string Name, string Attributes, bool Bootable);
}
