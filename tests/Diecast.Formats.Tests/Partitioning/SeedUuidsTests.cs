using Diecast.Formats.Partitioning;

namespace Diecast.Formats.Tests.Partitioning;

/// <summary>The values are those of systemd's own tests for its seed.</summary>
public sealed class SeedUuidsTests
{
    private static readonly SeedUuids Seed = new(new Guid("750b6cd5-c4ae-4012-a15e-7be3c29e6a47"));

    [Theory]
    [InlineData("root-x86-64", 0, "60F33797-1D71-4DCB-AA6F-20564F036CD0")]
    [InlineData("root-x86-64", 1, "73A4CCD2-EAF5-44DA-A366-F99188210FDC")]
    [InlineData("usr-x86-64", 0, "7E3369DD-D653-4513-ADF5-B993A9F20C16")]
    [InlineData("root-arm64", 0, "055D0227-53A6-4033-85C3-9A5973EFF483")]
    [InlineData("root-arm64", 1, "F7DBBE48-8FD0-4833-8411-AA34E7C8E60A")]
    [InlineData("usr-arm64", 0, "FCE3C75E-D6A4-44C0-87F0-4C105183FB1F")]
    [InlineData("root-s390x", 0, "7EBE0C85-E27E-48EC-B164-F4807606232E")]
    [InlineData("root-ppc64-le", 1, "A6687CEF-4E4F-44E7-90B3-CDA52EA81739")]
    [InlineData("usr-loongarch64", 0, "031FFA75-00BB-49B6-A70D-911D2D82A5B7")]
    [InlineData("root-x86", 1, "268E0FD3-B468-4806-A823-E533FE9BB9CC")]
    [InlineData("home", 0, "4980595D-D74A-483A-AA9E-9903879A0EE5")]
    [InlineData("swap", 0, "78C92DB8-3D2B-4823-B0DC-792B78F66F1E")]
    [InlineData("esp", 0, "39107B09-615D-48FB-BA37-C663885FCE67")]
    [InlineData("linux-generic", 0, "DF71F5E3-080A-4D16-824B-18591B881380")]
    [InlineData("linux-generic", 1, "DB081670-07AE-48CA-9F5E-813D5E40B976")]
    public void Partitions_are_named_by_type_and_index(string type, int index, string expected) =>
        Assert.Equal(Guid.Parse(expected), Seed.Partition(PartitionTypes.Find(type)!.Guid!.Value, index));

    [Fact]
    public void The_other_roles_agree()
    {
        Assert.Equal(Guid.Parse("1D2CE291-7CCE-4F7D-BC83-FDB49AD74EBD"), Seed.Disk);
        Assert.Equal(Guid.Parse("5B4CF557-8269-4AA1-8669-41F3431271C8"), Seed.VeritySuperblock);
        Assert.Equal("aece282c3c2def3554654f2e7295e770a8ba079339ff8818bd2dcd9a6817f99c", Convert.ToHexStringLower(Seed.VeritySalt()));
        Guid root = Seed.Partition(PartitionTypes.Find("root-x86-64")!.Guid!.Value);
        Assert.Equal(Guid.Parse("70E624A3-CACA-4B82-B656-2E7168B70FF1"), SeedUuids.FileSystem(root));
        Assert.Equal(0x70E624A3u, SeedUuids.FatVolumeId(SeedUuids.FileSystem(root)));
    }

    [Fact]
    public void Roles_of_the_callers_own_are_version_4_and_distinct()
    {
        Guid[] ids = [.. Enumerable.Range(0, 100).Select(i => Seed.Derive($"role {i}"))];
        Assert.Equal(100, ids.Distinct().Count());
        Assert.All(ids, id => Assert.Equal((4, 8), (id.Version, id.Variant & 0xC)));
        Assert.Equal(Seed.Disk, Seed.Derive("disk-uuid"));
        Assert.NotEqual(SeedUuids.Luks(ids[0]), SeedUuids.FileSystem(ids[0]));
    }
}
