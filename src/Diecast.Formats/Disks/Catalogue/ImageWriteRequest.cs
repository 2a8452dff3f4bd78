using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>What a format's writer is opened with.</summary>
public sealed record ImageWriteRequest
{
    /// <summary>The disk whose pieces will come; only its length and map are read when the writer is opened.</summary>
    public required Blob Disk { get; init; }

    /// <summary>What was set.</summary>
    public required ImageFormatValues Values { get; init; }

    /// <summary>Where the files go.</summary>
    public required ImageOutputs Outputs { get; init; }

    /// <summary>The id of a role, as in <c>vdi image</c>: always the same for the same image.</summary>
    public required Func<string, Guid> Ids { get; init; }

    /// <summary>Workers and cancellation.</summary>
    public DiskWriteOptions Write { get; init; } = new();
}

/// <summary>The files that one image is written to: its own, and for some formats others beside it.</summary>
public abstract class ImageOutputs
{
    /// <summary>The image's file name without directory, as in <c>server.vmdk</c>.</summary>
    public abstract string Name { get; }

    /// <summary>The image itself.</summary>
    public abstract DiskOutput Main { get; }

    /// <summary>Starts another file in the image's directory.</summary>
    /// <exception cref="NotSupportedException">The image is written to a stream, which has no files beside it.</exception>
    public abstract DiskOutput Beside(string name);
}
