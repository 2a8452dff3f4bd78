namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>What Rock Ridge says of a compressed file.</summary>
/// <param name="Length">Bytes of what it was.</param>
/// <param name="Shift">Bytes of a block, as the logarithm to the base 2.</param>
/// <param name="HeaderLength">Bytes before the offsets of the blocks.</param>
/// <param name="IsWide">Whether those have 64 bits.</param>
internal readonly record struct IsoStoredCompressed(long Length, int Shift, int HeaderLength, bool IsWide);
