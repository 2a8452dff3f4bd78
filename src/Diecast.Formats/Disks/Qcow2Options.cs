namespace Diecast.Formats.Disks;

/// <summary>Versions of qcow2.</summary>
public enum Qcow2Version
{
    /// <summary>No version; never in an image.</summary>
    None = 0,

    /// <summary>Version 2, for QEMU before 1.1 (<c>compat=0.10</c>).</summary>
    V2 = 2,

    /// <summary>Version 3 (<c>compat=1.1</c>).</summary>
    V3 = 3,
}

/// <summary>How a qcow2 is written.</summary>
public sealed record Qcow2Options
{
    /// <summary>The options of a plain image.</summary>
    public static Qcow2Options Default { get; } = new();

    /// <summary>Bytes in a cluster, a power of two from 512 to 2 MiB. Default: 64 KiB.</summary>
    public int ClusterSize { get; init; } = 64 * 1024;

    /// <summary>Version. Default: 3.</summary>
    public Qcow2Version Version { get; init; } = Qcow2Version.V3;
}
