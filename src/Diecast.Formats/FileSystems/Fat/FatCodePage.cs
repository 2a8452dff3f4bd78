namespace Diecast.Formats.FileSystems.Fat;

/// <summary>The character set of short names and labels; long names are UTF-16 whatever it is.</summary>
public enum FatCodePage
{
    /// <summary>Code page 437, the first PC's: Linux' default for vfat.</summary>
    Oem437,

    /// <summary>Code page 850, Western Europe's: the default of mkfs.fat and mtools.</summary>
    Oem850,
}
