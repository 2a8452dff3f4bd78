using System.Buffers.Binary;
using System.Security.Cryptography;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Partitioning;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Building;

/// <summary>What an image is converted to.</summary>
public sealed record ConvertOptions
{
    /// <summary>The format; null, the default, takes it from the target's name.</summary>
    public ImageFormat? Format { get; init; }

    /// <summary>The format's options, name and value each.</summary>
    public ValueList<KeyValuePair<string, string>> Values { get; init; } = [];

    /// <summary>
    /// Blocks of so many bytes, at multiples of it, that are zero are not stored, wherever the format can leave them out;
    /// a multiple of 512, at most 2 MiB, or 0, which leaves out only what is a hole of the source. Default: 4096.
    /// </summary>
    /// <remarks>
    /// Formats whose places follow from the map of the disk alone (VDI, VHD, VHDX, GCE, plain qcow2 and VMDK) have the source's
    /// data read once more for this, before the pass that writes.
    /// </remarks>
    public int ZeroGrain { get; init; } = 4096;

    /// <summary>
    /// Whether a backing file of the output may have others below it, which it names itself. Default: no, as for
    /// <see cref="ImageFileOptions.MayOpenOthers"/>.
    /// </summary>
    public bool MayOpenOthers { get; init; }

    /// <summary>What the report says of the output's bytes. Default: their SHA-256.</summary>
    public OutputDigest Digest { get; init; } = OutputDigest.Sha256;

    /// <summary>
    /// What the ids in the output are derived from. Default: the disk's length and its first and last bytes, which hold
    /// the ids of its partition table.
    /// </summary>
    public Guid? Seed { get; init; }
}

/// <summary>Converts disk images from one format to another, in one pass over what the disk holds.</summary>
public static class ImageConverter
{
    private const int SeedBytes = 1 << 20;
    private const int SectorSize = 512;
    private const int LargestZeroGrain = 2 << 20;

    /// <summary>Converts to a file, which appears whole or not at all.</summary>
    /// <param name="source">The image.</param>
    /// <param name="path">Where the output goes.</param>
    /// <param name="options">To what.</param>
    /// <param name="observer">Told of the step; may be null.</param>
    /// <param name="cancellation">Ends the work; an old output stays.</param>
    /// <exception cref="BuildException">No format is named, the disk is full, or two files would have one name.</exception>
    /// <exception cref="InvalidImageException">The source is damaged.</exception>
    /// <exception cref="UnrepresentableException">The format cannot hold the disk or an option.</exception>
    /// <exception cref="MissingLibraryException">A compressor's library is not installed.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static BuildReport Convert(
        ImageFile source, string path, ConvertOptions options, IProgress<BuildEvent>? observer = null, CancellationToken cancellation = default)
    {
        OutputFile.CheckTarget(path);
        ImageFormat format = options.Format ?? DiskFormats.FindByFileName(Path.GetFileName(path))
            ?? throw new BuildException($"the name of {path} tells no format", "give one with --format; diecast convert --help lists them");
        return Run(source, format, options, observer, path, Path.GetFullPath(path), (set, values, disk, ids) => set.Add(path, format, values, disk, ids), cancellation);
    }

    /// <summary>Converts to a stream, such as standard output.</summary>
    /// <param name="source">The image.</param>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="name">The stream's name, for messages and the report.</param>
    /// <param name="options">To what; the format must be named.</param>
    /// <param name="observer">Told of the step; may be null.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <exception cref="BuildException">No format is named, or it cannot be written to a stream.</exception>
    /// <exception cref="InvalidImageException">The source is damaged.</exception>
    /// <exception cref="UnrepresentableException">The format cannot hold the disk or an option.</exception>
    /// <exception cref="MissingLibraryException">A compressor's library is not installed.</exception>
    /// <exception cref="IOException">A file cannot be read or the stream cannot be written.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static BuildReport Convert(
        ImageFile source, Stream stream, string name, ConvertOptions options, IProgress<BuildEvent>? observer = null, CancellationToken cancellation = default)
    {
        ImageFormat format = options.Format
            ?? throw new BuildException($"{name} has no name that tells a format", "give one with --format");
        return Run(source, format, options, observer, name, null, (set, values, disk, ids) => set.Add(stream, name, format, values, disk, ids), cancellation);
    }

    /// <summary>Bytes that the file system stores for a file.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static long AllocatedBytes(string path)
    {
        using SafeFileHandle file = File.OpenHandle(path);
        return HostDisk.AllocatedBytes(file, path);
    }

    private static BuildReport Run(
        ImageFile source,
        ImageFormat format,
        ConvertOptions options,
        IProgress<BuildEvent>? observer,
        string name,
        string? path,
        Action<OutputSet, ImageFormatValues, Blob, Func<string, Guid>> add,
        CancellationToken cancellation)
    {
        if (options.ZeroGrain is < 0 or > LargestZeroGrain || options.ZeroGrain % SectorSize != 0)
            throw new BuildException($"blocks of {options.ZeroGrain} bytes cannot be looked for", $"they are a multiple of {SectorSize}, at most {LargestZeroGrain}, or 0 for none");
        var steps = new StepRunner(observer);
        using var backing = new BackingFiles(path, options.MayOpenOthers);
        using var set = new OutputSet(options.Digest, cancellation) { ZeroGrain = options.ZeroGrain, OpenBacking = backing.Open };
        var seed = new Lazy<SeedUuids>(() => new SeedUuids(options.Seed ?? SeedOf(source.Disk)));
        var values = new ImageFormatValues(format, options.Values);
        Blob disk = source.Disk;
        if (options.ZeroGrain > 0 && format.Write is not null && !format.FindsZeros(values))
        {
            // What is wrong with the options is told before the work, not after it.
            DiskFormats.CheckOptions(format, values);
            disk = steps.Run("find zeros", step =>
            {
                step.Bytes = disk.Length;
                return SparseBlob.Find(disk, options.ZeroGrain, new StepBytes(step, disk.Length), cancellation);
            });
        }

        try
        {
            add(set, values, disk, role => seed.Value.Derive(role));
        }
        catch (NotSupportedException exception)
        {
            throw new BuildException(exception.Message, "write to a file, or take a format that can be streamed", null, exception);
        }

        ValueList<OutputReport> outputs = steps.Run($"write {Path.GetFileName(name)}", step =>
        {
            ValueList<OutputReport> reports = set.Write(new StepBytes(step, disk.Length));
            step.Bytes = disk.Length;
            return reports;
        });
        return new BuildReport { Steps = steps.Finished, Outputs = outputs, Plan = "", Epoch = 0, Codecs = set.Codecs };
    }

    /// <summary>The same disk gives the same ids, and another disk others, without a pass over its content.</summary>
    private static Guid SeedOf(Blob disk)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(length, disk.Length);
        hash.AppendData(length);
        int part = (int)Math.Min(disk.Length, SeedBytes);
        hash.AppendData(disk.Slice(0, part).ToArray());
        hash.AppendData(disk.Slice(disk.Length - part, part).ToArray());
        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }
}

/// <summary>Tells a step's progress, not more often than every 4 MiB.</summary>
internal sealed class StepBytes(StepRunner.Step step, long? total) : IProgress<long>
{
    private const long Interval = 4 << 20;
    private long _last = -Interval;

    public void Report(long value)
    {
        if (value - _last < Interval)
            return;
        _last = value;
        step.Progress(value, total);
    }
}
