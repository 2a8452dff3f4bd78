using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Native;
using Diecast.Store;
using Microsoft.Win32.SafeHandles;

namespace Diecast.ForeignFileSystems;

/// <summary>
/// Makes file systems that Diecast does not write itself: their own mkfs fills them from what any user can stage, and the
/// inodes then get owners, devices, times and attributes in the image.
/// </summary>
internal static class ForeignMaker
{
    private const string Kind = "foreign";
    private const int Attempts = 12;
    private const long MebiByte = 1 << 20;

    /// <summary>Makes one.</summary>
    /// <param name="store">Where the tree is staged and the image is made; the image has no name when this returns.</param>
    /// <param name="request">What is made.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="BuildException">The program is missing, or it failed.</exception>
    /// <exception cref="UnrepresentableException">The file system, or its mkfs, cannot hold something of the tree.</exception>
    /// <exception cref="DoesNotFitException">The tree does not fit the size.</exception>
    internal static ForeignPlan Make(CacheStore store, ForeignRequest request, CancellationToken cancellation)
    {
        ForeignFormat format = ForeignFormat.Find(request.Declared.Type)!;
        Version version = format.Tool.Ask(cancellation);
        using CacheWork work = store.MakeWork(Kind);
        string stage = Path.Combine(work.Path, "stage");
        string image = Path.Combine(work.Path, "image");
        try
        {
            format.Stage(request, stage, cancellation);
            Make(format, new ForeignRun(request, version, stage, image, IsExact: request.Size is not null, cancellation));
            SafeFileHandle handle = File.OpenHandle(image, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            try
            {
                format.Finish(request, new ImageEditor(handle));
                return new ForeignPlan(format.Name, $"{format.Tool.Program} {version}", request, HostFile.FromHandle(handle, image), ContentOf(handle, image));
            }
            catch
            {
                handle.Dispose();
                throw;
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidImageException)
        {
            throw new BuildException($"{format.Name}: {exception.Message}", null, null, exception);
        }
    }

    private static void Make(ForeignFormat format, ForeignRun run)
    {
        ForeignRequest request = run.Request;
        long size = request.Size ?? format.Guess(request);
        for (int attempt = 1; ; attempt++)
        {
            SetLength(run.Image, size);
            try
            {
                format.Make(run);
                CheckSize(format, run, size);
                break;
            }
            catch (BuildException exception) when (ForeignFormat.IsFull(exception))
            {
                if (request.Size is not null || attempt == Attempts)
                    throw new DoesNotFitException(format.Name, format.Guess(request), size, $"{size} bytes are too few: {exception.Message}");
                size += Units.RoundUp(size / 8, MebiByte);
            }
        }

        // What was cut to the least that it takes is made again where more is asked for.
        long made = new FileInfo(run.Image).Length;
        long wanted = Math.Max(made + request.FreeBytes, request.MinimumSize);
        if (run.IsExact || made == size || made >= wanted)
            return;
        SetLength(run.Image, Units.RoundUp(wanted, MebiByte));
        format.Make(run with { IsExact = true });
    }

    /// <summary>mkfs.btrfs makes the file larger where the tree does not fit.</summary>
    private static void CheckSize(ForeignFormat format, ForeignRun run, long size)
    {
        long made = new FileInfo(run.Image).Length;
        if (run.IsExact && made > size)
            throw new DoesNotFitException(format.Name, made, size, $"the tree takes {made} bytes, and there are {size}");
    }

    private static void SetLength(string path, long size)
    {
        File.Delete(path);
        using FileStream file = File.Create(path);
        file.SetLength(size);
    }

    /// <summary>The image with its holes.</summary>
    private static Func<HostFile, Blob> ContentOf(SafeFileHandle handle, string path) => file =>
    {
        long length = RandomAccess.GetLength(handle);
        var builder = new BlobBuilder();
        foreach (BlobRange range in HostInode.DataRanges((int)handle.DangerousGetHandle(), length, path))
            builder.Add(range.Offset, Blob.FromFile(file, range.Offset, range.Length));

        return builder.ToBlob(length);
    };
}
