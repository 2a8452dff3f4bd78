namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// Bounds what the names, targets and attributes of a tree take, which an image may otherwise multiply: by compression,
/// and by having many inodes lead to the same bytes.
/// </summary>
/// <remarks>
/// The densest that real trees come to is some 25 bytes for one of the image: long names that differ in a few digits.
/// </remarks>
internal sealed class SquashfsBudget(long imageLength)
{
    private const long Each = 64;
    private const long Always = 16 << 20;

    /// <summary>What an entry, an inode or an attribute takes beside its bytes.</summary>
    private const long Overhead = 32;

    private readonly long _limit = Always + (Each * imageLength);
    private long _charged;

    internal void Charge(long bytes)
    {
        if (Interlocked.Add(ref _charged, bytes + Overhead) > _limit)
            throw SquashfsSuperblock.Invalid($"names and attributes take more than {_limit} bytes, which an image of {imageLength} bytes does not hold");
    }
}
