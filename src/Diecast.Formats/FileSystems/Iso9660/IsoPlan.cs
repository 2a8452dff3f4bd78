using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>An ISO 9660 image that has been laid out.</summary>
public sealed partial class IsoPlan : FileSystemPlan
{
    private readonly IsoOptions _options;
    private readonly List<IsoDirectory> _directories;
    private readonly List<IsoContent> _contents;
    private readonly IsoDirectory? _moved;
    private readonly IsoDirectoryWriter _plain;
    private readonly IsoDirectoryWriter? _unicode;
    private readonly IsoContent?[] _bootImages;
    private readonly IsoSet[] _sets;
    private readonly IsoPlace[] _partitions;

    /// <summary>The first sector after the content and the padding.</summary>
    private readonly long _endSector;

    internal IsoPlan(FileTree tree, IsoOptions options, IReadOnlyDictionary<Inode, IsoContent> packed)
    {
        _options = options;
        var scanner = new IsoScanner(options, packed);
        scanner.Scan(tree);
        (_directories, _contents, _moved) = (scanner.Directories, scanner.Contents, scanner.Moved);
        new IsoNamer(options, _moved).Name(_directories);
        if (_moved is not null)
            _directories = InPlainOrder(_directories[0]);
        _bootImages = FindBootImages(tree, scanner);
        if (options.ShareEqualContent)
            IsoSharing.Share(_directories, _contents);
        _plain = new IsoDirectoryWriter(IsoView.Plain, options.RockRidge);
        _unicode = options.Joliet == IsoJoliet.None ? null : new IsoDirectoryWriter(IsoView.Unicode, rockRidge: false);
        MeasureDirectories();
        long sector = DescriptorsEnd();
        CatalogueSector = options.Boot.Count == 0 ? 0 : sector++;
        _sets = PlaceSets(ref sector);
        PlaceContents(ref sector);
        _endSector = sector + (options.TailPadding / IsoFormat.SectorSize);
        _partitions = PlacePartitions(out long end);
        Length = options.Hybrid is { Table: IsoTable.Gpt } ? Units.RoundUp(Partitioning.GptTable.LengthFor(end), IsoFormat.SectorSize) : end;
        if (Length / IsoFormat.SectorSize > uint.MaxValue)
            throw new UnrepresentableException(IsoFormat.Name, null, FormattableString.Invariant($"the image has {Length} bytes; the limit is {(long)uint.MaxValue * IsoFormat.SectorSize}"));
    }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <summary>The volume's UUID as GRUB and blkid have it: the digits of the time of modification.</summary>
    public string Uuid => _options.Uuid;

    /// <summary>Bytes of the file system with its padding, without what is appended.</summary>
    public long FileSystemLength => _endSector * IsoFormat.SectorSize;

    /// <summary>Where the disk's partition of the volume starts, behind the table where it is one of a GPT.</summary>
    internal long VolumeOffset => _options.Hybrid is { Table: IsoTable.Gpt } || _options.PartitionOffset ? IsoFormat.SystemAreaLength : 0;

    internal long CatalogueSector { get; }

    /// <summary>Where an appended partition is.</summary>
    /// <param name="index">Its place in <see cref="IsoOptions.Partitions"/>, from 0.</param>
    internal (long Offset, long Length) PartitionAt(int index) => (_partitions[index].Offset, _partitions[index].Length);

    private bool HasJoliet => _unicode is not null;

    private void MeasureDirectories()
    {
        foreach (IsoDirectory directory in _directories)
        {
            _plain.Measure(directory);
            if (directory != _moved)
                _unicode?.Measure(directory);
        }
    }

    /// <summary>
    /// Each before those in it as the primary tree has them, and a moved one after the place that it was moved from:
    /// libarchive reads no directory before what leads to it.
    /// </summary>
    private List<IsoDirectory> InPlainOrder(IsoDirectory root)
    {
        var directories = new List<IsoDirectory>();
        var stack = new Stack<IsoDirectory>([root]);
        while (stack.TryPop(out IsoDirectory? directory))
        {
            directories.Add(directory);
            IEnumerable<IsoNode> children = directory == _moved ? directory.Children : directory.PlainChildren;
            foreach (IsoDirectory below in children.OfType<IsoDirectory>().Reverse())
                stack.Push(below);
        }

        return directories;
    }

    /// <summary>The first sector after the descriptors, of which a partition offset asks for a second set.</summary>
    private long DescriptorsEnd() => _options.PartitionOffset
        ? (2 * IsoFormat.SystemAreaSectors) + DescriptorCount(isFirst: false)
        : IsoFormat.SystemAreaSectors + DescriptorCount(isFirst: true);

    /// <summary>Primary, boot record, Joliet's, terminator.</summary>
    private int DescriptorCount(bool isFirst) => 2 + (isFirst && _options.Boot.Count > 0 ? 1 : 0) + (HasJoliet ? 1 : 0);

    private IsoSet[] PlaceSets(ref long sector)
    {
        IsoPathTable plain = IsoPathTable.Of(_plain, _directories[0]);
        IsoPathTable? unicode = _unicode is null ? null : IsoPathTable.Of(_unicode, _directories[0]);
        long first = sector;
        long plainTables = sector;
        sector += 2 * plain.Sectors;
        long unicodeTables = sector;
        sector += 2 * (unicode?.Sectors ?? 0);
        Place(_plain, ref sector);
        if (_unicode is not null)
            Place(_unicode, ref sector);
        long length = sector - first;
        var set = new IsoSet(0, 0, plainTables, unicodeTables, plain, unicode);
        if (!_options.PartitionOffset)
            return [set];
        sector += length;
        return [set, new IsoSet(IsoFormat.SystemAreaSectors, length, plainTables + length, unicodeTables + length, plain, unicode)];
    }

    private void Place(IsoDirectoryWriter writer, ref long sector)
    {
        foreach (IsoDirectory directory in DirectoriesOf(writer))
        {
            IsoExtent extent = writer.ExtentOf(directory);
            extent.Sector = sector;
            sector += extent.Sectors;
        }
    }

    /// <summary>In the order in which they are stored, without a gap.</summary>
    private List<IsoDirectory> DirectoriesOf(IsoDirectoryWriter writer) =>
        writer == _plain || _moved is null ? _directories : [.. _directories.Where(d => d != _moved)];

    private void PlaceContents(ref long sector)
    {
        foreach (IsoContent content in _contents)
        {
            if (content.Length == 0)
                continue;
            content.Sector = sector;
            sector += content.Sectors;
        }
    }

    /// <summary>Whole pages, so that partitions start where disks and tools like it.</summary>
    private IsoPlace[] PlacePartitions(out long end)
    {
        const int Alignment = 4096;
        end = FileSystemLength;
        var places = new IsoPlace[_options.Partitions.Count];
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = new IsoPlace(Units.RoundUp(end, Alignment), Units.RoundUp(_options.Partitions[i].Content.Length, IsoFormat.SectorSize));
            end = places[i].Offset + places[i].Length;
        }

        return places;
    }

    private sealed record IsoSet(
        long Start, long Shift, long PlainTables, long UnicodeTables, IsoPathTable Plain, IsoPathTable? Unicode);

    private readonly record struct IsoPlace(long Offset, long Length);
}
