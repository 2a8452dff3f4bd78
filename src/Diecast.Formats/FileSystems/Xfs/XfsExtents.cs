namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>The extents of an inode's content.</summary>
internal static class XfsExtents
{
    /// <summary>Its blocks in the order of the file: where in the file, which block, how many.</summary>
    internal static List<(long Offset, ulong Block, int Count)> Of(XfsVolume volume, byte[] inode)
    {
        var extents = new List<(long, ulong, int)>();
        ReadOnlySpan<byte> fork = Fork(inode);
        switch (inode[XfsLayout.Inode.Format])
        {
            case XfsLayout.ForkFormat.Extents:
                AddRecords(fork, checked((int)CountOf(inode)), extents);
                break;
            case XfsLayout.ForkFormat.Tree:
                int level = XfsVolume.UInt16(fork, 0);
                int count = XfsVolume.UInt16(fork, 2);
                int capacity = (fork.Length - XfsLayout.ExtentTree.RootHeadSize) / XfsLayout.ExtentTree.PairSize;
                AddBelow(volume, fork[XfsLayout.ExtentTree.RootHeadSize..], count, capacity, level, extents);
                break;
        }

        return extents;
    }

    /// <summary>The bytes of an inode that its content, or what leads to it, may take.</summary>
    internal static Span<byte> Fork(byte[] inode)
    {
        Span<byte> whole = inode.AsSpan(XfsLayout.Inode.HeadSize);
        int end = inode[XfsLayout.Inode.ForkOffset] * 8;
        return end == 0 ? whole : end <= whole.Length ? whole[..end] : throw XfsVolume.Fault("an inode's attributes are outside of it");
    }

    /// <summary>How many extents it has.</summary>
    internal static ulong CountOf(byte[] inode) =>
        (XfsVolume.UInt64(inode, XfsLayout.Inode.Flags) & XfsLayout.Inode.WideCounts) != 0
            ? XfsVolume.UInt64(inode, XfsLayout.Inode.WideExtents)
            : XfsVolume.UInt32(inode, XfsLayout.Inode.Extents);

    private static void AddBelow(
        XfsVolume volume, ReadOnlySpan<byte> pairs, int count, int capacity, int level, List<(long Offset, ulong Block, int Count)> extents)
    {
        if (count > capacity || level is 0 or > 16)
            throw XfsVolume.Fault($"{count} pointers on level {level} of a tree of extents");
        for (int i = 0; i < count; i++)
        {
            byte[] block = volume.Image.Read(volume.Place(XfsVolume.UInt64(pairs, (capacity + i) * sizeof(ulong))), volume.BlockSize);
            int below = XfsVolume.UInt16(block, XfsLayout.ExtentTree.Level);
            int there = XfsVolume.UInt16(block, XfsLayout.ExtentTree.Count);
            ReadOnlySpan<byte> rest = block.AsSpan(XfsLayout.ExtentTree.HeadSize);
            if (!block.AsSpan().StartsWith(XfsLayout.ExtentTree.Magic) || below != level - 1)
                throw XfsVolume.Fault("a block of a tree of extents is none");
            if (below == 0)
                AddRecords(rest, there, extents);
            else
                AddBelow(volume, rest, there, rest.Length / XfsLayout.ExtentTree.PairSize, below, extents);
        }
    }

    /// <summary>A record is 128 bits: a flag, 54 of the place in the file, 52 of the block, 21 of the count.</summary>
    private static void AddRecords(ReadOnlySpan<byte> records, int count, List<(long Offset, ulong Block, int Count)> extents)
    {
        if (count > records.Length / XfsLayout.ExtentTree.RecordSize)
            throw XfsVolume.Fault($"{count} extents where {records.Length} bytes are");
        for (int i = 0; i < count; i++)
        {
            ulong high = XfsVolume.UInt64(records, i * XfsLayout.ExtentTree.RecordSize);
            ulong low = XfsVolume.UInt64(records, (i * XfsLayout.ExtentTree.RecordSize) + sizeof(ulong));
            extents.Add(((long)(high >> 9 & 0x3fffffffffffff), ((high & 0x1ff) << 43) | (low >> 21), (int)(low & 0x1fffff)));
        }
    }
}
