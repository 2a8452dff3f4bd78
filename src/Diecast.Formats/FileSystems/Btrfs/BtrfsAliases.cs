using System.Numerics;
using Diecast.Formats.Checksums;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Btrfs;

/// <summary>
/// Names of attributes that any user may set, as stand-ins for those that only root may. Where an attribute stands in the
/// tree follows from the CRC-32C of its name, so a name of the same length and sum can be replaced in its place.
/// </summary>
internal static class BtrfsAliases
{
    /// <summary>btrfs_name_hash: CRC-32C that starts with this and is not inverted at its end.</summary>
    private const uint Seed = 0xfffffffe;

    private const int FreeBytes = 4;

    private static ReadOnlySpan<byte> User => "user."u8;

    /// <summary>Whether any user may set an attribute of a regular file or a directory.</summary>
    internal static bool IsFree(FileName name) => name.Span.StartsWith(User);

    /// <summary>The stand-in of a name.</summary>
    /// <exception cref="UnrepresentableException">It is too short to have one.</exception>
    internal static byte[] Of(FileName name)
    {
        byte[] alias = new byte[name.Length];
        int filler = alias.Length - User.Length - FreeBytes;
        if (filler < 0)
            throw TooShort(name);
        User.CopyTo(alias);
        uint wanted = Crc32C.Append(Seed, name.Span);
        // Four bytes reach every sum; another filler is taken where one of them would end the name.
        for (int attempt = 0; attempt < (filler == 0 ? 1 : 256); attempt++)
        {
            Span<byte> free = alias.AsSpan(User.Length, filler);
            free.Fill((byte)'x');
            if (filler > 0)
                free[0] = (byte)(1 + (attempt % 255));
            Reach(wanted, Crc32C.Append(Seed, alias.AsSpan(0, User.Length + filler)), alias.AsSpan(User.Length + filler));
            if (!alias.AsSpan(User.Length).Contains((byte)0))
                return alias;
        }

        throw TooShort(name);
    }

    /// <summary>
    /// The four bytes that lead from one state to another. A step shifts a byte out and adds a table's word, whose first
    /// byte tells which: so the words of the four steps are known from the end, and the bytes then from the start.
    /// </summary>
    private static void Reach(uint wanted, uint state, Span<byte> bytes)
    {
        Span<byte> indexes = stackalloc byte[FreeBytes];
        for (int i = FreeBytes - 1; i >= 0; i--)
        {
            indexes[i] = IndexOf((byte)(wanted >> 24));
            wanted = unchecked((wanted ^ Word(indexes[i])) << 8);
        }

        for (int i = 0; i < FreeBytes; i++)
        {
            bytes[i] = unchecked((byte)(indexes[i] ^ (byte)state));
            state = BitOperations.Crc32C(state, bytes[i]);
        }
    }

    private static uint Word(byte index) => BitOperations.Crc32C(0, index);

    private static byte IndexOf(byte first)
    {
        for (int i = 0; ; i++)
        {
            if (Word((byte)i) >> 24 == first)
                return (byte)i;
        }
    }

    private static UnrepresentableException TooShort(FileName name) =>
        new(BtrfsFinisher.Name, null, $"the attribute {name} has too short a name to be given to a btrfs by anyone but root");
}
