using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Partitioning.Allocation;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;

namespace Diecast.Repart.Content;

/// <summary>Decides what stands in new partitions: first what must be known before they are placed, then everything else.</summary>
internal sealed class PartitionContents(
    RepartContext context, RepartDisk disk, IReadOnlyList<RepartPartition> partitions, PackingPlace packing, CancellationToken cancellation) : IDisposable
{
    private readonly VerityFiles _verity = new(context.VerityReader);
    private readonly Dictionary<RepartPartition, FileTree> _trees = [];
    private readonly List<HostFile> _sources = [];
    private FileSystemMaker? _fileSystemMaker;
    private PartitionFiles? _files;
    private Protection? _protection;

    private FileSystemMaker Maker => _fileSystemMaker ??= new FileSystemMaker(context, disk, packing, _verity);

    private PartitionFiles Files => _files ??= new PartitionFiles(context, partitions, _verity, cancellation);

    private Protection Protection => _protection ??= new Protection(context, Maker);

    /// <summary>Opens what blocks are copied from.</summary>
    /// <exception cref="BuildException">It cannot be copied.</exception>
    internal void OpenSources()
    {
        foreach (RepartPartition partition in partitions.Where(p => p.IsNew && !p.IsForeign && p.Prepared is null))
        {
            PartitionSettings settings = partition.Settings;
            if (settings.CopiedBlocks is { } blocks)
                partition.Prepared = blocks;
            else if (settings.CopyBlocks is { } path)
                Open(partition, path);
            else if (settings.CopyBlocksAuto)
                OpenAuto(partition);
        }
    }

    /// <summary>Lays out what is to be as small as it can be.</summary>
    internal void Minimize(IReadOnlyDictionary<RepartPartition, long> minimums)
    {
        foreach (RepartPartition partition in partitions)
        {
            if (!NeedsFormat(partition) || partition.Settings.Minimize == MinimizeMode.Off || !partition.Contents.Any(settings => settings.IsPopulated))
                continue;
            long reserve = partition.Settings.Encrypt == EncryptMode.Off ? 0 : Luks2.RepartReservedLength;
            FileSystemPlan plan = Maker.Plan(partition, TreeOf(partition), null, Math.Max(minimums[partition] - reserve, 0));
            if (plan is not PackedFileSystem && !partition.Settings.IsReadOnlyFormat)
            {
                long size = Units.RoundUp(plan.Length, disk.GrainSize);
                plan = plan.Length == size ? plan : Maker.Plan(partition, TreeOf(partition), size, 0);
            }

            partition.Prepared = plan.ToBlob();
            context.Log.Info($"{partition.Settings.Path}: {partition.Settings.Format} takes {SystemdValues.FormatSize(plan.Length)}");
        }

        // Hashes of what is as small as it can be are so too; their size follows from the data's.
        foreach (RepartPartition hash in partitions.Where(p => IsHashToMake(p) && p is { IsDropped: false, Settings.Minimize: not MinimizeMode.Off }))
        {
            RepartPartition data = hash.Siblings[VerityMode.Data];
            if (data.Settings.Encrypt != EncryptMode.Off)
                throw new BuildException($"{hash.Settings.Path}: Minimize= of a verity hash, and {data.Settings.Path} is encrypted", "leave it out, and give the data SizeMaxBytes=, from which the size follows");
            if (data.Prepared is not { } prepared)
                continue;
            hash.HashedLength = Units.RoundUp(prepared.Length, VerityBlocks(hash).Data);
            // Where nothing is written, the hash is to be seen all the same.
            if (context.Options.DryRun || context.Options.Node is null)
                hash.Prepared = Hash(hash, Padded(prepared, hash.HashedLength.Value), null);
        }
    }

    /// <summary>What a new partition's content takes at the least, as systemd counts it.</summary>
    internal long ContentSize(RepartPartition partition)
    {
        if (partition.Prepared is { } prepared && !partition.PreparedIsEndless)
            return prepared.Length;
        if (partition.HashedLength is { } hashed)
            return DmVerity.HashLength(hashed, OptionsOf(partition));
        PartitionSettings settings = partition.Settings;
        if (settings.Format is null && settings.Encrypt == EncryptMode.Off)
            return 0;
        return settings.Format is { } format && PartitionDefinition.FileSystemMinimum(format, RepartTypes.IsBoot(partition.Type), Maker.SectorOf(partition)) is { } least
            ? least
            : disk.GrainSize;
    }

    /// <summary>The verity blocks of a hash partition, data and hash.</summary>
    internal (int Data, int Hash) VerityBlocks(RepartPartition partition) =>
        (partition.Settings.VerityDataBlockSize ?? Maker.SectorOf(partition), partition.Settings.VerityHashBlockSize ?? Maker.SectorOf(partition));

    /// <summary>Fills the partitions that are to be made, once they are placed.</summary>
    /// <param name="isDeferred">Which are not written yet.</param>
    /// <param name="write">Writes a partition's content to where it is placed, and makes the hashes of what is in hand for that.</param>
    internal void Fill(Func<RepartPartition, bool> isDeferred, Func<RepartPartition, Blob, DmVerityOptions, DmVerityTree> write)
    {
        foreach (RepartPartition partition in partitions.Where(p => p is { IsNew: true, IsDropped: false, IsForeign: false } && !isDeferred(p)))
        {
            cancellation.ThrowIfCancellationRequested();
            bool encrypted = partition.Settings.Encrypt != EncryptMode.Off;
            long room = partition.Size - (encrypted ? Luks2.RepartReservedLength : 0);
            if (partition.Prepared is { } prepared)
                partition.Content = partition.PreparedIsEndless ? prepared.Slice(0, room) : prepared;
            else if (partition.Settings.Format is not null)
                partition.Content = Maker.Plan(partition, TreeOf(partition), room, 0).ToBlob();
            if (partition.Content is { } content && content.Length > room)
                throw new BuildException($"{partition.Settings.Path}: its content has {content.Length} bytes, and there are {room}", "make it larger with SizeMinBytes=");
            if (encrypted)
                partition.Content = Protection.Encrypt(partition, Padded(partition.Content ?? Blob.Empty, room));
        }

        RepartPartition[] signatures = [.. partitions.Where(p =>
            p is { IsNew: true, IsForeign: false, IsDropped: false, Prepared: null } && p.Settings.Verity == VerityMode.Signature && !isDeferred(p))];
        foreach (RepartPartition signature in signatures)
            Protection.CheckSigner(signature);
        foreach (RepartPartition hash in partitions.Where(p => IsHashToMake(p) && (p.HashedLength is not null || !(p.IsDropped || isDeferred(p) || isDeferred(p.Siblings[VerityMode.Data])))))
        {
            RepartPartition data = hash.Siblings[VerityMode.Data];
            if ((data.Content ?? data.Prepared) is not { } content)
                continue;
            Blob bytes = Padded(content, hash.HashedLength ?? data.Size);
            long length = DmVerity.HashLength(bytes.Length, OptionsOf(hash));
            if (!hash.IsDropped && length > hash.Size)
                throw new BuildException($"{hash.Settings.Path}: the hashes take {length} bytes, and there are {hash.Size}", "leave SizeMaxBytes= out, or give the data SizeMaxBytes=, from which the size follows");
            hash.Content = Hash(hash, bytes, data.Content is null ? null : write);
        }

        foreach (RepartPartition signature in signatures)
            signature.Content = Protection.Sign(signature);
    }

    public void Dispose()
    {
        foreach (HostFile source in _sources)
            source.Dispose();
    }

    /// <summary>Whether a partition has hashes that are to be made of their data.</summary>
    private static bool IsHashToMake(RepartPartition partition) =>
        partition is { IsNew: true, IsForeign: false, Prepared: null, Settings.Verity: VerityMode.Hash } && partition.Siblings[VerityMode.Data].IsNew;

    private DmVerityOptions OptionsOf(RepartPartition hash)
    {
        (int dataBlock, int hashBlock) = VerityBlocks(hash);
        var ids = new SeedUuids(context.Seed);
        return new DmVerityOptions { DataBlockSize = dataBlock, HashBlockSize = hashBlock, Salt = ids.VeritySalt(), Uuid = ids.VeritySuperblock };
    }

    /// <summary>Makes a hash tree; the root hash is what the ids of both partitions come from.</summary>
    private Blob Hash(RepartPartition hash, Blob data, Func<RepartPartition, Blob, DmVerityOptions, DmVerityTree>? write)
    {
        DmVerityTree tree = write is null
            ? DmVerity.Build(data, OptionsOf(hash), cancellation)
            : write(hash.Siblings[VerityMode.Data], data, OptionsOf(hash));
        ReadOnlySpan<byte> root = tree.RootHash.Span;
        hash.RootHash = Convert.ToHexStringLower(root);
        Name(hash.Siblings[VerityMode.Data], root[..16]);
        Name(hash, root[16..32]);
        return tree.Hash;

        static void Name(RepartPartition partition, ReadOnlySpan<byte> id)
        {
            if (!partition.HasId)
                (partition.Id, partition.HasId) = (new Guid(id, bigEndian: true), true);
        }
    }

    /// <summary>A blob with zeros behind it.</summary>
    private static Blob Padded(Blob blob, long length)
    {
        var padded = new BlobBuilder();
        padded.Add(0, blob);
        return padded.ToBlob(length);
    }

    private static bool NeedsFormat(RepartPartition partition) =>
        partition is { IsNew: true, IsForeign: false, IsDropped: false, Prepared: null } && partition.Settings.Format is not null;

    private FileTree TreeOf(RepartPartition partition)
    {
        if (!_trees.TryGetValue(partition, out FileTree? tree))
            _trees.Add(partition, tree = partition.Contents.Any(settings => settings.IsPopulated) ? Files.Build(partition) : new FileTree());
        return tree;
    }

    private void Open(RepartPartition partition, string path)
    {
        FoundFile found = context.Root.Find(path) ?? throw new BuildException($"{partition.Settings.Path}: CopyBlocks={path}: there is no such file");
        if (found.IsDirectory)
            throw new BuildException($"{partition.Settings.Path}: CopyBlocks={path} is a directory, and what it is mounted from is a device of the running machine", "name an image file");
        if (found is not HostFound { Path: var host })
        {
            partition.Prepared = found is ImageFound { Inode: Formats.Trees.FileInode inside } && inside.Content.Length is > 0 and var size && size % 512 == 0
                ? inside.Content
                : throw new BuildException($"{partition.Settings.Path}: CopyBlocks={path} in {context.Root.Path} is no file of whole sectors of 512 bytes");
            return;
        }

        HostFile file = HostFile.Open(host);
        _sources.Add(file);
        if (EndlessBlob.IsEndless(host))
        {
            (partition.Prepared, partition.PreparedIsEndless) = (new EndlessBlob(file), true);
            return;
        }

        long length = file.MeasureLength();
        if (length == 0 || length % 512 != 0)
            throw new BuildException($"{partition.Settings.Path}: CopyBlocks={path} has {length} bytes; it must have some, and whole sectors of 512");
        partition.Prepared = RepartSource.WithHoles(file, length);
    }

    /// <summary>The partition of the same type in the image that <c>--image=</c> names.</summary>
    private void OpenAuto(RepartPartition partition)
    {
        string image = context.Options.Image
            ?? throw new BuildException($"{partition.Settings.Path}: CopyBlocks=auto takes the partition from the image that --image= names, and there is none", "name one; devices of the running machine are not copied");
        RepartSource source = context.Image!;
        FoundPartition[] found = [.. source.Table.Partitions.Where(p => p.Type.Guid == partition.Type.Guid)];
        if (found.Length != 1)
            throw new BuildException($"{partition.Settings.Path}: CopyBlocks=auto: {image} has {found.Length} partitions of type {RepartTypes.Describe(partition.Type)}");
        Blob whole = source.Content(found[0]);
        partition.Prepared = context.Verity!.Open(found[0]) is { } hashed ? Blob.Concat(hashed, whole.Slice(hashed.Length)) : whole;
        partition.Settings.Id ??= found[0].Id is { } id && Guid.Parse(id) is var guid && guid != Guid.Empty ? guid : null;
    }
}
