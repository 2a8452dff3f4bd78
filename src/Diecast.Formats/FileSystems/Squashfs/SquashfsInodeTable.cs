using System.Buffers.Binary;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Writes inodes, each no larger than what it has to say.</summary>
internal sealed class SquashfsInodeTable(SquashfsOptions options, SquashfsScanner scanner, SquashfsXattrTable xattrs, IBlockCompressor? compressor)
{
    private const int MostIndexEntries = ushort.MaxValue;

    private readonly byte[] _structure = new byte[SquashfsLayout.ExtendedFile.Size];

    /// <summary>The table.</summary>
    internal SquashfsMetadata Metadata { get; } = new(compressor);

    /// <summary>Writes an inode, which has not been written yet; a directory's listing has.</summary>
    internal void Write(SquashfsNode node, bool isRoot)
    {
        node.Reference = Metadata.Position;
        uint xattr = options.Xattrs ? xattrs.Add(node.Inode.Xattrs) : SquashfsLayout.NoXattrs;
        switch (node.Inode)
        {
            case DirectoryInode:
                WriteDirectory((SquashfsDirectory)node, xattr, isRoot);
                break;
            case FileInode:
                WriteFile(node, xattr);
                break;
            case SymlinkInode link:
                WriteSymlink(node, link, xattr);
                break;
            case SpecialInode { Type: InodeType.BlockDevice or InodeType.CharacterDevice } special:
                Span<byte> device = Start(node, xattr != SquashfsLayout.NoXattrs, isRoot: false);
                SquashfsLayout.Device.Links.Set(device, node.Links);
                SquashfsLayout.Device.Number.Set(device, Encode(special.Device));
                SquashfsLayout.Device.Xattr.Set(device, xattr);
                Metadata.Write(device[..(xattr == SquashfsLayout.NoXattrs ? SquashfsLayout.Device.Size : SquashfsLayout.Device.ExtendedSize)]);
                break;
            default:
                Span<byte> ipc = Start(node, xattr != SquashfsLayout.NoXattrs, isRoot: false);
                SquashfsLayout.Ipc.Links.Set(ipc, node.Links);
                SquashfsLayout.Ipc.Xattr.Set(ipc, xattr);
                Metadata.Write(ipc[..(xattr == SquashfsLayout.NoXattrs ? SquashfsLayout.Ipc.Size : SquashfsLayout.Ipc.ExtendedSize)]);
                break;
        }
    }

    private void WriteDirectory(SquashfsDirectory directory, uint xattr, bool isRoot)
    {
        SquashfsListing listing = directory.Listing!;
        long length = listing.Length + SquashfsLayout.UnstoredListing;
        uint links = 2 + (uint)directory.Children.Count(child => child is SquashfsDirectory);
        // The root's parent is a number that no inode has, as mksquashfs gives it.
        uint parent = directory.Parent?.Number ?? scanner.Count + 1;
        bool isExtended = length > ushort.MaxValue || xattr != SquashfsLayout.NoXattrs || listing.Index.Count > 0;
        Span<byte> inode = Start(directory, isExtended, isRoot);
        if (!isExtended)
        {
            SquashfsLayout.Directory.Block.Set(inode, listing.Place.Block);
            SquashfsLayout.Directory.Links.Set(inode, links);
            SquashfsLayout.Directory.Length.Set(inode, length);
            SquashfsLayout.Directory.Offset.Set(inode, listing.Place.Offset);
            SquashfsLayout.Directory.Parent.Set(inode, parent);
            Metadata.Write(inode[..SquashfsLayout.Directory.Size]);
            return;
        }

        int indexes = Math.Min(listing.Index.Count, MostIndexEntries);
        SquashfsLayout.ExtendedDirectory.Links.Set(inode, links);
        SquashfsLayout.ExtendedDirectory.Length.Set(inode, length);
        SquashfsLayout.ExtendedDirectory.Block.Set(inode, listing.Place.Block);
        SquashfsLayout.ExtendedDirectory.Parent.Set(inode, parent);
        SquashfsLayout.ExtendedDirectory.Indexes.Set(inode, indexes);
        SquashfsLayout.ExtendedDirectory.Offset.Set(inode, listing.Place.Offset);
        SquashfsLayout.ExtendedDirectory.Xattr.Set(inode, xattr);
        Metadata.Write(inode[..SquashfsLayout.ExtendedDirectory.Size]);
        Span<byte> entry = stackalloc byte[SquashfsLayout.Index.Size];
        for (int i = 0; i < indexes; i++)
        {
            SquashfsIndexEntry index = listing.Index[i];
            SquashfsLayout.Index.Position.Set(entry, index.Position);
            SquashfsLayout.Index.Block.Set(entry, index.Block);
            SquashfsLayout.Index.NameLength.Set(entry, index.Name.Length - 1);
            Metadata.Write(entry);
            Metadata.Write(index.Name.Span);
        }
    }

    private void WriteFile(SquashfsNode node, uint xattr)
    {
        SquashfsFileData data = node.Data!;
        bool isExtended = xattr != SquashfsLayout.NoXattrs || node.Links > 1 || data.Sparse > 0
            || data.Length > uint.MaxValue || data.Start > uint.MaxValue;
        Span<byte> inode = Start(node, isExtended, isRoot: false);
        if (isExtended)
        {
            SquashfsLayout.ExtendedFile.Start.Set(inode, data.Start);
            SquashfsLayout.ExtendedFile.Length.Set(inode, data.Length);
            SquashfsLayout.ExtendedFile.Sparse.Set(inode, data.Sparse);
            SquashfsLayout.ExtendedFile.Links.Set(inode, node.Links);
            SquashfsLayout.ExtendedFile.Fragment.Set(inode, data.Fragment);
            SquashfsLayout.ExtendedFile.FragmentOffset.Set(inode, data.FragmentOffset);
            SquashfsLayout.ExtendedFile.Xattr.Set(inode, xattr);
            Metadata.Write(inode[..SquashfsLayout.ExtendedFile.Size]);
        }
        else
        {
            SquashfsLayout.File.Start.Set(inode, data.Start);
            SquashfsLayout.File.Fragment.Set(inode, data.Fragment);
            SquashfsLayout.File.FragmentOffset.Set(inode, data.FragmentOffset);
            SquashfsLayout.File.Length.Set(inode, data.Length);
            Metadata.Write(inode[..SquashfsLayout.File.Size]);
        }

        Span<byte> size = stackalloc byte[sizeof(uint)];
        foreach (uint block in data.Blocks)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(size, block);
            Metadata.Write(size);
        }
    }

    private void WriteSymlink(SquashfsNode node, SymlinkInode link, uint xattr)
    {
        Span<byte> inode = Start(node, xattr != SquashfsLayout.NoXattrs, isRoot: false);
        SquashfsLayout.Symlink.Links.Set(inode, node.Links);
        SquashfsLayout.Symlink.Length.Set(inode, link.Target.Length);
        Metadata.Write(inode[..SquashfsLayout.Symlink.Size]);
        Metadata.Write(link.Target.Span);
        if (xattr == SquashfsLayout.NoXattrs)
            return;
        Span<byte> id = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(id, xattr);
        Metadata.Write(id);
    }

    /// <summary>What all inodes begin with, and zeros behind it.</summary>
    private Span<byte> Start(SquashfsNode node, bool isExtended, bool isRoot)
    {
        Span<byte> inode = _structure;
        inode.Clear();
        (uint uid, uint gid) = scanner.OwnerOf(node.Inode, isRoot);
        SquashfsLayout.Inode.Type.Set(inode, SquashfsLayout.TypeOf(node.Inode.Type) + (isExtended ? SquashfsLayout.Inode.ExtendedType : 0));
        SquashfsLayout.Inode.Mode.Set(inode, (isRoot ? options.RootMode : null) ?? node.Inode.Mode);
        SquashfsLayout.Inode.Uid.Set(inode, (ulong)scanner.IdOf(uid));
        SquashfsLayout.Inode.Gid.Set(inode, (ulong)scanner.IdOf(gid));
        SquashfsLayout.Inode.Time.Set(inode, Math.Clamp(node.Inode.ModifiedTime.Seconds, 0, uint.MaxValue));
        SquashfsLayout.Inode.Number.Set(inode, (ulong)node.Number);
        return inode;
    }

    /// <summary>A device's number as Linux hands it around (include/linux/kdev_t.h, new_encode_dev).</summary>
    private static ulong Encode(DeviceNumber device) =>
        (device.Minor & 0xff) | (device.Major << 8) | ((device.Minor & ~0xffu) << 12);
}
