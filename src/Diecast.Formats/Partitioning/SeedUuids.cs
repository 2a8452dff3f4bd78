using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Diecast.Formats.Partitioning;

/// <summary>
/// Derives every id of an image from one seed, as systemd-repart does: HMAC-SHA256 keyed with the seed, cut to 16 bytes
/// and marked as a version 4 UUID. A role always gives the same id and no id tells another.
/// </summary>
/// <param name="seed">The seed.</param>
public sealed class SeedUuids(Guid seed)
{
    private readonly byte[] _key = Bytes(seed);

    /// <summary>The disk's id in its partition table.</summary>
    public Guid Disk => Derive("disk-uuid");

    /// <summary>The id in the superblock of every verity hash partition of the image.</summary>
    internal Guid VeritySuperblock => Derive("verity-uuid");

    /// <summary>The 32 bytes of salt of every verity tree of the image.</summary>
    internal byte[] VeritySalt() => HMACSHA256.HashData(_key, "verity-salt"u8);

    /// <summary>Id of the superblock and salt of one of several verity trees, each with its own; those of the first are systemd-repart's.</summary>
    /// <param name="index">How many are before it.</param>
    internal (Guid Superblock, byte[] Salt) Verity(int index) => index == 0
        ? (VeritySuperblock, VeritySalt())
        : (Derive(FormattableString.Invariant($"verity-uuid {index}")), HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(FormattableString.Invariant($"verity-salt {index}"))));

    /// <summary>The id of a partition.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="index">How many partitions of the same type come before it in the definition; 0 for the first.</param>
    public Guid Partition(Guid type, int index = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        byte[] message = new byte[index == 0 ? 16 : 24];
        type.TryWriteBytes(message, bigEndian: true, out _);
        if (index > 0)
            BinaryPrimitives.WriteInt64LittleEndian(message.AsSpan(16), index);
        return Hash(_key, message);
    }

    /// <summary>The id of a role of the caller's own; the name is its only source besides the seed.</summary>
    public Guid Derive(string role) => Hash(_key, Encoding.UTF8.GetBytes(role));

    /// <summary>The id of the file system in a partition.</summary>
    public static Guid FileSystem(Guid partition) => Hash(Bytes(partition), "file-system-uuid"u8);

    /// <summary>The id of the LUKS container in a partition.</summary>
    internal static Guid Luks(Guid partition) => Hash(Bytes(partition), "luks-uuid"u8);

    /// <summary>The volume id of a FAT file system: the first eight hexadecimal digits of its UUID.</summary>
    public static uint FatVolumeId(Guid fileSystem) => BinaryPrimitives.ReadUInt32BigEndian(Bytes(fileSystem));

    /// <summary>UUIDs are hashed in the order of their text, not in that of a GPT.</summary>
    private static byte[] Bytes(Guid guid) => guid.ToByteArray(bigEndian: true);

    private static Guid Hash(byte[] key, ReadOnlySpan<byte> message)
    {
        byte[] hash = HMACSHA256.HashData(key, message);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x40);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash.AsSpan(0, 16), bigEndian: true);
    }
}
