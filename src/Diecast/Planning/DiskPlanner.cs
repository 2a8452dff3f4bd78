using Diecast.ForeignFileSystems;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.FileSystems.Swap;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.ImageTypes;

namespace Diecast.Planning;

/// <summary>Decides where every partition stands and how long it is, and lays out the file systems in them.</summary>
internal sealed class DiskPlanner(Definition definition, IdSource ids, Timestamp epoch, PackingPlace packing)
{
    private const long MebiByte = 1 << 20;

    /// <summary>File systems and partitions end on whole blocks of this size.</summary>
    private const long Grain = 4096;

    private readonly Image _image = definition.Image;

    /// <summary>What was drafted last, for contents that are still the same.</summary>
    private PartitionDraft[] _drafts = [];

    private PartitionTableType Table => _image.PartitionTable ?? PartitionTableType.Gpt;

    /// <summary>Encrypts what is in a partition, by its place in the table; the result has the length that is asked for.</summary>
    internal Func<int, Blob, long, Blob>? Encrypt { get; init; }

    /// <summary>Plans the disk.</summary>
    /// <param name="contents">What is in each partition, in the definition's order.</param>
    /// <param name="blobs">What stands outside file systems.</param>
    internal DiskPlan Plan(IReadOnlyList<PlannedContent> contents, IReadOnlyList<PlannedBlob> blobs)
    {
        (PartitionPlacement[] places, long length) = Place(contents, blobs);
        return new DiskPlan(
            Table,
            ids.Disk,
            length,
            _image.SectorSize,
            _drafts.Select((draft, index) => Finish(draft, index, places[index])).ToValueList(),
            blobs.ToValueList());
    }

    /// <summary>Decides where the partitions stand, and what the disk's length is.</summary>
    /// <param name="contents">What is in each partition, or something of the same length.</param>
    /// <param name="blobs">What stands outside file systems.</param>
    internal (PartitionPlacement[] Places, long Length) Place(IReadOnlyList<PlannedContent> contents, IReadOnlyList<PlannedBlob> blobs)
    {
        var drafts = new PartitionDraft[contents.Count];
        for (int i = 0; i < drafts.Length; i++)
        {
            if (contents[i].Partition.SlotOf is { } model)
                drafts[i] = Slot(contents[i], i, drafts[model]);
            else
                drafts[i] = i < _drafts.Length && ReferenceEquals(_drafts[i].Content, contents[i]) ? _drafts[i] : Draft(contents[i], i);
        }

        _drafts = drafts;
        return Place([.. drafts.Select(draft => draft.Request)], PartitionSpace.Of(_image, Table, _image.SectorSize), blobs.Select(blob => blob.End).DefaultIfEmpty().Max());
    }

    /// <summary>Lays out a tree as the file system of a partition, as large as it must be.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="index">Its place in the table, from 0.</param>
    /// <param name="tree">What is in it.</param>
    internal FileSystemPlan PlanFiles(Partition partition, int index, FileTree tree) =>
        PlanFileSystem(new PartitionDraft(partition, ids.Type(index), new PlannedContent(partition, tree, null)), index, null, 0);

    private (PartitionPlacement[] Places, long DiskLength) Place(PartitionRequest[] requests, PartitionSpace space, long occupied)
    {
        long? size = _image.Size.Exact?.Bytes;
        try
        {
            return PartitionPlacer.Place(requests, space, size, WholeSize, occupied);
        }
        catch (DoesNotFitException exception)
        {
            bool isDisk = exception.AvailableBytes == size - space.Tail;
            var least = new ByteSize(Units.RoundUp(exception.NeededBytes + (isDisk ? space.Tail : 0), MebiByte));
            throw new BuildException(exception.Message, isDisk ? $"make image.size {least} or more, or auto" : $"give what follows an offset of {least} or more, or none", null, exception);
        }
    }

    private long WholeSize(long size) => ImageFormats.RoundSize(_image, size) ?? throw new BuildException(
        $"no size from {new ByteSize(size)} on is what all of the formats take", "give image.size, or build them one by one");

    /// <summary>Bytes that a partition takes at least for content that does not grow by itself.</summary>
    internal static long LeastLength(Partition declared, long content) => declared.Size.Exact?.Bytes ?? Math.Max(
        Units.RoundUp(content + declared.Free.Bytes + PartOf(content, declared.FreePercent), Grain), declared.MinSize?.Bytes ?? 0);

    private static long PartOf(long content, int percent) => (long)((Int128)content * percent / 100);

    /// <summary>An empty partition as large as the one whose later versions go into it.</summary>
    private PartitionDraft Slot(PlannedContent content, int index, PartitionDraft model) =>
        new(content.Partition, ids.Type(index), content)
        {
            Request = model.Request with { Name = FormattableString.Invariant($"partition {index + 1} ({content.Partition.Type})"), Offset = null },
        };

    private PartitionDraft Draft(PlannedContent content, int index)
    {
        Partition declared = content.Partition;
        var draft = new PartitionDraft(declared, ids.Type(index), content);
        FileSystemPlan? fileSystem = content.Made;
        // LUKS2 has its header before the data.
        long header = HeaderOf(declared);
        long? size = declared.Size.Exact?.Bytes - header;
        long need, minimum;
        if (fileSystem is not null)
        {
            need = fileSystem.Length;
            minimum = LeastLength(declared, need);
        }
        else if (declared.FileSystem is null)
        {
            need = Math.Max(content.Blob?.Length ?? 0, declared.Size.Exact is null && content.Blob is null ? MebiByte : 0);
            minimum = LeastLength(declared with { Free = default, FreePercent = 0 }, need);
        }
        else
        {
            fileSystem = PlanFileSystem(draft, index, size, 0);
            need = fileSystem.Length;
            if (fileSystem is PackedFileSystem and not ForeignPlan)
            {
                // What is only read has no free space of its own; what is asked for is left behind it.
                minimum = LeastLength(declared, need);
            }
            else
            {
                if (declared.FreePercent > 0 && size is null)
                {
                    draft = draft with { Declared = declared with { Free = new ByteSize(declared.Free.Bytes + PartOf(need, declared.FreePercent)) } };
                    fileSystem = PlanFileSystem(draft, index, null, 0);
                    need = fileSystem.Length;
                }

                minimum = LeastLength(declared with { Free = default, FreePercent = 0 }, need);
            }
        }

        need += header;
        minimum = Math.Max(minimum + (declared.Size.Exact is null ? header : 0), Units.RoundUp(content.Room, Grain));
        if (declared.Size.Exact is { } exact && need > exact.Bytes)
        {
            throw new BuildException(
                $"partition {index + 1} ({declared.Type}) needs {need} bytes and its size is {exact}",
                $"give it at least {new ByteSize(Units.RoundUp(need, MebiByte))}, or size: auto");
        }

        return draft with
        {
            FileSystem = fileSystem,
            Request = new PartitionRequest
            {
                Name = $"partition {index + 1} ({declared.Type})",
                Minimum = declared.Size.Exact?.Bytes ?? minimum,
                Maximum = declared.Size.Exact?.Bytes ?? declared.MaxSize?.Bytes,
                Weight = declared.Size.Exact is null ? declared.Weight : 0,
                Padding = declared.Padding.Bytes,
                PaddingWeight = declared.PaddingWeight,
                Offset = declared.Offset?.Bytes,
                Alignment = declared.Alignment.Bytes,
            },
        };
    }

    private PartitionPlan Finish(PartitionDraft draft, int index, PartitionPlacement place)
    {
        FileSystemPlan? fileSystem = draft.FileSystem;
        bool placed = draft.Declared.FileSystem?.Type == FileSystemType.Vfat;
        // What is compressed is made once; a larger partition has zeros behind it.
        long header = HeaderOf(draft.Declared);
        if (draft.Content.Made is null && fileSystem is not null and (not PackedFileSystem or ForeignPlan) && (fileSystem.Length != place.Length - header || placed))
            fileSystem = PlanFileSystem(draft, index, place.Length - header, place.Offset + header);
        Blob content = draft.Content.Written ?? fileSystem?.ToBlob() ?? draft.Content.Blob ?? Blob.Empty;
        if (header > 0)
            content = Encrypt!(index, content, place.Length);
        return new PartitionPlan
        {
            Number = index + 1,
            Declared = draft.Declared,
            Type = draft.Type,
            Id = draft.Content.Id ?? ids.Partition(index),
            Label = draft.Declared.Label ?? draft.Type.Name,
            Attributes = AttributesOf(draft.Declared, draft.Type),
            Offset = place.Offset,
            Length = place.Length,
            FileSystem = fileSystem,
            FileSystemId = draft.Declared.FileSystem is { } made && FileSystemOptions.HasUuid(made.Type) ? ids.FileSystemName(index) : null,
            Content = content,
        };
    }

    /// <summary>A protected file system vouches for its siblings as well: their names and types are in the root hash then.</summary>
    private void Mark(FileTree tree, Partition declared, int index)
    {
        int[] set = [.. Enumerable.Range(0, _image.Partitions.Count).Where(i =>
            i == index || (declared.Verity is { } verity && _image.Partitions[i].Verity is { } other && other.Match == verity.Match))];
        MountChecks.Mark(
            tree.Root,
            set.Select(i => _image.Partitions[i].Label ?? ids.Type(i).Name),
            set.Select(i => ids.Type(i).Guid).OfType<Guid>(),
            declared.MountPoint is { } mountPoint ? [mountPoint] : []);
    }

    private static long HeaderOf(Partition declared) => declared.Encrypt is null ? 0 : Luks2Options.UsualDataOffset;

    /// <summary>The declared attributes, and those that have keys of their own where the type knows them.</summary>
    private static ulong AttributesOf(Partition declared, PartitionType type)
    {
        ulong attributes = declared.Attributes ?? 0;
        Set(GptAttributes.ReadOnly, declared.ReadOnly ?? (declared.Verity is null ? null : true));
        Set(GptAttributes.GrowFileSystem, declared.Grow);
        Set(GptAttributes.NoAuto, declared.NoAuto);
        return attributes;

        void Set(ulong bit, bool? value)
        {
            if (value is { } given && (type.KnownAttributes & bit) != 0)
                attributes = given ? attributes | bit : attributes & ~bit;
        }
    }

    /// <summary>Lays out the file system of a partition; what cannot be done is told with the partition's name.</summary>
    private FileSystemPlan PlanFileSystem(PartitionDraft draft, int index, long? size, long offset)
    {
        string name = FormattableString.Invariant($"partition {index + 1} ({draft.Declared.Type})");
        try
        {
            return LayOut(draft, index, size, offset);
        }
        catch (DoesNotFitException exception)
        {
            throw new BuildException(
                $"{name}: {exception.Message}", "make it larger, or leave its size away: auto is what the content needs", null, exception);
        }
        catch (UnrepresentableException exception)
        {
            throw new BuildException($"{name}: {exception.Message}", null, null, exception);
        }
    }

    private FileSystemPlan LayOut(PartitionDraft draft, int index, long? size, long offset)
    {
        Partition declared = draft.Declared;
        PartitionFileSystem fileSystem = declared.FileSystem!;
        Guid id = ids.FileSystem(index);
        FileTree tree = draft.Content.Tree ?? new FileTree();
        if (declared.ValidateFileSystem)
            Mark(tree, declared, index);
        long? minimum = declared.MinSize?.Bytes;
        if (fileSystem.Type == FileSystemType.Swap)
        {
            int page = fileSystem.PageSize ?? SwapOptions.DefaultPageSize;
            long least = Math.Max(SwapArea.LeastBytes(page), Math.Max(declared.Free.Bytes, minimum ?? 0));
            return SwapArea.Plan(new SwapOptions { Size = size ?? least, PageSize = page, Uuid = id, Label = fileSystem.Label ?? "" });
        }

        if (fileSystem.Type == FileSystemType.Vfat)
        {
            return FatFileSystem.Plan(tree, FileSystemOptions.Fat(fileSystem, FileSystemOptions.VolumeId(fileSystem, id), _image.SectorSize) with
            {
                HiddenSectors = fileSystem.HiddenSectors ?? (uint)(offset / (fileSystem.SectorSize ?? _image.SectorSize)),
                LatestTime = epoch,
                Size = size,
                FreeBytes = declared.Free.Bytes,
                MinimumSize = minimum ?? 0,
            });
        }

        if (fileSystem.Type == FileSystemType.Squashfs)
        {
            SquashfsOptions options = FileSystemOptions.Squashfs(fileSystem) with { Time = epoch };
            return packing.Pack((spool, run) => SquashfsFileSystem.Pack(tree, options, spool, run));
        }

        if (fileSystem.Type == FileSystemType.Erofs)
        {
            ErofsOptions options = FileSystemOptions.Erofs(fileSystem, id) with { Time = epoch };
            return options.Compression is null
                ? ErofsFileSystem.Plan(tree, options)
                : packing.Pack((spool, run) => ErofsFileSystem.Pack(tree, options, spool, run));
        }

        if (FileSystemOptions.IsForeign(fileSystem.Type))
        {
            return packing.Make(new ForeignRequest
            {
                Declared = fileSystem,
                Tree = tree,
                Uuid = id,
                Derive = role => ids.Derive(FormattableString.Invariant($"{role} {index}")),
                Time = epoch,
                Size = size,
                FreeBytes = declared.Free.Bytes,
                MinimumSize = minimum ?? 0,
            });
        }

        ExtOptions ext = FileSystemOptions.Ext(fileSystem, id);
        if (fileSystem is { Type: FileSystemType.Ext3, JournalSize: null })
        {
            // Without its journal it would be an ext2, which Linux does not mount as what fstab says.
            long least = (long)FileSystemOptions.LeastJournaledBlocks * ext.BlockSize;
            if (size < least)
                throw new DoesNotFitException("ext3", least, size.Value, $"{size} bytes have no room for a journal; the least size with one is {least}");
            minimum = Math.Max(minimum ?? 0, least);
        }

        return ExtFileSystem.Plan(tree, ext with
        {
            HashSeed = fileSystem.HashSeed ?? ids.Derive(FormattableString.Invariant($"ext4 hash seed {index}")),
            Time = epoch,
            Size = size,
            FreeBytes = declared.Free.Bytes,
            MinimumSize = minimum ?? 0,
            LastMounted = fileSystem.LastMounted ?? declared.MountPoint ?? "",
        });
    }

    private sealed record PartitionDraft(Partition Declared, PartitionType Type, PlannedContent Content)
    {
        internal FileSystemPlan? FileSystem { get; init; }

        internal PartitionRequest Request { get; init; } = null!;
    }
}
