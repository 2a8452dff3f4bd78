using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Checksums;

namespace Diecast.Genimage;

/// <summary>
/// The random numbers of genimage 20 for a seed, so that the ids of its images come out the same: Marsaglia's xorwow ("Xorshift
/// RNGs", 2003), started from the CRC-32 of the seed's text.
/// </summary>
internal sealed class GenimageRandom
{
    private const uint Step = 362437;
    private const int WarmUp = 8;

    /// <summary>Bits of the seed that each word of the state leaves out.</summary>
    private static readonly uint[] Masks = [0xF0000000, 0x00F00000, 0x000FF000, 0x00000F00, 0x0000000F];

    private readonly uint[] _state = new uint[Masks.Length];
    private uint _count;

    internal GenimageRandom(string seed)
    {
        _count = Crc32.Compute(Encoding.UTF8.GetBytes(seed));
        for (int i = 0; i < _state.Length; i++)
            _state[i] = unchecked((uint)(i + 1) + (_count & ~Masks[i]));
        for (int i = 0; i < WarmUp; i++)
            Next();
    }

    /// <summary>The next number.</summary>
    internal uint Next()
    {
        uint last = _state[^1];
        last ^= last >> 2;
        last ^= last << 1;
        last ^= _state[0] ^ (_state[0] << 4);
        Array.Copy(_state, 0, _state, 1, _state.Length - 1);
        _state[0] = last;
        _count = unchecked(_count + Step);
        return unchecked(last + _count);
    }

    /// <summary>A version 4 UUID, of the low halves of eight numbers; the first is its end.</summary>
    internal Guid NextId()
    {
        Span<byte> id = stackalloc byte[16];
        for (int at = id.Length - 2; at >= 0; at -= 2)
        {
            uint value = Next();
            BinaryPrimitives.WriteUInt16BigEndian(id[at..], (ushort)(value & ushort.MaxValue));
        }

        id[6] = (byte)((id[6] & 0x0F) | 0x40);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
