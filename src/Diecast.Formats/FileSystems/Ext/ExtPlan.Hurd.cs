using System.Buffers.Binary;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

// What the Hurd has in inodes: authors and passive translators.
public sealed partial class ExtPlan
{
    private void PlaceTranslator(int place, ExtBlockMap map)
    {
        if (_tree.TranslatorOf(place) is { } translator)
            translator.Physical = map.TakeOne();
    }

    private void AddTranslator(int place, ExtPieces pieces)
    {
        if (_tree.TranslatorOf(place) is not { } translator)
            return;
        pieces.Add(translator.Physical, ExtPieces.Blocks(1, _blockSize, (_, block) =>
        {
            BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)translator.Value.Length);
            translator.Value.Span.CopyTo(block[ExtTree.TranslatorHeaderSize..]);
        }));
    }

    /// <summary>The author of a new file is its owner; the upper bits of the mode stay zero, as the Hurd leaves them.</summary>
    private void FillHurd(int place, Inode source, Span<byte> inode)
    {
        if (_options.Creator != ExtCreator.Hurd)
            return;
        ExtHurdInodeLayout.Author.Set(inode, (ulong)source.Uid);
        if (_tree.TranslatorOf(place) is { } translator)
            ExtHurdInodeLayout.Translator.Set(inode, translator.Physical);
    }
}
