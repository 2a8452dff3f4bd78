using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Integrity;

namespace Diecast.Planning;

/// <summary>
/// Lays out the file systems that dm-verity protects and hashes them, before anything is made that has a root hash in it. What
/// holds the root hash comes after, so that one run makes both. Where the output takes bytes in any order they are written to
/// their place meanwhile: no length depends on a hash, so that the place is known.
/// </summary>
internal sealed class VeritySealer(DiskPlanner planner, IdSource ids, CancellationToken cancellation)
{
    /// <summary>Signs a root hash; null where nothing has a signature.</summary>
    internal Func<ReadOnlyMemory<byte>, Blob>? Sign { get; init; }

    /// <summary>
    /// Writes bytes to an offset of the disk, and makes the hashes of what is in hand for that; null where nothing can be written
    /// before all of the disk is known.
    /// </summary>
    internal Func<Blob, long, DmVerityOptions, WrittenDevice>? Write { get; init; }

    /// <summary>Where the partitions begin, told from contents that have the lengths of what they will be.</summary>
    internal Func<PlannedContent[], long[]>? Offsets { get; init; }

    /// <summary>Makes what is protected, its hashes and its signatures.</summary>
    /// <param name="contents">What is in each partition, in the order of the table.</param>
    /// <returns>The same with everything of verity made, and the root hash of each group by its name.</returns>
    internal (PlannedContent[] Contents, SortedDictionary<string, string> RootHashes) Seal(IReadOnlyList<PlannedContent> contents)
    {
        PlannedContent[] sealedContents = [.. contents];
        List<Group> groups = LayOut(contents, sealedContents);
        long[]? offsets = Write is not null && groups.Count > 0 ? Offsets!(sealedContents) : null;
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (Group group in groups)
        {
            PlannedContent data = sealedContents[group.Data];
            DmVerityTree built;
            // What is encrypted stands on the disk as something else than what is hashed.
            if (offsets is not null && data.Partition.Encrypt is null)
            {
                WrittenDevice written = Write!(group.Bytes, offsets[group.Data], group.Options);
                built = written.Tree;
                data = data with { Written = written.Content.Slice(0, group.Length) };
            }
            else
            {
                built = DmVerity.Build(group.Bytes, group.Options, cancellation);
            }

            string root = Convert.ToHexStringLower(built.RootHash.Span);
            hashes.Add(group.Match, root);
            sealedContents[group.Data] = data with { Id = HalfOf(root, 0) };
            sealedContents[group.Tree] = sealedContents[group.Tree] with { Blob = built.Hash, Id = HalfOf(root, 1) };
            if (group.Signature is { } signature)
                sealedContents[signature] = sealedContents[signature] with { Blob = Sign!(built.RootHash) };
        }

        return (sealedContents, hashes);
    }

    /// <summary>Lays out what is protected, and puts zeros where its hashes and signatures will be.</summary>
    private List<Group> LayOut(IReadOnlyList<PlannedContent> contents, PlannedContent[] sealedContents)
    {
        var groups = new List<Group>();
        for (int data = 0; data < contents.Count; data++)
        {
            if (contents[data].Partition.Verity is not { Role: VerityRole.Data } verity)
                continue;
            int tree = Find(contents, verity.Match, VerityRole.Hash)
                ?? throw new BuildException($"partition {data + 1} is protected by verity as {verity.Match}, and no partition has its hashes", "add one with verity: hash");
            PlannedContent made = Make(contents[data], data);
            Blob content = made.Made?.ToBlob() ?? made.Blob!;
            Blob bytes = Whole(content, verity.DataBlockSize);
            DmVerityOptions options = OptionsOf(verity, groups.Count);
            long room = DiskPlanner.LeastLength(made.Partition, bytes.Length);
            sealedContents[data] = made;
            sealedContents[tree] = contents[tree] with
            {
                Blob = Blob.Zeros(DmVerity.HashLength(bytes.Length, options)),
                Room = DmVerity.HashLength(room - (room % verity.DataBlockSize), options),
            };
            int? signature = Sign is null ? null : Find(contents, verity.Match, VerityRole.Signature);
            if (signature is { } signed)
                sealedContents[signed] = contents[signed] with { Blob = Blob.Zeros(VeritySignature.Length), Room = VeritySignature.Length };
            groups.Add(new Group(verity.Match, data, tree, signature, content.Length, bytes, options));
        }

        return groups;
    }

    private DmVerityOptions OptionsOf(PartitionVerity verity, int index)
    {
        (Guid superblock, byte[] salt) = ids.Uuids.Verity(index);
        return new DmVerityOptions { DataBlockSize = verity.DataBlockSize, HashBlockSize = verity.HashBlockSize, Salt = salt, Uuid = superblock };
    }

    /// <summary>The file system with nothing behind it that would have to be hashed; raw content is hashed as it is.</summary>
    private PlannedContent Make(PlannedContent content, int index)
    {
        if (content.Partition.FileSystem is null)
            return content.Blob is null ? throw Empty(index) : content;
        FileSystemPlan plan = planner.PlanFiles(content.Partition with { Free = default, FreePercent = 0, MinSize = null }, index, content.Tree ?? throw Empty(index));
        return content with { Made = plan };
    }

    /// <summary>Behind what is no whole block are zeros, as in the partition.</summary>
    private static Blob Whole(Blob content, int block) => Blob.Concat(content, Blob.Zeros(-content.Length & (block - 1)));

    private static BuildException Empty(int index) =>
        new($"partition {index + 1} is protected by verity and has no content", "give it a mountPoint or content, or remove verity");

    private static int? Find(IReadOnlyList<PlannedContent> contents, string match, VerityRole role)
    {
        for (int i = 0; i < contents.Count; i++)
        {
            if (contents[i].Partition.Verity is { } verity && verity.Role == role && verity.Match == match)
                return i;
        }

        return null;
    }

    /// <summary>Discoverable Partitions Specification: the root hash's first half is the data partition's UUID, the second that of the hashes.</summary>
    private static Guid HalfOf(string rootHash, int half) => Guid.ParseExact(rootHash.Substring(half * 32, 32), "N");

    /// <summary>What one root hash is of.</summary>
    /// <param name="Match">The name that its partitions have in common.</param>
    /// <param name="Data">Place in the table of what is protected.</param>
    /// <param name="Tree">Place in the table of its hashes.</param>
    /// <param name="Signature">Place in the table of the signature, or null.</param>
    /// <param name="Length">Bytes of the content.</param>
    /// <param name="Bytes">The content with what is hashed behind it.</param>
    /// <param name="Options">Verity's parameters.</param>
    private sealed record Group(string Match, int Data, int Tree, int? Signature, long Length, Blob Bytes, DmVerityOptions Options);
}
