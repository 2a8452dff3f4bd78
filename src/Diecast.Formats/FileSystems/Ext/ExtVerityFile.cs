using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// What a protected file has after its end, from the next 64 KiB on (fs/ext4/verity.c): the hash tree; from the next
/// block on the descriptor and its signature; in the last four bytes of the last block the size of these two.
/// </summary>
internal sealed class ExtVerityFile
{
    private const int Alignment = 65536;

    private readonly int _blockSize;
    private readonly ReadOnlyMemory<byte> _signature;
    private readonly long _descriptorOffset;
    private readonly int _descriptorBlocks;

    internal ExtVerityFile(VerityTree tree, ReadOnlyMemory<byte> signature, int blockSize)
    {
        Tree = tree;
        _signature = signature;
        _blockSize = blockSize;
        Offset = Units.Divide(tree.ContentLength, Alignment) * Alignment;
        _descriptorOffset = Units.Divide(tree.Shape.Length, blockSize) * blockSize;
        _descriptorBlocks = (int)Units.Divide(DescriptorSize + sizeof(int), blockSize);
    }

    internal VerityTree Tree { get; }

    /// <summary>Where in the file it begins.</summary>
    internal long Offset { get; }

    /// <summary>Where in the file it ends.</summary>
    internal long End => Offset + _descriptorOffset + ((long)_descriptorBlocks * _blockSize);

    /// <summary>
    /// Blocks at the beginning that hold the levels above the lowest, and perhaps the first of the lowest, or none where
    /// there are no such levels. They are placed last, for they are made of the rest, and that is made of the content.
    /// </summary>
    internal long UpperBlocks => Units.Divide(Tree.Shape.UpperBlocks * Tree.Shape.BlockSize, _blockSize);

    private int DescriptorSize => VerityDescriptor.Size + _signature.Length;

    internal Blob ToBlob()
    {
        var builder = new BlobBuilder();
        builder.Add(0, Tree.ToBlob());
        builder.Add(_descriptorOffset, new GeneratedBlob((long)_descriptorBlocks * _blockSize, ReadDescriptor));
        return builder.ToBlob();
    }

    private void ReadDescriptor(long offset, Span<byte> destination)
    {
        byte[] blocks = new byte[_descriptorBlocks * _blockSize];
        VerityDescriptor.Write(Tree, _signature.Length, blocks);
        _signature.Span.CopyTo(blocks.AsSpan(VerityDescriptor.Size));
        BinaryPrimitives.WriteInt32LittleEndian(blocks.AsSpan(blocks.Length - sizeof(int)), DescriptorSize);
        blocks.AsSpan((int)offset, destination.Length).CopyTo(destination);
    }
}
