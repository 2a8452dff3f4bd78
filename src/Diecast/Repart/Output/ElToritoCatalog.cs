using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;

namespace Diecast.Repart.Output;

/// <summary>
/// The five blocks that make firmware which takes the disk for a CD find the ESP: volume descriptor, boot record, terminator,
/// boot catalog and an empty root directory (ECMA-119; El Torito 1.0; UEFI 2.10 section 13.3.2.1). They stand before the
/// first partition, where a GPT has nothing.
/// </summary>
internal static class ElToritoCatalog
{
    internal const int BlockSize = 2048;
    internal const long Start = 16L * BlockSize;
    internal const long End = Start + (Blocks * BlockSize);

    private const int Blocks = 5;
    private const int FirstBlock = 16;
    private const int CatalogBlock = 19;
    private const int RootBlock = 20;
    private const int RecordLength = 34;

    /// <exception cref="BuildException">There is no ESP, or it is where no catalog can point to.</exception>
    internal static Blob Make(RepartOptions options, IReadOnlyList<RepartPartition> partitions, Timestamp time)
    {
        RepartPartition esp = partitions.FirstOrDefault(p => !p.IsForeign && RepartTypes.RoleOf(p.Type) == RepartTypes.Esp)
            ?? throw new BuildException("--el-torito= needs an ESP, and no definition has Type=esp");
        if (esp.Offset % BlockSize != 0 || esp.Offset / BlockSize > uint.MaxValue)
            throw new BuildException($"{esp.Settings.Path}: the ESP begins at {esp.Offset}; --el-torito= needs a multiple of {BlockSize} below 8 TiB");
        byte[] blocks = new byte[Blocks * BlockSize];
        WriteVolume(blocks.AsSpan(0, BlockSize), options, time);
        Descriptor(blocks.AsSpan(BlockSize, BlockSize), 0);
        Text(blocks.AsSpan(BlockSize + 7, 32), "EL TORITO SPECIFICATION", 0);
        BinaryPrimitives.WriteUInt32LittleEndian(blocks.AsSpan(BlockSize + 71), CatalogBlock);
        Descriptor(blocks.AsSpan(2 * BlockSize, BlockSize), 255);
        WriteCatalog(blocks.AsSpan(3 * BlockSize, BlockSize), (uint)(esp.Offset / BlockSize));
        Record(blocks.AsSpan(4 * BlockSize, RecordLength), 0, time);
        Record(blocks.AsSpan((4 * BlockSize) + RecordLength, RecordLength), 1, time);
        return Blob.FromMemory(blocks);
    }

    private static void WriteVolume(Span<byte> block, RepartOptions options, Timestamp time)
    {
        Descriptor(block, 1);
        Text(block.Slice(8, 32), options.ElToritoSystem, (byte)' ');
        Text(block.Slice(40, 32), options.ElToritoVolume, (byte)' ');
        Both(block[80..], (uint)(FirstBlock + Blocks));
        Both(block[120..], 1, 2);
        Both(block[124..], 1, 2);
        Both(block[128..], BlockSize, 2);
        Record(block.Slice(156, RecordLength), 0, time);
        Text(block.Slice(190, 128), "", (byte)' ');
        Text(block.Slice(318, 128), options.ElToritoPublisher, (byte)' ');
        Text(block.Slice(446, 128), "", (byte)' ');
        Text(block.Slice(574, 128), "SYSTEMD-REPART", (byte)' ');
        Text(block.Slice(702, 111), "", (byte)' ');
        string date = time.ToDateTimeOffset().ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture) + "00\0";
        Text(block.Slice(813, 17), date, 0);
        Text(block.Slice(830, 17), date, 0);
        Text(block.Slice(847, 17), "0000000000000000\0", 0);
        Text(block.Slice(864, 17), "0000000000000000\0", 0);
        block[881] = 1;
    }

    private static void WriteCatalog(Span<byte> block, uint load)
    {
        // Validation entry: platform EFI, and a checksum that makes its words add up to zero.
        (block[0], block[1], block[30], block[31]) = (1, 0xEF, 0x55, 0xAA);
        ushort sum = 0;
        for (int i = 0; i < 32; i += 2)
            sum = (ushort)((sum + BinaryPrimitives.ReadUInt16LittleEndian(block[i..])) & 0xFFFF);
        BinaryPrimitives.WriteUInt16LittleEndian(block[28..], (ushort)((0x10000 - sum) & 0xFFFF));
        // Bootable, no emulation; no sectors means to the end of the medium.
        block[32] = 0x88;
        BinaryPrimitives.WriteUInt32LittleEndian(block[40..], load);
        // The last header, of no entries.
        block[64] = 0x91;
    }

    private static void Descriptor(Span<byte> block, byte type)
    {
        block[0] = type;
        "CD001"u8.CopyTo(block[1..]);
        block[6] = 1;
    }

    /// <summary>A directory record of the root, or of what it calls its parent.</summary>
    private static void Record(Span<byte> record, byte name, Timestamp time)
    {
        DateTimeOffset date = time.ToDateTimeOffset();
        record[0] = RecordLength;
        Both(record[2..], RootBlock);
        Both(record[10..], 2 * RecordLength);
        (record[18], record[19], record[20]) = ((byte)Math.Clamp(date.Year - 1900, 0, 255), (byte)date.Month, (byte)date.Day);
        (record[21], record[22], record[23]) = ((byte)date.Hour, (byte)date.Minute, (byte)date.Second);
        record[25] = 2;
        Both(record[28..], 1, 2);
        record[32] = 1;
        record[33] = name;
    }

    /// <summary>A number in both byte orders.</summary>
    private static void Both(Span<byte> bytes, uint value, int width = 4)
    {
        if (width == 2)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)value);
            return;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[4..], value);
    }

    private static void Text(Span<byte> bytes, string text, byte fill)
    {
        bytes.Fill(fill);
        Encoding.ASCII.GetBytes(text.AsSpan(0, Math.Min(text.Length, bytes.Length)), bytes);
    }
}
