namespace Diecast.Formats.Integrity;

/// <summary>How a LUKS2 device is opened, and what it may cost.</summary>
public sealed record Luks2OpenOptions
{
    /// <summary>The only slot that is tried. Default: null, all in the order of their priorities.</summary>
    public int? Slot { get; init; }

    /// <summary>Memory that a slot may ask for, in bytes. Default: 4 GiB, the most that cryptsetup makes.</summary>
    public long MaximumMemory { get; init; } = 4L << 30;

    /// <summary>Iterations of PBKDF2 that a slot or a digest may ask for. Default: 50 million, about half a minute.</summary>
    public int MaximumIterations { get; init; } = 50_000_000;

    /// <summary>Bytes that a slot may have Argon2 pass over, in all. Default: 128 GiB, about two minutes.</summary>
    public long MaximumPassedMemory { get; init; } = 128L << 30;
}
