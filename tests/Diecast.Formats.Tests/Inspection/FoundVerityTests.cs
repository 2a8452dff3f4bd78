using Diecast.Formats.Blobs;
using Diecast.Formats.Inspection;
using Diecast.Formats.Integrity;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Tests.Integrity;

namespace Diecast.Formats.Tests.Inspection;

public sealed class FoundVerityTests
{
    [Fact]
    public void Spoiled_partitions_are_told_of_and_disturb_nothing()
    {
        byte[] data = RandomData.Bytes(40 * 512, 91);
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(data), new DmVerityOptions { DataBlockSize = 512, HashBlockSize = 512 });
        byte[] root = tree.RootHash.ToArray();
        byte[] signature = new byte[16 * 1024];
        System.Text.Encoding.ASCII.GetBytes($"{{\"rootHash\":\"{tree.RootHashText}\",\"signature\":\"AAAA\"}}").CopyTo(signature, 0);
        byte[] disk = new GptTable { Length = 1 << 20, DiskId = new Guid(RandomData.Bytes(16, 92)) }.Compose(
        [
            new() { Offset = 128 << 10, Length = 64 << 10, Type = PartitionTypes.Find("usr-arm64")!, Id = new Guid(root.AsSpan(0, 16), bigEndian: true), Content = Blob.FromMemory(data) },
            new() { Offset = 256 << 10, Length = 64 << 10, Type = PartitionTypes.Find("usr-arm64-verity")!, Id = new Guid(root.AsSpan(16), bigEndian: true), Content = tree.Hash },
            new() { Offset = 384 << 10, Length = 64 << 10, Type = PartitionTypes.Find("usr-arm64-verity-sig")!, Id = new Guid(RandomData.Bytes(16, 93)), Content = Blob.FromMemory(signature) },
        ]).ToArray();
        Blob blob = Blob.FromMemory(disk);
        FoundVerity found = Assert.Single(FoundVerity.Find(blob, PartitionTableReader.Read(blob)!));
        Assert.Equal((1, 2, 3, true, true), (found.Data.Number, found.Hash.Number, found.Signature!.Number, found.MatchesIds, found.MatchesSignature!.Value));
        Assert.Equal(root, found.RootHash.ToArray());
        Assert.True(found.Check().IsGood);

        var random = new Random(94);
        int bad = 0;
        int faults = 0;
        for (int i = 0; i < 3000; i++)
        {
            // The entries, the superblock, the tree, the signature.
            (int start, int length) = random.Next(4) switch { 0 => (1024, 384), 1 => (256 << 10, 104), 2 => ((256 << 10) + 512, 2048), _ => (384 << 10, 120) };
            (int Place, byte Was)[] changes = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => start + random.Next(length)).Select(place => (place, disk[place]))];
            foreach ((int place, _) in changes)
                disk[place] = (byte)random.Next(256);
            if (PartitionTableReader.Read(blob) is { } table)
            {
                foreach (FoundVerity pair in FoundVerity.Find(blob, table))
                {
                    if (pair.Fault is not null)
                        faults++;
                    else if (!pair.Check().IsGood || !pair.MatchesIds || pair.MatchesSignature == false)
                        bad++;
                }
            }

            foreach ((int place, byte was) in changes.Reverse())
                disk[place] = was;
        }

        Assert.InRange(faults, 300, 1500);
        Assert.InRange(bad, 300, 2500);
        Assert.True(Assert.Single(FoundVerity.Find(blob, PartitionTableReader.Read(blob)!)).Check().IsGood);
    }
}
