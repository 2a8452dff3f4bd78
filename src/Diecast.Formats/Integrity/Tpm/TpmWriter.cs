using System.Buffers;
using System.Buffers.Binary;

namespace Diecast.Formats.Integrity;

/// <summary>Writes a TPM's structures: big-endian, and texts of bytes with their length before them (TPM2B).</summary>
internal sealed class TpmWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    internal TpmWriter Byte(byte value)
    {
        _bytes.Write([value]);
        return this;
    }

    internal TpmWriter Number16(int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.GetSpan(sizeof(ushort)), (ushort)value);
        _bytes.Advance(sizeof(ushort));
        return this;
    }

    internal TpmWriter Number32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_bytes.GetSpan(sizeof(uint)), value);
        _bytes.Advance(sizeof(uint));
        return this;
    }

    internal TpmWriter Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    internal TpmWriter Sized(ReadOnlySpan<byte> bytes) => Number16(bytes.Length).Raw(bytes);

    internal byte[] ToArray() => _bytes.WrittenSpan.ToArray();
}
