using System.Numerics;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Repart;

/// <summary>The disk that a run works on, as it is found: its length, its sectors and its table.</summary>
internal sealed class RepartDisk : IDisposable
{
    private const int DefaultFileSystemSector = 4096;
    private const long LeastGrain = 4096;

    private readonly HostFile? _file;

    private RepartDisk(HostFile? file, Blob content, FoundTable? table, RepartOptions options)
    {
        _file = file;
        Content = content;
        Table = table;
        SectorSize = options.SectorSize ?? table?.SectorSize ?? 512;
        FileSystemSectorSize = options.SectorSize ?? DefaultFileSystemSector;
        GrainSize = Math.Max(options.GrainSize ?? LeastGrain, SectorSize);
    }

    private RepartDisk(RepartDisk other, Blob content, FoundTable? table)
    {
        Content = content;
        Table = table;
        SectorSize = other.SectorSize;
        FileSystemSectorSize = other.FileSystemSectorSize;
        GrainSize = other.GrainSize;
    }

    /// <summary>What is there now; empty for one that is to be made.</summary>
    internal Blob Content { get; }

    /// <summary>Its table; null where it is to be made anew.</summary>
    internal FoundTable? Table { get; }

    internal bool IsFromScratch => Table is null;

    internal int SectorSize { get; }

    /// <summary>What file systems are told of their disk's sectors, and verity takes for its blocks; for files it is 4096 unless it is said.</summary>
    internal int FileSystemSectorSize { get; }

    internal long GrainSize { get; }

    /// <summary>A disk that does not exist yet, or of which only the least size is asked.</summary>
    internal static RepartDisk New(RepartOptions options) => new(null, Blob.Empty, null, options);

    /// <summary>Opens an image; null, with the reason told, where its table is not one to work on.</summary>
    /// <exception cref="BuildException">It is no file.</exception>
    internal static RepartDisk? Open(string path, RepartOptions options, RepartLog log)
    {
        if (options.Empty == EmptyMode.Create)
        {
            return !File.Exists(path) && new FileInfo(path).LinkTarget is null
                ? New(options)
                : throw new BuildException($"{path} is there already", "--empty=create makes a new file; name another, delete this one, or say --empty=force");
        }

        if (Directory.Exists(path))
            throw new BuildException($"{path} is a directory; only image files are worked on here");
        HostFile file = HostFile.Open(path);
        try
        {
            Blob content = Blob.FromFile(file, 0, file.MeasureLength());
            FoundTable? gpt = FindGpt(content, options.SectorSize);
            bool hasOther = gpt is null && PartitionTableReader.Read(content) is not null;
            string? refusal = (options.Empty, gpt, hasOther) switch
            {
                (EmptyMode.Refuse, null, _) => "has no GPT and is left alone; --empty=allow makes one where there is no table",
                (EmptyMode.Require, not null, _) or (EmptyMode.Require, _, true) => "has a partition table and is left alone, as --empty=require says",
                (EmptyMode.Allow, null, true) => "has a partition table that is no GPT and is left alone",
                _ => null,
            };
            if (refusal is not null)
            {
                log.Notice($"{path} {refusal}");
                file.Dispose();
                return null;
            }

            return new RepartDisk(file, content, options.Empty == EmptyMode.Force ? null : gpt, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The GPT of a disk, with sectors of any size that Linux has.</summary>
    internal static FoundTable? FindGpt(Blob content, int? sectorSize)
    {
        for (int size = sectorSize ?? 512; size <= (sectorSize ?? 4096); size *= 2)
        {
            if (BitOperations.IsPow2(size) && GptReader.Read(content, size) is { } table)
                return table;
        }

        return null;
    }

    /// <summary>First byte that partitions may use: the table's, or 1 MiB, on disks of a few MiB right after the table.</summary>
    internal long FirstUsable(long length)
    {
        if (Table?.Gpt is { } gpt)
            return gpt.FirstUsableOffset;
        const long Usual = 1L << 20;
        const int TableBytes = 128 * 128;
        return length > 4 * Usual || length == 0 ? Usual : (2L * SectorSize) + Units.RoundUp(TableBytes, SectorSize);
    }

    /// <summary>First byte that partitions may not use, on a disk of a length.</summary>
    internal long UsableEnd(long length)
    {
        (int count, int size) = Table?.Gpt is { } gpt ? (gpt.EntryCount, gpt.EntrySize) : (128, 128);
        return length - SectorSize - Units.RoundUp((long)count * size, SectorSize);
    }

    /// <summary>The same disk without some of its partitions.</summary>
    internal RepartDisk Without(IReadOnlyCollection<FoundPartition> partitions) =>
        new(this, Content, Table! with { Partitions = [.. Table.Partitions.Except(partitions)] });

    public void Dispose() => _file?.Dispose();
}
