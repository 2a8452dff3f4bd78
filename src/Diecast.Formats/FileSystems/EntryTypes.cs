using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems;

/// <summary>The types of files as directory entries of Linux's file systems have them: <c>FT_…</c> of linux/fs_types.h.</summary>
internal static class EntryTypes
{
    /// <summary>The number of a type; 0 for none.</summary>
    internal static byte Of(InodeType type) => type switch
    {
        InodeType.File => 1,
        InodeType.Directory => 2,
        InodeType.CharacterDevice => 3,
        InodeType.BlockDevice => 4,
        InodeType.Fifo => 5,
        InodeType.Socket => 6,
        InodeType.Symlink => 7,
        _ => 0,
    };
}
