using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

/// <summary>
/// The bytes of formats that are written as the disk comes, from one worker and from many. Where they depend on a compressor
/// there is a sum for each identity of it that has been met; with another the test is skipped and says so.
/// </summary>
public sealed class GoldenFormatTests
{
    [GoldenFact("android-sparse")]
    public void Android_sparse() => Check("android-sparse", Sample(), (disk, output, _) => AndroidSparse.OpenWriter(disk, output));

    [GoldenFact("qcow2 zlib")]
    public void Qcow2_with_zlib() => Check("qcow2 zlib", Sample(), (disk, output, options) =>
        Qcow2.OpenWriter(disk, output, new Qcow2Options { Compression = Qcow2Compression.Zlib }, options));

    [GoldenFact("qcow2 zstd")]
    public void Qcow2_with_zstd() => Check("qcow2 zstd", Sample(), (disk, output, options) =>
        Qcow2.OpenWriter(disk, output, new Qcow2Options { Compression = Qcow2Compression.Zstd }, options));

    [GoldenFact("vmdk streamOptimized")]
    public void StreamOptimized_vmdk() => Check("vmdk streamOptimized", Sample(), (disk, output, options) => Vmdk.OpenStreamWriter(disk.Length, output, null, options));

    [GoldenFact("ova")]
    public void Ova_with_its_disk() => Check("ova", Sample(), (disk, output, options) => Ova.OpenWriter(disk.Length, output, null, options));

    [GoldenFact("gce")]
    public void Archive_for_Google() => Check("gce", SampleDisks.Padded(Sample(), 1L << 30), (disk, output, options) => Gce.OpenWriter(disk, output, null, options));

    [GoldenFact("raw.zst")]
    public void Raw_by_zstd() => Check("raw.zst", Sample(), (_, output, options) => new CompressedRawWriter(BlockCodecs.Zstd(), 1 << 20, new PlainFraming(), output, options));

    [GoldenFact("raw.xz")]
    public void Raw_by_xz() => Check("raw.xz", Sample(), (_, output, options) => new CompressedRawWriter(BlockCodecs.Xz(6, 1 << 20), 1 << 20, new XzFraming(), output, options));

    /// <summary>Noise, text, zeros that are data and holes, the same on every machine.</summary>
    private static Blob Sample()
    {
        byte[] bytes = new byte[2_200_000];
        uint state = 1;
        for (int i = 0; i < bytes.Length; i++)
        {
            state = unchecked((state * 1664525) + 1013904223);
            bytes[i] = ((i >> 16) % 5) switch
            {
                0 => (byte)(state >> 24),
                1 => (byte)"the quick brown fox jumps "[(int)(state >> 28) + (i / 4096 % 10)],
                2 => 0,
                3 when i % 512 < 40 => (byte)(state >> 26),
                _ => (byte)((i >> 9) & 0xff),
            };
        }

        var builder = new BlobBuilder();
        builder.Add(200_000, Blob.FromMemory(bytes));
        builder.Add(9 << 20, Blob.FromMemory(bytes.AsMemory(0, 300_000)));
        return builder.ToBlob((10 << 20) + 512);
    }

    private static void Check(string name, Blob disk, Func<Blob, DiskOutput, DiskWriteOptions, DiskWriter> open)
    {
        using var directory = new TempDirectory();
        foreach (int workers in new[] { 1, 4 })
        {
            string? identity = null;
            SampleDisks.Write(disk, directory["image"], output =>
            {
                DiskWriter writer = open(disk, output, new DiskWriteOptions { Workers = workers });
                identity = writer.Codec;
                return writer;
            });
            Assert.Equal(GoldenFactAttribute.Identity(name), identity);
            using FileStream image = File.OpenRead(directory["image"]);
            string sum = Convert.ToHexStringLower(SHA256.HashData(image));
            Assert.True(GoldenFactAttribute.Sum(name) == sum, $"{name}, {identity ?? "no codec"}, {workers} workers: {sum}");
        }
    }
}

/// <summary>A test whose sum is known for the compressors of this machine.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class GoldenFactAttribute : FactAttribute
{
    /// <summary>Format, compressor, SHA-256. The compressors are those of Debian 12.</summary>
    private static readonly (string Name, string? Identity, string Sum)[] Sums =
    [
        ("android-sparse", null, "86b11aeec9492ecc4c837fa6d59dfbbd95d2bf2fe9e239e6118a2e67854191ec"),
        ("qcow2 zlib", "libdeflate 167696a8 level 4", "a22db3aa399efe15f2054c13db092a7aed5a63e508eeb83b80f4d2d8f795d919"),
        ("qcow2 zstd", "zstd 1.5.4 level 3", "b638d8d662fc38b21121dc7dcfb6111bf9e4896fb47585545106ed69a35a5354"),
        ("vmdk streamOptimized", "libdeflate 80c22f51 level 5", "b34bb1c2fa2aaa9adb01d72ccff5244514ee94d7fd1bc96705fed5eaf2801a57"),
        ("ova", "libdeflate 80c22f51 level 5", "fdc73f689821d2f356de1b531feb5498359f83526241d11e360553f28af78827"),
        ("gce", "libdeflate ac486bb4 level 6 in sections", "b99c23f0b9e3340f8be14537cf0e680c550b34071779e8a04f4a3bf59541a8cb"),
        ("raw.zst", "zstd 1.5.4 level 3", "b27f840ad94fa916c3a4998d18c28ef0954882c8c91b76f868ccfdd1bc982f1f"),
        ("raw.xz", "xz 5.4.1 level 6", "527cc26c403ea7521e2f1a6810f201ac40d8ad48bdc7bacec43f39b322dd0c34"),
    ];

    public GoldenFactAttribute(string name)
    {
        if (Sum(name) is null)
            Skip = $"the sum of {name} is known for {string.Join(" and ", Sums.Where(known => known.Name == name).Select(known => known.Identity ?? "no compressor"))}; "
                + (Identity(name) is { } here ? $"this machine has {here}" : "this machine has no such compressor");
    }

    internal static string? Sum(string name)
    {
        string? identity = Identity(name);
        return Sums.FirstOrDefault(known => known.Name == name && known.Identity == identity).Sum;
    }

    /// <summary>The compressor that a format takes here at its default level.</summary>
    internal static string? Identity(string name)
    {
        try
        {
            return name switch
            {
                "qcow2 zlib" => BlockCodecs.Deflate(4).Identity,
                "qcow2 zstd" or "raw.zst" => BlockCodecs.Zstd().Identity,
                "vmdk streamOptimized" or "ova" => BlockCodecs.Zlib(5).Identity,
                "gce" => DeflateSections.Codec(6).Identity,
                "raw.xz" => BlockCodecs.Xz().Identity,
                _ => null,
            };
        }
        catch (MissingLibraryException exception)
        {
            return exception.Message;
        }
    }
}
