using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.F2fs;

/// <summary>Gives the inodes of an F2FS, which sload.f2fs filled from a directory, what they are to have.</summary>
internal sealed class F2fsFinisher
{
    internal const string Name = "f2fs";

    private const int OldMajor = 255;
    private const int OldMinor = 255;

    private readonly F2fsVolume _volume;
    private readonly StagedTree _staged;
    private readonly Dictionary<uint, int> _numbers = [];

    private F2fsFinisher(ImageEditor image, StagedTree staged)
    {
        _volume = new F2fsVolume(image);
        _staged = staged;
    }

    /// <exception cref="UnrepresentableException">F2FS, as it is filled here, cannot hold something of the tree.</exception>
    internal static void Check(StagedTree staged)
    {
        foreach (StagedInode inode in staged.Inodes)
        {
            F2fsAttributes.Encode(inode);
            if (inode.Inode is SpecialInode { Device: { Major: > 0xfff } or { Minor: > 0xfffff } } special)
                throw new UnrepresentableException(Name, inode.Path, $"the device {special.Device.Major}:{special.Device.Minor}; F2FS has up to 4095:1048575");
        }
    }

    /// <exception cref="InvalidImageException">The image is not what the tools make of the tree.</exception>
    /// <exception cref="UnrepresentableException">F2FS cannot hold something of the tree.</exception>
    internal static void Finish(ImageEditor image, StagedTree staged) => new F2fsFinisher(image, staged).Run();

    private void Run()
    {
        int[] met = new int[_staged.Inodes.Count];
        foreach ((uint inode, _) in _volume.Inodes)
        {
            byte[] bytes = _volume.ReadNode(inode);
            int? number = inode == _volume.Root ? 0 : StagedTree.NumberOf(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(F2fsLayout.Inode.ModifiedTime)));
            if (number is not { } known || known >= met.Length)
                throw F2fsVolume.Fault($"inode {inode} is of no file");
            met[known]++;
            _numbers.Add(inode, known);
        }

        for (int i = 0; i < met.Length; i++)
        {
            if (met[i] == 0)
                throw F2fsVolume.Fault($"{_staged.Inodes[i].Path} is not in it");
            if (met[i] > 1)
                throw new UnrepresentableException(Name, _staged.Inodes[i].Path, "this version of sload.f2fs makes files of their own of its hard links");
        }

        bool hasSpecial = _staged.Inodes.Any(inode => inode.Inode is SpecialInode);
        foreach ((uint inode, uint block) in _volume.Inodes)
        {
            StagedInode staged = _staged.Inodes[_numbers[inode]];
            byte[] bytes = _volume.Read(block);
            if (hasSpecial && staged.Inode is DirectoryInode)
                SetTypes(bytes);
            SetInode(staged, bytes);
            _volume.Write(block, bytes);
        }

        // mkfs.f2fs writes which kernel it ran on.
        Span<byte> kernel = _volume.Superblock.AsSpan(F2fsLayout.Superblock.Kernel, F2fsLayout.Superblock.KernelSize);
        kernel.Clear();
        _volume.WriteSuperblocks();
    }

    private static void SetInode(StagedInode staged, byte[] bytes)
    {
        Inode inode = staged.Inode;
        Span<byte> data = bytes;
        BinaryPrimitives.WriteUInt16LittleEndian(data[F2fsLayout.Inode.Mode..], (ushort)inode.FullMode);
        BinaryPrimitives.WriteUInt32LittleEndian(data[F2fsLayout.Inode.Uid..], inode.Uid);
        BinaryPrimitives.WriteUInt32LittleEndian(data[F2fsLayout.Inode.Gid..], inode.Gid);
        foreach (int at in (ReadOnlySpan<int>)[F2fsLayout.Inode.AccessTime, F2fsLayout.Inode.ChangeTime, F2fsLayout.Inode.ModifiedTime])
            BinaryPrimitives.WriteInt64LittleEndian(data[at..], inode.ModifiedTime.Seconds);
        foreach (int at in (ReadOnlySpan<int>)[F2fsLayout.Inode.AccessNanoseconds, F2fsLayout.Inode.ChangeNanoseconds, F2fsLayout.Inode.ModifiedNanoseconds])
            BinaryPrimitives.WriteInt32LittleEndian(data[at..], inode.ModifiedTime.Nanoseconds);
        if (inode is SpecialInode special)
            SetDevice(special.Device, data);
        byte[] attributes = F2fsAttributes.Encode(staged);
        if (attributes.Length == 0)
            return;
        Span<byte> room = data[(F2fsLayout.Inode.AddressesEnd - F2fsLayout.Inode.InlineXattrSize)..F2fsLayout.Inode.AddressesEnd];
        if ((data[F2fsLayout.Inode.Inline] & F2fsLayout.Inode.InlineXattr) == 0)
        {
            // The root alone has no room set aside; it has what its content's addresses leave.
            if (room.ContainsAnyExcept((byte)0))
                throw new UnrepresentableException(Name, staged.Path, "its inode has no room for attributes");
            data[F2fsLayout.Inode.Inline] |= F2fsLayout.Inode.InlineXattr;
        }

        room.Clear();
        attributes.CopyTo(room);
    }

    /// <summary>A device has its number where others have addresses: the first word in the old encoding, else the second.</summary>
    private static void SetDevice(DeviceNumber device, Span<byte> inode)
    {
        inode[F2fsLayout.Inode.Inline] &= unchecked((byte)~(F2fsLayout.Inode.InlineData | F2fsLayout.Inode.DataExists));
        int start = F2fsLayout.Inode.Addresses;
        if ((inode[F2fsLayout.Inode.Inline] & F2fsLayout.Inode.ExtraAttributes) != 0)
            start += BinaryPrimitives.ReadUInt16LittleEndian(inode[start..]);
        bool isOld = device is { Major: <= OldMajor, Minor: <= OldMinor };
        BinaryPrimitives.WriteUInt32LittleEndian(inode[start..], isOld ? (device.Major << 8) | device.Minor : 0);
        BinaryPrimitives.WriteUInt32LittleEndian(inode[(start + sizeof(uint))..],
            isOld ? 0 : (device.Minor & 0xff) | (device.Major << 8) | ((device.Minor & ~0xffu) << 12));
    }

    /// <summary>Devices, pipes and sockets were staged as empty files.</summary>
    private void SetTypes(byte[] directory)
    {
        byte inline = directory[F2fsLayout.Inode.Inline];
        if ((inline & F2fsLayout.Inode.InlineEntries) != 0)
            throw F2fsVolume.Fault("a directory is within its inode, which sload.f2fs does not make");
        int start = F2fsLayout.Inode.Addresses;
        if ((inline & F2fsLayout.Inode.ExtraAttributes) != 0)
            start += BinaryPrimitives.ReadUInt16LittleEndian(directory.AsSpan(start));
        int end = F2fsLayout.Inode.AddressesEnd - ((inline & F2fsLayout.Inode.InlineXattr) != 0 ? F2fsLayout.Inode.InlineXattrSize : 0);
        SetTypesAt(directory.AsSpan(start, end - start));
        for (int i = 0; i < F2fsLayout.Inode.DirectNodes; i++)
        {
            uint node = F2fsVolume.UInt32(directory, F2fsLayout.Inode.Nodes + (i * sizeof(uint)));
            if (node != 0)
                SetTypesAt(_volume.ReadNode(node).AsSpan(0, F2fsLayout.Inode.AddressesInNode * sizeof(uint)));
        }

        if (directory.AsSpan(F2fsLayout.Inode.Nodes + (F2fsLayout.Inode.DirectNodes * sizeof(uint)), 3 * sizeof(uint)).ContainsAnyExcept((byte)0))
            throw new UnrepresentableException(Name, null, "a directory of more than 700,000 entries, together with devices, pipes or sockets");
    }

    private void SetTypesAt(ReadOnlySpan<byte> addresses)
    {
        for (int at = 0; at < addresses.Length; at += sizeof(uint))
        {
            uint block = F2fsVolume.UInt32(addresses, at);
            if (block is F2fsLayout.NoBlock or F2fsLayout.NewBlock)
                continue;
            byte[] entries = _volume.Read(block);
            for (int i = 0; i < F2fsLayout.Entries.Count;)
            {
                Span<byte> entry = entries.AsSpan(F2fsLayout.Entries.First + (i * F2fsLayout.Entries.Size), F2fsLayout.Entries.Size);
                int length = BinaryPrimitives.ReadUInt16LittleEndian(entry[F2fsLayout.Entries.NameLength..]);
                bool isUsed = (entries[i / 8] >> (i % 8) & 1) != 0;
                if (isUsed && length > 0 && _numbers.TryGetValue(F2fsVolume.UInt32(entry, F2fsLayout.Entries.Inode), out int number))
                    entry[F2fsLayout.Entries.Type] = EntryTypes.Of(_staged.Inodes[number].Inode.Type);
                i += isUsed ? Math.Max(1, (length + F2fsLayout.Entries.Slot - 1) / F2fsLayout.Entries.Slot) : 1;
            }

            _volume.Write(block, entries);
        }
    }
}
