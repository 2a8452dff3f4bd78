using Diecast.Formats;
using Diecast.Formats.Native;
using Diecast.Formats.Partitioning;
using Diecast.Planning;
using Diecast.Repart.Content;
using Diecast.Repart.Definitions;
using Diecast.Repart.Output;
using Diecast.Repart.Sources;

namespace Diecast.Repart;

/// <summary>One run: read, place, show, write.</summary>
internal sealed class RepartRun(RepartContext context, TextWriter output, CancellationToken cancellation)
{
    /// <summary>There is nothing to factory reset.</summary>
    internal const int NothingToReset = 1;

    /// <summary>There is no disk to work on; at boot that is no fault.</summary>
    internal const int NoDisk = 76;

    /// <summary>The disk has no table to work on; at boot that is no fault.</summary>
    internal const int NoTable = 77;

    private readonly RepartOptions _options = context.Options;
    private readonly RepartLog _log = context.Log;

    /// <summary>Runs; the exit status.</summary>
    /// <exception cref="BuildException">Something is wrong with the switches, a definition or an image.</exception>
    /// <exception cref="IOException">Something cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the image is as it was.</exception>
    internal int Execute()
    {
        try
        {
            return Work();
        }
        catch (InvalidImageException exception) when (_options.Image is not null && ImageVerity.IsFault(exception))
        {
            // Files are read when they are written into what is made.
            throw ImageVerity.Explain(exception, _options.Image!);
        }
    }

    private int Work()
    {
        using var sources = new DisposableList();
        List<RepartPartition> partitions = [.. ReadDefinitions(sources)];
        SettingsRules.Link(partitions);
        using RepartDisk? opened = _options.Node is { } node ? RepartDisk.Open(node, _options, _log) : RepartDisk.New(_options);
        if (opened is null)
            return NoTable;
        RepartDisk disk = opened;
        Match(partitions, disk);
        if (_options.CanFactoryReset)
            return partitions.Exists(IsReset) ? 0 : NothingToReset;
        bool isReset = Reset(ref disk, ref partitions);
        // Until it turns out that there is no room for both together.
        foreach (RepartPartition partition in partitions)
            partition.HasMerged = partition.Supplement is { IsNew: true };
        using var packing = new PackingPlace(null, new Progress<long>(), cancellation);
        using var contents = new PartitionContents(context, disk, partitions, packing, cancellation);
        contents.OpenSources();
        RepartIds.Assign(partitions, context.Seed, _log);
        if (!_options.DryRun)
            MountTables.Write(partitions, context);
        SizeVerity(partitions, contents);
        contents.Minimize(RepartLayout.Minimums(partitions, disk, contents));
        if (_options.Node is null)
        {
            _log.Info($"the image takes {SystemdValues.FormatSize(RepartLayout.AutoLength(partitions, disk, contents))} at the least");
            return 0;
        }

        long length = LengthOf(partitions, disk, contents);
        CheckElTorito(disk, length);
        IReadOnlyList<RepartPartition> placed;
        try
        {
            placed = RepartLayout.Place(partitions, disk, contents, length, _log);
        }
        catch (DoesNotFitException exception)
        {
            throw new BuildException($"{_options.Node}: {exception.Message}", "grow it with --size=, or give definitions a Priority= above 0 so that they may be left out", null, exception);
        }

        var report = new RepartReport(placed, _options, context.Environment);
        if (_options.Output == RepartOutput.Table)
            report.WriteTable(output, length);
        bool grows = (_options.SizeAuto || _options.Size is not null) && length > disk.Content.Length;
        bool changes = disk.IsFromScratch || isReset || grows || placed.Any(p => p is { IsDropped: false } && (p.IsNew || p.Size != p.OldSize));
        if (!changes)
            _log.Info("nothing is to be changed");
        else if (_options.DryRun)
            _log.Notice("nothing is written in a dry run; say --dry-run=no to have it done");
        if (!_options.DryRun)
            Write(placed, disk, contents, length, changes);
        if (_options.Output is RepartOutput.Json or RepartOutput.JsonPretty)
            report.WriteJson(output);
        else if (_options.Output == RepartOutput.Table && placed.Any(partition => partition.RootHash is not null))
            report.WriteTable(output, null);
        return 0;
    }

    private void Write(IReadOnlyList<RepartPartition> placed, RepartDisk disk, PartitionContents contents, long length, bool changes)
    {
        using (var writer = new RepartWriter(context, disk, length, placed, IsDeferred, cancellation))
        {
            if (changes)
                contents.Fill(IsDeferred, writer.WriteHashed);
            if (_options.Split)
                SplitFiles.Name(placed, context);
            writer.Write(changes);
        }

        if (_options.Split)
            SplitFiles.Write(placed, _options.Node!, IsDeferred, cancellation);
        MountTables.WriteLate(placed, context);
    }

    private IEnumerable<RepartPartition> ReadDefinitions(DisposableList sources)
    {
        foreach (string image in _options.CopyFrom)
        {
            RepartSource source = sources.Add(RepartSource.Open(image));
            foreach (PartitionSettings settings in CopiedPartitions.Read(source, image, _options))
                yield return new RepartPartition(settings);
        }

        IReadOnlyList<DefinitionDirectory> directories = _options.MakeDdi is { } ddi
            ? [DefinitionDirectory.OfHost(DdiDefinitions.Find(ddi, sources))]
            : DefinitionFiles.Directories(_options.Definitions, context.Root);
        var parser = new SettingsParser(context);
        foreach (DefinitionFile file in DefinitionFiles.List(directories))
        {
            if (parser.Read(file, directories) is { } settings)
                yield return new RepartPartition(settings);
        }
    }

    /// <summary>Each partition on the disk takes the first definition of its type that has none yet; the others are not ours.</summary>
    private static void Match(List<RepartPartition> partitions, RepartDisk disk)
    {
        foreach (FoundPartition found in disk.Table?.Partitions ?? [])
        {
            RepartPartition? wanted = partitions.Find(p => p.HasDefinition && p.IsNew && p.Type.Guid == found.Type.Guid);
            if (wanted is null)
                partitions.Add(new RepartPartition(found));
            else
                wanted.Current = found;
        }
    }

    private static bool IsReset(RepartPartition partition) => partition is { HasDefinition: true, IsNew: false, Settings.FactoryReset: true };

    /// <summary>Takes what is to be reset off the disk that is planned for; the image itself changes when everything is written.</summary>
    private bool Reset(ref RepartDisk disk, ref List<RepartPartition> partitions)
    {
        if (!_options.FactoryReset || disk.IsFromScratch)
            return false;
        if (_options.DryRun)
        {
            _log.Notice("there is no factory reset in a dry run; say --dry-run=no to have it done");
            return false;
        }

        if (_options.Image is { } image && FileDescriptor.IsSameFile(image, _options.Node!))
            throw new BuildException($"{image} is read while it is written, and a factory reset would write over what is read", "work on a copy: --image= names one, and DEVICE the other");
        RepartPartition[] removed = [.. partitions.Where(IsReset)];
        foreach (RepartPartition partition in removed)
            _log.Info($"{partition.Settings.Path}: partition {partition.Current!.Number} is removed and made again");
        if (removed.Length == 0)
        {
            _log.Info("there is nothing to factory reset");
            return false;
        }

        disk = disk.Without([.. removed.Select(partition => partition.Current!)]);
        partitions = [.. partitions.Where(partition => partition.HasDefinition)];
        foreach (RepartPartition partition in partitions)
            partition.Current = null;
        Match(partitions, disk);
        return true;
    }

    private long LengthOf(IReadOnlyList<RepartPartition> partitions, RepartDisk disk, PartitionContents contents)
    {
        long wanted = _options.Size ?? 0;
        if (_options.SizeAuto)
        {
            wanted = RepartLayout.AutoLength(partitions, disk, contents);
            _log.Info($"the image takes {SystemdValues.FormatSize(wanted)} at the least");
        }

        long current = disk.Content.Length;
        if (wanted > current && current > 0)
            _log.Info($"{_options.Node} grows from {SystemdValues.FormatSize(current)} to {SystemdValues.FormatSize(wanted)}");
        // Whole sectors of what is there: a rest behind the last one belongs to no disk.
        return wanted > current ? Units.RoundUp(wanted, disk.SectorSize) : current - (current % disk.SectorSize);
    }

    /// <summary>A hash partition that is to be as large as the largest data it may be for.</summary>
    private void SizeVerity(IReadOnlyList<RepartPartition> partitions, PartitionContents contents)
    {
        foreach (RepartPartition hash in partitions.Where(p => p is { HasDefinition: true, IsNew: true, Settings.Verity: VerityMode.Hash }))
        {
            if (hash.Siblings[VerityMode.Data].Settings.SizeMax is not { } most)
                continue;
            (int dataBlock, int hashBlock) = contents.VerityBlocks(hash);
            long needed = VeritySizes.HashLength(most, dataBlock, hashBlock);
            if (needed > (hash.Settings.SizeMin ?? long.MaxValue) || needed > (hash.Settings.SizeMax ?? long.MaxValue))
                _log.Warning($"{hash.Settings.Path}: {SystemdValues.FormatSize(needed)} would be needed for data of {SystemdValues.FormatSize(most)}, which SizeMaxBytes= of {hash.Siblings[VerityMode.Data].Settings.Path} allows");
            else
                hash.SizeMin ??= needed;
        }
    }

    private void CheckElTorito(RepartDisk disk, long length)
    {
        if (_options.ElTorito && disk.FirstUsable(length) < ElToritoCatalog.End)
            throw new BuildException($"{_options.Node}: partitions may begin at {disk.FirstUsable(length)}, before the boot catalog of --el-torito= ends at {ElToritoCatalog.End}");
    }

    private bool IsDeferred(RepartPartition partition) =>
        _options.Deferred.Contains(partition.Type.Guid!.Value)
        || (_options.DeferEmpty && partition.Label == "_empty")
        || (_options.DeferFactoryReset && partition is { IsForeign: false, Settings.FactoryReset: true });
}

/// <summary>What is open until the end of a run.</summary>
internal sealed class DisposableList : IDisposable
{
    private readonly List<IDisposable> _items = [];

    internal T Add<T>(T item)
        where T : IDisposable
    {
        _items.Add(item);
        return item;
    }

    public void Dispose()
    {
        foreach (IDisposable item in _items)
            item.Dispose();
    }
}
