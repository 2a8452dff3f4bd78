namespace Diecast;

/// <summary>A disk format that an image is written in.</summary>
public sealed record DiskFormat
{
    /// <summary>The disk's bytes, in a sparse file.</summary>
    public static DiskFormat Raw { get; } = new() { Name = "raw" };

    /// <summary>QEMU's format, version 3.</summary>
    public static DiskFormat Qcow2 { get; } = new() { Name = "qcow2" };

    /// <summary>Name, as in <c>qcow2</c>; <c>diecast convert --help</c> lists them.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The format's options, as in <c>{compression_type: zlib}</c>, by the names of <c>diecast convert -o</c>. Default: each
    /// of the format's own.
    /// </summary>
    public ValueList<FormatOption> Options { get; init; } = [];

    /// <summary>
    /// File name of the output, without a directory. Default: the image's name with the format's usual end.
    /// </summary>
    public string? File { get; init; }

    /// <summary>The format of that name, without options.</summary>
    public static implicit operator DiskFormat(string name) => FromString(name);

    /// <summary>The format of that name, without options.</summary>
    public static DiskFormat FromString(string name) => new() { Name = name };
}

/// <summary>An option of a disk format.</summary>
/// <param name="Name">The name, as in <c>cluster_size</c>.</param>
/// <param name="Value">The value's text.</param>
public sealed record FormatOption(string Name, string Value);
