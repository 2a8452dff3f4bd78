using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;

namespace Diecast.Tests.Repart;

public sealed class VerityTests
{
    private static readonly (string Name, string Settings)[] Root =
    [
        ("1-data.conf", "Type=root-x86-64\nFormat=erofs\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nMinimize=best\n"),
        ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nMinimize=best\n"),
    ];

    [Fact]
    public void The_ids_of_both_partitions_are_the_root_hash_that_vouches_for_the_data()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", new string('v', 200_000));
        string definitions = RepartProgram.Define(directory, Root);

        RepartProgram.Result result = RepartProgram.Make(definitions, directory["image"], $"--copy-source={directory["source"]}");

        using var image = new RepartImage(directory["image"]);
        string rootHash = image.Partition(1).Id!.Replace("-", "", StringComparison.Ordinal) + image.Partition(2).Id!.Replace("-", "", StringComparison.Ordinal);
        Assert.Equal(2, result.Output.Split($"\"roothash\" : \"{rootHash}\"").Length - 1);
        Assert.Null(DmVerity.Verify(image.Content(1), image.Content(2), Convert.FromHexString(rootHash)));
        Assert.Equal(Guid.Parse("5b4cf557-8269-4aa1-8669-41f3431271c8"), DmVerity.ReadSuperblock(image.Content(2)).Uuid);
        Assert.Equal(GptAttributes.ReadOnly, image.Partition(1).Attributes);
        Assert.Equal(GptAttributes.ReadOnly, image.Partition(2).Attributes);
    }

    [ToolFact("veritysetup")]
    public void Veritysetup_takes_blocks_of_other_sizes()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file", new string('v', 200_000));
        string definitions = RepartProgram.Define(
            directory,
            ("1-data.conf", "Type=root-x86-64\nFormat=ext4\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nSizeMaxBytes=10G\nMinimize=guess\nSplitName=data\n"),
            ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nVerityDataBlockSizeBytes=4096\nVerityHashBlockSizeBytes=1024\nSplitName=hash\n"));

        RepartProgram.Make(definitions, directory["image.raw"], $"--copy-source={directory["source"]}", "--split=yes");

        using var image = new RepartImage(directory["image.raw"]);
        string rootHash = image.Partition(1).Id!.Replace("-", "", StringComparison.Ordinal) + image.Partition(2).Id!.Replace("-", "", StringComparison.Ordinal);
        Tool.Check("veritysetup", "verify", directory["image.data.raw"], directory["image.hash.raw"], rootHash);
        string superblock = Tool.Check("veritysetup", "dump", directory["image.hash.raw"]);
        Assert.Contains("1024", superblock, StringComparison.Ordinal);
        Assert.Contains("aece282c3c2def3554654f2e7295e770a8ba079339ff8818bd2dcd9a6817f99c", superblock, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hash_partition_without_Minimize_is_as_large_as_the_largest_data_needs()
    {
        using var directory = new TempDirectory();
        ContentTests.Write(directory["source"], "file");
        string definitions = RepartProgram.Define(
            directory,
            ("1-data.conf", "Type=root-x86-64\nCopyFiles=/\nVerity=data\nVerityMatchKey=root\nMinimize=guess\nSizeMaxBytes=10G\n"),
            ("2-hash.conf", "Type=root-x86-64-verity\nVerity=hash\nVerityMatchKey=root\nVerityHashBlockSizeBytes=4096\nVerityDataBlockSizeBytes=4096\n"));

        RepartProgram.Make(definitions, directory["image"], $"--copy-source={directory["source"]}");

        using var image = new RepartImage(directory["image"]);
        // calculate_verity_hash_size() of upstream's own test.
        Assert.Equal(84557824, image.Partition(2).Length);
        Assert.Equal(image.Partition(1).Length / 4096, DmVerity.ReadSuperblock(image.Content(2)).DataBlocks);
    }
}
