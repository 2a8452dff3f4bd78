using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// Times of inodes: 32 signed bits of seconds, and in the extra field two more above them and 30 of nanoseconds
/// (inodes.rst, "Inode Timestamps").
/// </summary>
internal static class ExtTime
{
    private const long Earliest = int.MinValue;
    private const long Latest = int.MaxValue;

    /// <summary>2446-05-10, the last that 34 bits hold.</summary>
    private const long LatestWithEpochBits = int.MaxValue + (3L << 32);

    /// <summary>
    /// 2310-04-04 to 2378-04-22: both epoch bits are set, and the sign. Old kernels wrote times before 1970 so, and
    /// e2fsck takes them for such and changes them (check_inode_extra_negative_epoch).
    /// </summary>
    private const long MistakenFrom = int.MaxValue + (2L << 32) + 1;

    private const long MistakenTo = (3L << 32) - 1;

    internal static bool Fits(Timestamp time, int inodeSize) =>
        time.Seconds >= Earliest && time.Seconds <= (inodeSize > ExtFormat.OldInodeSize ? LatestWithEpochBits : Latest)
        && time.Seconds is < MistakenFrom or > MistakenTo
        && time.Nanoseconds is >= 0 and < 1_000_000_000;

    internal static string Range(int inodeSize) => inodeSize > ExtFormat.OldInodeSize
        ? $"{Earliest} to {MistakenFrom - 1} and {MistakenTo + 1} to {LatestWithEpochBits} s"
        : $"{Earliest} to {Latest} s";

    internal static uint Seconds(Timestamp time) => (uint)(time.Seconds & uint.MaxValue);

    internal static uint Extra(Timestamp time) =>
        ((uint)time.Nanoseconds << 2) | (uint)(((time.Seconds - (int)Seconds32(time)) >> 32) & 3);

    /// <summary>A time of an inode with extra fields, or with an extra of zero one without.</summary>
    internal static Timestamp Decode(uint seconds, uint extra) =>
        new(unchecked((int)seconds) + ((long)(extra & 3) << 32), (int)(extra >> 2));

    private static int Seconds32(Timestamp time) => unchecked((int)time.Seconds);
}
