using System.Security.Cryptography.X509Certificates;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;

namespace Diecast.Repart.Sources;

/// <summary>
/// Reads the root and /usr of an image through their hash trees. The root hash is, as systemd 262 takes it: the one that lies
/// beside the image, the one in the signature partition, or what the partitions' UUIDs say together.
/// </summary>
/// <param name="source">The image.</param>
/// <param name="path">What it is called.</param>
/// <param name="hashes">What lies beside it.</param>
/// <param name="policy">What is asked of it.</param>
/// <param name="log">Told what is read how.</param>
internal sealed class ImageVerity(RepartSource source, string path, RootHashes hashes, ImagePolicy policy, RepartLog log)
{
    private const string Hash = "-verity";
    private const string Signature = "-verity-sig";

    private readonly Dictionary<int, Blob?> _opened = [];

    internal ImagePolicy Policy => policy;

    /// <summary>Whether something was read that did not have its hash.</summary>
    internal static bool IsFault(InvalidImageException exception) => exception.Format == "dm-verity";

    /// <summary>What is said, with what to do, of something that was read and did not have its hash.</summary>
    internal static BuildException Explain(InvalidImageException exception, string path) =>
        new(exception.Message, $"the image is damaged: get it again; diecast info --verify {path} lists all that is", null, exception);

    /// <summary>Of several candidates for a role those that the root hash beside the image is of.</summary>
    /// <exception cref="BuildException">It is of none of them.</exception>
    internal FoundPartition[] Candidates(FoundPartition[] found, string role)
    {
        if (!IsHashed(role) || hashes.Told(role) is not { } told)
            return found;
        Guid first = HalfOf(told.Hash, first: true);
        FoundPartition[] own = [.. found.Where(partition => IdOf(partition) == first)];
        return own.Length > 0
            ? own
            : throw new BuildException(
                $"{path}: {told.Origin} has the root hash {Text(told.Hash)}, and no {role} partition has its first half, {first}, as UUID",
                "it belongs to another build of the image: take the one that came with this image, or take it away");
    }

    /// <summary>A partition's data, each block checked when it is read; null where the partition has no hash tree, or the policy wants none.</summary>
    /// <exception cref="BuildException">Root hash, tree and UUIDs do not belong together, or the policy asks for more than there is.</exception>
    internal Blob? Open(FoundPartition data)
    {
        if (!_opened.TryGetValue(data.Number, out Blob? opened))
            _opened.Add(data.Number, opened = OpenNew(data));
        return opened;
    }

    private static Guid IdOf(FoundPartition partition) => Guid.TryParse(partition.Id, out Guid id) ? id : Guid.Empty;

    private static string Text(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash);

    private static Guid HalfOf(ReadOnlySpan<byte> hash, bool first) => new(first ? hash[..16] : hash[^16..], bigEndian: true);

    /// <summary>The tree whose UUID is the last half of a root hash, else the newest; with a hash from beside the image there must be one.</summary>
    private static FoundPartition TreeOf(FoundPartition[] trees, ToldHash told)
    {
        Guid last = HalfOf(told.Hash, first: false);
        FoundPartition[] own = [.. trees.Where(tree => IdOf(tree) == last)];
        return SystemImage.Newest(own.Length > 0 ? own : trees);
    }

    private static bool IsById(FoundPartition data, FoundPartition tree, ReadOnlySpan<byte> rootHash) =>
        IdOf(data) == HalfOf(rootHash, first: true) && IdOf(tree) == HalfOf(rootHash, first: false);

    private string Name(FoundPartition partition) => FormattableString.Invariant($"{path}: partition {partition.Number} ({RepartTypes.Describe(partition.Type)})");

    /// <summary>Whether the policy has data of a role checked.</summary>
    private bool IsHashed(string role) => role is "root" or "usr" && (policy.Of(role) & PartitionUse.Hashed) != 0;

    private FoundPartition[] Siblings(FoundPartition data, string suffix)
    {
        string role = RepartTypes.RoleOf(data.Type) + suffix;
        return policy.Uses(role)
            ? [.. source.Table.Partitions.Where(partition => partition.Type.Name == data.Type.Name + suffix && SystemImage.Counts(partition))]
            : [];
    }

    private Blob? OpenNew(FoundPartition data)
    {
        string role = RepartTypes.RoleOf(data.Type);
        if (!IsHashed(role))
            return null;
        FoundPartition[] trees = Siblings(data, Hash);
        FoundPartition[] signatures = Siblings(data, Signature);
        ToldHash? told = hashes.Told(role);
        if (trees.Length == 0)
        {
            if (told is not null)
                throw new BuildException($"{path}: {told.Origin} has the root hash {Text(told.Hash)}, and there is no partition {data.Type.Name}{Hash}", "take it away, or take the whole image");
            if (signatures.Length > 0)
                throw new BuildException($"{Name(signatures[0])} signs the root hash of a tree, and there is no partition {data.Type.Name}{Hash}", "take the whole image");
            return null;
        }

        (byte[] Pkcs7, string Origin)? signed = hashes.ToldSignature(role);
        if (hashes.IsOn("SYSTEMD_DISSECT_VERITY_EMBEDDED") && (told is null || signed is null))
            (told, signed) = Embedded(data, signatures, told, signed);
        FoundPartition tree = told is null ? TreeOf(data, trees) : TreeOf(trees, told);
        ReadOnlyMemory<byte> stored = Read(data, tree);
        if (told is null)
        {
            if (!hashes.IsOn("SYSTEMD_DISSECT_VERITY_GUESS"))
                return null;
            told = ById(data, tree, stored.Span);
        }
        else if (!told.Hash.AsSpan().SequenceEqual(stored.Span))
        {
            throw new BuildException(
                $"{Name(tree)}: its tree has the root hash {Text(stored.Span)}, and {told.Origin} has {Text(told.Hash)}",
                "the image is damaged, or of another build than the root hash: get both again");
        }

        CheckSignature(data, role, told, signed);
        log.Info($"{Name(data)} is read through the hashes of partition {tree.Number}, by the root hash {Text(told.Hash)} of {told.Origin}");
        return DmVerity.Open(source.Content(data), source.Content(tree), told.Hash, Name(data));
    }

    /// <summary>The root hash as the stored tree has it; of a damaged superblock it is said where it is.</summary>
    private ReadOnlyMemory<byte> Read(FoundPartition data, FoundPartition tree)
    {
        try
        {
            return DmVerity.ReadRootHash(source.Content(data), source.Content(tree));
        }
        catch (InvalidImageException exception)
        {
            throw new BuildException(
                $"{Name(tree)}: {exception.Message}", $"get the image again; --image-policy={RepartTypes.RoleOf(data.Type)}=unprotected:=open reads without hashes", null, exception);
        }
    }

    /// <summary>What the signature partition adds to what lies beside the image; one of another root hash than that does not count.</summary>
    private (ToldHash? Told, (byte[] Pkcs7, string Origin)? Signed) Embedded(
        FoundPartition data, FoundPartition[] signatures, ToldHash? told, (byte[] Pkcs7, string Origin)? signed)
    {
        var known = new List<(FoundPartition Partition, VeritySignatureInfo Info)>();
        foreach (FoundPartition partition in signatures)
        {
            try
            {
                known.Add((partition, VeritySignature.Read(source.Content(partition))));
            }
            catch (InvalidImageException exception)
            {
                throw new BuildException($"{Name(partition)}: {exception.Message}", "get the image again", null, exception);
            }
        }

        if (told is not null)
            known = [.. known.Where(found => found.Info.RootHash.Span.SequenceEqual(told.Hash))];
        if (known.Count == 0)
            return (told, signed);
        // Where labels do not tell versions apart, the data's UUID does.
        if (known.Exists(found => IsOf(data, found.Info)))
            known = [.. known.Where(found => IsOf(data, found.Info))];
        FoundPartition newest = SystemImage.Newest([.. known.Select(found => found.Partition)]);
        VeritySignatureInfo info = known.Find(found => found.Partition == newest).Info;
        string origin = FormattableString.Invariant($"partition {newest.Number}");
        return (told ?? new ToldHash(info.RootHash.ToArray(), origin), signed ?? (info.Pkcs7.ToArray(), origin));

        static bool IsOf(FoundPartition data, VeritySignatureInfo info) => info.RootHash.Length >= 16 && HalfOf(info.RootHash.Span, first: true) == IdOf(data);
    }

    /// <summary>The tree whose root hash both UUIDs are of, else the newest.</summary>
    private FoundPartition TreeOf(FoundPartition data, FoundPartition[] trees)
    {
        FoundPartition newest = SystemImage.Newest(trees);
        return trees.Length == 1 || IsById(data, newest) ? newest : Array.Find(trees, tree => IsById(data, tree)) ?? newest;
    }

    private bool IsById(FoundPartition data, FoundPartition tree)
    {
        try
        {
            return IsById(data, tree, DmVerity.ReadRootHash(source.Content(data), source.Content(tree)).Span);
        }
        catch (InvalidImageException)
        {
            return false;
        }
    }

    /// <summary>
    /// The root hash that the UUIDs of data and tree say. They are in the image, so that they vouch for its being whole and for
    /// nothing else.
    /// </summary>
    private ToldHash ById(FoundPartition data, FoundPartition tree, ReadOnlySpan<byte> stored)
    {
        if (IsById(data, tree, stored))
            return new ToldHash(stored.ToArray(), "the partitions' UUIDs");
        string role = RepartTypes.RoleOf(data.Type);
        throw new BuildException(
            $"{Name(tree)}: its tree has the root hash {Text(stored)}, and the UUIDs of partitions {data.Number} and {tree.Number} say {IdOf(data):N}{IdOf(tree):N}",
            $"the image is damaged, or its UUIDs are not by the root hash: get it again, or read it without hashes by --image-policy={role}=unprotected:=open");
    }

    private void CheckSignature(FoundPartition data, string role, ToldHash told, (byte[] Pkcs7, string Origin)? signed)
    {
        bool mustBe = (policy.Of(role) & PartitionUse.Verity) == 0;
        if ((policy.Of(role) & PartitionUse.Signed) == 0 || (!mustBe && (signed is null || !hashes.IsOn("SYSTEMD_DISSECT_VERITY_SIGNATURE"))))
            return;
        if (signed is not { } signature)
            throw policy.Violated(path, $"the root hash of partition {data.Number} ({role}) is not signed");
        string? fault = "there are no certificates in /etc/verity.d";
        byte[] content = VeritySignature.SignedBytes(told.Hash);
        foreach ((string file, X509Certificate2 certificate) in hashes.Trusted())
        {
            fault = DetachedPkcs7.FaultOf(signature.Pkcs7, content, certificate);
            if (fault is null)
            {
                log.Info($"{Name(data)}: the signature of {signature.Origin} is by {file}");
                return;
            }
        }

        string text = $"the signature of {signature.Origin} for the root hash of partition {data.Number} ({role}) is by no certificate of verity.d: {fault}";
        if (mustBe)
            throw policy.Violated(path, text);
        log.Notice($"{path}: {text}; the hashes are checked all the same");
    }
}
