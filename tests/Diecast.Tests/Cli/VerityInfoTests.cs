using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;

namespace Diecast.Tests.Cli;

/// <summary><c>diecast info</c> of partitions that dm-verity protects.</summary>
public sealed class VerityInfoTests
{
    private const int DataAt = 1 << 20;
    private const int HashAt = 4 << 20;

    [Fact]
    public void Data_and_tree_are_told_of_together_and_checked()
    {
        using var directory = new TempDirectory();
        string rootHash = Make(directory["disk.raw"]);

        JsonElement told = Assert.Single(Json(0, directory["disk.raw"]).GetProperty("verity").EnumerateArray());
        Assert.Equal((1, 2, "sha256", 1), (told.GetProperty("data").GetInt32(), told.GetProperty("hash").GetInt32(), told.GetProperty("algorithm").GetString(), told.GetProperty("hashType").GetInt32()));
        Assert.Equal((4096, 1024, 200, 3), (told.GetProperty("dataBlockSize").GetInt32(), told.GetProperty("hashBlockSize").GetInt32(), told.GetProperty("dataBlocks").GetInt32(), told.GetProperty("saltSize").GetInt32()));
        Assert.Equal(rootHash, told.GetProperty("rootHash").GetString());
        Assert.True(told.GetProperty("matchesIds").GetBoolean());
        Assert.False(told.TryGetProperty("check", out _));
        Assert.False(told.TryGetProperty("fault", out _));
        string text = CommandLine.Run("info", directory["disk.raw"]).Output;
        Assert.Matches($"# 1, 2 +dm-verity\nhash +sha256, type 1, salt of 3 bytes\nblocks +200 of 4096 bytes, of the tree 1024 bytes\nroot hash +{rootHash}\nUUIDs +by the root hash\n", text);
        Assert.DoesNotContain("checked", text, StringComparison.Ordinal);

        CommandLine.Result verified = CommandLine.Run("info", "--verify", directory["disk.raw"]);
        Assert.Equal(0, verified.ExitCode);
        Assert.Matches("checked +200 blocks of data and 8 of the tree, all good\n", verified.Output);
        Assert.True(Json(0, directory["disk.raw"], "--verify").GetProperty("verity")[0].GetProperty("check").GetProperty("good").GetBoolean());
    }

    [Fact]
    public void Bad_blocks_are_listed_in_any_format_and_end_with_1()
    {
        using var directory = new TempDirectory();
        Make(directory["disk.raw"], disk =>
        {
            disk[DataAt + (7 * 4096) + 1] ^= 1;
            disk[DataAt + (8 * 4096)] ^= 1;
            disk[DataAt + (190 * 4096) + 4095] ^= 1;
        });
        Assert.Equal(0, CommandLine.Run("convert", directory["disk.raw"], directory["disk.qcow2"], "--quiet").ExitCode);

        foreach (string name in (string[])["disk.raw", "disk.qcow2"])
        {
            CommandLine.Result verified = CommandLine.Run("info", "--verify", directory[name]);
            Assert.Equal(1, verified.ExitCode);
            Assert.Matches("checked +bad are 3 of 200 blocks of data and 0 of 8 of the tree\n", verified.Output);
            Assert.Matches("bad +data blocks 7 to 8, from 28672 on, do not have their hashes\nbad +data block 190, at 778240, does not have its hash\n", verified.Output);
            Assert.Equal(0, CommandLine.Run("info", directory[name]).ExitCode);
        }

        JsonElement check = Json(1, directory["disk.raw"], "--verify").GetProperty("verity")[0].GetProperty("check");
        Assert.False(check.GetProperty("good").GetBoolean());
        Assert.Equal(3, check.GetProperty("badDataBlocks").GetInt64());
        JsonElement[] damage = [.. check.GetProperty("damage").EnumerateArray()];
        Assert.Equal(2, damage.Length);
        Assert.Equal(("changed", 7, 2, 28672, 8192), (damage[0].GetProperty("kind").GetString(), damage[0].GetProperty("block").GetInt32(), damage[0].GetProperty("count").GetInt32(), damage[0].GetProperty("offset").GetInt32(), damage[0].GetProperty("length").GetInt32()));
        Assert.False(damage[0].TryGetProperty("level", out _));
    }

    [Fact]
    public void A_changed_tree_is_found_by_the_UUIDs_and_by_its_levels()
    {
        using var directory = new TempDirectory();
        Make(directory["top.raw"], disk => disk[HashAt + 1024] ^= 1);
        Make(directory["level.raw"], disk => disk[HashAt + 2048 + 5] ^= 1);
        Make(directory["superblock.raw"], disk => disk[HashAt + 8] = 9);

        JsonElement top = Json(1, directory["top.raw"], "--verify").GetProperty("verity")[0];
        Assert.False(top.GetProperty("matchesIds").GetBoolean());
        JsonElement[] damage = [.. Json(1, directory["level.raw"], "--verify").GetProperty("verity")[0].GetProperty("check").GetProperty("damage").EnumerateArray()];
        Assert.Equal(["changed", "unvouched"], damage.Select(range => range.GetProperty("kind").GetString()));
        Assert.Equal((0, 2), (damage[0].GetProperty("level").GetInt32(), damage[0].GetProperty("block").GetInt32()));
        Assert.Equal((0, 32), (damage[1].GetProperty("block").GetInt32(), damage[1].GetProperty("count").GetInt32()));
        JsonElement superblock = Json(1, directory["superblock.raw"], "--verify").GetProperty("verity")[0];
        Assert.Contains("version 9", superblock.GetProperty("fault").GetString(), StringComparison.Ordinal);
        Assert.False(superblock.TryGetProperty("rootHash", out _));
    }

    [Fact]
    public void Two_versions_are_paired_by_UUIDs_and_labels()
    {
        using var directory = new TempDirectory();
        DmVerityTree one = DmVerity.Build(Data(1), Options);
        DmVerityTree two = DmVerity.Build(Data(2), Options);
        PartitionType root = PartitionTypes.Find("root-x86-64")!;
        PartitionType hash = PartitionTypes.Find("root-x86-64-verity")!;
        Blob disk = new GptTable { Length = 16 << 20, DiskId = Guid.NewGuid() }.Compose(
        [
            new() { Offset = 1 << 20, Length = 2 << 20, Type = root, Name = "os_2", Id = Guid.NewGuid(), Content = Data(2) },
            new() { Offset = 4 << 20, Length = 1 << 20, Type = hash, Name = "os_verity_1", Id = Half(one, first: false), Content = one.Hash },
            new() { Offset = 6 << 20, Length = 1 << 20, Type = hash, Name = "os_verity_2", Id = Guid.NewGuid(), Content = two.Hash },
            new() { Offset = 8 << 20, Length = 2 << 20, Type = root, Name = "whatever", Id = Half(one, first: true), Content = Data(1) },
            new() { Offset = 12 << 20, Length = 1 << 20, Type = hash, Name = "_empty", Id = Guid.NewGuid() },
        ]);
        File.WriteAllBytes(directory["disk.raw"], disk.ToArray());

        JsonElement[] told = [.. Json(0, directory["disk.raw"]).GetProperty("verity").EnumerateArray()];

        Assert.Equal([(4, 2, true), (1, 3, false)], told.Select(pair => (pair.GetProperty("data").GetInt32(), pair.GetProperty("hash").GetInt32(), pair.GetProperty("matchesIds").GetBoolean())));
        // Nothing says that the second root hash is the right one.
        Assert.True(Json(1, directory["disk.raw"], "--verify").GetProperty("verity")[1].GetProperty("check").GetProperty("good").GetBoolean());
    }

    [Fact]
    public void Where_there_is_nothing_to_check_that_is_said()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.raw"], new byte[1 << 20]);

        CommandLine.Result result = CommandLine.Run("info", "--verify", directory["disk.raw"]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("no two partitions are data and its dm-verity tree", result.Error, StringComparison.Ordinal);
    }

    private static DmVerityOptions Options { get; } = new() { HashBlockSize = 1024, Salt = new byte[] { 1, 2, 3 } };

    private static Blob Data(int seed)
    {
        byte[] data = new byte[200 * 4096];
        new Random(seed).NextBytes(data);
        return Blob.FromMemory(data);
    }

    private static Guid Half(DmVerityTree tree, bool first) =>
        new(first ? tree.RootHash.Span[..16] : tree.RootHash.Span[16..], bigEndian: true);

    /// <summary>A disk of a root and its tree; its root hash.</summary>
    private static string Make(string path, Action<byte[]>? spoil = null)
    {
        DmVerityTree tree = DmVerity.Build(Data(1), Options);
        byte[] disk = new GptTable { Length = 16 << 20, DiskId = Guid.NewGuid() }.Compose(
        [
            new() { Offset = DataAt, Length = 2 << 20, Type = PartitionTypes.Find("root-x86-64")!, Id = Half(tree, first: true), Content = Data(1) },
            new() { Offset = HashAt, Length = 1 << 20, Type = PartitionTypes.Find("root-x86-64-verity")!, Id = Half(tree, first: false), Content = tree.Hash },
        ]).ToArray();
        spoil?.Invoke(disk);
        File.WriteAllBytes(path, disk);
        return tree.RootHashText;
    }

    private static JsonElement Json(int exitCode, params string[] arguments)
    {
        CommandLine.Result result = CommandLine.Run(["info", "--json", .. arguments]);
        Assert.True(result.ExitCode == exitCode, result.Error + result.Output);
        return JsonDocument.Parse(result.Output).RootElement;
    }
}
