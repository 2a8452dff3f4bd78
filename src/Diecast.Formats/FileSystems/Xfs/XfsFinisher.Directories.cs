using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Xfs;

internal sealed partial class XfsFinisher
{
    private const int FreeEntryLength = 2;
    private const int EntryNameLength = 8;
    private const int EntryName = 9;
    private const int TagSize = 2;

    /// <summary>Gives the entries of a directory their names, and leads further names to their inodes.</summary>
    private void SetDirectory(int number, ulong inode, byte[] bytes)
    {
        switch (bytes[XfsLayout.Inode.Format])
        {
            case XfsLayout.ForkFormat.Local:
                SetShortDirectory(number, XfsExtents.Fork(bytes)[..checked((int)XfsVolume.UInt64(bytes, XfsLayout.Inode.Size))]);
                break;
            case XfsLayout.ForkFormat.Extents or XfsLayout.ForkFormat.Tree:
                foreach (long place in DirectoryBlocks(bytes))
                {
                    byte[] block = _volume.Image.Read(place, _volume.DirectoryBlockSize);
                    SetBlock(number, block);
                    XfsVolume.SetChecksum(block, XfsLayout.Directory.Checksum);
                    _volume.Image.Write(place, block);
                }

                break;
            default:
                throw XfsVolume.Fault($"inode {inode} is no directory");
        }
    }

    private IEnumerable<long> DirectoryBlocks(byte[] inode)
    {
        int blocks = _volume.DirectoryBlockSize / _volume.BlockSize;
        foreach ((long offset, ulong block, int count) in XfsExtents.Of(_volume, inode))
        {
            if (offset >= XfsLayout.Directory.IndexOffset / _volume.BlockSize)
                continue;
            if (count % blocks != 0)
                throw XfsVolume.Fault("a block of a directory is in two pieces");
            for (int i = 0; i < count; i += blocks)
                yield return _volume.Place(block + (uint)i);
        }
    }

    /// <summary>Within the inode: a count, how many numbers are wide, the parent, and entries (struct xfs_dir2_sf_hdr).</summary>
    private void SetShortDirectory(int number, Span<byte> directory)
    {
        if (directory.Length < 2 + sizeof(uint))
            throw XfsVolume.Fault("a directory is cut");
        int count = directory[0];
        int width = directory[1] == 0 ? sizeof(uint) : sizeof(ulong);
        Span<byte> rest = directory[(2 + width)..];
        for (int i = 0; i < count; i++)
        {
            const int Name = 3;
            int length = rest.Length < Name ? int.MaxValue - Name - 1 - width : rest[0];
            if (Name + length + 1 + width > rest.Length)
                throw XfsVolume.Fault("an entry of a directory is cut");
            Span<byte> target = rest.Slice(Name + length + 1, width);
            ulong inode = width == sizeof(uint) ? XfsVolume.UInt32(target, 0) : XfsVolume.UInt64(target, 0);
            ulong meant = SetEntry(number, rest.Slice(Name, length), inode, ref rest[Name + length]);
            if (width == sizeof(uint) && meant > uint.MaxValue)
                throw new UnrepresentableException(XfsFinisher.Name, null, "a hard link to an inode whose number has more than 32 bits");
            if (width == sizeof(uint))
                BinaryPrimitives.WriteUInt32BigEndian(target, (uint)meant);
            else
                BinaryPrimitives.WriteUInt64BigEndian(target, meant);
            rest = rest[(Name + length + 1 + width)..];
        }
    }

    private void SetBlock(int number, Span<byte> block)
    {
        int end = block.Length;
        if (block.StartsWith(XfsLayout.Directory.BlockMagic))
        {
            int tail = block.Length - XfsLayout.Directory.TailSize;
            end = checked((int)(tail - (XfsVolume.UInt32(block, tail) * XfsLayout.Directory.LeafEntrySize)));
        }
        else if (!block.StartsWith(XfsLayout.Directory.DataMagic))
        {
            throw XfsVolume.Fault("a block of a directory is none");
        }

        int at = XfsLayout.Directory.HeadSize;
        while (at < end)
        {
            bool isFree = XfsVolume.UInt16(block, at) == XfsLayout.Directory.FreeTag;
            int length = isFree ? 0 : block[at + EntryNameLength];
            int size = isFree ? XfsVolume.UInt16(block, at + FreeEntryLength) : (EntryName + length + 1 + TagSize + 7) & ~7;
            if (size == 0 || size > end - at)
                throw XfsVolume.Fault("an entry of a directory is cut");
            if (!isFree)
            {
                Span<byte> name = block.Slice(at + EntryName, length);
                bool isDots = name.SequenceEqual("."u8) || name.SequenceEqual(".."u8);
                if (!isDots)
                    BinaryPrimitives.WriteUInt64BigEndian(block[at..], SetEntry(number, name, XfsVolume.UInt64(block, at), ref block[at + EntryName + length]));
            }

            at += size;
        }
    }

    /// <returns>The inode that the entry leads to.</returns>
    private ulong SetEntry(int directory, Span<byte> name, ulong inode, ref byte type)
    {
        if (_names.TryGetValue((directory, new FileName(name.ToArray())), out FileName real))
            real.Span.CopyTo(name);
        if (!_numbers.TryGetValue(inode, out int number))
            throw XfsVolume.Fault($"an entry leads to inode {inode}, which is of no file");
        if (number < _inodeOf.Length)
            return inode;
        int first = _staged.FurtherNames[number - _inodeOf.Length];
        type = EntryTypes.Of(_staged.Inodes[first].Inode.Type);
        return _inodeOf[first];
    }
}
