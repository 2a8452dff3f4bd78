using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtReader
{
    /// <summary>A passive translator in a block of its own, as the attribute that it would be otherwise; it comes before that.</summary>
    private Xattrs WithTranslator(uint number, ReadOnlySpan<byte> inode, Xattrs xattrs)
    {
        if (!_volume.Superblock.IsHurd)
            return xattrs;
        long place = (long)ExtHurdInodeLayout.Translator.Get(inode);
        if (place == 0)
            return xattrs;
        if (!_volume.Superblock.HoldsBlock(place))
            throw ExtReaderVolume.Invalid($"the translator of inode {number} is in block {place} of {_volume.Superblock.Blocks}");
        _volume.Charge(1, number);
        ReadOnlySpan<byte> block = _volume.Block(place, $"the translator of inode {number}");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(block);
        if (length > block.Length - ExtTree.TranslatorHeaderSize)
            throw ExtReaderVolume.Invalid($"inode {number} has a translator of {length} bytes");
        byte[] value = block.Slice(ExtTree.TranslatorHeaderSize, length).ToArray();
        return Xattrs.Create([.. xattrs, new Xattr(ExtTree.TranslatorName, value)]);
    }
}
