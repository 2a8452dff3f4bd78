using System.Buffers.Binary;
using System.Numerics;

namespace Diecast.Formats.Checksums;

/// <summary>
/// CRC-32C (Castagnoli), reflected, as a running state: neither the start value nor the end is inverted here, because
/// the formats differ in that. ext4 starts with all ones and keeps the state; iSCSI and VHDX invert the end.
/// </summary>
internal static class Crc32C
{
    /// <summary>The customary start value.</summary>
    internal const uint Start = uint.MaxValue;

    /// <summary>Takes bytes into the state.</summary>
    internal static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (byte b in bytes)
            state = BitOperations.Crc32C(state, b);
        return state;
    }

    /// <summary>Takes a number into the state, as its little-endian bytes.</summary>
    internal static uint Append(uint state, uint value) => BitOperations.Crc32C(state, value);

    /// <summary>Takes a number into the state, as its little-endian bytes.</summary>
    internal static uint Append(uint state, ulong value) => BitOperations.Crc32C(state, value);
}
