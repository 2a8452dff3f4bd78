using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Partitioning.Allocation;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Content;

/// <summary>Decides what stands in new partitions: first what must be known before they are placed, then everything else.</summary>
internal sealed class PartitionContents(
    RepartContext context, RepartDisk disk, IReadOnlyList<RepartPartition> partitions, PackingPlace packing, CancellationToken cancellation) : IDisposable
{
    /// <summary>Room that a LUKS2 container's headers take: the header itself, and as much again for cryptsetup to re-encrypt in place.</summary>
    internal const long LuksReserve = 32L << 20;

    private readonly FileSystemMaker _maker = new(context, disk, packing);
    private readonly PartitionFiles _files = new(context, partitions, cancellation);
    private readonly Dictionary<RepartPartition, FileTree> _trees = [];
    private readonly List<HostFile> _sources = [];
    private RepartSource? _image;

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
            if (!NeedsFormat(partition) || partition.Settings.Minimize == MinimizeMode.Off || !partition.Settings.IsPopulated)
                continue;
            long reserve = partition.Settings.Encrypt == EncryptMode.Off ? 0 : LuksReserve;
            FileSystemPlan plan = _maker.Plan(partition, TreeOf(partition), null, Math.Max(minimums[partition] - reserve, 0));
            if (plan is not PackedFileSystem && !partition.Settings.IsReadOnlyFormat)
            {
                long size = Units.RoundUp(plan.Length, disk.GrainSize);
                plan = plan.Length == size ? plan : _maker.Plan(partition, TreeOf(partition), size, 0);
            }

            partition.Prepared = plan.ToBlob();
            context.Log.Info($"{partition.Settings.Path}: {partition.Settings.Format} takes {SystemdValues.FormatSize(plan.Length)}");
        }
    }

    /// <summary>What a new partition's content takes at the least, as systemd counts it.</summary>
    internal long ContentSize(RepartPartition partition)
    {
        if (partition.Prepared is { } prepared && !partition.PreparedIsEndless)
            return prepared.Length;
        PartitionSettings settings = partition.Settings;
        if (settings.Format is null && settings.Encrypt == EncryptMode.Off)
            return 0;
        return settings.Format is { } format && PartitionDefinition.FileSystemMinimum(format, RepartTypes.IsBoot(partition.Type), _maker.SectorOf(partition)) is { } least
            ? least
            : disk.GrainSize;
    }

    /// <summary>The verity blocks of a hash partition, data and hash.</summary>
    internal (int Data, int Hash) VerityBlocks(RepartPartition partition) =>
        (partition.Settings.VerityDataBlockSize ?? _maker.SectorOf(partition), partition.Settings.VerityHashBlockSize ?? _maker.SectorOf(partition));

    /// <summary>Fills the partitions that are to be made, once they are placed.</summary>
    internal void Fill(Func<RepartPartition, bool> isDeferred)
    {
        foreach (RepartPartition partition in partitions.Where(p => p is { IsNew: true, IsDropped: false, IsForeign: false } && !isDeferred(p)))
        {
            cancellation.ThrowIfCancellationRequested();
            bool encrypted = partition.Settings.Encrypt != EncryptMode.Off;
            long room = partition.Size - (encrypted ? LuksReserve : 0);
            if (partition.Prepared is { } prepared)
                partition.Content = partition.PreparedIsEndless ? prepared.Slice(0, room) : prepared;
            else if (partition.Settings.Format is not null)
                partition.Content = _maker.Plan(partition, TreeOf(partition), room, 0).ToBlob();
            if (partition.Content is { } content && content.Length > room)
                throw new BuildException($"{partition.Settings.Path}: its content has {content.Length} bytes, and there are {room}", "make it larger with SizeMinBytes=");
        }
    }

    public void Dispose()
    {
        foreach (HostFile source in _sources)
            source.Dispose();
        _image?.Dispose();
    }

    private static bool NeedsFormat(RepartPartition partition) =>
        partition is { IsNew: true, IsForeign: false, IsDropped: false, Prepared: null } && partition.Settings.Format is not null;

    private FileTree TreeOf(RepartPartition partition)
    {
        if (!_trees.TryGetValue(partition, out FileTree? tree))
            _trees.Add(partition, tree = partition.Settings.IsPopulated ? _files.Build(partition) : new FileTree());
        return tree;
    }

    private void Open(RepartPartition partition, string path)
    {
        string host = RootedPath.Resolve(context.Options.Root, path)
            ?? throw new BuildException($"{partition.Settings.Path}: CopyBlocks={path}: there is no such file");
        if (Directory.Exists(host))
            throw new BuildException($"{partition.Settings.Path}: CopyBlocks={path} is a directory, and what it is mounted from is a device of the running machine", "name an image file");
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
        _image ??= RepartSource.Open(image);
        FoundPartition[] found = [.. _image.Table.Partitions.Where(p => p.Type.Guid == partition.Type.Guid)];
        if (found.Length != 1)
            throw new BuildException($"{partition.Settings.Path}: CopyBlocks=auto: {image} has {found.Length} partitions of type {RepartTypes.Describe(partition.Type)}");
        partition.Prepared = _image.Content(found[0]);
        partition.Settings.Id ??= found[0].Id is { } id && Guid.Parse(id) is var guid && guid != Guid.Empty ? guid : null;
    }
}
