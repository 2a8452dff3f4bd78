namespace Diecast.Formats.Checksums;

/// <summary>CRC-16 (polynomial 0x8005, reflected) as a running state, as ext4's uninit_bg has it.</summary>
internal static class Crc16
{
    /// <summary>The customary start value.</summary>
    internal const ushort Start = ushort.MaxValue;

    private const uint Polynomial = 0xa001;
    private static readonly ushort[] Table = MakeTable();

    /// <summary>Takes bytes into the state.</summary>
    internal static ushort Append(ushort state, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes)
            state = (ushort)((state >> 8) ^ Table[(state ^ b) & 0xff]);
        return state;
    }

    private static ushort[] MakeTable()
    {
        ushort[] table = new ushort[256];
        for (uint i = 0; i < table.Length; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++)
                value = (value & 1) == 0 ? value >> 1 : (value >> 1) ^ Polynomial;
            table[i] = (ushort)value;
        }

        return table;
    }
}
