namespace Diecast.Formats.Partitioning;

/// <summary>A named range of bytes on a disk: a partition, a part of the table, or raw content.</summary>
/// <param name="Name">What it is, for messages and maps.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct DiskRegion(string Name, long Offset, long Length)
{
    /// <summary>The first byte after the region.</summary>
    public long End => Offset + Length;
}

/// <summary>Two regions that claim the same bytes, or one that reaches past the end of the disk.</summary>
/// <param name="First">The region that starts first.</param>
/// <param name="Second">The other region; a region named "end of the disk" when the first one reaches past it.</param>
/// <param name="Bytes">How many bytes both claim.</param>
public readonly record struct RegionConflict(DiskRegion First, DiskRegion Second, long Bytes)
{
    /// <inheritdoc/>
    public override string ToString() =>
        FormattableString.Invariant($"{First.Name} ({First.Offset} to {First.End}) and {Second.Name} ({Second.Offset} to {Second.End}) overlap by {Bytes} bytes");
}
