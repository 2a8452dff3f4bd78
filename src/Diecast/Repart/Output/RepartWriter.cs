using Diecast.Building;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Repart.Output;

/// <summary>
/// Writes what is planned. A new image appears whole or not at all. Into one that is there new partitions are written first,
/// into room that is free, and the table last: a partition is complete or does not exist.
/// </summary>
/// <remarks>
/// What verity protects comes before everything else, because the root hash, which is known then, is in the table. What is not
/// written to its end is gone when this is disposed.
/// </remarks>
internal sealed class RepartWriter(
    RepartContext context,
    RepartDisk disk,
    long length,
    IReadOnlyList<RepartPartition> partitions,
    Func<RepartPartition, bool> isDeferred,
    CancellationToken cancellation) : IDisposable
{
    private readonly RepartOptions _options = context.Options;

    /// <summary>The partitions that are to be in the table, in the order of the disk.</summary>
    private readonly RepartPartition[] _listed = [.. partitions.Where(partition => !partition.IsDropped && !isDeferred(partition))];

    private readonly HashSet<RepartPartition> _written = [];
    private OutputFile? _output;
    private ChangedImage? _image;

    private string Path => _options.Node!;

    /// <summary>Where a new image comes to stand: a link stays one.</summary>
    private string Target => File.Exists(Path) ? new FileInfo(Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path : Path;

    private OutputFile Output => _output ??= OutputFile.Create(Target);

    private ChangedImage Image => _image ??= new ChangedImage(Path, disk.Content, TableOf(disk.Content.Length - (disk.Content.Length % disk.SectorSize)).UsableEnd, length);

    /// <summary>Writes a partition's content, and makes the hashes of what is in hand for that.</summary>
    /// <param name="partition">The partition; its content is what stands in the image then.</param>
    /// <param name="data">The content with what is behind it, as far as it is hashed.</param>
    /// <param name="options">Verity's parameters.</param>
    internal DmVerityTree WriteHashed(RepartPartition partition, Blob data, DmVerityOptions options)
    {
        if (!disk.IsFromScratch)
            Clear(partition);
        SafeFileHandle handle = disk.IsFromScratch ? Output.Handle : Image.Handle;
        var file = HostFile.FromHandle(new SafeFileHandle(handle.DangerousGetHandle(), ownsHandle: false), Path);
        WrittenDevice device = DmVerity.Write(data, file, partition.Offset, options, null, cancellation);
        partition.Content = device.Content.Slice(0, partition.Content!.Length);
        _written.Add(partition);
        return device.Tree;
    }

    /// <summary>Writes the image.</summary>
    /// <param name="changes">Whether anything but the boot catalog changes.</param>
    internal void Write(bool changes)
    {
        Blob? catalog = _options.ElTorito ? ElToritoCatalog.Make(_options, _listed, context.SourceEpoch ?? Timestamp.Epoch) : null;
        if (disk.IsFromScratch)
            WriteNew(catalog);
        else if (changes || catalog is not null)
            WriteInto(catalog, changes);
    }

    public void Dispose()
    {
        _output?.Dispose();
        _image?.Dispose();
    }

    private void WriteNew(Blob? catalog)
    {
        var table = new GptTable
        {
            Length = length,
            SectorSize = disk.SectorSize,
            DiskId = new SeedUuids(context.Seed).Disk,
            FirstUsableOffset = disk.FirstUsable(length),
            AllowsEqualIds = true,
            RawContent = catalog is null ? [] : [new RawPlacement("the boot catalog", ElToritoCatalog.Start, catalog)],
        };
        Blob image = table.Compose([.. _listed.Select(partition => Place(partition, partition.Content))]);
        UnixFileMode? mode = File.Exists(Path) ? File.GetUnixFileMode(Target) : null;
        BlobWriter.Write(image, Output.Handle, Target, null, cancellation);
        // A rest that is no whole sector stays behind the disk.
        if (mode is not null && disk.Content.Length > length)
            RandomAccess.SetLength(Output.Handle, disk.Content.Length);
        if (!_options.Discard)
            FileRanges.TryReserve(Output.Handle, 0, length);
        if (mode is { } kept)
            File.SetUnixFileMode(Output.Handle, kept);
        Output.Publish();
    }

    private void WriteInto(Blob? catalog, bool changes)
    {
        GptTable table = TableOf(length);
        Blob image = table.Compose([.. _listed.Select(partition => Place(partition, null))]);
        var ranges = new RangeWriter(Image.Handle, cancellation);
        if (changes)
        {
            foreach (RepartPartition partition in _listed.Where(partition => partition.IsNew && !_written.Contains(partition)))
            {
                Clear(partition);
                if (partition.Content is { } content)
                    ranges.Write(content, partition.Offset);
            }

            if (!_options.Discard)
                FileRanges.TryReserve(Image.Handle, 0, length);
        }

        if (catalog is not null)
            ranges.Write(catalog, ElToritoCatalog.Start);
        if (changes)
            WriteTable(Image.Handle, table, image);
        Image.Keep();
    }

    private GptTable TableOf(long diskLength)
    {
        GptGeometry geometry = disk.Table!.Gpt!;
        if (geometry.EntrySize != GptLayout.EntryLength)
            throw new BuildException($"{Path}: its table has entries of {geometry.EntrySize} bytes; only those of {GptLayout.EntryLength} are written");
        Guid id = Guid.Parse(disk.Table.Id!);
        return new GptTable
        {
            Length = diskLength,
            SectorSize = disk.SectorSize,
            DiskId = id == Guid.Empty ? new SeedUuids(context.Seed).Disk : id,
            EntryCount = geometry.EntryCount,
            EntriesOffset = geometry.EntriesOffset,
            FirstUsableOffset = geometry.FirstUsableOffset,
            AllowsEqualIds = true,
        };
    }

    /// <summary>Makes zeros of a partition and of the room behind it.</summary>
    private void Clear(RepartPartition partition)
    {
        long end = partition.Offset + partition.Size;
        long next = partitions.Where(other => !other.IsDropped && other.Offset >= end).Select(other => other.Offset).Append(TableOf(length).UsableEnd).Min();
        new RangeWriter(Image.Handle, cancellation).Clear(partition.Offset, next - partition.Offset);
    }

    /// <summary>The backup first: until the table itself is written, the old one counts.</summary>
    private void WriteTable(SafeFileHandle file, GptTable table, Blob image)
    {
        RandomAccess.FlushToDisk(file);
        RandomAccess.Write(file, image.Slice(table.UsableEnd).ToArray(), table.UsableEnd);
        RandomAccess.FlushToDisk(file);
        GptGeometry geometry = disk.Table!.Gpt!;
        long entries = (long)geometry.EntryCount * geometry.EntrySize;
        RandomAccess.Write(file, image.Slice(geometry.EntriesOffset, entries).ToArray(), geometry.EntriesOffset);
        RandomAccess.Write(file, image.Slice(disk.SectorSize, disk.SectorSize).ToArray(), disk.SectorSize);
        RandomAccess.Write(file, ProtectiveMbr(image), MbrLayout.TableOffset);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>The entry that stands for the table covers the disk; others, of a hybrid MBR, stay as they are.</summary>
    private byte[] ProtectiveMbr(Blob image)
    {
        byte[] found = disk.Content.Slice(MbrLayout.TableOffset, MbrLayout.TableLength).ToArray();
        int slot = MbrLayout.HasSignature(found)
            ? Enumerable.Range(0, MbrLayout.Slots).Where(slot => MbrLayout.ReadEntry(found, slot).Type == MbrLayout.ProtectiveType).DefaultIfEmpty(-1).First()
            : -1;
        if (slot < 0)
            return image.Slice(MbrLayout.TableOffset, MbrLayout.TableLength).ToArray();
        if (MbrLayout.ReadEntry(found, slot).Start == 1)
            MbrLayout.WriteCount(found, slot, (uint)Math.Min((length / disk.SectorSize) - 1, uint.MaxValue));
        return found;
    }

    private PlacedPartition Place(RepartPartition partition, Blob? content) => new()
    {
        Offset = partition.Offset,
        Length = partition.Size,
        Type = partition.Type,
        Id = partition.Id,
        Name = partition.Label,
        Attributes = partition.Current?.Attributes ?? AttributesOf(partition),
        Number = partition.Number,
        Content = content ?? Blob.Empty,
    };

    /// <summary>The attributes of a new partition: its flags, with the bits that have settings of their own and a meaning for its type.</summary>
    private ulong AttributesOf(RepartPartition partition)
    {
        Definitions.PartitionSettings settings = partition.Settings;
        ulong flags = settings.Flags;
        foreach ((string name, bool? value, ulong bit) in (ReadOnlySpan<(string, bool?, ulong)>)
        [
            ("NoAuto", settings.NoAuto, GptAttributes.NoAuto),
            ("ReadOnly", settings.ReadOnly, GptAttributes.ReadOnly),
            ("GrowFileSystem", settings.GrowFileSystem, GptAttributes.GrowFileSystem),
        ])
        {
            if (value is not { } on)
                continue;
            if ((partition.Type.KnownAttributes & bit) == 0)
                context.Log.Warning($"{settings.Path}: {name}= means nothing for type {RepartTypes.Describe(partition.Type)}, ignored");
            else
                flags = on ? flags | bit : flags & ~bit;
        }

        return flags;
    }
}
