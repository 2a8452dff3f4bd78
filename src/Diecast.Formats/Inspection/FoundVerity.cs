using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;

namespace Diecast.Formats.Inspection;

/// <summary>
/// Two partitions of which one has the dm-verity tree of the other, by the types of the Discoverable Partitions Specification.
/// </summary>
public sealed record FoundVerity
{
    private const string HashSuffix = "-verity";
    private const string SignatureSuffix = "-verity-sig";

    /// <summary>Partitions of a kind that are looked at: a table as systemd makes it has no more slots.</summary>
    private const int MostPartitions = 128;

    /// <summary>The partition whose data is protected.</summary>
    public required FoundPartition Data { get; init; }

    /// <summary>The partition that has superblock and tree.</summary>
    public required FoundPartition Hash { get; init; }

    /// <summary>The partition that has the root hash signed; null when there is none.</summary>
    public FoundPartition? Signature { get; init; }

    /// <summary>What the superblock says; null when there is none that can be used.</summary>
    public DmVeritySuperblock? Superblock { get; init; }

    /// <summary>The root hash by the top of the tree as it is stored; empty when the tree cannot be used.</summary>
    public ReadOnlyMemory<byte> RootHash { get; init; }

    /// <summary>Why the tree cannot be used; null when it can.</summary>
    public string? Fault { get; init; }

    /// <summary>Whether the partitions' UUIDs are the first and the last 128 bits of the root hash, as the specification has it.</summary>
    public bool MatchesIds { get; init; }

    /// <summary>Whether the signature partition is of this root hash; null where there is none. Who has signed is not looked at.</summary>
    public bool? MatchesSignature { get; init; }

    internal Blob DataContent { get; init; } = Blob.Empty;

    internal Blob HashContent { get; init; } = Blob.Empty;

    /// <summary>Finds the partitions of a GPT that belong together: by their UUIDs, else by their labels, else those that are alone of their types.</summary>
    /// <param name="disk">The disk; little more is read of it than superblocks and tops of trees.</param>
    /// <param name="table">Its table.</param>
    /// <returns>The pairs, in the order of the hash partitions.</returns>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    public static IReadOnlyList<FoundVerity> Find(Blob disk, FoundTable table)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(table);
        FoundPartition[] hashes = [.. Usable(table).Where(partition => partition.Type.Name.EndsWith(HashSuffix, StringComparison.Ordinal)).Take(MostPartitions)];
        var joined = new Dictionary<(int Data, int Hash), FoundVerity>();
        var paired = new Dictionary<int, FoundVerity>();
        foreach (Func<FoundVerity, FoundPartition[], bool> rule in (Func<FoundVerity, FoundPartition[], bool>[])[
            (pair, _) => pair.MatchesIds,
            (pair, _) => Stem(pair.Data.Label) is { Length: > 0 } stem && stem == Stem(pair.Hash.Label),
            (_, free) => free.Length == 1])
        {
            foreach (FoundPartition hash in hashes.Where(hash => !paired.ContainsKey(hash.Number)))
            {
                FoundPartition[] free = [.. Usable(table).Where(partition =>
                    partition.Type.Name + HashSuffix == hash.Type.Name && !paired.Values.Any(pair => pair.Data == partition)).Take(MostPartitions)];
                if (free.Select(data => Joined(data, hash)).FirstOrDefault(pair => rule(pair, free)) is { } found)
                    paired.Add(hash.Number, WithSignature(found, disk, table));
            }
        }

        return [.. hashes.Where(hash => paired.ContainsKey(hash.Number)).Select(hash => paired[hash.Number])];

        FoundVerity Joined(FoundPartition data, FoundPartition hash)
        {
            if (!joined.TryGetValue((data.Number, hash.Number), out FoundVerity? pair))
                joined.Add((data.Number, hash.Number), pair = Join(disk, data, hash));
            return pair;
        }
    }

    /// <summary>Checks every block against the tree, and the tree against <see cref="RootHash"/>.</summary>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="InvalidImageException">The tree cannot be used; see <see cref="Fault"/>.</exception>
    /// <exception cref="IOException">The disk cannot be read.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public DmVerityReport Check(CancellationToken cancellation = default) => Fault is null
        ? DmVerity.Check(DataContent, HashContent, RootHash, null, cancellation)
        : throw new InvalidImageException(DmVerityOptions.Format, Fault);

    /// <summary>Partitions that are there for a version to come do not count.</summary>
    private static IEnumerable<FoundPartition> Usable(FoundTable table) => table.Partitions.Where(partition => partition.Label != "_empty");

    private static FoundVerity Join(Blob disk, FoundPartition data, FoundPartition hash)
    {
        var pair = new FoundVerity { Data = data, Hash = hash, DataContent = Content(disk, data), HashContent = Content(disk, hash) };
        try
        {
            DmVeritySuperblock superblock = DmVerity.ReadSuperblock(pair.HashContent);
            byte[] root = DmVerity.ReadRootHash(pair.DataContent, pair.HashContent).ToArray();
            pair = pair with
            {
                Superblock = superblock,
                RootHash = root,
                MatchesIds = IsHalf(data, root.AsSpan(0, 16)) && IsHalf(hash, root.AsSpan(root.Length - 16)),
            };
        }
        catch (InvalidImageException exception)
        {
            pair = pair with { Fault = exception.Message };
        }

        return pair;
    }

    /// <summary>The signature of the root hash, or where there is none the only one that there is.</summary>
    private static FoundVerity WithSignature(FoundVerity pair, Blob disk, FoundTable table)
    {
        FoundPartition[] all =
            [.. Usable(table).Where(partition => partition.Type.Name == pair.Data.Type.Name + SignatureSuffix).Take(MostPartitions)];
        foreach (FoundPartition partition in all)
        {
            if (!pair.RootHash.IsEmpty && SignedBy(Content(disk, partition)) is { } signed && signed.Span.SequenceEqual(pair.RootHash.Span))
                return pair with { Signature = partition, MatchesSignature = true };
        }

        return all.Length == 1 ? pair with { Signature = all[0], MatchesSignature = false } : pair;
    }

    private static ReadOnlyMemory<byte>? SignedBy(Blob content)
    {
        try
        {
            return VeritySignature.Read(content).RootHash;
        }
        catch (InvalidImageException)
        {
            return null;
        }
    }

    private static bool IsHalf(FoundPartition partition, ReadOnlySpan<byte> half) =>
        Guid.TryParse(partition.Id, out Guid id) && id == new Guid(half, bigEndian: true);

    private static Blob Content(Blob disk, FoundPartition partition)
    {
        long start = Math.Min(partition.Offset, disk.Length);
        return disk.Slice(start, Math.Min(partition.Length, disk.Length - start));
    }

    /// <summary>A label without what says that it is a tree's.</summary>
    private static string Stem(string label) =>
        string.Join('-', label.Split(['-', '_', '.', ' ']).Where(word => word is not ("verity" or "hash" or "data" or "")));
}
