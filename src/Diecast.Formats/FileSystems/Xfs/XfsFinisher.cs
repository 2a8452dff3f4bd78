using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>
/// Gives the inodes of an XFS, which mkfs.xfs made from a prototype, what they are to have: owners, permissions, times,
/// attributes, devices, further names, and the names for which others stood in the prototype.
/// </summary>
internal sealed partial class XfsFinisher
{
    internal const string Name = "xfs";

    /// <summary>A link's target up to this length is within the smallest inode, beside a few attributes.</summary>
    internal const int LongestReplacedTarget = 300;

    private const uint LargestMajor = 0x3fff;
    private const uint LargestMinor = 0x3ffff;
    private const int MinorBits = 18;
    private const long BigTimeStart = 1L << 31;
    private const long NanosecondsInSecond = 1_000_000_000;

    private readonly XfsVolume _volume;
    private readonly StagedTree _staged;
    private readonly Timestamp _time;
    private readonly ulong[] _inodeOf;
    private readonly ulong[] _placeholders;
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly Dictionary<(int Directory, FileName Alias), FileName> _names = [];

    private XfsFinisher(ImageEditor image, StagedTree staged, Timestamp time)
    {
        _volume = new XfsVolume(image);
        _staged = staged;
        _time = time;
        _inodeOf = new ulong[staged.Inodes.Count];
        _placeholders = new ulong[staged.FurtherNames.Count];
    }

    /// <param name="image">What mkfs.xfs made of the tree's prototype.</param>
    /// <param name="staged">The tree.</param>
    /// <param name="time">When inodes are said to have been made.</param>
    /// <exception cref="InvalidImageException">The image is not what mkfs.xfs makes of the prototype.</exception>
    /// <exception cref="UnrepresentableException">XFS cannot hold something of the tree.</exception>
    internal static void Finish(ImageEditor image, StagedTree staged, Timestamp time) => new XfsFinisher(image, staged, time).Run();

    private void Run()
    {
        ulong[] inodes = [.. _volume.Inodes()];
        foreach (ulong inode in inodes)
            Number(inode);
        if (Array.FindIndex(_inodeOf, inode => inode == 0) is >= 0 and var missing)
            throw XfsVolume.Fault($"{_staged.Inodes[missing].Path} is not in it");
        if (Array.IndexOf(_placeholders, 0UL) >= 0)
            throw XfsVolume.Fault("a name of a hard link is not in it");
        foreach (StagedInode staged in _staged.Inodes)
            AddAliases(staged);
        foreach (StagedInode staged in _staged.Inodes)
            SetInode(staged);
        foreach (ulong inode in _volume.SystemInodes)
            SetSystemInode(inode);
        if (_placeholders.Length > 0)
            FreePlaceholders();
        if (_staged.Inodes.Any(inode => inode.Inode.Xattrs.Count > 0))
            _volume.ChangeSuperblocks(MarkAttributes);
    }

    private void Number(ulong inode)
    {
        uint number = XfsVolume.UInt32(_volume.ReadInode(inode), XfsLayout.Inode.Uid);
        Span<ulong> known = number < _inodeOf.Length ? _inodeOf.AsSpan((int)number)
            : number - (uint)_inodeOf.Length < _placeholders.Length ? _placeholders.AsSpan((int)number - _inodeOf.Length)
            : throw XfsVolume.Fault($"inode {inode} is of file {number}, and there are {_inodeOf.Length}");
        if (known[0] != 0)
            throw XfsVolume.Fault($"inodes {known[0]} and {inode} are of one file");
        known[0] = inode;
        _numbers.Add(inode, (int)number);
    }

    private void AddAliases(StagedInode staged)
    {
        if (staged.Inode is not DirectoryInode directory)
            return;
        foreach (DirectoryEntry entry in directory.Entries)
        {
            FileName alias = XfsNames.Alias(entry.Name, staged.Path);
            if (alias != entry.Name)
                _names.Add((staged.Number, alias), entry.Name);
        }
    }

    private void SetInode(StagedInode staged)
    {
        ulong number = _inodeOf[staged.Number];
        byte[] bytes = _volume.ReadInode(number);
        Inode inode = staged.Inode;
        Span<byte> data = bytes;
        BinaryPrimitives.WriteUInt16BigEndian(data[XfsLayout.Inode.Mode..], (ushort)inode.FullMode);
        BinaryPrimitives.WriteUInt32BigEndian(data[XfsLayout.Inode.Uid..], inode.Uid);
        BinaryPrimitives.WriteUInt32BigEndian(data[XfsLayout.Inode.Gid..], inode.Gid);
        BinaryPrimitives.WriteUInt32BigEndian(data[XfsLayout.Inode.Generation..], 0);
        if (staged.Links > 1)
            BinaryPrimitives.WriteInt32BigEndian(data[XfsLayout.Inode.Links..], staged.Links);
        foreach (int at in (ReadOnlySpan<int>)[XfsLayout.Inode.AccessTime, XfsLayout.Inode.ModifiedTime, XfsLayout.Inode.ChangeTime])
            SetTime(data, at, inode.ModifiedTime, staged.Path);
        SetTime(data, XfsLayout.Inode.CreationTime, _time, staged.Path);
        switch (inode)
        {
            case SpecialInode { Type: InodeType.CharacterDevice or InodeType.BlockDevice, Device: var device }:
                if (device.Major > LargestMajor || device.Minor > LargestMinor)
                    throw new UnrepresentableException(Name, staged.Path, $"the device {device.Major}:{device.Minor}; XFS has up to {LargestMajor}:{LargestMinor}");
                BinaryPrimitives.WriteUInt32BigEndian(XfsExtents.Fork(bytes), (device.Major << MinorBits) | device.Minor);
                break;
            case SymlinkInode link when !XfsNames.IsPlain(link.Target):
                if (bytes[XfsLayout.Inode.Format] != XfsLayout.ForkFormat.Local || link.Target.Length > XfsExtents.Fork(bytes).Length)
                    throw new UnrepresentableException(Name, staged.Path, "mkfs.xfs cannot be given the target of this link");
                link.Target.Span.CopyTo(XfsExtents.Fork(bytes));
                break;
            case DirectoryInode:
                SetDirectory(staged.Number, number, bytes);
                break;
        }

        XfsAttributes.Set(staged, bytes);
        _volume.WriteInode(number, bytes);
    }

    /// <summary>Older versions of mkfs.xfs give them the time of the build, and a random generation.</summary>
    private void SetSystemInode(ulong number)
    {
        byte[] inode = _volume.ReadInode(number);
        BinaryPrimitives.WriteUInt32BigEndian(inode.AsSpan(XfsLayout.Inode.Generation), 0);
        SetTimes(inode, _time);
        _volume.WriteInode(number, inode);
    }

    private static void SetTimes(Span<byte> inode, Timestamp time)
    {
        foreach (int at in AllTimes)
            SetTime(inode, at, time, "/");
    }

    private static ReadOnlySpan<int> AllTimes =>
        [XfsLayout.Inode.AccessTime, XfsLayout.Inode.ModifiedTime, XfsLayout.Inode.ChangeTime, XfsLayout.Inode.CreationTime];

    /// <summary>64 bits of nanoseconds from 1901 on where the inode has them, else 32 of seconds and 32 of nanoseconds.</summary>
    private static void SetTime(Span<byte> inode, int at, Timestamp time, string path)
    {
        bool isBig = (XfsVolume.UInt64(inode, XfsLayout.Inode.Flags) & XfsLayout.Inode.BigTime) != 0;
        long last = isBig ? (long)(ulong.MaxValue / NanosecondsInSecond) - BigTimeStart - 1 : int.MaxValue;
        if (time.Seconds < int.MinValue || time.Seconds > last)
            throw new UnrepresentableException(Name, path, $"the time {time.Seconds}; XFS has those from {int.MinValue} to {last}");
        if (isBig)
        {
            BinaryPrimitives.WriteUInt64BigEndian(inode[at..], ((ulong)(time.Seconds + BigTimeStart) * NanosecondsInSecond) + (uint)time.Nanoseconds);
            return;
        }

        BinaryPrimitives.WriteInt32BigEndian(inode[at..], (int)time.Seconds);
        BinaryPrimitives.WriteInt32BigEndian(inode[(at + sizeof(int))..], time.Nanoseconds);
    }

    private static void MarkAttributes(byte[] superblock)
    {
        ushort version = XfsVolume.UInt16(superblock, XfsLayout.Superblock.Version);
        BinaryPrimitives.WriteUInt16BigEndian(superblock.AsSpan(XfsLayout.Superblock.Version), (ushort)(version | XfsLayout.Superblock.HasAttributes));
    }
}
