using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Integrity;

namespace Diecast.Planning;

/// <summary>
/// Lays out the file systems that dm-verity protects and hashes them, before anything is made that has a root hash in it. What
/// holds the root hash comes after, so that one run makes both.
/// </summary>
internal sealed class VeritySealer(DiskPlanner planner, IdSource ids, CancellationToken cancellation)
{
    /// <summary>Bytes of a signature partition, as systemd has them.</summary>
    private const long SignatureLength = 16 * 1024;

    /// <summary>Signs a root hash; null where nothing has a signature.</summary>
    internal Func<ReadOnlyMemory<byte>, Blob>? Sign { get; init; }

    /// <summary>Makes what is protected, its hashes and its signatures.</summary>
    /// <param name="contents">What is in each partition, in the order of the table.</param>
    /// <returns>The same with everything of verity made, and the root hash of each group by its name.</returns>
    internal (PlannedContent[] Contents, SortedDictionary<string, string> RootHashes) Seal(IReadOnlyList<PlannedContent> contents)
    {
        PlannedContent[] sealedContents = [.. contents];
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (int data = 0; data < contents.Count; data++)
        {
            if (contents[data].Partition.Verity is not { Role: VerityRole.Data } verity)
                continue;
            int tree = Find(contents, verity.Match, VerityRole.Hash)
                ?? throw new BuildException($"partition {data + 1} is protected by verity as {verity.Match}, and no partition has its hashes", "add one with verity: hash");
            PlannedContent made = Make(contents[data], data);
            Blob bytes = Whole(made.Made?.ToBlob() ?? made.Blob!, verity.DataBlockSize);
            DmVerityOptions options = OptionsOf(verity, hashes.Count);
            DmVerityTree built = DmVerity.Build(bytes, options, cancellation);
            string root = Convert.ToHexStringLower(built.RootHash.Span);
            hashes.Add(verity.Match, root);
            long room = DiskPlanner.LeastLength(made.Partition, bytes.Length);
            sealedContents[data] = made with { Id = HalfOf(root, 0) };
            sealedContents[tree] = contents[tree] with
            {
                Blob = built.Hash,
                Id = HalfOf(root, 1),
                Room = DmVerity.HashLength(room - (room % verity.DataBlockSize), options),
            };
            if (Find(contents, verity.Match, VerityRole.Signature) is { } signature && Sign is not null)
                sealedContents[signature] = contents[signature] with { Blob = Sign(built.RootHash), Room = SignatureLength };
        }

        return (sealedContents, hashes);
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
}
