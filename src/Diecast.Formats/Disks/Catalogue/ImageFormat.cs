using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A format of disk images: how it is named, recognised, read and written.</summary>
public sealed record ImageFormat
{
    /// <summary>The name, as in <c>qcow2</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Other names that are taken for it.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The file name's usual end, with its dot.</summary>
    public required string Extension { get; init; }

    /// <summary>Other ends of file names that stand for it.</summary>
    public IReadOnlyList<string> OtherExtensions { get; init; } = [];

    /// <summary>One line on what it is and who reads it.</summary>
    public required string Description { get; init; }

    /// <summary>What may be set when it is written, by the names that <c>qemu-img -o</c> has for it.</summary>
    public IReadOnlyList<ImageFormatOption> Options { get; init; } = [];

    /// <summary>
    /// The least size of a virtual disk, in bytes, that the format holds exactly with some options and that is no less than
    /// the one given. Default: that size. A disk of another size is refused, or gets zeros at its end, where a partition
    /// table's backup then is not.
    /// </summary>
    public Func<long, ImageFormatValues, long> RoundSize { get; init; } = (size, _) => size;

    /// <summary>Whether a file is in this format, by what it begins or ends with. Formats without a mark say no.</summary>
    public Func<Blob, bool> Probe { get; init; } = _ => false;

    /// <summary>The virtual disk of a file; null when the format is only written.</summary>
    public Func<Blob, ImageReadContext, Blob>? Read { get; init; }

    /// <summary>What a file tells of itself, as names and values in a fixed order; nothing for formats that tell nothing.</summary>
    public Func<Blob, IReadOnlyList<ImageFact>> Describe { get; init; } = _ => [];

    /// <summary>The name that QEMU has for the format; null when QEMU does not read it.</summary>
    public string? QemuName { get; init; }

    /// <summary>Opens a writer; null when the format is only read.</summary>
    public Func<ImageWriteRequest, DiskWriter>? Write { get; init; }

    /// <summary>
    /// Whether a writer with these options finds zeros in the disk's bytes as they come. One that places everything by the
    /// disk's map before it does not: zeros must be holes of that map.
    /// </summary>
    internal Func<ImageFormatValues, bool> FindsZeros { get; init; } = _ => false;
}

/// <summary>Something that an image tells of itself.</summary>
/// <param name="Name">Its name, as in <c>cluster size</c>.</param>
/// <param name="Value">Its value as text; numbers of bytes are plain.</param>
public sealed record ImageFact(string Name, string Value);

/// <summary>Something that may be set when an image is written.</summary>
/// <param name="Name">The name, as in <c>cluster_size</c>.</param>
/// <param name="Description">What it does and which values it takes.</param>
/// <param name="Default">The value that it has when it is not given.</param>
public sealed record ImageFormatOption(string Name, string Description, string Default);

/// <summary>What reading an image may need beside the file itself. Nothing is opened by default.</summary>
public sealed record ImageReadContext
{
    /// <summary>The path of the image, which relative names start from; null when it has none.</summary>
    public string? Path { get; init; }

    /// <summary>
    /// Opens a part of the image that lies beside it, by its plain file name, or returns null when there is none. Null
    /// refuses images of several files.
    /// </summary>
    public Func<string, Blob?>? OpenBeside { get; init; }

    /// <summary>Opens any other file that the image names, by its path. Null refuses images that need one.</summary>
    public Func<string, Blob>? OpenFile { get; init; }

    /// <summary>Told that a file was left out which may not be opened. Null refuses images that need one.</summary>
    internal Action? SkipFile { get; init; }

    /// <summary>Makes a file for what must be unpacked, which lives as long as the image. Null refuses such images.</summary>
    public Func<ContentSpool>? MakeSpool { get; init; }
}
