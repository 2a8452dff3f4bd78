using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using ArmCrc32 = System.Runtime.Intrinsics.Arm.Crc32;

namespace Diecast.Formats.Checksums;

/// <summary>
/// CRC-32 as in GPT, gzip and zip: polynomial 0x04C11DB7 reflected, start and end inverted (ISO 3309, RFC 1952).
/// </summary>
internal static partial class Crc32
{
    private const uint Polynomial = 0xEDB88320;
    private const int Slices = 16;
    private const int FoldThreshold = 128;

    private static readonly uint[] Tables = MakeTables();

    /// <summary>The checksum of all of <paramref name="bytes"/>.</summary>
    internal static uint Compute(ReadOnlySpan<byte> bytes) => Append(0, bytes);

    /// <summary>The checksum of what <paramref name="crc"/> covers followed by <paramref name="bytes"/>; 0 covers nothing.</summary>
    internal static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint state = ~crc;
        if (Pclmulqdq.IsSupported && Sse2.IsSupported && bytes.Length >= FoldThreshold)
            state = Fold(state, ref bytes);
        else if (ArmCrc32.Arm64.IsSupported)
            state = Arm(state, ref bytes);
        return ~Slice(state, bytes);
    }

    /// <summary>The portable kernel alone, for tests.</summary>
    internal static uint AppendPortable(uint crc, ReadOnlySpan<byte> bytes) => ~Slice(~crc, bytes);

    private static uint Arm(uint state, ref ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
            state = ArmCrc32.Arm64.ComputeCrc32(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        return state;
    }

    /// <summary>Sixteen table look-ups for sixteen bytes, none of which waits for another.</summary>
    private static uint Slice(uint state, ReadOnlySpan<byte> bytes)
    {
        ref uint tables = ref MemoryMarshal.GetArrayDataReference(Tables);
        for (; bytes.Length >= Slices; bytes = bytes[Slices..])
        {
            ulong low = BinaryPrimitives.ReadUInt64LittleEndian(bytes) ^ state;
            ulong high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            uint next = 0;
            for (int i = 0; i < 8; i++)
            {
                next ^= Unsafe.Add(ref tables, ((15 - i) << 8) + (int)((low >> (8 * i)) & 0xff));
                next ^= Unsafe.Add(ref tables, ((7 - i) << 8) + (int)((high >> (8 * i)) & 0xff));
            }

            state = next;
        }

        foreach (byte value in bytes)
            state = Tables[(state ^ value) & 0xff] ^ (state >> 8);
        return state;
    }

    /// <summary>
    /// Folds four 128-bit lanes with carry-less multiplication. The constants are x^n mod P, reflected, for n = 544, 480
    /// (512 bits ahead) and 160, 96 (128 bits ahead): V. Gopal et al., "Fast CRC Computation for Generic Polynomials
    /// Using PCLMULQDQ Instruction", Intel 2009. The last 16 bytes go through the tables, which need no Barrett step.
    /// </summary>
    private static uint Fold(uint state, ref ReadOnlySpan<byte> bytes)
    {
        Vector128<ulong> by512 = Vector128.Create(0x0154442bd4UL, 0x01c6e41596UL);
        Vector128<ulong> by128 = Vector128.Create(0x01751997d0UL, 0x00ccaa009eUL);
        Vector128<ulong> a = Load(bytes) ^ Vector128.Create(state, 0UL);
        Vector128<ulong> b = Load(bytes[16..]);
        Vector128<ulong> c = Load(bytes[32..]);
        Vector128<ulong> d = Load(bytes[48..]);
        for (bytes = bytes[64..]; bytes.Length >= 64; bytes = bytes[64..])
        {
            a = Step(a, by512) ^ Load(bytes);
            b = Step(b, by512) ^ Load(bytes[16..]);
            c = Step(c, by512) ^ Load(bytes[32..]);
            d = Step(d, by512) ^ Load(bytes[48..]);
        }

        Vector128<ulong> folded = Step(Step(Step(a, by128) ^ b, by128) ^ c, by128) ^ d;
        for (; bytes.Length >= 16; bytes = bytes[16..])
            folded = Step(folded, by128) ^ Load(bytes);
        Span<byte> last = stackalloc byte[16];
        folded.AsByte().CopyTo(last);
        return Slice(0, last);
    }

    private static Vector128<ulong> Load(ReadOnlySpan<byte> bytes) => Vector128.Create(bytes[..16]).AsUInt64();

    private static Vector128<ulong> Step(Vector128<ulong> lane, Vector128<ulong> constants) =>
        Pclmulqdq.CarrylessMultiply(lane, constants, 0x00) ^ Pclmulqdq.CarrylessMultiply(lane, constants, 0x11);

    private static uint[] MakeTables()
    {
        uint[] tables = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            uint crc = value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? Polynomial : 0);
            tables[value] = crc;
        }

        for (int i = 256; i < tables.Length; i++)
            tables[i] = (tables[i - 256] >> 8) ^ tables[tables[i - 256] & 0xff];
        return tables;
    }
}
