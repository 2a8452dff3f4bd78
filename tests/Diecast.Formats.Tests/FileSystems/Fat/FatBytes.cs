using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>
/// A FAT made byte by byte: one sector reserved, tables, 512 root entries, clusters of 512 bytes. Offsets are written
/// out, so that they do not come from the code under test.
/// </summary>
internal sealed class FatBytes
{
    public const int Sector = 512;

    private readonly int _bits;
    private readonly int _tableSectors;
    private readonly int _rootEntries;
    private readonly int _dataSector;
    private int _rootAt;

    public FatBytes(int bits = 12, int clusters = 100, int tables = 2)
    {
        _bits = bits;
        int reserved = bits == 32 ? 32 : 1;
        ReservedSectors = reserved;
        _rootEntries = bits == 32 ? 0 : 512;
        _tableSectors = (((clusters + 2) * bits / 8) + Sector) / Sector;
        _dataSector = reserved + (tables * _tableSectors) + (_rootEntries * 32 / Sector);
        int total = _dataSector + clusters;
        Image = new byte[total * Sector];
        Put16(11, Sector);
        Image[13] = 1;
        Put16(14, reserved);
        Image[16] = (byte)tables;
        Put16(17, _rootEntries);
        Image[21] = 0xF8;
        if (bits != 32)
            Put16(22, _tableSectors);
        Put32(32, total);
        if (bits == 32)
        {
            Put32(36, _tableSectors);
            Put32(44, 2);
            Chain(2);
        }

        Image[510] = 0x55;
        Image[511] = 0xAA;
    }

    public byte[] Image { get; }

    public int ReservedSectors { get; }

    public int TableLength => _tableSectors * Sector;

    public int ClusterOffset(int cluster) => (_dataSector + cluster - 2) * Sector;

    public int RootOffset => _bits == 32 ? ClusterOffset(2) : (_dataSector * Sector) - (_rootEntries * 32);

    public FatBytes Put16(int offset, int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Image.AsSpan(offset), (ushort)value);
        return this;
    }

    public FatBytes Put32(int offset, long value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Image.AsSpan(offset), (uint)value);
        return this;
    }

    /// <summary>Sets an entry of one table, the first unless told otherwise.</summary>
    public FatBytes Next(int cluster, long value, int table = 0)
    {
        int start = (ReservedSectors * Sector) + (table * TableLength);
        switch (_bits)
        {
            case 12:
                int at = start + (cluster * 3 / 2);
                int pair = BinaryPrimitives.ReadUInt16LittleEndian(Image.AsSpan(at));
                return Put16(at, (cluster & 1) == 0 ? (pair & 0xF000) | (int)value : (pair & 0x000F) | ((int)value << 4));
            case 16:
                return Put16(start + (cluster * 2), (int)value);
            default:
                return Put32(start + (cluster * 4), value);
        }
    }

    /// <summary>Links clusters in this order and ends the chain.</summary>
    public FatBytes Chain(params int[] clusters)
    {
        for (int i = 0; i < clusters.Length; i++)
            Next(clusters[i], i + 1 < clusters.Length ? clusters[i + 1] : _bits == 32 ? 0x0FFFFFFF : (1 << _bits) - 1);
        return this;
    }

    public FatBytes Fill(int cluster, byte value)
    {
        Image.AsSpan(ClusterOffset(cluster), Sector).Fill(value);
        return this;
    }

    /// <summary>The next entry of the root directory, or one of another directory where its offset is given.</summary>
    public FatBytes Entry(string name, int attributes = 0x20, int cluster = 0, long size = 0, int bits = 0, int? at = null) =>
        Entry([.. name.Select(c => (byte)c)], attributes, cluster, size, bits, at);

    public FatBytes Entry(byte[] name, int attributes = 0x20, int cluster = 0, long size = 0, int bits = 0, int? at = null)
    {
        int offset = at ?? RootOffset + (32 * _rootAt++);
        Assert.Equal(11, name.Length);
        name.CopyTo(Image, offset);
        Image[offset + 11] = (byte)attributes;
        Image[offset + 12] = (byte)bits;
        Put16(offset + 20, cluster >> 16);
        Put16(offset + 26, cluster & 0xffff);
        return Put32(offset + 28, size);
    }

    /// <summary>A part of a long name in the root directory.</summary>
    public FatBytes Part(int order, string text, byte checksum)
    {
        int offset = RootOffset + (32 * _rootAt++);
        Image[offset] = (byte)order;
        Image[offset + 11] = 0x0F;
        Image[offset + 13] = checksum;
        string padded = text.Length < 13 ? (text + "\0").PadRight(13, '\uffff') : text;
        int[] places = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
        for (int i = 0; i < 13; i++)
            Put16(offset + places[i], padded[i]);
        return this;
    }

    /// <summary>The checksum of a short name, as the specification words it.</summary>
    public static byte Sum(string name)
    {
        int sum = 0;
        foreach (char c in name)
            sum = (((sum & 1) << 7) + (sum >> 1) + (byte)c) & 0xff;
        return (byte)sum;
    }

    public FileTree Read(FatReadOptions? options = null) => FatFileSystem.Read(Blob.FromMemory(Image), options);

    public string[] Names(FatReadOptions? options = null) => [.. Read(options).Walk().Select(e => e.Path[1..])];
}
