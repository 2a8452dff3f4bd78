using System.Buffers.Binary;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;

namespace Diecast.Genimage;

/// <summary>
/// A member of a mirror of Linux's md, with metadata 1.2 as genimage lays it (struct mdp_superblock_1 of linux/raid/md_p.h): the
/// superblock at 4 KiB, the bitmap 4 KiB after it, the bad block log behind, the data from 1 MiB on.
/// </summary>
internal sealed record RaidMember
{
    /// <summary>Where the data begins.</summary>
    internal const long DataOffset = 2048 * Sector;

    /// <summary>The length of a member is a multiple of it.</summary>
    internal const long Grain = 8 * Sector;

    /// <summary>The most members that there is room for before the bitmap.</summary>
    internal const int MostDevices = ((BitmapSector * Sector) - SuperblockLength) / 2;

    private const int Sector = 512;
    private const uint Magic = 0xA92B4EFC;
    private const int SuperblockLength = 256;
    private const int SuperblockSector = 8;
    private const int BitmapSector = 8;
    private const int BitmapMost = 256;
    private const uint BitmapMagic = 0x6D746962;
    private const int BitmapLength = 256;
    private const int BitmapChunk = 64 << 20;

    internal required Guid ArrayId { get; init; }

    internal required Guid DeviceId { get; init; }

    /// <summary>Host and name with a colon between; 31 bytes at most.</summary>
    internal string Name { get; init; } = "";

    /// <summary>Seconds since 1970 when it was made.</summary>
    internal required long Time { get; init; }

    /// <summary>Members of the array.</summary>
    internal required int Devices { get; init; }

    /// <summary>Which of them it is, from 0.</summary>
    internal required int Role { get; init; }

    /// <summary>Bytes of the member.</summary>
    internal required long Length { get; init; }

    internal Blob ToBlob(Blob data)
    {
        var member = new BlobBuilder();
        member.Add(SuperblockSector * Sector, Blob.FromMemory(Superblock()));
        member.Add((SuperblockSector + BitmapSector) * Sector, Blob.FromMemory(Bitmap()));
        member.Add(DataOffset, data);
        return member.ToBlob(Length);
    }

    private byte[] Superblock()
    {
        byte[] block = new byte[SuperblockLength + (2 * Devices)];
        long sectors = (Length - DataOffset) / Sector;
        Put32(block, 0, Magic);
        Put32(block, 4, 1);
        // The offset of the bitmap means something.
        Put32(block, 8, 1);
        ArrayId.TryWriteBytes(block.AsSpan(16));
        Encoding.UTF8.GetBytes(Name, block.AsSpan(32, 31));
        Put64(block, 64, Time & 0xFF_FFFF_FFFF);
        Put32(block, 72, 1);
        Put64(block, 80, sectors);
        Put32(block, 92, (uint)Devices);
        Put32(block, 96, BitmapSector);
        Put64(block, 128, DataOffset / Sector);
        Put64(block, 136, sectors);
        Put64(block, 144, SuperblockSector);
        Put32(block, 160, (uint)Role);
        DeviceId.TryWriteBytes(block.AsSpan(168));
        // Bad blocks: units of 2^9 sectors, 8 sectors long, behind the largest bitmap.
        block[185] = 9;
        BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(186), 8);
        Put32(block, 188, BitmapSector + BitmapMost + 8);
        Put64(block, 192, Time & 0xFF_FFFF_FFFF);
        Put32(block, 220, (uint)Devices);
        for (int role = 0; role < Devices; role++)
            BinaryPrimitives.WriteUInt16LittleEndian(block.AsSpan(SuperblockLength + (2 * role)), (ushort)role);
        Put32(block, 216, Checksum(block));
        return block;
    }

    /// <summary>The sum of its 32-bit words, the carry added; a half word at the end counts as one.</summary>
    private static uint Checksum(ReadOnlySpan<byte> block)
    {
        ulong sum = 0;
        for (; block.Length >= 4; block = block[4..])
            sum += BinaryPrimitives.ReadUInt32LittleEndian(block);
        if (block.Length == 2)
            sum += BinaryPrimitives.ReadUInt16LittleEndian(block);
        return unchecked((uint)((sum & uint.MaxValue) + (sum >> 32)));
    }

    private byte[] Bitmap()
    {
        byte[] block = new byte[BitmapLength];
        long sectors = (Length - DataOffset) / Sector;
        long chunk = BitmapChunk;
        while (Reserved(chunk) > BitmapMost)
            chunk *= 2;
        Put32(block, 0, BitmapMagic);
        Put32(block, 4, 4);
        ArrayId.TryWriteBytes(block.AsSpan(8));
        Put64(block, 40, sectors);
        Put32(block, 52, (uint)chunk);
        Put32(block, 56, 5);
        Put32(block, 64, (uint)Reserved(chunk));
        return block;

        long Reserved(long size) => Units.RoundUp(sectors / size, 8);
    }

    private static void Put32(byte[] block, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(at), value);

    private static void Put64(byte[] block, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(block.AsSpan(at), value);
}
