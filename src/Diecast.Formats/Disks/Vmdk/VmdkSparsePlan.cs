using System.Buffers.Binary;
using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>
/// A monolithicSparse image: header, descriptor, redundant directory and tables, directory and tables, grains in the
/// order of the disk. All tables exist, as no program that writes to such a disk adds one; those without a grain are holes.
/// </summary>
internal sealed class VmdkSparsePlan
{
    private readonly Blob _disk;
    private readonly VmdkOptions _options;
    private readonly ClusterRuns _grains;
    private readonly ClusterRuns _tables;
    private readonly long _tableCount;
    private readonly long _directoryBytes;
    private readonly long _redundant;
    private readonly long _primary;
    private readonly long _first;
    private readonly long _total;

    internal VmdkSparsePlan(Blob disk, VmdkOptions options)
    {
        _disk = disk;
        _options = options;
        _grains = ClusterRuns.Of(disk.DataRanges(), VmdkLayout.GrainBytes);
        _tables = _grains.Groups(VmdkLayout.EntriesPerTable);
        _tableCount = Units.Divide(disk.Length, VmdkLayout.TableSpan);
        _directoryBytes = Units.RoundUp(_tableCount * VmdkLayout.TableEntryBytes, VmdkLayout.Sector);
        long copy = _directoryBytes + (_tableCount * VmdkLayout.TableBytes);
        _redundant = (long)(VmdkLayout.DescriptorSector + VmdkLayout.DescriptorSectors) * VmdkLayout.Sector;
        _primary = _redundant + copy;
        _first = Units.RoundUp(_primary + copy, VmdkLayout.GrainBytes);
        _total = _first + (_grains.Count * VmdkLayout.GrainBytes);
        if (_total > uint.MaxValue * (long)VmdkLayout.Sector)
            throw VmdkDescriptor.Refuse($"the image would have {_total} bytes; a sparse file has at most 2 TiB, as its tables hold sector numbers of 32 bits");
    }

    internal Blob ToBlob()
    {
        long sectors = Units.Divide(_disk.Length, VmdkLayout.Sector);
        byte[] descriptor = VmdkDescriptor.Write(
            "monolithicSparse", string.Create(CultureInfo.InvariantCulture, $"RW {sectors} SPARSE \"{_options.Name}.vmdk\""), _disk.Length, _options);
        var file = new BlobBuilder();
        file.Add(0, VmdkLayout.Write(new VmdkLayout.Header(
            1,
            VmdkLayout.ValidNewlines | VmdkLayout.RedundantTables,
            (ulong)sectors,
            VmdkLayout.GrainSectors,
            VmdkLayout.DescriptorSector,
            VmdkLayout.DescriptorSectors,
            VmdkLayout.EntriesPerTable,
            (ulong)(_redundant / VmdkLayout.Sector),
            (ulong)(_primary / VmdkLayout.Sector),
            (ulong)(_first / VmdkLayout.Sector),
            VmdkLayout.NoCompression)));
        file.Add((long)VmdkLayout.DescriptorSector * VmdkLayout.Sector, descriptor);
        AddTables(file, _redundant);
        AddTables(file, _primary);
        foreach (ClusterRuns.Run run in _grains.Runs)
        {
            long offset = run.First * VmdkLayout.GrainBytes;
            long length = Math.Min(run.End * VmdkLayout.GrainBytes, _disk.Length) - offset;
            file.Add(_first + (run.Before * VmdkLayout.GrainBytes), _disk.Slice(offset, length));
        }

        return file.ToBlob(_total);
    }

    private void AddTables(BlobBuilder file, long directory)
    {
        long tables = directory + _directoryBytes;
        file.Add(directory, Table(_tableCount, (first, values) =>
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = (uint)((tables + ((first + i) * VmdkLayout.TableBytes)) / VmdkLayout.Sector);
        }));
        foreach (ClusterRuns.Run run in _tables.Runs)
        {
            long start = run.First * VmdkLayout.EntriesPerTable;
            file.Add(
                tables + (run.First * VmdkLayout.TableBytes),
                Table((run.End - run.First) * VmdkLayout.EntriesPerTable, (first, values) => FillGrains(start + first, values)));
        }
    }

    private void FillGrains(long first, Span<uint> values)
    {
        int at = _grains.IndexOf(first);
        for (int i = 0; i < values.Length; i++)
        {
            long grain = first + i;
            while (at < _grains.Runs.Count && _grains.Runs[at].End <= grain)
                at++;
            if (at == _grains.Runs.Count)
            {
                values[i..].Clear();
                return;
            }

            ClusterRuns.Run run = _grains.Runs[at];
            values[i] = grain < run.First ? 0 : (uint)((_first + ((run.Before + grain - run.First) * VmdkLayout.GrainBytes)) / VmdkLayout.Sector);
        }
    }

    private delegate void Filler(long first, Span<uint> values);

    /// <summary>A table of 32-bit little-endian numbers that is made on demand.</summary>
    private static GeneratedBlob Table(long entries, Filler fill) => new(entries * VmdkLayout.TableEntryBytes, (offset, destination) =>
    {
        Span<uint> values = stackalloc uint[128];
        Span<byte> bytes = stackalloc byte[128 * VmdkLayout.TableEntryBytes];
        while (destination.Length > 0)
        {
            long first = offset / VmdkLayout.TableEntryBytes;
            int skip = (int)(offset % VmdkLayout.TableEntryBytes);
            int count = (int)Math.Min(values.Length, Units.Divide((long)skip + destination.Length, VmdkLayout.TableEntryBytes));
            fill(first, values[..count]);
            for (int i = 0; i < count; i++)
                BinaryPrimitives.WriteUInt32LittleEndian(bytes[(i * VmdkLayout.TableEntryBytes)..], values[i]);
            int part = Math.Min((count * VmdkLayout.TableEntryBytes) - skip, destination.Length);
            bytes.Slice(skip, part).CopyTo(destination);
            destination = destination[part..];
            offset += part;
        }
    });
}
