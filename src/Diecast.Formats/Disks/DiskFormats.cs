using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A way to write a disk as a file.</summary>
/// <param name="Name">The name, as in <c>qcow2</c>.</param>
/// <param name="Extension">The file name's usual end, with its dot.</param>
/// <param name="Encode">Turns the disk into the bytes of the file, without reading content.</param>
public sealed record DiskEncoder(string Name, string Extension, Func<Blob, Blob> Encode);

/// <summary>The disk formats that can be written.</summary>
public static class DiskFormats
{
    /// <summary>The disk's bytes as they are; holes stay holes.</summary>
    public static DiskEncoder Raw { get; } = new("raw", ".raw", disk => disk);

    /// <summary>QEMU's format, version 3, clusters of 64 KiB.</summary>
    public static DiskEncoder Qcow2 { get; } = new("qcow2", ".qcow2", disk => Disks.Qcow2.Encode(disk));

    /// <summary>All formats.</summary>
    public static IReadOnlyList<DiskEncoder> All { get; } = [Raw, Qcow2];

    /// <summary>The format of a name, or null.</summary>
    public static DiskEncoder? Find(string name) => All.FirstOrDefault(f => f.Name == name);
}
