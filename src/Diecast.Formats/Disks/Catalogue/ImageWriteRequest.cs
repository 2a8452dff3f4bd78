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

    /// <summary>
    /// Blocks of so many bytes, at multiples of it, that are zero become holes where the format looks at the disk's bytes for
    /// nothing else. Default: 0, what is stored as data stays data.
    /// </summary>
    public int ZeroGrain { get; init; }

    /// <summary>A writer to whose output every byte of the disk has its place: zeros are left out of the file as it is written.</summary>
    internal DiskWriter LeavingOutZeros(DiskWriter writer, DiskOutput output) =>
        ZeroGrain == 0 || !output.CanSeek || output.TryLeaveOutZeros(ZeroGrain) ? writer : new ZeroFindingWriter(writer, ZeroGrain);

    /// <summary>
    /// Opens the disk that the image is to be an overlay on, by its name as the image is to tell it and its format's name, null
    /// to find that. Null, the default, refuses overlays.
    /// </summary>
    public Func<string, string?, BackingDisk>? OpenBacking { get; init; }

    /// <summary>Workers and cancellation.</summary>
    public DiskWriteOptions Write { get; init; } = new();
}

/// <summary>A disk that an image is an overlay on.</summary>
/// <param name="Format">The format's name, as QEMU has it.</param>
/// <param name="Disk">The virtual disk.</param>
public sealed record BackingDisk(string Format, Blob Disk);

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
