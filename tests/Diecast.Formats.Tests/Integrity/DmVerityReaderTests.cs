using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Tests.FileSystems;

namespace Diecast.Formats.Tests.Integrity;

public sealed class DmVerityReaderTests
{
    [Theory]
    [InlineData(DmVerityAlgorithm.Sha256, DmVerityHashType.Normal)]
    [InlineData(DmVerityAlgorithm.Sha1, DmVerityHashType.Normal)]
    [InlineData(DmVerityAlgorithm.Sha384, DmVerityHashType.ChromeOs)]
    public void The_first_block_that_was_changed_is_named(DmVerityAlgorithm algorithm, DmVerityHashType type)
    {
        const int Blocks = 700;
        byte[] data = RandomData.Patchy(Blocks * 1024, 21);
        var options = new DmVerityOptions { Algorithm = algorithm, HashType = type, DataBlockSize = 1024, HashBlockSize = 2048, Salt = RandomData.Bytes(8, 22) };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
        byte[] hash = tree.Hash.ToArray();
        DmVerityShape shape = options.ShapeOf(Blocks);
        Assert.True(shape.Levels > 1);
        var random = new Random(23);
        for (int i = 0; i < 60; i++)
        {
            byte[] where = random.Next(2) == 0 ? data : hash;
            int place = where == data ? random.Next(data.Length) : random.Next(2048, hash.Length);
            where[place] ^= 0x20;

            DmVerityFault fault = Assert.IsType<DmVerityFault>(DmVerity.Verify(Blob.FromMemory(data), Blob.FromMemory(hash), tree.RootHash));

            int size = where == data ? 1024 : 2048;
            Assert.Equal(place / size, fault.Block);
            Assert.Equal((long)place / size * size, fault.Offset);
            Assert.Equal(where == data, fault.Level is null);
            where[place] ^= 0x20;
        }

        Assert.Null(DmVerity.Verify(Blob.FromMemory(data), Blob.FromMemory(hash), tree.RootHash));
        byte[] root = tree.RootHash.ToArray();
        root[0] ^= 1;
        Assert.Equal(shape.Levels - 1, DmVerity.Verify(Blob.FromMemory(data), Blob.FromMemory(hash), root)!.Level);
    }

    [Fact]
    public void Bytes_are_checked_when_they_are_read()
    {
        byte[] data = RandomData.Bytes(300 * 512, 24);
        var options = new DmVerityOptions { DataBlockSize = 512, HashBlockSize = 512 };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), options);
        byte[] original = [.. data];
        data[(123 * 512) + 5] ^= 1;
        Blob view = DmVerity.Open(Blob.FromMemory(data), tree.Hash, tree.RootHash);
        var random = new Random(25);
        for (int i = 0; i < 400; i++)
        {
            int start = random.Next(data.Length);
            byte[] bytes = new byte[random.Next(1, Math.Min(3000, data.Length - start) + 1)];
            bool touches = start < 124 * 512 && start + bytes.Length > 123 * 512;
            if (touches)
            {
                Assert.Contains("data block 123, at 62976", Assert.Throws<InvalidImageException>(() => view.Read(start, bytes)).Message, StringComparison.Ordinal);
            }
            else
            {
                view.Read(start, bytes);
                Assert.Equal(original.AsSpan(start, bytes.Length).ToArray(), bytes);
            }
        }

        byte[] hash = tree.Hash.ToArray();
        hash[^1] ^= 1;
        Assert.Contains(
            "hash block",
            Assert.Throws<InvalidImageException>(() => DmVerity.Open(Blob.FromMemory(original), Blob.FromMemory(hash), tree.RootHash).ToArray()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_block_is_checked_against_the_root_alone()
    {
        byte[] data = RandomData.Bytes(4096, 26);
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), new DmVerityOptions());

        Assert.Equal(data, DmVerity.Open(Blob.FromMemory(data), tree.Hash, tree.RootHash).ToArray());
        data[0] ^= 1;
        Assert.Throws<InvalidImageException>(() => DmVerity.Open(Blob.FromMemory(data), tree.Hash, tree.RootHash).ToArray());
    }

    [Fact]
    public void The_superblock_is_read_back()
    {
        var options = new DmVerityOptions
        {
            Uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"),
            Algorithm = DmVerityAlgorithm.Sha512,
            HashType = DmVerityHashType.ChromeOs,
            DataBlockSize = 2048,
            HashBlockSize = 1024,
            Salt = RandomData.Bytes(256, 27),
            HashOffset = 8192,
        };
        Blob data = Blob.FromMemory(RandomData.Bytes(8192, 28));
        Blob device = DmVerity.Append(data, DmVerity.Build(data, options), options);

        DmVeritySuperblock read = DmVerity.ReadSuperblock(device, 8192);

        Assert.Equal(options with { Salt = default }, read.ToOptions(8192) with { Salt = default });
        Assert.Equal(options.Salt.ToArray(), read.Salt.ToArray());
        Assert.Equal(4, read.DataBlocks);
        Assert.Equal(8192, read.DataLength);
    }

    [Fact]
    public void A_device_that_does_not_fit_its_superblock_is_refused()
    {
        Blob data = Blob.FromMemory(RandomData.Bytes(300 * 4096, 29));
        DmVerityTree tree = DmVerity.Build(data, new DmVerityOptions());

        Refused("the data has", data.Slice(0, 4096), tree.Hash, tree.RootHash);
        Refused("the hash device has", data, tree.Hash.Slice(0, 8192), tree.RootHash);
        Refused("a root hash of 20 bytes", data, tree.Hash, tree.RootHash[..20]);
        Refused("no superblock at 0", data, data, tree.RootHash);
        Refused("no room", data, Blob.Zeros(100), tree.RootHash);
    }

    [Fact]
    public void Spoiled_superblocks_are_refused_or_found_out()
    {
        Blob data = Blob.FromMemory(RandomData.Bytes(40 * 512, 30));
        var options = new DmVerityOptions { DataBlockSize = 512, HashBlockSize = 512, Salt = RandomData.Bytes(16, 31) };
        DmVerityTree tree = DmVerity.Build(data, options);
        byte[] hash = tree.Hash.ToArray();
        byte[] original = [.. hash];
        var changes = new RandomChanges(hash, (0, 104), (0, 104), (0, 104));
        var random = new Random(32);
        int refused = 0;
        int found = 0;
        for (int i = 0; i < 20_000; i++)
        {
            foreach ((int place, byte[] bytes) in changes.Draw(random))
                bytes.CopyTo(hash.AsSpan(place));
            try
            {
                if (DmVerity.Verify(data, Blob.FromMemory(hash), tree.RootHash) is not null)
                    found++;
                _ = DmVerity.ReadRootHash(data, Blob.FromMemory(hash));
                _ = DmVerity.Check(data, Blob.FromMemory(hash), tree.RootHash);
                _ = DmVerity.Open(data, Blob.FromMemory(hash), tree.RootHash).ToArray();
            }
            catch (InvalidImageException)
            {
                refused++;
            }

            original.CopyTo(hash, 0);
        }

        Assert.InRange(refused, 10_000, 19_999);
        Assert.InRange(found, 1_000, 19_999);
    }

    private static void Refused(string part, Blob data, Blob hash, ReadOnlyMemory<byte> root) => Assert.Contains(
        part, Assert.Throws<InvalidImageException>(() => DmVerity.Verify(data, hash, root)).Message, StringComparison.Ordinal);
}
