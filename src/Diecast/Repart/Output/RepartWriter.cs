using Diecast.Building;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;
using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Repart.Output;

/// <summary>
/// Writes what is planned. A new image is written in one pass and appears whole or not at all. Into one that is there new
/// partitions are written first, into room that is free, and the table last: a partition is complete or does not exist.
/// </summary>
internal sealed class RepartWriter(RepartContext context, RepartDisk disk, long length, CancellationToken cancellation)
{
    private readonly RepartOptions _options = context.Options;

    private string Path => _options.Node!;

    /// <summary>Writes the image.</summary>
    /// <param name="partitions">The partitions in the order of the disk.</param>
    /// <param name="changes">Whether anything but the boot catalog changes.</param>
    /// <param name="isDeferred">Which partitions are not written yet.</param>
    internal void Write(IReadOnlyList<RepartPartition> partitions, bool changes, Func<RepartPartition, bool> isDeferred)
    {
        RepartPartition[] listed = [.. partitions.Where(partition => !partition.IsDropped && !isDeferred(partition))];
        Blob? catalog = _options.ElTorito ? ElToritoCatalog.Make(_options, listed, context.SourceEpoch ?? Timestamp.Epoch) : null;
        if (disk.IsFromScratch)
            WriteNew(listed, catalog);
        else if (changes || catalog is not null)
            WriteInto(listed, partitions, catalog, changes);
    }

    private void WriteNew(RepartPartition[] listed, Blob? catalog)
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
        Blob image = table.Compose([.. listed.Select(partition => Place(partition, partition.Content))]);
        bool isThere = File.Exists(Path);
        string path = isThere ? new FileInfo(Path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path : Path;
        UnixFileMode? mode = isThere ? File.GetUnixFileMode(path) : null;
        using OutputFile output = OutputFile.Create(path);
        BlobWriter.Write(image, output.Handle, path, null, cancellation);
        // A rest that is no whole sector stays behind the disk.
        if (isThere && disk.Content.Length > length)
            RandomAccess.SetLength(output.Handle, disk.Content.Length);
        if (!_options.Discard)
            FileRanges.TryReserve(output.Handle, 0, length);
        if (mode is { } kept)
            File.SetUnixFileMode(output.Handle, kept);
        output.Publish();
    }

    private void WriteInto(RepartPartition[] listed, IReadOnlyList<RepartPartition> all, Blob? catalog, bool changes)
    {
        GptTable table = TableOf(length);
        Blob image = table.Compose([.. listed.Select(partition => Place(partition, null))]);
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        long before = disk.Content.Length;
        // Where the old table has its backup there may be a new partition soon.
        byte[] backup = disk.Content.Slice(TableOf(before - (before % disk.SectorSize)).UsableEnd).ToArray();
        try
        {
            if (length > before)
                RandomAccess.SetLength(file, length);
            var ranges = new RangeWriter(file, cancellation);
            if (changes)
            {
                foreach (RepartPartition partition in listed.Where(partition => partition.IsNew))
                    WritePartition(ranges, partition, all, table.UsableEnd);
                if (!_options.Discard)
                    FileRanges.TryReserve(file, 0, length);
            }

            if (catalog is not null)
                ranges.Write(catalog, ElToritoCatalog.Start);
            if (changes)
                WriteTable(file, table, image);
        }
        catch
        {
            RandomAccess.Write(file, backup, before - backup.Length);
            if (length > before)
                RandomAccess.SetLength(file, before);
            throw;
        }
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

    /// <summary>Clears the partition and the room behind it, and writes what is in it.</summary>
    private static void WritePartition(RangeWriter ranges, RepartPartition partition, IReadOnlyList<RepartPartition> all, long usableEnd)
    {
        long end = partition.Offset + partition.Size;
        long next = all.Where(other => !other.IsDropped && other.Offset >= end).Select(other => other.Offset).Append(usableEnd).Min();
        ranges.Clear(partition.Offset, next - partition.Offset);
        if (partition.Content is { } content)
            ranges.Write(content, partition.Offset);
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
