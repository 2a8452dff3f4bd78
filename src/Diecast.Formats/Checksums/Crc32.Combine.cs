namespace Diecast.Formats.Checksums;

/// <summary>Checksums of parts that were summed apart, on different cores say.</summary>
internal static partial class Crc32
{
    /// <summary>x^0, in the reflected order where the highest bit is the lowest power.</summary>
    private const uint One = 1u << 31;

    private const int BitsPerByteLog = 3;

    /// <summary>x^(2^n) mod P for each n.</summary>
    private static readonly uint[] Powers = MakePowers();

    /// <summary>The checksum of two parts one after the other: the first is carried over the second's zeros, and they add.</summary>
    /// <param name="first">The first part's checksum.</param>
    /// <param name="second">The second part's checksum.</param>
    /// <param name="secondLength">The second part's bytes.</param>
    internal static uint Combine(uint first, uint second, long secondLength)
    {
        // x^(8 * length) mod P, from the powers whose bits the length has. x^(2^n) repeats after 32, as x^(2^32 - 1) is 1.
        uint shift = One;
        int power = BitsPerByteLog;
        for (long rest = secondLength; rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0)
                shift = Multiply(Powers[power % Powers.Length], shift);
            power++;
        }

        return Multiply(shift, first) ^ second;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (uint bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
                product ^= b;
            b = (b & 1) != 0 ? (b >> 1) ^ Polynomial : b >> 1;
        }

        return product;
    }

    private static uint[] MakePowers()
    {
        uint[] powers = new uint[32];
        powers[0] = One >> 1;
        for (int i = 1; i < powers.Length; i++)
            powers[i] = Multiply(powers[i - 1], powers[i - 1]);
        return powers;
    }
}
