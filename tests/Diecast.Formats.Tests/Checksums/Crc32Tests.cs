using Diecast.Formats.Checksums;

namespace Diecast.Formats.Tests.Checksums;

public sealed class Crc32Tests
{
    [Fact]
    public void The_check_value_of_the_catalogue_comes_out() => Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));

    [Fact]
    public void Every_kernel_agrees_with_the_bitwise_definition_at_every_length_and_cut()
    {
        var random = new Random(7);
        byte[] bytes = new byte[700];
        random.NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(0, length);
            uint expected = Bitwise(part);
            Assert.Equal(expected, Crc32.Compute(part));
            Assert.Equal(expected, Crc32.AppendPortable(0, part));
            int cut = random.Next(length + 1);
            Assert.Equal(expected, Crc32.Append(Crc32.Compute(part[..cut]), part[cut..]));
        }
    }

    [Fact]
    public void A_zip_written_by_the_base_library_holds_the_same_checksum()
    {
        byte[] bytes = new byte[100_003];
        new Random(8).NextBytes(bytes);
        using var stream = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(stream, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        Assert.Equal(BitConverter.ToUInt32(stream.ToArray().AsSpan(^8)), Crc32.Compute(bytes));
    }

    private static uint Bitwise(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320 : 0);
        }

        return ~crc;
    }
}
