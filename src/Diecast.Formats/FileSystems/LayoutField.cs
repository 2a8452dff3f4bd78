using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Diecast.Formats.FileSystems;

/// <summary>A field of an on-disk structure: little-endian when it is a number.</summary>
/// <param name="Name">The name in the headers of the format.</param>
/// <param name="Offset">Bytes from the start of the structure.</param>
/// <param name="Width">Bytes; 1, 2, 4 and 8 are numbers.</param>
internal readonly record struct LayoutField(string Name, int Offset, int Width)
{
    internal int End => Offset + Width;

    /// <summary>Writes a number, which must fit the field.</summary>
    internal void Set(Span<byte> structure, ulong value)
    {
        switch (Width)
        {
            case 1:
                structure[Offset] = checked((byte)value);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(structure[Offset..], checked((ushort)value));
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(structure[Offset..], checked((uint)value));
                break;
            case 8:
                BinaryPrimitives.WriteUInt64LittleEndian(structure[Offset..], value);
                break;
            default:
                throw new SwitchExpressionException(Width);
        }
    }

    /// <summary>Writes a number that is known not to be negative.</summary>
    internal void Set(Span<byte> structure, long value) => Set(structure, checked((ulong)value));

    /// <summary>Reads a number.</summary>
    internal ulong Get(ReadOnlySpan<byte> structure) => Width switch
    {
        1 => structure[Offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(structure[Offset..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(structure[Offset..]),
        8 => BinaryPrimitives.ReadUInt64LittleEndian(structure[Offset..]),
        _ => throw new SwitchExpressionException(Width),
    };

    /// <summary>Reads a place in the image; one that no image has is negative.</summary>
    internal long GetPlace(ReadOnlySpan<byte> structure) => unchecked((long)Get(structure));

    /// <summary>Reads a number of at most 32 bits.</summary>
    internal uint Get32(ReadOnlySpan<byte> structure) => (uint)Get(structure);

    /// <summary>The bytes of the field.</summary>
    internal Span<byte> In(Span<byte> structure) => structure.Slice(Offset, Width);

    /// <summary>The bytes of the field.</summary>
    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> structure) => structure.Slice(Offset, Width);
}
