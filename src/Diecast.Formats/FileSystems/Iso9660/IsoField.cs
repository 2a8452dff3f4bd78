using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>In which byte order a number is stored; the numbers are sections of ECMA-119.</summary>
internal enum IsoOrder
{
    /// <summary>7.1.1, 7.2.1 and 7.3.1; also bytes that are no number.</summary>
    Little,

    /// <summary>7.2.2 and 7.3.2.</summary>
    Big,

    /// <summary>7.2.3 and 7.3.3: little-endian, then big-endian.</summary>
    Both,
}

/// <summary>A field of an on-disk structure.</summary>
/// <param name="Name">The name in ECMA-119, in short.</param>
/// <param name="Offset">Bytes from the start of the structure; the standard counts from 1.</param>
/// <param name="Width">Bytes; a number in both orders has it twice.</param>
/// <param name="Order">How a number is stored.</param>
internal readonly record struct IsoField(string Name, int Offset, int Width, IsoOrder Order = IsoOrder.Little)
{
    internal int End => Offset + Width;

    /// <summary>Writes a number, which must fit the field.</summary>
    internal void Set(Span<byte> structure, long value)
    {
        int width = Order == IsoOrder.Both ? Width / 2 : Width;
        Span<byte> field = In(structure);
        if (Order != IsoOrder.Big)
            SetLittle(field[..width], value);
        if (Order != IsoOrder.Little)
            SetBig(field[^width..], value);
    }

    /// <summary>Reads a number; of one in both orders, the little-endian half, as Linux does.</summary>
    internal long Get(ReadOnlySpan<byte> structure)
    {
        ReadOnlySpan<byte> field = Of(structure);
        return Order == IsoOrder.Big
            ? Width == 2 ? BinaryPrimitives.ReadUInt16BigEndian(field) : BinaryPrimitives.ReadUInt32BigEndian(field)
            : (Order == IsoOrder.Both ? Width / 2 : Width) switch
            {
                1 => field[0],
                2 => BinaryPrimitives.ReadUInt16LittleEndian(field),
                _ => BinaryPrimitives.ReadUInt32LittleEndian(field),
            };
    }

    /// <summary>The bytes of the field.</summary>
    internal Span<byte> In(Span<byte> structure) => structure.Slice(Offset, Width);

    /// <summary>The bytes of the field.</summary>
    internal ReadOnlySpan<byte> Of(ReadOnlySpan<byte> structure) => structure.Slice(Offset, Width);

    private static void SetLittle(Span<byte> field, long value)
    {
        switch (field.Length)
        {
            case 1:
                field[0] = checked((byte)value);
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(field, checked((ushort)value));
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(field, checked((uint)value));
                break;
        }
    }

    private static void SetBig(Span<byte> field, long value)
    {
        if (field.Length == 2)
            BinaryPrimitives.WriteUInt16BigEndian(field, checked((ushort)value));
        else
            BinaryPrimitives.WriteUInt32BigEndian(field, checked((uint)value));
    }
}
