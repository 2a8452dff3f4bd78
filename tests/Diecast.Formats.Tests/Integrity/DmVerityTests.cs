using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Testing;

namespace Diecast.Formats.Tests.Integrity;

public sealed class DmVerityTests
{
    private static readonly DmVerityAlgorithm[] Algorithms = Enum.GetValues<DmVerityAlgorithm>();

    [ToolFact("veritysetup")]
    public void Superblock_and_tree_are_those_of_veritysetup()
    {
        using var directory = new TempDirectory();
        var random = new Random(71);
        for (int i = 0; i < 40; i++)
        {
            DmVerityOptions options = Draw(random, i);
            int length = options.DataBlockSize * random.Next(1, Math.Min(3000, (6 << 20) / options.DataBlockSize));
            byte[] data = RandomData.Patchy(length, i);
            File.WriteAllBytes(directory["data"], data);
            File.Delete(directory["hash"]);
            string said = Tool.Check("veritysetup", [.. Arguments(options), "format", directory["data"], directory["hash"]]);

            DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);

            Assert.Contains(tree.RootHashText, said, StringComparison.Ordinal);
            AssertSame(File.ReadAllBytes(directory["hash"]), tree.Hash.ToArray(), options);
            Assert.Equal(tree.Hash.Length, DmVerity.HashLength(length, options));
            Assert.Null(DmVerity.Verify(Blob.FromMemory(data), tree.Hash, tree.RootHash, options.Superblock ? null : options));
        }
    }

    [ToolFact("veritysetup")]
    public void A_hash_area_behind_the_data_is_that_of_veritysetup()
    {
        using var directory = new TempDirectory();
        var random = new Random(72);
        for (int i = 0; i < 12; i++)
        {
            DmVerityOptions options = Draw(random, i) with { HashBlockSize = 512 << random.Next(4) };
            byte[] data = RandomData.Patchy(options.DataBlockSize * random.Next(1, 300), i);
            long unit = options.Superblock ? 512 : options.HashBlockSize;
            options = options with { HashOffset = Units.RoundUp(data.Length, unit) + (unit * random.Next(9)) };
            File.WriteAllBytes(directory["device"], data);
            string blocks = (data.Length / options.DataBlockSize).ToString(CultureInfo.InvariantCulture);
            string[] place = [$"--hash-offset={options.HashOffset}", $"--data-blocks={blocks}"];
            // Its superblock is not written where the file's last block of 4 KiB is not there yet.
            using (FileStream file = File.OpenWrite(directory["device"]))
                file.SetLength(Units.RoundUp(options.HashOffset + 4096, 4096));
            string said = Tool.Check("veritysetup", [.. Arguments(options), .. place, "format", directory["device"], directory["device"]]);

            DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
            Blob device = DmVerity.Append(Blob.FromMemory(data), tree, options);

            Assert.Contains(tree.RootHashText, said, StringComparison.Ordinal);
            byte[] theirs = File.ReadAllBytes(directory["device"]);
            AssertSame(theirs[..(int)Math.Min(device.Length, theirs.Length)], device.ToArray(), options);
            Assert.Null(DmVerity.Verify(options.Superblock ? device : Blob.FromMemory(data), device, tree.RootHash, options));
        }
    }

    [ToolFact("veritysetup")]
    public void Veritysetup_verifies_and_describes_what_we_made_and_finds_what_was_changed()
    {
        using var directory = new TempDirectory();
        byte[] data = RandomData.Patchy(700 * 4096, 5);
        var options = new DmVerityOptions { Salt = RandomData.Bytes(32, 6), Uuid = Guid.Parse("6c6fdc6e-7d1e-4d5c-9a3c-1d5a6e1f0a11") };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
        File.WriteAllBytes(directory["data"], data);
        File.WriteAllBytes(directory["hash"], tree.Hash.ToArray());

        Tool.Check("veritysetup", "verify", directory["data"], directory["hash"], tree.RootHashText);
        string said = Tool.Check("veritysetup", "dump", directory["hash"]);
        Assert.Contains("6c6fdc6e-7d1e-4d5c-9a3c-1d5a6e1f0a11", said, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(options.Salt.Span), said, StringComparison.Ordinal);
        Assert.Contains("700\n", said, StringComparison.Ordinal);

        data[(699 * 4096) + 17] ^= 1;
        File.WriteAllBytes(directory["data"], data);
        Assert.NotEqual(0, Tool.Run("veritysetup", "verify", directory["data"], directory["hash"], tree.RootHashText).ExitCode);
    }

    [Theory]
    [InlineData(1, 4096)]
    [InlineData(2, 4096 * 2)]
    [InlineData(127, 4096 * 2)]
    [InlineData(128, 4096 * 2)]
    [InlineData(129, 4096 * 4)]
    [InlineData(16383, 4096 * 130)]
    [InlineData(16384, 4096 * 130)]
    [InlineData(16385, 4096 * 133)]
    public void The_length_follows_from_the_blocks(int blocks, long length)
    {
        Assert.Equal(length, DmVerity.HashLength(blocks * 4096L, new DmVerityOptions()));
        Assert.Equal(length - 4096, DmVerity.HashLength(blocks * 4096L, new DmVerityOptions { Superblock = false }));
    }

    /// <summary>systemd-repart's figure for 10 GiB.</summary>
    [Fact]
    public void Ten_gibibytes_have_the_tree_that_repart_reserves() =>
        Assert.Equal(84_557_824, DmVerity.HashLength(10L << 30, new DmVerityOptions()));

    [Fact]
    public void Nothing_depends_on_threads_engines_holes_or_where_the_tree_is_kept()
    {
        using var directory = new TempDirectory();
        using ContentSpool spool = ContentSpool.CreateTemporary(directory.Path);
        spool.Append("something before"u8);
        byte[] data = RandomData.Patchy(40 << 20, 8);
        var options = new DmVerityOptions { DataBlockSize = 512, Salt = RandomData.Bytes(17, 9) };

        DmVerityTree serial = new DmVerityBuilder(options, null, workers: 1).Build(Blob.FromMemory(data), default);
        DmVerityTree parallel = new DmVerityBuilder(options, null, workers: 7).Build(Blob.FromMemory(data), default);
        DmVerityTree sparse = DmVerity.Build(RandomData.WithHoles(data), options);
        DmVerityTree spooled = new DmVerityBuilder(options, spool, memoryBytes: 1 << 20).Build(Blob.FromMemory(data), default);

        Assert.True(spool.Length > 1 << 20);
        byte[] expected = serial.Hash.ToArray();
        foreach (DmVerityTree other in (DmVerityTree[])[parallel, sparse, spooled])
        {
            Assert.Equal(serial.RootHashText, other.RootHashText);
            Assert.True(expected.AsSpan().SequenceEqual(other.Hash.ToArray()));
        }
    }

    [Fact]
    public void A_hole_of_terabytes_is_not_hashed_block_by_block()
    {
        DmVerityTree tree = DmVerity.Build(Blob.Zeros(4L << 30), new DmVerityOptions());

        Assert.Equal(DmVerity.HashLength(4L << 30, new DmVerityOptions()), tree.Hash.Length);
        Assert.Null(DmVerity.Verify(Blob.Zeros(4L << 30), tree.Hash, tree.RootHash));
    }

    [Fact]
    public void Both_engines_hash_alike()
    {
        var random = new Random(10);
        byte[] one = new byte[64];
        byte[] other = new byte[64];
        for (int i = 0; i < 200; i++)
        {
            byte[] salt = RandomData.Bytes(random.Next(257), i);
            byte[] block = RandomData.Bytes(512 << random.Next(5), i);
            DmVerityAlgorithm algorithm = Algorithms[i % Algorithms.Length];
            var type = (DmVerityHashType)(i / 4 % 2);
            new SaltedHash(algorithm, salt, type).Compute(block, one);
            new SaltedHash(algorithm, salt, type, HashEngine.Managed).Compute(block, other);
            Assert.Equal(one, other);
        }
    }

    [Fact]
    public void Bytes_that_pass_give_the_tree_of_the_whole()
    {
        var random = new Random(11);
        for (int i = 0; i < 12; i++)
        {
            DmVerityOptions options = Draw(random, i);
            byte[] data = RandomData.Patchy(options.DataBlockSize * random.Next(1, 4000), i);
            using var hasher = new DmVerityHasher(options);
            for (int at = 0; at < data.Length;)
            {
                int count = Math.Min(data.Length - at, random.Next(1, 1 << random.Next(1, 20)));
                if (data.AsSpan(at, count).ContainsAnyExcept((byte)0))
                    hasher.Append(data.AsSpan(at, count));
                else
                    hasher.AppendZeros(count);
                at += count;
            }

            DmVerityTree tree = hasher.Finish();

            DmVerityTree whole = DmVerity.Build(Blob.FromMemory(data), options);
            Assert.Equal(whole.RootHashText, tree.RootHashText);
            Assert.Equal(whole.Hash.ToArray(), tree.Hash.ToArray());
        }
    }

    [Fact]
    public void A_hasher_takes_holes_of_any_size_and_ends_once()
    {
        using var hasher = new DmVerityHasher(new DmVerityOptions());
        hasher.AppendZeros(1L << 30);
        hasher.Append(new byte[100]);
        Assert.Throws<UnrepresentableException>(hasher.Finish);
        hasher.AppendZeros(4096 - 100);

        Assert.Equal(DmVerity.Build(Blob.Zeros((1L << 30) + 4096), new DmVerityOptions()).RootHashText, hasher.Finish().RootHashText);
        Assert.Throws<InvalidOperationException>(() => hasher.Append([1]));
    }

    [Fact]
    public void A_cancelled_build_ends()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => DmVerity.Build(Blob.Zeros(1 << 20), new DmVerityOptions(), cancellation.Token));
    }

    [Fact]
    public void What_cannot_be_is_refused()
    {
        var usual = new DmVerityOptions();
        Refused("5000 bytes", 5000, usual);
        Refused("0 bytes", 0, usual);
        Refused("data blocks of 256", 4096, usual with { DataBlockSize = 256 });
        Refused("data blocks of 3000", 3000, usual with { DataBlockSize = 3000 });
        Refused("hash blocks of 1048576", 4096, usual with { HashBlockSize = 1 << 20 });
        Refused("salt of 257", 4096, usual with { Salt = new byte[257] });
        Refused("hash area at 100", 4096, usual with { HashOffset = 100 });
        Refused("hash area at 512", 4096, usual with { HashOffset = 512, Superblock = false });
        Refused("hash 9", 4096, usual with { Algorithm = (DmVerityAlgorithm)9 });

        DmVerityTree tree = DmVerity.Build(Blob.Zeros(8192), usual);
        Assert.Contains(
            "the data ends at 8192",
            Assert.Throws<UnrepresentableException>(() => DmVerity.Append(Blob.Zeros(8192), tree, usual with { HashOffset = 4096 })).Message,
            StringComparison.Ordinal);
    }

    /// <summary>The root hash of one megabyte of zeros, as veritysetup 2.6.1 gives it.</summary>
    [Fact]
    public void The_root_of_zeros_stays_what_it_is()
    {
        var options = new DmVerityOptions { Salt = new byte[] { 1, 2, 3, 4 }, Uuid = Guid.Parse("11111111-2222-3333-4444-555555555555") };

        DmVerityTree tree = DmVerity.Build(Blob.Zeros(1 << 20), options);

        Assert.Equal("13d7b8138d83d34121b2dd55f3e8879433fa11030816bed969c279a74f68f492", tree.RootHashText);
        Assert.Equal("8e8b6957b53c21af66d98595fe3ce89af2047768ed474013ce0edd8c1d0d0cad", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(tree.Hash.ToArray())));
    }

    private static void Refused(string part, long length, DmVerityOptions options) => Assert.Contains(
        part, Assert.Throws<UnrepresentableException>(() => DmVerity.Build(Blob.Zeros(length), options)).Message, StringComparison.Ordinal);

    private static DmVerityOptions Draw(Random random, int number) => new()
    {
        DataBlockSize = 512 << random.Next(number % 5 == 0 ? 8 : 4),
        HashBlockSize = 512 << random.Next(number % 5 == 0 ? 8 : 4),
        Salt = number % 6 == 0 ? default : RandomData.Bytes(random.Next(1, 257), number),
        Uuid = new Guid(RandomData.Bytes(16, number)),
        Algorithm = number % 3 == 0 ? DmVerityAlgorithm.Sha256 : Algorithms[random.Next(Algorithms.Length)],
        HashType = (DmVerityHashType)(random.Next(4) == 0 ? 0 : 1),
        Superblock = random.Next(5) > 0,
    };

    private static string[] Arguments(DmVerityOptions options) =>
    [
        $"--data-block-size={options.DataBlockSize}",
        $"--hash-block-size={options.HashBlockSize}",
        $"--salt={(options.Salt.IsEmpty ? "-" : Convert.ToHexStringLower(options.Salt.Span))}",
        $"--hash={options.Algorithm.ToString().ToLowerInvariant()}",
        $"--format={(int)options.HashType}",
        .. options.Superblock ? (string[])[$"--uuid={options.Uuid}"] : ["--no-superblock"],
    ];

    /// <summary>Theirs may be shorter by zeros, or longer by what a file's block of 4 KiB holds more.</summary>
    private static void AssertSame(byte[] theirs, byte[] ours, DmVerityOptions options)
    {
        int length = Math.Min(theirs.Length, ours.Length);
        Assert.True(theirs.AsSpan(0, length).SequenceEqual(ours.AsSpan(0, length)), options.ToString());
        Assert.False(ours.AsSpan(length).ContainsAnyExcept((byte)0), options.ToString());
        Assert.False(theirs.AsSpan(length).ContainsAnyExcept((byte)0), options.ToString());
    }
}
