namespace Diecast.Formats.Trees;

/// <summary>What an inode is. The values are the format bits of <c>st_mode</c>.</summary>
public enum InodeType
{
    /// <summary>No type; never in a tree.</summary>
    None = 0,

    /// <summary>A named pipe.</summary>
    Fifo = 0x1000,

    /// <summary>A character device.</summary>
    CharacterDevice = 0x2000,

    /// <summary>A directory.</summary>
    Directory = 0x4000,

    /// <summary>A block device.</summary>
    BlockDevice = 0x6000,

    /// <summary>A regular file.</summary>
    File = 0x8000,

    /// <summary>A symbolic link.</summary>
    Symlink = 0xa000,

    /// <summary>A socket.</summary>
    Socket = 0xc000,
}
