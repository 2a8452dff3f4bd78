namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Bits of i_flags that say what an inode is, beside those of <see cref="ExtFormat"/> (inodes.rst).</summary>
internal static class ExtInodeFlags
{
    internal const uint Immutable = 0x10;
    internal const uint Verity = 0x100000;
    internal const uint InheritsProject = 0x20000000;
    internal const uint Casefolded = 0x40000000;
}
