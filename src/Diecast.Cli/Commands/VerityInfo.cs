using System.Globalization;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Formats.Blobs;
using Diecast.Formats.Inspection;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Spectre.Console;

namespace Diecast.Cli.Commands;

/// <summary>What <c>diecast info</c> tells of partitions that dm-verity protects.</summary>
internal static class VerityInfo
{
    /// <summary>Ranges that are shown; JSON has as many as are known.</summary>
    private const int ShownRanges = 100;

    /// <summary>Describes the pairs of data and hash partitions; null where there are none.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="table">Its table; null where there is none.</param>
    /// <param name="isChecked">Whether every block is checked.</param>
    /// <param name="cancellation">Ends the work.</param>
    internal static VerityJson[]? Describe(Blob disk, FoundTable? table, bool isChecked, CancellationToken cancellation)
    {
        if (table is null)
            return null;
        VerityJson[] found = [.. FoundVerity.Find(disk, table).Select(pair => Describe(pair, isChecked && pair.Fault is null ? pair.Check(cancellation) : null))];
        return found.Length == 0 ? null : found;
    }

    /// <summary>The exit code of a run that checks.</summary>
    /// <exception cref="BuildException">There is nothing to check.</exception>
    internal static int Verdict(string path, bool isComplete, VerityJson[]? found)
    {
        if (found is null)
        {
            throw new BuildException(
                $"{path}: no two partitions are data and its dm-verity tree",
                isComplete ? "veritysetup verify checks devices that no table tells of" : "the backing file is needed, which --backing opens");
        }

        return Array.TrueForAll(found, IsGood) ? ExitCodes.Done : ExitCodes.Failed;
    }

    internal static void Print(Terminal terminal, VerityJson[] found)
    {
        foreach (VerityJson pair in found)
        {
            terminal.Output.WriteLine();
            var table = new TextTable();
            table.Add(new TextTable.Cell(string.Create(CultureInfo.InvariantCulture, $"# {pair.Data}, {pair.Hash}"), "bold"), "dm-verity");
            if (pair.Fault is not null)
                Row("fault", pair.Fault);
            if (pair.RootHash is not null)
            {
                Row("hash", string.Create(CultureInfo.InvariantCulture, $"{pair.Algorithm}, type {pair.HashType}, salt of {pair.SaltSize} bytes"));
                Row("blocks", string.Create(CultureInfo.InvariantCulture, $"{pair.DataBlocks} of {pair.DataBlockSize} bytes, of the tree {pair.HashBlockSize} bytes"));
                Row("root hash", pair.RootHash);
                Row("UUIDs", pair.MatchesIds ? "by the root hash" : "not by the root hash");
            }

            if (pair.Signature is { } signature)
                Row("signature", string.Create(CultureInfo.InvariantCulture, $"partition {signature}, {(pair.MatchesSignature == true ? "of this root hash" : "not of this root hash")}"));
            if (pair.Check is { } check)
            {
                Row("checked", check.Good
                    ? string.Create(CultureInfo.InvariantCulture, $"{check.DataBlocks} blocks of data and {check.HashBlocks} of the tree, all good")
                    : string.Create(CultureInfo.InvariantCulture, $"bad are {check.BadDataBlocks} of {check.DataBlocks} blocks of data and {check.BadHashBlocks} of {check.HashBlocks} of the tree"));
                foreach (DamageJson damage in check.Damage.Take(ShownRanges))
                    Row("bad", damage.Message);
                if (check.Damage.Length > ShownRanges)
                    Row("bad", string.Create(CultureInfo.InvariantCulture, $"and {check.Damage.Length - ShownRanges} more ranges, which --json lists"));
            }

            table.Write(terminal);

            void Row(string name, string value) => table.Add(new TextTable.Cell(name, "dim"), InfoCommand.Shown(value));
        }
    }

    /// <summary>
    /// Whether data, tree and what the image says of the root hash agree: a changed top of the tree has another root hash, and
    /// nothing else in the tree tells.
    /// </summary>
    private static bool IsGood(VerityJson pair) => pair is { Fault: null, MatchesIds: true, MatchesSignature: not false, Check.Good: true };

    private static VerityJson Describe(FoundVerity pair, DmVerityReport? report) => new(
        pair.Data.Number,
        pair.Hash.Number,
        pair.Signature?.Number,
        pair.Fault,
        pair.Superblock?.Algorithm.ToString().ToLowerInvariant(),
        (int?)pair.Superblock?.HashType,
        pair.Superblock?.DataBlockSize,
        pair.Superblock?.HashBlockSize,
        pair.Superblock?.DataBlocks,
        pair.Superblock?.Salt.Length,
        pair.RootHash.IsEmpty ? null : Convert.ToHexStringLower(pair.RootHash.Span),
        pair.MatchesIds,
        pair.MatchesSignature,
        report is null ? null : Describe(report));

    private static VerityCheckJson Describe(DmVerityReport report) => new(
        report.IsGood,
        report.DataBlocks,
        report.HashBlocks,
        report.BadDataBlocks,
        report.BadHashBlocks,
        [.. report.Damage.Select(damage => new DamageJson(
            damage.Kind switch
            {
                DmVerityDamageKind.Changed => "changed",
                DmVerityDamageKind.Unvouched => "unvouched",
                _ => "spare",
            },
            damage.Level,
            damage.Block,
            damage.Count,
            damage.Offset,
            damage.Length,
            damage.Message))]);
}
