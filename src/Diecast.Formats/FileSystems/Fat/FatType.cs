namespace Diecast.Formats.FileSystems.Fat;

/// <summary>The three FATs. The value is the number of bits in an entry of the table.</summary>
public enum FatType
{
    /// <summary>No type; never in a plan.</summary>
    None = 0,

    /// <summary>Up to 4,084 clusters.</summary>
    Fat12 = 12,

    /// <summary>4,087 to 65,524 clusters.</summary>
    Fat16 = 16,

    /// <summary>65,525 to 268,435,446 clusters.</summary>
    Fat32 = 32,
}
