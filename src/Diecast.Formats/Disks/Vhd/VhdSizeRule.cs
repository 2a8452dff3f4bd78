namespace Diecast.Formats.Disks;

/// <summary>How long the disk in a VHD is.</summary>
public enum VhdSizeRule
{
    /// <summary>The disk's length, up to the next MiB: what Azure takes.</summary>
    Mebibytes = 0,

    /// <summary>
    /// The disk's length, up to the next product of a geometry, so that readers which go by the geometry (Virtual PC,
    /// QEMU for images of its own) see all of it. Up to 127.5 GiB.
    /// </summary>
    Geometry = 1,

    /// <summary>The disk's length, up to the next multiple of 512.</summary>
    Exact = 2,
}
