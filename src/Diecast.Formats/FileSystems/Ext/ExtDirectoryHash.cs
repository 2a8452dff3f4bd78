using System.Buffers.Binary;
using System.Numerics;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>The half-MD4 hash of names in indexed directories (directory.rst, "Hash Tree Directories").</summary>
internal readonly struct ExtDirectoryHash
{
    internal const int HalfMd4 = 1;

    private const int ChunkWords = 8;
    private const uint K2 = 0x5a827999;
    private const uint K3 = 0x6ed9eba1;

    /// <summary>The largest hash means the end of a directory to the kernel, so no name may have it.</summary>
    private const uint EndOfDirectory = 0xfffffffe;

    private readonly uint _a;
    private readonly uint _b;
    private readonly uint _c;
    private readonly uint _d;
    private readonly ExtHashCharacters _characters;

    internal ExtDirectoryHash(Guid seed, ExtHashCharacters characters)
    {
        Span<byte> bytes = stackalloc byte[16];
        seed.TryWriteBytes(bytes, bigEndian: true, out _);
        _a = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        _b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        _c = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
        _d = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        _characters = characters;
        if ((_a | _b | _c | _d) == 0)
            (_a, _b, _c, _d) = (0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);
    }

    /// <summary>The hash in the upper half, its lowest bit clear, and the minor hash in the lower.</summary>
    internal ulong Of(ReadOnlySpan<byte> name)
    {
        Span<uint> state = [_a, _b, _c, _d];
        Span<uint> chunk = stackalloc uint[ChunkWords];
        while (name.Length > 0)
        {
            Load(name, chunk);
            Transform(state, chunk);
            name = name[Math.Min(name.Length, ChunkWords * sizeof(uint))..];
        }

        uint hash = state[1] & ~1u;
        if (hash == EndOfDirectory)
            hash -= 2;
        return ((ulong)hash << 32) | state[2];
    }

    /// <summary>Packs a chunk big-endian; the rest is filled with the remaining length, repeated.</summary>
    private void Load(ReadOnlySpan<byte> name, Span<uint> chunk)
    {
        unchecked
        {
            uint pad = (uint)name.Length | ((uint)name.Length << 8);
            pad |= pad << 16;
            int length = Math.Min(name.Length, ChunkWords * sizeof(uint));
            uint value = pad;
            int word = 0;
            for (int i = 0; i < length; i++)
            {
                uint character = _characters == ExtHashCharacters.Signed ? (uint)(sbyte)name[i] : name[i];
                value = character + (value << 8);
                if (i % 4 == 3)
                {
                    chunk[word++] = value;
                    value = pad;
                }
            }

            if (word < ChunkWords)
                chunk[word++] = value;
            chunk[word..].Fill(pad);
        }
    }

    private static void Transform(Span<uint> state, ReadOnlySpan<uint> x)
    {
        unchecked
        {
            (uint a, uint b, uint c, uint d) = (state[0], state[1], state[2], state[3]);

            a = BitOperations.RotateLeft(a + F(b, c, d) + x[0], 3);
            d = BitOperations.RotateLeft(d + F(a, b, c) + x[1], 7);
            c = BitOperations.RotateLeft(c + F(d, a, b) + x[2], 11);
            b = BitOperations.RotateLeft(b + F(c, d, a) + x[3], 19);
            a = BitOperations.RotateLeft(a + F(b, c, d) + x[4], 3);
            d = BitOperations.RotateLeft(d + F(a, b, c) + x[5], 7);
            c = BitOperations.RotateLeft(c + F(d, a, b) + x[6], 11);
            b = BitOperations.RotateLeft(b + F(c, d, a) + x[7], 19);

            a = BitOperations.RotateLeft(a + G(b, c, d) + x[1] + K2, 3);
            d = BitOperations.RotateLeft(d + G(a, b, c) + x[3] + K2, 5);
            c = BitOperations.RotateLeft(c + G(d, a, b) + x[5] + K2, 9);
            b = BitOperations.RotateLeft(b + G(c, d, a) + x[7] + K2, 13);
            a = BitOperations.RotateLeft(a + G(b, c, d) + x[0] + K2, 3);
            d = BitOperations.RotateLeft(d + G(a, b, c) + x[2] + K2, 5);
            c = BitOperations.RotateLeft(c + G(d, a, b) + x[4] + K2, 9);
            b = BitOperations.RotateLeft(b + G(c, d, a) + x[6] + K2, 13);

            a = BitOperations.RotateLeft(a + H(b, c, d) + x[3] + K3, 3);
            d = BitOperations.RotateLeft(d + H(a, b, c) + x[7] + K3, 9);
            c = BitOperations.RotateLeft(c + H(d, a, b) + x[2] + K3, 11);
            b = BitOperations.RotateLeft(b + H(c, d, a) + x[6] + K3, 15);
            a = BitOperations.RotateLeft(a + H(b, c, d) + x[1] + K3, 3);
            d = BitOperations.RotateLeft(d + H(a, b, c) + x[5] + K3, 9);
            c = BitOperations.RotateLeft(c + H(d, a, b) + x[0] + K3, 11);
            b = BitOperations.RotateLeft(b + H(c, d, a) + x[4] + K3, 15);

            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
        }
    }

    private static uint F(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    private static uint G(uint x, uint y, uint z) => unchecked((x & y) + ((x ^ y) & z));

    private static uint H(uint x, uint y, uint z) => x ^ y ^ z;
}
