using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <content>All that is not as it was, not the first alone.</content>
internal sealed partial class DmVerityReader
{
    internal DmVerityReport Check(CancellationToken cancellation)
    {
        var damage = new List<DmVerityDamage>();
        List<BlobRange> unvouched = [];
        long badNodes = 0;
        for (int level = Shape.Levels - 1; level >= 0; level--)
        {
            List<BlobRange> changed = ChangedOf(Level(level), Shape.BlockSize, level, unvouched, long.MaxValue, out _, cancellation);
            List<BlobRange> spare = Without(Ranges(SpareUsed(level)), Merged(changed, unvouched));
            AddAll(damage, level, changed, unvouched, spare);
            badNodes += Blocks(changed) + Blocks(unvouched) + Blocks(spare);
            long below = level == 0 ? Shape.DataBlocks : Shape.Count(level - 1);
            unvouched = [.. Merged(changed, unvouched).Select(range => Below(range, below))];
        }

        List<BlobRange> bad = ChangedOf(Data, DataBlockSize, -1, unvouched, DmVerityReport.MaximumRanges, out long badBlocks, cancellation);
        AddAll(damage, -1, bad, unvouched, []);
        return new DmVerityReport
        {
            RootHash = _rootHash,
            DataBlocks = Shape.DataBlocks,
            HashBlocks = Shape.Blocks,
            BadDataBlocks = badBlocks + Blocks(unvouched),
            BadHashBlocks = badNodes,
            Damage = damage,
        };
    }

    private static long Blocks(List<BlobRange> ranges) => ranges.Sum(range => range.Length);

    /// <summary>Numbers in order as ranges.</summary>
    private static List<BlobRange> Ranges(IEnumerable<long> blocks)
    {
        var ranges = new List<BlobRange>();
        foreach (long block in blocks)
            Add(ranges, block, long.MaxValue);
        return ranges;
    }

    private static void Add(List<BlobRange> ranges, long block, long most)
    {
        if (ranges.Count > 0 && ranges[^1].End == block)
            ranges[^1] = ranges[^1] with { Length = ranges[^1].Length + 1 };
        else if (ranges.Count < most)
            ranges.Add(new BlobRange(block, 1));
    }

    /// <summary>Both, in order; they have no block in common.</summary>
    private static List<BlobRange> Merged(List<BlobRange> one, List<BlobRange> other)
    {
        var merged = new List<BlobRange>();
        foreach (BlobRange range in one.Concat(other).OrderBy(range => range.Offset))
        {
            if (merged.Count > 0 && merged[^1].End == range.Offset)
                merged[^1] = merged[^1] with { Length = merged[^1].Length + range.Length };
            else
                merged.Add(range);
        }

        return merged;
    }

    /// <summary>The ranges without the blocks of others.</summary>
    private static List<BlobRange> Without(List<BlobRange> ranges, List<BlobRange> others)
    {
        var skipped = new BlobMap(others);
        return Ranges(ranges.SelectMany(Enumerate).Where(block => !skipped.HasData(block, 1)));
    }

    private static IEnumerable<long> Enumerate(BlobRange range)
    {
        for (long block = range.Offset; block < range.End; block++)
            yield return block;
    }

    /// <summary>What has its hashes in a range of blocks.</summary>
    private BlobRange Below(BlobRange nodes, long count)
    {
        long start = nodes.Offset * Shape.HashesPerBlock;
        return new BlobRange(start, Math.Min(nodes.End * Shape.HashesPerBlock, count) - start);
    }

    /// <summary>The blocks of a level that are changed, but for those of which nothing says how they were.</summary>
    private List<BlobRange> ChangedOf(
        Blob blocks, int blockSize, int level, List<BlobRange> unvouched, long most, out long count, CancellationToken cancellation)
    {
        var changed = new List<BlobRange>();
        var skipped = new BlobMap(unvouched);
        long found = 0;
        // Below a wrong root hash there is nothing to compare with.
        if (Blocks(unvouched) < blocks.Length / blockSize)
            Compare(blocks, blockSize, level, Take, cancellation);
        count = found;
        return changed;

        bool Take(long block)
        {
            if (skipped.HasData(block, 1))
                return true;
            found++;
            Add(changed, block, most);
            return true;
        }
    }

    /// <summary>Adds the ranges of a level in the order of their blocks.</summary>
    private void AddAll(List<DmVerityDamage> damage, int level, List<BlobRange> changed, List<BlobRange> unvouched, List<BlobRange> spare)
    {
        IEnumerable<(BlobRange Range, DmVerityDamageKind Kind)> all = changed.Select(range => (range, DmVerityDamageKind.Changed))
            .Concat(unvouched.Select(range => (range, DmVerityDamageKind.Unvouched)))
            .Concat(spare.Select(range => (range, DmVerityDamageKind.SpareUsed)));
        foreach ((BlobRange range, DmVerityDamageKind kind) in all.OrderBy(item => item.Range.Offset).Take(DmVerityReport.MaximumRanges - damage.Count))
            damage.Add(Describe(level, range, kind));
    }

    private DmVerityDamage Describe(int level, BlobRange range, DmVerityDamageKind kind)
    {
        int size = level < 0 ? DataBlockSize : Shape.BlockSize;
        long offset = level < 0 ? range.Offset * size : OffsetOf(level, range.Offset);
        long block = offset / size;
        bool isOne = range.Length == 1;
        string where = (level < 0 ? "data block" : "hash block") + (isOne
            ? FormattableString.Invariant($" {block}, at {offset}")
            : FormattableString.Invariant($"s {block} to {block + range.Length - 1}, from {offset} on")) + (level < 0 ? "" : FormattableString.Invariant($" and of level {level}"));
        string what = (kind, isOne) switch
        {
            (DmVerityDamageKind.Changed, _) when level == Shape.Levels - 1 => "does not have the root hash",
            (DmVerityDamageKind.Changed, true) => "does not have its hash",
            (DmVerityDamageKind.Changed, false) => "do not have their hashes",
            (DmVerityDamageKind.Unvouched, true) => "has its hash in a block that is not as it was",
            (DmVerityDamageKind.Unvouched, false) => "have their hashes in blocks that are not as they were",
            (_, true) => SpareText,
            _ => "have something where no hash stands",
        };
        return new DmVerityDamage
        {
            Level = level < 0 ? null : level,
            Kind = kind,
            Block = block,
            Count = range.Length,
            Offset = offset,
            Length = range.Length * size,
            Message = $"{where}, {what}",
        };
    }
}
