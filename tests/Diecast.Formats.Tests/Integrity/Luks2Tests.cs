using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Testing;

namespace Diecast.Formats.Tests.Integrity;

public sealed partial class Luks2Tests
{
    private static readonly byte[] VolumeKey = RandomData.Bytes(64, 51);

    private static readonly Luks2Kdf[] Kdfs =
    [
        Luks2Kdf.Minimal,
        Luks2Kdf.Pbkdf2(1234, "sha512"),
        Luks2Kdf.Argon2id(memoryKib: 32, lanes: 1),
        Luks2Kdf.Argon2i(passes: 5, memoryKib: 1024, lanes: 3),
    ];

    [ToolTheory("cryptsetup", "/usr/lib/x86_64-linux-gnu/libargon2.so.1")]
    [InlineData(0, 4096, 16384)]
    [InlineData(1, 512, 32768)]
    [InlineData(2, 1024, 4194304)]
    [InlineData(3, 2048, 16384)]
    public void Cryptsetup_opens_every_slot(int kdf, int sectorSize, int headerSize)
    {
        using var directory = new TempDirectory();
        byte[][] keys = [Encoding.UTF8.GetBytes("correct horse"), RandomData.Bytes(4096, 52), [0, 10, 13]];
        Luks2Options options = Usual() with
        {
            Slots = [.. keys.Select(key => new Luks2Slot(key) { Kdf = Kdfs[kdf] })],
            SectorSize = sectorSize,
            HeaderSize = headerSize,
            Label = "étiquette",
            Subsystem = "diecast",
            AllowDiscards = kdf == 1,
        };
        Write(directory["device"], Luks2.Encrypt(Blob.Zeros(1 << 20), options));

        for (int i = 0; i < keys.Length; i++)
        {
            File.WriteAllBytes(directory["key"], keys[i]);
            Tool.Check("cryptsetup", "open", "--test-passphrase", "--key-file", directory["key"], "--key-slot", i.ToString(CultureInfo.InvariantCulture), directory["device"]);
            string said = Tool.Check("cryptsetup", "luksDump", "--dump-volume-key", "--batch-mode", "--key-file", directory["key"], directory["device"]);
            Assert.Contains(Convert.ToHexStringLower(VolumeKey), Spaces().Replace(said, ""), StringComparison.Ordinal);
        }

        File.WriteAllText(directory["key"], "wrong");
        Assert.NotEqual(0, Tool.Run("cryptsetup", "open", "--test-passphrase", "--key-file", directory["key"], directory["device"]).ExitCode);
        string dump = Tool.Check("cryptsetup", "luksDump", directory["device"]);
        foreach (string part in (string[])["étiquette", "diecast", options.Uuid.ToString()!, $"sector: {sectorSize}", $"{headerSize} [bytes]", kdf == 1 ? "allow-discards" : "(no flags)"])
            Assert.Contains(part, dump, StringComparison.Ordinal);
    }

    /// <summary>It writes the data with another key, for which it must have read ours.</summary>
    [ToolTheory("cryptsetup")]
    [InlineData(512)]
    [InlineData(4096)]
    public void Cryptsetup_encrypts_our_data_anew(int sectorSize)
    {
        using var directory = new TempDirectory();
        byte[] data = RandomData.Patchy(3 << 20, 53);
        Write(directory["device"], Luks2.Encrypt(Blob.FromMemory(data), Usual() with { SectorSize = sectorSize }));
        File.WriteAllText(directory["key"], "secret");

        Tool.Check(
            "cryptsetup", "reencrypt", "--batch-mode", "--force-offline-reencrypt", "--resilience", "none", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--key-file", directory["key"], directory["device"]);

        byte[] theirs = File.ReadAllBytes(directory["device"]);
        Assert.Throws<CryptographicException>(() => Luks2.OpenByVolumeKey(Blob.FromMemory(theirs), VolumeKey));
        Assert.True(data.AsSpan().SequenceEqual(Luks2.Open(Blob.FromMemory(theirs), "secret").ToArray()));
    }

    [ToolTheory("cryptsetup", "/usr/lib/x86_64-linux-gnu/libargon2.so.1")]
    [InlineData(512, "pbkdf2", "--hash=sha512")]
    [InlineData(4096, "argon2id", "--pbkdf-memory=1024")]
    [InlineData(2048, "argon2i", "--pbkdf-memory=64")]
    [InlineData(4096, "pbkdf2", "--key-size=256")]
    public void What_cryptsetup_encrypted_is_opened(int sectorSize, string kdf, string argument)
    {
        using var directory = new TempDirectory();
        byte[] data = RandomData.Patchy(8 << 20, 54);
        File.WriteAllBytes(directory["device"], data);
        using (FileStream file = File.OpenWrite(directory["device"]))
            file.SetLength(40 << 20);
        File.WriteAllBytes(directory["key"], RandomData.Bytes(100, 55));
        File.WriteAllText(directory["other"], "other");
        string[] cost = ["--pbkdf", kdf, "--pbkdf-force-iterations", kdf == "pbkdf2" ? "1000" : "4"];
        string[] place = ["--batch-mode", "--key-file", directory["key"], "--keyfile-offset", "10", "--keyfile-size", "77"];
        Tool.Check(
            "cryptsetup", [.. place, .. cost, argument, "--sector-size", sectorSize.ToString(CultureInfo.InvariantCulture), "--reduce-device-size", "32M", "--force-offline-reencrypt", "--resilience", "none", "reencrypt", "--encrypt", "--type", "luks2", directory["device"]]);
        Tool.Check("cryptsetup", [.. place, "luksAddKey", directory["device"], directory["other"], "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000"]);

        byte[] theirs = File.ReadAllBytes(directory["device"]);
        byte[] key = Luks2.ReadKeyFile(Blob.FromMemory(RandomData.Bytes(100, 55)), 10, 77);
        Blob view = Luks2.Open(Blob.FromMemory(theirs), key);
        Assert.Equal(24 << 20, view.Length);
        Assert.True(data.AsSpan().SequenceEqual(view.Slice(0, data.Length).ToArray()));
        Assert.True(data.AsSpan().SequenceEqual(Luks2.Open(Blob.FromMemory(theirs), "other").Slice(0, data.Length).ToArray()));
        Assert.Throws<CryptographicException>(() => Luks2.Open(Blob.FromMemory(theirs), key, new Luks2OpenOptions { Slot = 7 }));
        Luks2Info info = Luks2.ReadInfo(Blob.FromMemory(theirs));
        Assert.Equal((sectorSize, 16L << 20, "aes-xts-plain64", true), (info.SectorSize, info.DataOffset, info.Encryption, info.IsClean));
        Assert.Equal(2, info.Slots.Count);
    }

    /// <summary>What is random in theirs is taken out of both.</summary>
    [ToolFact("cryptsetup", "/usr/lib/x86_64-linux-gnu/libargon2.so.1")]
    public void The_headers_are_those_of_cryptsetup()
    {
        using var directory = new TempDirectory();
        using (FileStream file = File.Create(directory["device"]))
            file.SetLength(17 << 20);
        File.WriteAllText(directory["key"], "secret");
        File.WriteAllText(directory["other"], "other");
        Tool.Check(
            "cryptsetup", "luksFormat", "--batch-mode", "--type", "luks2", "--pbkdf", "pbkdf2", "--pbkdf-force-iterations", "1000", "--sector-size", "4096", "--uuid", Usual().Uuid.ToString()!, "--label", "one", "--subsystem", "two", "--key-file", directory["key"], directory["device"]);
        Tool.Check(
            "cryptsetup", "luksAddKey", "--batch-mode", "--pbkdf", "argon2id", "--pbkdf-force-iterations", "4", "--pbkdf-memory", "128", "--pbkdf-parallel", "1", "--key-file", directory["key"], directory["device"], directory["other"]);
        byte[] theirs = File.ReadAllBytes(directory["device"]);

        byte[] ours = Luks2.Encrypt(Blob.Zeros(1 << 20), Usual() with
        {
            Slots = [Luks2Slot.FromPassphrase("secret") with { Kdf = Luks2Kdf.Minimal }, Luks2Slot.FromPassphrase("other") with { Kdf = Luks2Kdf.Argon2id(memoryKib: 128, lanes: 1) }],
            Label = "one",
            Subsystem = "two",
        }).ToArray();

        foreach (int offset in (int[])[0, 16384])
        {
            byte[][] binaries = [.. ((byte[][])[theirs, ours]).Select(device => device[offset..(offset + 4096)])];
            foreach (byte[] binary in binaries)
            {
                binary.AsSpan(104, 64).Clear();
                binary.AsSpan(448, 64).Clear();
            }

            Assert.Equal(Convert.ToHexString(binaries[0]), Convert.ToHexString(binaries[1]));
            Assert.Equal(
                RandomTexts().Replace(Encoding.ASCII.GetString(theirs, offset + 4096, 12288), "$1"), RandomTexts().Replace(Encoding.ASCII.GetString(ours, offset + 4096, 12288), "$1"));
        }
    }

    [Theory]
    [InlineData(512)]
    [InlineData(4096)]
    public void Any_range_is_what_the_whole_has(int sectorSize)
    {
        byte[] data = RandomData.Patchy(2 << 20, 56);
        Blob device = Luks2.Encrypt(RandomData.WithHoles(data), Usual() with { SectorSize = sectorSize });
        byte[] whole = device.ToArray();
        Blob view = Luks2.Open(Blob.FromMemory(whole), "secret");
        Assert.True(data.AsSpan().SequenceEqual(view.ToArray()));
        var random = new Random(57);
        for (int i = 0; i < 300; i++)
        {
            int start = random.Next(data.Length);
            byte[] bytes = new byte[random.Next(1, Math.Min(random.Next(2) == 0 ? 6000 : 1_200_000, data.Length - start) + 1)];
            view.Read(start, bytes);
            Assert.True(data.AsSpan(start, bytes.Length).SequenceEqual(bytes));
            int place = (int)(device.Length - data.Length) + start;
            device.Read(place, bytes);
            Assert.True(whole.AsSpan(place, bytes.Length).SequenceEqual(bytes));
        }
    }

    [Fact]
    public void Holes_become_noise_and_what_is_behind_the_data_stays_a_hole()
    {
        Blob device = Luks2.Encrypt(Blob.Zeros(1 << 20), Usual() with { Length = Luks2.RepartReservedLength + (1 << 20) });

        Assert.Equal((32 << 20) + (1 << 20), device.Length);
        Assert.Equal(new BlobRange(16 << 20, 1 << 20), device.DataRanges()[^1]);
        byte[] data = device.Slice(16 << 20, 1 << 20).ToArray();
        Assert.Equal(1 << 20, Enumerable.Range(0, (1 << 20) / 16).Select(i => Convert.ToHexString(data, i * 16, 16)).Distinct().Count() * 16);
    }

    [Fact]
    public void A_given_volume_key_gives_the_same_device_and_none_gives_another()
    {
        byte[] one = Luks2.Encrypt(Blob.Zeros(8192), Usual() with { Uuid = null }).ToArray();
        byte[] same = Luks2.Encrypt(Blob.Zeros(8192), Usual() with { Uuid = null }).ToArray();
        Assert.Equal(one, same);
        Assert.NotEqual(Guid.Empty, Guid.Parse(Luks2.ReadInfo(Blob.FromMemory(one)).Uuid));

        Blob random = Luks2.Encrypt(Blob.Zeros(8192), Usual() with { VolumeKey = default });
        Assert.NotEqual(one[(16 << 20)..], random.Slice(16 << 20).ToArray());
        Assert.Equal(new byte[8192], Luks2.Open(random, "secret").ToArray());
    }

    [Fact]
    public void The_bytes_stay_what_they_are()
    {
        Luks2Options options = Usual() with { DataOffset = 32768 + (252 << 10), SectorSize = 512, Label = "golden" };

        Blob device = Luks2.Encrypt(Blob.FromText(new string('x', 1024)), options);

        Assert.StartsWith("5a73bfdf495846c2e2f4480fba08542041f7d3afd", Convert.ToHexStringLower(SHA256.HashData(device.ToArray())), StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        Luks2Options usual = Usual();
        Refused("key slots; 1 to 32", usual with { Slots = [] });
        Refused("999 iterations", usual with { Slots = [usual.Slots[0] with { Kdf = Luks2Kdf.Pbkdf2(999) }] });
        Refused("PBKDF2 by md5", usual with { Slots = [usual.Slots[0] with { Kdf = Luks2Kdf.Pbkdf2(1000, "md5") }] });
        Refused("3 passes", usual with { Slots = [usual.Slots[0] with { Kdf = Luks2Kdf.Argon2id(3) }] });
        Refused("31 KiB", usual with { Slots = [usual.Slots[0] with { Kdf = Luks2Kdf.Argon2i(4, 31) }] });
        Refused("5 lanes", usual with { Slots = [usual.Slots[0] with { Kdf = Luks2Kdf.Argon2i(4, 64, 5) }] });
        Refused("sectors of 8192", usual with { SectorSize = 8192 });
        Refused("headers of 8192", usual with { HeaderSize = 8192 });
        Refused("data at 20480", usual with { DataOffset = 20480 });
        Refused("there is room for 253952", usual with { DataOffset = 32768 + 253952 });
        Refused("volume key of 32", usual with { VolumeKey = new byte[32] });
        Refused("the label", usual with { Label = new string('x', 48) });
        Refused("the subsystem", usual with { Subsystem = "a\0b" });
        Refused("data of 4608 bytes", usual, 4608);
        Refused("data of 0 bytes", usual, 0);
        Assert.Throws<DoesNotFitException>(() => Luks2.Encrypt(Blob.Zeros(8192), usual with { Length = 16 << 20 }));
    }

    /// <summary>As large as their description becomes, it fits the smallest header.</summary>
    [Fact]
    public void All_slots_there_can_be_are_described()
    {
        Luks2Slot slot = Luks2Slot.FromPassphrase("secret") with { Kdf = Luks2Kdf.Minimal };

        Assert.Equal(32, Luks2.ReadInfo(Luks2.Encrypt(Blob.Zeros(8192), Usual() with { Slots = [.. Enumerable.Repeat(slot, 32)] })).Slots.Count);
        var costly = new Luks2JsonSlot(Luks2Kdf.Argon2id(int.MaxValue, 4194304, 4), new byte[32], 134217728);
        byte[] json = Luks2Json.Make(
            Usual() with { DataOffset = 1L << 60, AllowDiscards = true }, [.. Enumerable.Repeat(costly, 32)], "sha256", "sha256", new byte[32], new byte[32]);
        Assert.InRange(json.Length, 10_000, 16384 - 4096 - 1);
    }

    private static Luks2Options Usual() => new()
    {
        Slots = [Luks2Slot.FromPassphrase("secret") with { Kdf = Luks2Kdf.Minimal }],
        VolumeKey = VolumeKey,
        Uuid = Guid.Parse("0d1c2b3a-4958-6776-8594-a3b2c1d0e0f0"),
    };

    private static void Refused(string part, Luks2Options options, long length = 8192) => Assert.Contains(
        part, Assert.Throws<UnrepresentableException>(() => Luks2.Encrypt(Blob.Zeros(length), options)).Message, StringComparison.Ordinal);

    private static void Write(string path, Blob blob)
    {
        using Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite);
        BlobWriter.Write(blob, file, path);
    }

    [GeneratedRegex(@"\s")]
    private static partial Regex Spaces();

    [GeneratedRegex("(\"(?:salt|digest)\":)\"[^\"]*\"")]
    private static partial Regex RandomTexts();
}
