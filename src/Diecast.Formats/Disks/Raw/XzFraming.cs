using System.Buffers;
using System.Buffers.Binary;
using Diecast.Formats.Checksums;

namespace Diecast.Formats.Disks;

/// <summary>
/// Takes the block out of each stream that liblzma makes and lays all of them in one stream with one index, as
/// <c>xz --block-size</c> does (The .xz File Format, 2 to 4), so that readers can decompress them on all cores.
/// </summary>
internal sealed class XzFraming : ICompressedFraming
{
    internal const int HeaderBytes = 12;
    internal const int FooterBytes = 12;
    internal const int Alignment = 4;

    private readonly ArrayBufferWriter<byte> _records = new();
    private byte[]? _header;
    private long _blocks;

    public void Unit(DiskOutput output, ReadOnlySpan<byte> unit, int length)
    {
        if (_header is null)
        {
            _header = unit[..HeaderBytes].ToArray();
            output.Bytes(_header);
        }

        ReadOnlySpan<byte> footer = unit[^FooterBytes..];
        int index = checked((int)(BinaryPrimitives.ReadUInt32LittleEndian(footer[4..]) + 1) * Alignment);
        ReadOnlySpan<byte> block = unit[HeaderBytes..^(FooterBytes + index)];
        if (block.IsEmpty)
            return;
        // The index is a zero, the number of records, then for each the sizes; of this stream's there is one.
        ReadOnlySpan<byte> record = unit[^(FooterBytes + index)..][2..];
        int bytes = Number(record);
        bytes += Number(record[bytes..]);
        _records.Write(record[..bytes]);
        _blocks++;
        output.Bytes(block);
    }

    public void End(DiskOutput output) => output.Bytes(IndexAndFooter(_blocks, _records.WrittenSpan, _header.AsSpan(6, 2)));

    /// <summary>What ends a stream.</summary>
    /// <param name="blocks">Its blocks.</param>
    /// <param name="records">The sizes of each, as an index has them.</param>
    /// <param name="flags">The stream's flags, which its header has too.</param>
    internal static byte[] IndexAndFooter(long blocks, ReadOnlySpan<byte> records, ReadOnlySpan<byte> flags)
    {
        using var end = new MemoryStream();
        end.WriteByte(0);
        WriteNumber(end, blocks);
        end.Write(records);
        while (end.Length % Alignment != 0)
            end.WriteByte(0);
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(number, Crc32.Compute(end.GetBuffer().AsSpan(0, (int)end.Length)));
        end.Write(number);

        Span<byte> footer = stackalloc byte[FooterBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(footer[4..], checked((uint)(end.Length / Alignment) - 1));
        flags.CopyTo(footer[8..]);
        "YZ"u8.CopyTo(footer[10..]);
        BinaryPrimitives.WriteUInt32LittleEndian(footer, Crc32.Compute(footer[4..10]));
        end.Write(footer);
        return end.ToArray();
    }

    /// <summary>Writes a number with seven bits in each byte.</summary>
    internal static void WriteNumber(MemoryStream stream, long value)
    {
        ulong rest = (ulong)value;
        for (; rest > 0x7f; rest >>= 7)
            stream.WriteByte((byte)((rest & 0x7f) | 0x80));
        stream.WriteByte((byte)rest);
    }

    /// <summary>Bytes of a number that has seven bits in each.</summary>
    private static int Number(ReadOnlySpan<byte> bytes)
    {
        int length = 1;
        while (bytes[length - 1] > 0x7f)
            length++;
        return length;
    }
}
