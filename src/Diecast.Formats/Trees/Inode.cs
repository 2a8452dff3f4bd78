using Diecast.Formats.Blobs;

namespace Diecast.Formats.Trees;

/// <summary>
/// What a name in a tree stands for: ownership, permissions, time and attributes. Two names for one inode are a
/// hard link.
/// </summary>
public abstract class Inode
{
    private ushort _mode;

    private protected Inode(int mode) => Mode = mode;

    /// <summary>What the inode is.</summary>
    public abstract InodeType Type { get; }

    /// <summary>The twelve permission bits, 0 to 0o7777, without the type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than the twelve bits.</exception>
    public int Mode
    {
        get => _mode;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 0xfff);
            _mode = (ushort)value;
        }
    }

    /// <summary>The owner. Default: 0, root.</summary>
    public uint Uid { get; set; }

    /// <summary>The group. Default: 0, root.</summary>
    public uint Gid { get; set; }

    /// <summary>Time of the last change of content. Default: the epoch.</summary>
    public Timestamp ModifiedTime { get; set; }

    /// <summary>Extended attributes. Default: none.</summary>
    public Xattrs Xattrs { get; set; } = Xattrs.None;

    /// <summary>Type and permissions together, as in <c>st_mode</c>.</summary>
    public int FullMode => (int)Type | _mode;

    /// <summary>Sets owner, group, time and attributes to those of another inode; not the permissions.</summary>
    internal void CopyMetadata(Inode other)
    {
        Uid = other.Uid;
        Gid = other.Gid;
        ModifiedTime = other.ModifiedTime;
        Xattrs = other.Xattrs;
    }
}

/// <summary>A regular file.</summary>
/// <param name="content">The bytes.</param>
/// <param name="mode">Permissions; default 0644.</param>
public sealed class FileInode(Blob content, int mode = 0b110_100_100) : Inode(mode)
{
    /// <inheritdoc/>
    public override InodeType Type => InodeType.File;

    /// <summary>The bytes.</summary>
    public Blob Content { get; set; } = content;
}

/// <summary>A symbolic link. Its permissions are always 0777.</summary>
/// <param name="target">The target as it is stored, relative or absolute.</param>
public sealed class SymlinkInode(FileName target) : Inode(0b111_111_111)
{
    /// <inheritdoc/>
    public override InodeType Type => InodeType.Symlink;

    /// <summary>The target as it is stored, relative or absolute.</summary>
    public FileName Target { get; } = target;
}

/// <summary>A device, a named pipe or a socket.</summary>
/// <param name="type">Which of the four.</param>
/// <param name="mode">Permissions.</param>
/// <param name="device">Device number; zero unless it is a device.</param>
public sealed class SpecialInode(InodeType type, int mode, DeviceNumber device = default) : Inode(mode)
{
    /// <inheritdoc/>
    public override InodeType Type { get; } =
        type is InodeType.CharacterDevice or InodeType.BlockDevice or InodeType.Fifo or InodeType.Socket
            ? type
            : throw new ArgumentOutOfRangeException(nameof(type), type, "not a device, a pipe or a socket");

    /// <summary>Device number; zero unless it is a device.</summary>
    public DeviceNumber Device { get; } = device;
}

/// <summary>A device number, as the kernel splits it.</summary>
/// <param name="Major">Driver.</param>
/// <param name="Minor">Device of the driver.</param>
public readonly record struct DeviceNumber(uint Major, uint Minor);
