namespace Diecast.Bases.Nix.Database;

/// <summary>A store's database: its valid paths and what they refer to, as Nix's schema 10 and Guix's schema 7 have them.</summary>
internal static class StoreDatabase
{
    /// <summary>When everything was registered: the time of everything in a store.</summary>
    private const long RegistrationTime = 1;

    private const string Paths = "ValidPaths";
    private const string References = "Refs";
    private const string Outputs = "DerivationOutputs";

    /// <summary>Nix's version of its tables (src/libstore/local-store.hh, nixSchemaVersion), in the file <c>schema</c> beside the database.</summary>
    internal const string NixSchema = "10";

    /// <summary>Guix's (nix/libstore/local-store.hh, SCHEMA_VERSION).</summary>
    internal const string GuixSchema = "7";

    /// <summary>Columns that Guix's older table has not.</summary>
    private const string NixColumns = ", ultimate integer, sigs text, ca text";

    /// <summary>Makes the database.</summary>
    /// <param name="items">What is known of each path; hashes and sizes are there, and references are among them.</param>
    /// <param name="outputs">What each derivation among the paths makes: derivation, name of the output, path.</param>
    /// <param name="isGuix">Whether it is for Guix.</param>
    internal static byte[] Write(IEnumerable<StoreItemInfo> items, IEnumerable<(string Derivation, string Output, string Path)> outputs, bool isGuix)
    {
        StoreItemInfo[] paths = [.. items.OrderBy(item => item.Path, StringComparer.Ordinal)];
        Dictionary<string, long> numbers = paths.Select((item, index) => (item.Path, index)).ToDictionary(item => item.Path, item => item.index + 1L, StringComparer.Ordinal);
        (long Referrer, long Reference, long Row)[] references =
        [
            .. paths.SelectMany(item => item.References.Select(reference => (Referrer: numbers[item.Path], Reference: numbers[reference])))
                .Order().Select((pair, index) => (pair.Referrer, pair.Reference, index + 1L)),
        ];
        (long Derivation, string Output, string Path, long Row)[] made =
        [
            .. outputs.Select(output => (Derivation: numbers[output.Derivation], output.Output, output.Path))
                .OrderBy(output => output.Derivation).ThenBy(output => output.Output, StringComparer.Ordinal)
                .Select((output, index) => (output.Derivation, output.Output, output.Path, index + 1L)),
        ];
        var file = new SqliteWriter();
        file.AddTable(
            Paths,
            "CREATE TABLE ValidPaths (id integer primary key autoincrement not null, path text unique not null, hash text not null, "
            + $"registrationTime integer not null, deriver text, narSize integer{(isGuix ? "" : NixColumns)})",
            paths.Select(item => (numbers[item.Path], Row(item, isGuix))));
        file.AddIndex("sqlite_autoindex_ValidPaths_1", Paths, null, paths.Select(item => SqliteRecord.Encode(item.Path, numbers[item.Path])));
        file.AddTable("sqlite_sequence", "CREATE TABLE sqlite_sequence(name,seq)", paths.Length == 0 ? [] : [(1L, SqliteRecord.Encode(Paths, (long)paths.Length))]);
        file.AddTable(
            References,
            "CREATE TABLE Refs (referrer integer not null, reference integer not null, primary key (referrer, reference), "
            + "foreign key (referrer) references ValidPaths(id) on delete cascade, foreign key (reference) references ValidPaths(id) on delete restrict)",
            references.Select(pair => (pair.Row, SqliteRecord.Encode(pair.Referrer, pair.Reference))));
        file.AddIndex("sqlite_autoindex_Refs_1", References, null, references.Select(pair => SqliteRecord.Encode(pair.Referrer, pair.Reference, pair.Row)));
        file.AddIndex("IndexReferrer", References, "CREATE INDEX IndexReferrer on Refs(referrer)", references.Select(pair => SqliteRecord.Encode(pair.Referrer, pair.Row)));
        file.AddIndex(
            "IndexReference", References, "CREATE INDEX IndexReference on Refs(reference)",
            references.OrderBy(pair => pair.Reference).ThenBy(pair => pair.Row).Select(pair => SqliteRecord.Encode(pair.Reference, pair.Row)));
        // A path may refer to itself, which the restriction on deleting what is referred to would keep for ever.
        file.AddTrigger(
            "DeleteSelfRefs", Paths,
            "CREATE TRIGGER DeleteSelfRefs before delete on ValidPaths begin delete from Refs where referrer = old.id and reference = old.id; end");
        file.AddTable(
            Outputs,
            "CREATE TABLE DerivationOutputs (drv integer not null, id text not null, path text not null, primary key (drv, id), "
            + "foreign key (drv) references ValidPaths(id) on delete cascade)",
            made.Select(output => (output.Row, SqliteRecord.Encode(output.Derivation, output.Output, output.Path))));
        file.AddIndex("sqlite_autoindex_DerivationOutputs_1", Outputs, null, made.Select(output => SqliteRecord.Encode(output.Derivation, output.Output, output.Row)));
        file.AddIndex(
            "IndexDerivationOutputs", Outputs, "CREATE INDEX IndexDerivationOutputs on DerivationOutputs(path)",
            made.OrderBy(output => output.Path, StringComparer.Ordinal).ThenBy(output => output.Row).Select(output => SqliteRecord.Encode(output.Path, output.Row)));
        if (isGuix)
        {
            file.AddTable("FailedPaths", "CREATE TABLE FailedPaths (path text primary key not null, time integer not null)", []);
            file.AddIndex("sqlite_autoindex_FailedPaths_1", "FailedPaths", null, []);
        }

        return file.ToArray();
    }

    private static byte[] Row(StoreItemInfo item, bool isGuix)
    {
        string hash = "sha256:" + item.NarHash!.Base16;
        // The number of the row stands for its id.
        return isGuix
            ? SqliteRecord.Encode(null, item.Path, hash, RegistrationTime, item.Deriver, item.NarSize!.Value)
            : SqliteRecord.Encode(
                null, item.Path, hash, RegistrationTime, item.Deriver, item.NarSize!.Value, null,
                item.Signatures.Count == 0 ? null : string.Join(' ', item.Signatures), item.ContentAddress);
    }
}
