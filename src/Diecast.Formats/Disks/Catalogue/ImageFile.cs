using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Native;

namespace Diecast.Formats.Disks;

/// <summary>An image that is open for reading: its format, its own bytes and the virtual disk in it.</summary>
/// <remarks>
/// A stream, and a file that is compressed as a whole, go through a spool first: an unnamed file that holds what is not zero.
/// Zstandard with a seek table and .xz of several blocks are read in place. Any format may be within a compressed file.
/// </remarks>
public sealed class ImageFile : IDisposable
{
    private const int ZeroGrain = 64 * 1024;

    private readonly List<IDisposable> _open = [];
    private readonly List<string> _paths = [];

    private ImageFile(string displayPath) => DisplayPath = displayPath;

    /// <summary>The path, or the stream's name, for messages.</summary>
    public string DisplayPath { get; }

    /// <summary>The format.</summary>
    public ImageFormat Format { get; private set; } = DiskFormats.Raw;

    /// <summary>How the file is compressed as a whole.</summary>
    public CompressionFormat Compression { get; private set; }

    /// <summary>
    /// The frames or blocks of a compressed file that is read in place, as it tells where they are; null when it is not
    /// compressed or had to be unpacked.
    /// </summary>
    public int? Frames { get; private set; }

    /// <summary>The image's own bytes, decompressed.</summary>
    public Blob File { get; private set; } = Blob.Empty;

    /// <summary>The virtual disk.</summary>
    public Blob Disk { get; private set; } = Blob.Empty;

    /// <summary>The files of this machine that have been opened for the image, in the order in which they were.</summary>
    internal IReadOnlyList<string> Paths => _paths;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The image.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the decompression.</param>
    /// <exception cref="IOException">A file cannot be read, or the spool cannot be written.</exception>
    /// <exception cref="InvalidImageException">The image is damaged, or needs what the options refuse.</exception>
    public static ImageFile Open(string path, ImageFileOptions? options = null, CancellationToken cancellation = default)
    {
        var image = new ImageFile(path);
        try
        {
            options ??= new ImageFileOptions();
            image.Read(image.OpenHostFile(path), path, options, cancellation);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Takes an image from a stream, through a spool.</summary>
    /// <param name="stream">The stream, read to its end.</param>
    /// <param name="displayPath">The stream's name, for messages.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="IOException">The stream cannot be read, or the spool cannot be written.</exception>
    /// <exception cref="InvalidImageException">The image is damaged, or needs what the options refuse.</exception>
    public static ImageFile FromStream(Stream stream, string displayPath, ImageFileOptions? options = null, CancellationToken cancellation = default)
    {
        var image = new ImageFile(displayPath);
        try
        {
            options ??= new ImageFileOptions();
            image.Read(image.Spool(stream, options, cancellation), null, options, cancellation);
            return image;
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>What the image tells of itself.</summary>
    public IReadOnlyList<ImageFact> Describe()
    {
        IReadOnlyList<ImageFact> facts = Format.Describe(File);
        if (Compression == CompressionFormat.None)
            return facts;
        return Frames is { } frames
            ? [.. facts, new("seekable", "on"), new("frames", frames.ToString(System.Globalization.CultureInfo.InvariantCulture))]
            : [.. facts, new("seekable", "off")];
    }

    /// <summary>
    /// Whether all of the virtual disk can be read; not so where a backing file was not opened
    /// (<see cref="ImageFileOptions.MayBeIncomplete"/>).
    /// </summary>
    public bool IsComplete { get; private set; } = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = _open.Count - 1; i >= 0; i--)
            _open[i].Dispose();
        _open.Clear();
    }

    private void Read(Blob file, string? path, ImageFileOptions options, CancellationToken cancellation)
    {
        Span<byte> start = stackalloc byte[6];
        int known = (int)Math.Min(file.Length, start.Length);
        file.Read(0, start[..known]);
        bool isForced = options.Format is { Read: not null };
        Compression = isForced ? CompressionFormat.None : Decompression.Detect(start[..known]);
        if (Compression != CompressionFormat.None && options.MayUnpack)
        {
            FramesBlob? frames = Compression switch
            {
                CompressionFormat.Zstd => SeekableZstd.TryOpen(file),
                CompressionFormat.Xz => XzBlocks.TryOpen(file),
                _ => null,
            };
            Frames = frames?.Count;
            file = frames ?? Unpack(file, options, cancellation);
        }

        File = file;
        Format = isForced ? options.Format! : DiskFormats.Probe(file);
        Disk = Format.Read!(file, new ImageReadContext
        {
            Path = path,
            OpenBeside = path is null ? null : name => OpenBeside(path, name),
            OpenFile = options.MayOpenOthers ? OpenHostFile : null,
            SkipFile = options.MayBeIncomplete ? () => IsComplete = false : null,
            MakeSpool = options.MayUnpack ? () => MakeSpool(options) : null,
        });
    }

    private Blob Unpack(Blob file, ImageFileOptions options, CancellationToken cancellation)
    {
        using Stream compressed = Decompression.Open(file.OpenRead());
        return Spool(compressed, options, cancellation);
    }

    private Blob? OpenBeside(string path, string name)
    {
        string other = Path.Combine(Path.GetDirectoryName(path) ?? "", name);
        return System.IO.File.Exists(other) ? OpenHostFile(other) : null;
    }

    /// <summary>A file or block device, with the holes that its file system tells.</summary>
    private Blob OpenHostFile(string path)
    {
        HostFile file = HostFile.Open(path);
        _open.Add(file);
        _paths.Add(path);
        using HostFile.Lease lease = file.Borrow();
        long length = FileDescriptor.MeasureLength(lease.Descriptor, path);
        var blob = new BlobBuilder();
        var entry = new HostEntry(new HostTreeDirectory(null, Encoding.UTF8.GetBytes(path)), null);
        foreach (BlobRange range in HostInode.DataRanges(lease.Descriptor, length, entry))
            blob.Add(range.Offset, Blob.FromFile(file, range.Offset, range.Length));
        return blob.ToBlob(length);
    }

    private ContentSpool MakeSpool(ImageFileOptions options)
    {
        ContentSpool spool = ContentSpool.CreateTemporary(options.SpoolDirectory ?? Path.GetTempPath());
        _open.Add(spool);
        return spool;
    }

    private Blob Spool(Stream stream, ImageFileOptions options, CancellationToken cancellation)
    {
        ContentSpool spool = MakeSpool(options);
        var blob = new BlobBuilder();
        byte[] buffer = new byte[ZeroGrain];
        long position = 0;
        long start = 0;
        long spooled = 0;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            int count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            bool isZero = !buffer.AsSpan(0, count).ContainsAnyExcept((byte)0);
            if (isZero)
            {
                EndRun();
                start = position + count;
            }
            else
            {
                spool.Append(buffer.AsSpan(0, count));
            }

            position += count;
            if (count < buffer.Length)
                break;
        }

        EndRun();
        spool.Flush();
        return blob.ToBlob(position);

        void EndRun()
        {
            long length = spool.Length - spooled;
            if (length > 0)
                blob.Add(start, Blob.FromFile(spool.File, spooled, length));
            spooled = spool.Length;
        }
    }
}

/// <summary>How an image is opened.</summary>
public sealed record ImageFileOptions
{
    /// <summary>The format; null, the default, finds it by the content.</summary>
    public ImageFormat? Format { get; init; }

    /// <summary>
    /// Whether backing and data files that the image names are opened. Default: no, as an image from elsewhere could name
    /// any file of this machine.
    /// </summary>
    public bool MayOpenOthers { get; init; }

    /// <summary>
    /// Whether an image whose backing file may not be opened is taken without it, its disk being zero there, to tell what it
    /// is. Default: no, it is refused.
    /// </summary>
    public bool MayBeIncomplete { get; init; }

    /// <summary>Whether compressed files are unpacked; if not, they are taken as they are.</summary>
    internal bool MayUnpack { get; init; } = true;

    /// <summary>Where compressed images and streams are spooled. Default: the system's directory for temporary files.</summary>
    public string? SpoolDirectory { get; init; }
}
