using Diecast.Building;
using Diecast.Definitions;
using Diecast.ImageTypes;

namespace Diecast.Tests.Definitions;

/// <summary>What an ISO image has no place for, and what only it has.</summary>
public sealed class LiveRuleTests
{
    private const string System = "system: { base: { directory: . }, hostName: x, kernel: {} }\n";

    /// <summary>An image's keys, the path of the fault, and what is said.</summary>
    public static TheoryData<string, string, string> ImageFaults => new()
    {
        { "size: 1G", "image.size", "size of an ISO image" },
        { "size: auto", "", "" },
        { "sizeMultiple: 1M", "image.sizeMultiple", "size of an ISO image" },
        { "sectorSize: 4096", "image.sectorSize", "sectors of an ISO image" },
        { "partitionTable: none", "image.partitionTable", "ISO image without a table" },
        { "partitionTable: mbr", "", "" },
        { "label: 12345678901234567890123456789012", "", "" },
        { "label: 123456789012345678901234567890123", "image.label", "not the name of a volume" },
        { "label: Pyrénées", "image.label", "not the name of a volume" },
        { "format: iso9660", "", "" },
        { "format: qcow2", "image.format[0]", "not a format for iso9660" },
        { "partitions: [{ mountPoint: /, fileSystem: squashfs }, { fileSystem: ext4 }]", "image.partitions[1]", "second partition of an ISO image" },
        { "partitions: [{ mountPoint: /, fileSystem: ext4 }]", "image.partitions[0].fileSystem.type", "not a root for an ISO image" },
        { "partitions: [{ mountPoint: /srv, fileSystem: erofs }]", "image.partitions[0].mountPoint", "partition of an ISO image that is not its root" },
        { "partitions: [{ mountPoint: /, fileSystem: erofs, free: 1M }]", "image.partitions[0].free", "field of a disk's partition" },
        { "partitions: [{ mountPoint: /, fileSystem: erofs, offset: 1M }]", "image.partitions[0].offset", "field of a disk's partition" },
        { "partitions: [{ mountPoint: /, fileSystem: { type: iso9660, compression: gzip, compressionLevel: 9 } }]", "", "" },
        { "partitions: [{ mountPoint: /, fileSystem: { type: iso9660, compression: xz } }]", "image.partitions[0].fileSystem.compression", "a compressor that ISO 9660 does not have" },
        { "partitions: [{ mountPoint: /, fileSystem: { type: iso9660, compressionLevel: 10 } }]", "image.partitions[0].fileSystem.compressionLevel", "not a level of zisofs" },
        { "partitions: [{ mountPoint: /, fileSystem: { type: iso9660, label: x } }]", "image.partitions[0].fileSystem.label", "option of ext file systems, FAT, EROFS, swap, btrfs, XFS and F2FS" },
    };

    [Theory]
    [MemberData(nameof(ImageFaults))]
    public void Faults_of_an_ISO_image(string keys, string path, string message) => AssertFault($"{System}image: {{ type: iso9660, {keys} }}", path, message);

    [Theory]
    [InlineData("kernel: {}, initrd: distribution", "system.initrd.kind", "another initial RAM disk for a live system")]
    [InlineData("kernel: {}, bootloader: none", "system.bootloader.kind", "live system without a boot loader")]
    [InlineData("timezone: UTC", "system.kernel", "live system without a kernel")]
    public void Faults_of_a_live_system(string keys, string path, string message) =>
        AssertFault($"system: {{ base: {{ directory: . }}, hostName: x, {keys} }}\nimage: {{ type: iso9660 }}", path, message);

    [Theory]
    [InlineData("image: { partitions: [{ fileSystem: iso9660 }] }", "image.partitions[0].fileSystem.type", "ISO 9660 in a partition of a disk")]
    [InlineData("image: { format: iso, partitions: [{ fileSystem: ext4 }] }", "image.format[0]", "ISO of a disk")]
    [InlineData("image: { label: x, partitions: [{ fileSystem: ext4 }] }", "image.label", "label with partitions of your own")]
    [InlineData(System + "image: { label: 12345678901234567 }", "image.label", "label too long for ext")]
    [InlineData(System + "image: { type: uncompressed-iso9660, partitions: [{ mountPoint: /, fileSystem: { type: squashfs, compression: xz } }] }", "image.partitions[0].fileSystem.compression", "compression of what is not compressed")]
    public void Faults_of_other_images(string text, string path, string message) => AssertFault(text, path, message);

    [Theory]
    [InlineData("iso9660", FileSystemType.Squashfs, null)]
    [InlineData("uncompressed-iso9660", FileSystemType.Erofs, null)]
    public void The_type_says_how_the_root_is_stored(string type, FileSystemType root, FileSystemCompression? compression)
    {
        Image image = ImageBuilder.Complete(Yaml.Read($"{System}image: {{ type: {type} }}"));
        Assert.Equal(("iso", root, compression), (image.Format.Single().Name, image.Partitions.Single().FileSystem!.Type, image.Partitions[0].FileSystem!.Compression));
    }

    [Fact]
    public void What_is_not_to_be_compressed_is_not()
    {
        Image image = ImageBuilder.Complete(Yaml.Read($"{System}image: {{ type: uncompressed-iso9660, partitions: [{{ mountPoint: /, fileSystem: iso9660 }}] }}"));
        Assert.Equal(FileSystemCompression.None, image.Partitions.Single().FileSystem!.Compression);
    }

    [Theory]
    [InlineData("name: vignemale-1.0\n", "VIGNEMALE_1_0")]
    [InlineData("name: abcdefghijklmnopqrstuvwxyz0123456789\n", "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345")]
    public void A_volume_is_called_as_its_definition_in_the_standards_characters(string name, string expected) =>
        Assert.Equal(expected, LiveTypes.VolumeId(Yaml.Read($"{name}{System}image: {{ type: iso9660 }}")));

    [Fact]
    public void The_label_is_the_volumes_name_or_the_roots()
    {
        Assert.Equal("Mine", LiveTypes.VolumeId(Yaml.Read($"{System}image: {{ type: iso9660, label: Mine }}")));
        Assert.Equal("mine", ImageBuilder.Complete(Yaml.Read($"{System}image: {{ label: mine }}")).Partitions[^1].FileSystem!.Label);
    }

    private static void AssertFault(string text, string path, string message)
    {
        if (message.Length == 0)
        {
            Yaml.Read(text);
            return;
        }

        DefinitionError error = Yaml.Error(text);
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.NotNull(error.Position);
    }
}
