namespace Diecast.Formats.Disks;

/// <summary>Cylinders, heads and sectors, as old machines address a disk.</summary>
/// <param name="Cylinders">Cylinders.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Sectors">Sectors of 512 bytes in a track.</param>
public readonly record struct DiskGeometry(int Cylinders, int Heads, int Sectors)
{
    /// <summary>The product: sectors that can be addressed.</summary>
    public long TotalSectors => (long)Cylinders * Heads * Sectors;
}
