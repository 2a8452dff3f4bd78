using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Testing;

namespace Diecast.Formats.Tests.Integrity;

/// <summary>All that is wrong with a device, against veritysetup and against a second, simple implementation.</summary>
public sealed class DmVerityCheckTests
{
    private static readonly DmVerityAlgorithm[] Algorithms = Enum.GetValues<DmVerityAlgorithm>();

    [ToolFact("veritysetup")]
    public void Verdict_and_place_are_those_of_veritysetup()
    {
        using var directory = new TempDirectory();
        var random = new Random(81);
        int spare = 0;
        for (int i = 0; i < 20; i++)
        {
            DmVerityOptions options = Draw(random, i);
            byte[] data = RandomData.Patchy(options.DataBlockSize * random.Next(1, Math.Min(900, (2 << 20) / options.DataBlockSize)), i);
            File.WriteAllBytes(directory["data"], data);
            File.Delete(directory["hash"]);
            string said = Tool.Check("veritysetup", [.. Arguments(options), "format", directory["data"], directory["hash"]]);
            string root = Regex.Match(said, "Root hash: *\t*([0-9a-f]+)").Groups[1].Value;
            byte[] rootHash = Convert.FromHexString(root);
            DmVerityShape shape = options.ShapeOf(data.Length / options.DataBlockSize);
            byte[] hash = [.. File.ReadAllBytes(directory["hash"])];
            Array.Resize(ref hash, (int)Math.Max(hash.Length, options.TreeOffset + shape.Length));
            DmVerityOptions? told = options.Superblock ? null : options;
            Assert.Null(DmVerity.Verify(Blob.FromMemory(data), Blob.FromMemory(hash), rootHash, told));
            Assert.True(DmVerity.Check(Blob.FromMemory(data), Blob.FromMemory(hash), rootHash, told).IsGood);
            Assert.Equal(rootHash, DmVerity.ReadRootHash(Blob.FromMemory(data), Blob.FromMemory(hash), told).ToArray());
            for (int flip = 0; flip < 5; flip++)
            {
                bool inData = shape.Levels == 0 || random.Next(2) == 0;
                byte[] where = inData ? data : hash;
                int place = inData ? random.Next(data.Length) : (int)options.TreeOffset + random.Next((int)shape.Length);
                byte was = where[place];
                where[place] ^= (byte)(1 << random.Next(8));
                File.WriteAllBytes(directory[inData ? "data" : "hash"], where);

                (int exitCode, string output) = Tool.Run("veritysetup", [.. Arguments(options), "verify", directory["data"], directory["hash"], root]);
                DmVerityFault fault = Assert.IsType<DmVerityFault>(DmVerity.Verify(Blob.FromMemory(data), Blob.FromMemory(hash), rootHash, told));
                DmVerityReport report = DmVerity.Check(Blob.FromMemory(data), Blob.FromMemory(hash), rootHash, told);

                int size = inData ? options.DataBlockSize : options.HashBlockSize;
                Assert.Equal((place / size, (long)place / size * size, inData), (fault.Block, fault.Offset, fault.Level is null));
                Assert.False(report.IsGood);
                Assert.Equal((fault.Block, fault.Offset, fault.Level), (report.Damage[0].Block, report.Damage[0].Offset, report.Damage[0].Level));
                Assert.NotEqual(0, exitCode);
                // Theirs goes from the data to the top and names what does not have its hash, which a changed hash's block has not.
                long? expected = inData ? fault.Offset : ChildOffset(options, shape, fault, place);
                if (shape.Levels > 0 && expected is { } offset)
                    Assert.Contains($"failed at position {offset}.", output, StringComparison.Ordinal);
                else if (shape.Levels > 0 && ++spare > 0)
                    Assert.Contains("Spare area is not zeroed", output, StringComparison.Ordinal);
                where[place] = was;
                File.WriteAllBytes(directory[inData ? "data" : "hash"], where);
            }
        }

        Assert.InRange(spare, 1, 60);
    }

    [Fact]
    public void All_that_is_changed_is_told_with_what_hangs_on_it()
    {
        var random = new Random(82);
        for (int i = 0; i < 120; i++)
        {
            DmVerityOptions options = Draw(random, i) with { DataBlockSize = 512, HashBlockSize = 512 << random.Next(2) };
            byte[] data = RandomData.Patchy(512 * random.Next(1, 900), i);
            DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
            byte[] hash = tree.Hash.ToArray();
            byte[] root = tree.RootHash.ToArray();
            for (int flips = random.Next(1, 9); flips > 0; flips--)
            {
                byte[] where = random.Next(2) == 0 || hash.Length == options.TreeOffset ? data : hash;
                where[random.Next(where == data ? 0 : (int)options.TreeOffset, where.Length)] ^= 0x10;
            }

            if (i % 10 == 0)
                root[0] ^= 1;
            DmVerityReport report = DmVerity.Check(RandomData.WithHoles(data), Blob.FromMemory(hash), root, options.Superblock ? null : options);

            List<(int? Level, DmVerityDamageKind Kind, long Block)> expected = Naive(data, hash, root, options);
            Assert.Equal(expected, report.Damage.SelectMany(range => Enumerable.Range(0, (int)range.Count).Select(at => (range.Level, range.Kind, range.Block + at))));
            Assert.Equal(expected.Count(item => item.Level is null), report.BadDataBlocks);
            Assert.Equal(expected.Count(item => item.Level is not null), report.BadHashBlocks);
            foreach (DmVerityDamage range in report.Damage)
            {
                int size = range.Level is null ? options.DataBlockSize : options.HashBlockSize;
                Assert.Equal((range.Block * size, range.Count * size), (range.Offset, range.Length));
                Assert.Contains(range.Block.ToString(CultureInfo.InvariantCulture), range.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void More_ranges_than_are_told_are_counted()
    {
        byte[] data = RandomData.Bytes(512 * 2 * (DmVerityReport.MaximumRanges + 5), 83);
        var options = new DmVerityOptions { DataBlockSize = 512 };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
        for (int at = 0; at < data.Length; at += 1024)
            data[at] ^= 1;

        DmVerityReport report = DmVerity.Check(Blob.FromMemory(data), tree.Hash, tree.RootHash);

        Assert.Equal(DmVerityReport.MaximumRanges, report.Damage.Count);
        Assert.Equal(DmVerityReport.MaximumRanges + 5, report.BadDataBlocks);
        Assert.Equal((long)data.Length / 512, report.DataBlocks);
    }

    [Fact]
    public void Holes_stay_holes_where_the_tree_has_zeros_there()
    {
        byte[] data = RandomData.Patchy(600 * 1024, 84);
        var options = new DmVerityOptions { DataBlockSize = 1024, HashBlockSize = 1024 };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
        Blob sparse = RandomData.WithHoles(data);
        Blob view = DmVerity.Open(sparse, tree.Hash, tree.RootHash);

        Assert.True(view.MayHaveHoles);
        Assert.Equal(data, view.ToArray());
        long stored = 0;
        foreach (BlobRange range in view.DataRanges())
        {
            Assert.True(range.Offset % 1024 == 0 && range.Length % 1024 == 0);
            stored += range.Length;
        }

        Assert.InRange(stored, 1024, data.Length - 1024);
        Assert.Equal(view.Slice(1500, 90_000).ToArray(), data[1500..91_500]);

        // A hole where there was something is found without reading it.
        int full = Enumerable.Range(0, 600).First(block => data.AsSpan(block * 1024, 1024).ContainsAnyExcept((byte)0));
        data.AsSpan(full * 1024, 1024).Clear();
        Blob spoiled = DmVerity.Open(RandomData.WithHoles(data), tree.Hash, tree.RootHash, "disk.raw, partition 7");
        Assert.Contains(
            $"disk.raw, partition 7: data block {full}, at {full * 1024}, does not have its hash",
            Assert.Throws<InvalidImageException>(spoiled.DataRanges).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_view_is_read_from_many_threads_at_once()
    {
        byte[] data = RandomData.Patchy(4 << 20, 85);
        var options = new DmVerityOptions { DataBlockSize = 512, HashBlockSize = 512 };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
        byte[] spoiled = [.. data];
        spoiled[777 * 512] ^= 1;
        Blob view = DmVerity.Open(Blob.FromMemory(spoiled), tree.Hash, tree.RootHash);

        Parallel.For(0, 8, thread =>
        {
            var random = new Random(thread);
            byte[] bytes = new byte[20_000];
            for (int i = 0; i < 300; i++)
            {
                int start = random.Next(data.Length - bytes.Length);
                int length = random.Next(1, bytes.Length);
                try
                {
                    view.Read(start, bytes.AsSpan(0, length));
                    Assert.True(data.AsSpan(start, length).SequenceEqual(bytes.AsSpan(0, length)));
                    Assert.False(start < 778 * 512 && start + length > 777 * 512);
                }
                catch (InvalidImageException)
                {
                    Assert.True(start < 778 * 512 && start + length > 777 * 512);
                }
            }
        });
    }

    [Fact]
    public void What_is_not_vouched_for_is_not_handed_out_by_a_failed_read()
    {
        byte[] data = RandomData.Bytes(64 * 4096, 86);
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), new DmVerityOptions());
        data[(20 * 4096) + 9] ^= 1;
        byte[] taken = new byte[data.Length];

        Assert.Throws<InvalidImageException>(() => DmVerity.Open(Blob.FromMemory(data), tree.Hash, tree.RootHash).Read(0, taken));

        Assert.False(taken.AsSpan(20 * 4096).ContainsAnyExcept((byte)0));
    }

    /// <summary>Where in the level below, or in the data, that block begins whose hash was changed; null for what is no hash.</summary>
    private static long? ChildOffset(DmVerityOptions options, DmVerityShape shape, DmVerityFault node, int place)
    {
        int level = node.Level!.Value;
        long number = ((node.Offset - options.TreeOffset) / shape.BlockSize) - shape.Start(level);
        (long slot, long within) = Math.DivRem(place - node.Offset, shape.Stride);
        long child = (number * shape.HashesPerBlock) + slot;
        long children = level == 0 ? shape.DataBlocks : shape.Count(level - 1);
        if (slot >= shape.HashesPerBlock || within >= shape.DigestSize || child >= children)
            return null;
        return level == 0 ? child * options.DataBlockSize : options.TreeOffset + ((shape.Start(level - 1) + child) * shape.BlockSize);
    }

    private static List<(int? Level, DmVerityDamageKind Kind, long Block)> Naive(byte[] data, byte[] hash, byte[] root, DmVerityOptions options)
    {
        DmVerityShape shape = options.ShapeOf(data.Length / options.DataBlockSize);
        SaltedHash salted = options.CreateHash();
        var found = new List<(int? Level, DmVerityDamageKind Kind, long Block)>();
        byte[] digest = new byte[shape.DigestSize];
        var bad = new HashSet<long>();
        for (int level = shape.Levels - 1; level >= -1; level--)
        {
            var badHere = new HashSet<long>();
            long count = level < 0 ? shape.DataBlocks : shape.Count(level);
            for (long block = 0; block < count; block++)
            {
                long at = level < 0 ? block * options.DataBlockSize : options.TreeOffset + ((shape.Start(level) + block) * shape.BlockSize);
                ReadOnlySpan<byte> bytes = level < 0 ? data.AsSpan((int)at, options.DataBlockSize) : hash.AsSpan((int)at, shape.BlockSize);
                salted.Compute(bytes, digest);
                long number = level < 0 ? block : at / shape.BlockSize;
                int? told = level < 0 ? null : level;
                if (level + 1 < shape.Levels)
                {
                    (long node, long slot) = Math.DivRem(block, shape.HashesPerBlock);
                    if (bad.Contains(node))
                    {
                        badHere.Add(block);
                        found.Add((told, DmVerityDamageKind.Unvouched, number));
                        continue;
                    }

                    long stored = options.TreeOffset + ((shape.Start(level + 1) + node) * shape.BlockSize) + (slot * shape.Stride);
                    if (hash.AsSpan((int)stored, shape.DigestSize).SequenceEqual(digest))
                        continue;
                }
                else if (digest.AsSpan().SequenceEqual(root))
                {
                    continue;
                }

                badHere.Add(block);
                found.Add((told, DmVerityDamageKind.Changed, number));
            }

            bad = badHere;
        }

        return found;
    }

    private static DmVerityOptions Draw(Random random, int number) => new()
    {
        DataBlockSize = 512 << random.Next(number % 5 == 0 ? 8 : 4),
        HashBlockSize = 512 << random.Next(number % 5 == 0 ? 8 : 3),
        Salt = number % 6 == 0 ? default : RandomData.Bytes(number % 7 == 0 ? 256 : random.Next(1, 257), number),
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
}
