using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Tests.FileSystems;

namespace Diecast.Formats.Tests.Integrity;

public sealed class Luks2ReaderTests
{
    private const int HeaderSize = 16384;

    private static readonly byte[] Sample = Luks2.Encrypt(
        Blob.FromMemory(RandomData.Bytes(8192, 61)),
        new Luks2Options
        {
            Slots = [new Luks2Slot("secret"u8.ToArray()) { Kdf = Luks2Kdf.Minimal }],
            VolumeKey = RandomData.Bytes(64, 62),
            DataOffset = 32768 + (252 << 10),
            SectorSize = 512,
            Label = "sample",
        }).ToArray();

    [Fact]
    public void The_headers_are_described()
    {
        Luks2Info info = Luks2.ReadInfo(Blob.FromMemory(Sample));

        Assert.Equal(("sample", "", 3L, true), (info.Label, info.Subsystem, info.Sequence, info.IsClean));
        Assert.Equal(("aes-xts-plain64", 512, 290816L), (info.Encryption, info.SectorSize, info.DataOffset));
        Luks2SlotInfo slot = Assert.Single(info.Slots);
        Assert.Equal((0, "luks2", 64, 1, Luks2Kdf.Minimal), (slot.Number, slot.Type, slot.KeySize, slot.Priority, slot.Kdf));
    }

    [Fact]
    public void One_whole_header_is_enough_and_the_newer_one_counts()
    {
        byte[] device = [.. Sample];
        device[5000] ^= 1;
        Assert.False(Luks2.ReadInfo(Blob.FromMemory(device)).IsClean);
        Assert.Equal(8192, Luks2.Open(Blob.FromMemory(device), "secret").Length);
        device[0] = 0;
        Assert.Equal("sample", Luks2.ReadInfo(Blob.FromMemory(device)).Label);
        device[HeaderSize + 5000] ^= 1;
        Assert.Contains("no header", Assert.Throws<InvalidImageException>(() => Luks2.ReadInfo(Blob.FromMemory(device))).Message, StringComparison.Ordinal);

        device = [.. Sample];
        device[HeaderSize + 16 + 7]++;
        device[HeaderSize + 24] = (byte)'S';
        Luks2Layout.Seal(device.AsSpan(HeaderSize, HeaderSize));
        Assert.Equal(("Sample", false), (Luks2.ReadInfo(Blob.FromMemory(device)).Label, Luks2.ReadInfo(Blob.FromMemory(device)).IsClean));
    }

    [Theory]
    [InlineData("\"iterations\":1000,\"salt\":", "\"iterations\":2000000000,\"salt\":", "2000000000 iterations")]
    [InlineData("\"type\":\"pbkdf2\",\"hash\":\"sha256\",\"iterations\":1000", "\"type\":\"argon2id\",\"time\":4,\"memory\":2000000000,\"cpus\":4", "2000000000 KiB")]
    [InlineData("\"type\":\"pbkdf2\",\"hash\":\"sha256\",\"iterations\":1000", "\"type\":\"argon2id\",\"time\":2000000000,\"memory\":4096,\"cpus\":4", "more than is allowed")]
    [InlineData("\"type\":\"pbkdf2\",\"hash\":\"sha256\",\"iterations\":1000", "\"type\":\"scrypt\"", "not known")]
    [InlineData("\"stripes\":4000", "\"stripes\":0", "0 stripes")]
    [InlineData("\"offset\":\"32768\"", "\"offset\":\"16384\"", "lies at 16384")]
    [InlineData("\"offset\":\"32768\"", "\"offset\":\"9223372036854775807\"", "lies at")]
    [InlineData("\"offset\":\"32768\"", "\"offset\":32768", "is no text")]
    [InlineData("\"iv_tweak\":\"0\",\"encryption\":\"aes-xts-plain64\"", "\"iv_tweak\":\"0\",\"encryption\":\"aes-cbc-essiv:sha256\"", "aes-cbc-essiv:sha256")]
    [InlineData("\"sector_size\":512", "\"sector_size\":512,\"integrity\":{\"type\":\"hmac(sha256)\",\"journal_encryption\":\"none\",\"journal_integrity\":\"none\"}", "hmac(sha256)")]
    [InlineData("\"sector_size\":512", "\"sector_size\":520", "sectors of 520")]
    [InlineData("\"size\":\"dynamic\"", "\"size\":\"1000000\"", "the device has")]
    [InlineData("\"json_size\":\"12288\"", "\"json_size\":\"12289\"", "size of the JSON")]
    [InlineData("\"json_size\":\"12288\",", "\"json_size\":\"12288\",\"requirements\":{\"mandatory\":[\"online-reencrypt\"]},", "online-reencrypt")]
    [InlineData("\"segments\":{\"0\":", "\"segments\":{\"1\":{\"type\":\"linear\",\"offset\":\"0\",\"size\":\"dynamic\"},\"0\":", "2 segments")]
    [InlineData("\"segments\":{\"0\":", "\"segments\":{\"x\":", "no number")]
    [InlineData("\"tokens\":{}", "\"tokens\":[]", "no object")]
    [InlineData("\"tokens\":{}", "\"tokens\":{\"0\":{\"type\":\"\\ud800\",\"keyslots\":[]}}", "no text")]
    [InlineData("\"tokens\":{},", "", "has no 'tokens'")]
    [InlineData("\"tokens\":{}", "\"tokens\":{", "cannot be read")]
    public void What_is_not_supported_or_damaged_is_refused_with_its_reason(string from, string to, string part)
    {
        byte[] device = Edited(from, to);

        Assert.Contains(part, Assert.Throws<InvalidImageException>(() => Luks2.Open(Blob.FromMemory(device), "secret")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Luks1_is_named()
    {
        byte[] device = [.. Sample];
        BinaryPrimitives.WriteUInt16BigEndian(device.AsSpan(6), 1);
        device[HeaderSize] = 0;

        Assert.Contains("version 1", Assert.Throws<InvalidImageException>(() => Luks2.ReadInfo(Blob.FromMemory(device))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_key_is_told_from_damage()
    {
        Assert.Throws<CryptographicException>(() => Luks2.Open(Blob.FromMemory(Sample), "Secret"));
        Assert.Throws<CryptographicException>(() => Luks2.OpenByVolumeKey(Blob.FromMemory(Sample), new byte[64]));
        byte[] device = Edited("\"key_size\":64,\"af\"", "\"priority\":0,\"key_size\":64,\"af\"");
        Assert.Throws<CryptographicException>(() => Luks2.Open(Blob.FromMemory(device), "secret"));
        Assert.Equal(8192, Luks2.Open(Blob.FromMemory(device), "secret"u8.ToArray(), new Luks2OpenOptions { Slot = 0 }).Length);
    }

    [Fact]
    public void Costs_are_limited_by_options()
    {
        byte[] key = [.. "secret"u8];
        Assert.Throws<InvalidImageException>(() => Luks2.Open(Blob.FromMemory(Sample), key, new Luks2OpenOptions { MaximumIterations = 999 }));
        Assert.Equal(8192, Luks2.Open(Blob.FromMemory(Sample), key, new Luks2OpenOptions { MaximumIterations = 1000 }).Length);
    }

    /// <summary>The checksums are made good again, so that all is read; costs are small, so that all is tried.</summary>
    [Fact]
    public void Spoiled_headers_are_refused_or_do_not_open()
    {
        byte[] cheap = Edited("\"stripes\":4000", "\"stripes\":2");
        string json = Encoding.ASCII.GetString(cheap, 4096, 12288).TrimEnd('\0').Replace("\"iterations\":1000", "\"iterations\":1", StringComparison.Ordinal);
        cheap = WithJson(json);
        byte[] header = cheap[..HeaderSize];
        byte[] original = [.. header];
        var changes = new RandomChanges(header, (0, 512), (4096, json.Length), (4096, json.Length), (4096, json.Length));
        var random = new Random(63);
        var limits = new Luks2OpenOptions { MaximumIterations = 10, MaximumMemory = 1 << 20, MaximumPassedMemory = 1 << 22 };
        byte[] key = [.. "secret"u8];
        int refused = 0;
        int shut = 0;
        for (int i = 0; i < 20_000; i++)
        {
            foreach ((int place, byte[] bytes) in changes.Draw(random))
                bytes.CopyTo(header.AsSpan(place));
            if (random.Next(20) > 0)
                Luks2Layout.Seal(header);
            header.CopyTo(cheap, 0);
            cheap[HeaderSize] = 0;
            try
            {
                _ = Luks2.ReadInfo(Blob.FromMemory(cheap));
                _ = Luks2.Open(Blob.FromMemory(cheap), key, limits).ToArray();
            }
            catch (InvalidImageException)
            {
                refused++;
            }
            catch (CryptographicException)
            {
                shut++;
            }

            original.CopyTo(header, 0);
        }

        Assert.InRange(refused, 10_000, 19_000);
        Assert.InRange(shut, 500, 10_000);
    }

    private static byte[] Edited(string from, string to)
    {
        string json = Encoding.ASCII.GetString(Sample, 4096, 12288).TrimEnd('\0');
        int at = json.IndexOf(from, StringComparison.Ordinal);
        Assert.True(at >= 0, from);
        return WithJson(json[..at] + to + json[(at + from.Length)..]);
    }

    private static byte[] WithJson(string json)
    {
        byte[] device = [.. Sample];
        for (int offset = 0; offset <= HeaderSize; offset += HeaderSize)
        {
            Span<byte> header = device.AsSpan(offset, HeaderSize);
            header[4096..].Clear();
            Encoding.ASCII.GetBytes(json, header[4096..]);
            Luks2Layout.Seal(header);
        }

        return device;
    }
}
