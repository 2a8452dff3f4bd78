using System.Buffers.Binary;
using System.Text;

namespace Diecast.Formats.Tests.Archives;

/// <summary>Lays out archives by hand, right or wrong.</summary>
internal sealed class TarBytes
{
    private readonly List<byte> _bytes = [];

    internal TarBytes File(string name, string content, long? size = null, char type = '0') =>
        Entry(type, name, "", 0x1a4, size ?? Encoding.UTF8.GetByteCount(content)).Data(Encoding.UTF8.GetBytes(content));

    internal TarBytes Directory(string name, int mode = 0x1ed) => Entry('5', name, "", mode, 0);

    internal TarBytes Symlink(string name, string target) => Entry('2', name, target, 0x1ff, 0);

    internal TarBytes HardLink(string name, string target) => Entry('1', name, target, 0x1a4, 0);

    internal TarBytes Pax(params (string Key, string Value)[] records) => Pax('x', records);

    internal TarBytes Pax(char type, params (string Key, string Value)[] records)
    {
        var text = new MemoryStream();
        foreach ((string key, string value) in records)
        {
            byte[] body = Encoding.UTF8.GetBytes($" {key}={value}\n");
            int length = body.Length + 1;
            while (length != body.Length + length.ToString().Length)
                length = body.Length + length.ToString().Length;
            text.Write(Encoding.ASCII.GetBytes(length.ToString()));
            text.Write(body);
        }

        return RawPax(type, text.ToArray());
    }

    internal TarBytes RawPax(char type, byte[] records) => Entry(type, "pax", "", 0x1a4, records.Length).Data(records);

    internal TarBytes Entry(char type, string name, string link, int mode, long size)
    {
        byte[] block = new byte[512];
        Encoding.UTF8.GetBytes(name).CopyTo(block, 0);
        PutOctal(block.AsSpan(100, 8), mode);
        PutOctal(block.AsSpan(108, 8), 0);
        PutOctal(block.AsSpan(116, 8), 0);
        PutOctal(block.AsSpan(124, 12), size);
        PutOctal(block.AsSpan(136, 12), 1_700_000_000);
        block[156] = (byte)type;
        Encoding.UTF8.GetBytes(link).CopyTo(block, 157);
        "ustar\000"u8.CopyTo(block.AsSpan(257));
        Seal(block);
        _bytes.AddRange(block);
        return this;
    }

    internal TarBytes Data(byte[] data)
    {
        _bytes.AddRange(data);
        _bytes.AddRange(new byte[-data.Length & 511]);
        return this;
    }

    internal byte[] Bytes() => [.. _bytes];

    internal byte[] End() => [.. _bytes, .. new byte[1024]];

    internal static void PutOctal(Span<byte> field, long value) =>
        Encoding.ASCII.GetBytes(Convert.ToString(value, 8).PadLeft(field.Length - 1, '0'), field);

    internal static void PutBase256(Span<byte> field, long value)
    {
        field.Fill(value < 0 ? (byte)0xff : (byte)0);
        BinaryPrimitives.WriteInt64BigEndian(field[^8..], value);
        field[0] |= 0x80;
    }

    internal static byte[] WithBlankChecksum(ReadOnlySpan<byte> block)
    {
        byte[] copy = block.ToArray();
        copy.AsSpan(148, 8).Fill((byte)' ');
        return copy;
    }

    internal static void Seal(Span<byte> block)
    {
        int sum = 0;
        foreach (byte b in WithBlankChecksum(block))
            sum += b;
        PutOctal(block.Slice(148, 7), sum);
        block[155] = (byte)' ';
    }
}
