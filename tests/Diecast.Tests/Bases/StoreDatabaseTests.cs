using System.Globalization;
using Diecast.Bases.Nix;
using Diecast.Bases.Nix.Database;

namespace Diecast.Tests.Bases;

/// <summary>The databases of stores, as SQLite's own program sees them.</summary>
public sealed class StoreDatabaseTests
{
    /// <summary>Around the sizes at which one page becomes two, and two levels three.</summary>
    public static TheoryData<int, int> Sizes
    {
        get
        {
            var sizes = new TheoryData<int, int> { { 0, 0 }, { 1, 0 }, { 1, 1 }, { 2, 1 }, { 300, 3 }, { 3000, 9 } };
            for (int paths = 12; paths < 60; paths += 3)
                sizes.Add(paths, paths % 7);
            return sizes;
        }
    }

    [ToolTheory("sqlite3")]
    [MemberData(nameof(Sizes))]
    public void It_is_whole_and_holds_what_was_put_in(int count, int references)
    {
        using var directory = new TempDirectory();
        StoreItemInfo[] items = Items(count, references);
        string file = Write(directory, items, isGuix: false);

        Assert.Equal("ok\n", Sql(file, "PRAGMA integrity_check; PRAGMA foreign_key_check;"));
        Assert.Equal($"{count}\n{items.Sum(item => item.References.Count)}\n", Sql(file, "SELECT count(*) FROM ValidPaths; SELECT count(*) FROM Refs;"));
        Assert.Equal(
            string.Concat(items.Select(item => $"{item.Path}|sha256:{item.NarHash!.Base16}|1|{item.Deriver}|{item.NarSize}||{string.Join(' ', item.Signatures)}|{item.ContentAddress}\n")),
            Sql(file, "SELECT path, hash, registrationTime, deriver, narSize, ultimate, sigs, ca FROM ValidPaths ORDER BY id;"));
        Assert.Equal(
            string.Concat(items.SelectMany(item => item.References.Select(reference => $"{item.Path}|{reference}\n"))),
            Sql(file, "SELECT a.path, b.path FROM Refs JOIN ValidPaths a ON a.id = referrer JOIN ValidPaths b ON b.id = reference ORDER BY a.path, b.path;"));
        // By the indexes, which the check has found to be the tables'.
        if (count > 0)
            Assert.Equal("1\n", Sql(file, $"SELECT id FROM ValidPaths INDEXED BY sqlite_autoindex_ValidPaths_1 WHERE path = '{items[0].Path}';"));
    }

    [ToolFact("sqlite3")]
    public void It_can_be_written_to_afterwards()
    {
        using var directory = new TempDirectory();
        string file = Write(directory, Items(200, 4), isGuix: false);

        Sql(file, """
            PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON;
            INSERT INTO ValidPaths (path, hash, registrationTime) VALUES ('/nix/store/new', 'sha256:0', 5);
            INSERT INTO Refs SELECT last_insert_rowid(), 1;
            INSERT INTO Refs VALUES (201, 201);
            """);
        Assert.Equal("ok\n", Sql(file, "PRAGMA integrity_check; PRAGMA foreign_key_check;"));
        Assert.Equal("201\n", Sql(file, "SELECT id FROM ValidPaths WHERE path = '/nix/store/new';"));

        // A path goes although it refers to itself, and what it referred to stays.
        Sql(file, "PRAGMA foreign_keys = ON; DELETE FROM ValidPaths WHERE id = 201;");
        Assert.Equal("ok\n200\n0\n", Sql(file, "PRAGMA integrity_check; SELECT count(*) FROM ValidPaths; SELECT count(*) FROM Refs WHERE referrer = 201;"));
    }

    [ToolFact("sqlite3")]
    public void Guix_has_its_older_tables()
    {
        using var directory = new TempDirectory();
        string file = Write(directory, Items(40, 2), isGuix: true);
        Assert.Equal("ok\n", Sql(file, "PRAGMA integrity_check;"));
        Assert.Equal("id path hash registrationTime deriver narSize", string.Join(' ', Sql(file, "SELECT name FROM pragma_table_info('ValidPaths');").Split('\n')).TrimEnd());
        Assert.Equal("DerivationOutputs FailedPaths Refs ValidPaths sqlite_sequence", string.Join(' ', Sql(file, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name;").Split('\n')).TrimEnd());
    }

    [ToolFact("sqlite3")]
    public void A_row_that_is_longer_than_a_page_goes_on_in_others()
    {
        using var directory = new TempDirectory();
        StoreItemInfo item = Items(1, 0)[0];
        foreach (int length in (int[])[3800, 3900, 4000, 8000, 8150, 20_000])
        {
            string signature = "k:" + new string('s', length);
            string file = Write(directory, [item with { Signatures = [signature] }], isGuix: false);
            Assert.Equal("ok\n", Sql(file, "PRAGMA integrity_check;"));
            Assert.Equal(signature + "\n", Sql(file, "SELECT sigs FROM ValidPaths;"));
        }
    }

    [Fact]
    public void The_order_of_the_paths_does_not_show()
    {
        StoreItemInfo[] items = Items(100, 3);
        byte[] expected = StoreDatabase.Write(items, [], isGuix: false);
        Assert.Equal(expected, StoreDatabase.Write(items.Reverse(), [], isGuix: false));
        Assert.Equal(0, expected.Length % 4096);
    }

    [Fact]
    public void A_derivations_outputs_are_those_of_its_file()
    {
        byte[] file = "Derive([(\"dev\",\"/nix/store/d\",\"\",\"\"),(\"out\",\"/nix/store/o\",\"r:sha256\",\"00\"),(\"later\",\"\",\"\",\"\")],[],[],\"x\",\"b\",[],[])"u8.ToArray();
        Assert.Equal([("dev", "/nix/store/d"), ("out", "/nix/store/o")], DerivationOutputs.Parse(file, "x.drv"));
        foreach (string wrong in (string[])["", "Derive(", "Derive([", "Derive([(\"a\"", "Derive([(\"a\",\"b\",\"\",\"\")", "Derive([(\"a\\n\",\"b\",\"\",\"\")]"])
            Assert.Throws<BuildException>(() => DerivationOutputs.Parse(System.Text.Encoding.ASCII.GetBytes(wrong), "x.drv"));
    }

    private static StoreItemInfo[] Items(int count, int references)
    {
        var random = new Random(20260813);
        const string Digits = "0123456789abcdfghijklmnpqrsvwxyz";
        string[] paths = [.. Enumerable.Range(0, count).Select(i => $"/nix/store/{new string([.. Enumerable.Range(0, 32).Select(_ => Digits[random.Next(32)])])}-{new string('n', 1 + (i % 90))}").Order(StringComparer.Ordinal)];
        return
        [
            .. paths.Select((path, i) =>
            {
                byte[] hash = new byte[32];
                random.NextBytes(hash);
                return new StoreItemInfo
                {
                    Path = path,
                    NarHash = NixHash.FromBytes(hash),
                    NarSize = (long)random.Next() << random.Next(20),
                    Deriver = i % 3 == 0 ? null : path + ".drv",
                    ContentAddress = i % 5 == 0 ? "fixed:r:sha256:" + i.ToString(CultureInfo.InvariantCulture) : null,
                    Signatures = i % 2 == 0 ? [] : ["a-1:" + new string('x', 88), "b-1:" + new string('y', 88)],
                    References = Enumerable.Range(0, references).Select(_ => paths[random.Next(count)]).Append(i % 4 == 0 && references > 0 ? path : paths[0])
                        .Take(references == 0 ? 0 : references + 1).Distinct().Order(StringComparer.Ordinal).ToValueList(),
                };
            }),
        ];
    }

    private static string Write(TempDirectory directory, StoreItemInfo[] items, bool isGuix)
    {
        string file = directory["db.sqlite"];
        File.WriteAllBytes(file, StoreDatabase.Write(items, [], isGuix));
        return file;
    }

    private static string Sql(string file, string statements) => Tool.Check("sqlite3", "-batch", file, statements);
}
