using Diecast.Boot;
using Diecast.Building;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Tests.Boot;
using Diecast.Tests.Definitions;

namespace Diecast.Tests.Planning;

/// <summary>A live system's volume: what is in it, and where its parts are.</summary>
public sealed class IsoPlannerTests
{
    private const string Capability = "security.capability";
    private static readonly Timestamp Epoch = new(1_700_000_000);

    [Theory]
    [InlineData("iso9660", "")]
    [InlineData("uncompressed-iso9660", "")]
    [InlineData("iso9660", "partitions: [{ mountPoint: /, fileSystem: { type: squashfs, compression: lz4 } }]")]
    [InlineData("iso9660", "partitionTable: mbr")]
    public void A_root_that_is_an_image_keeps_what_ISO_9660_has_no_place_for(string type, string keys)
    {
        (DiskPlan disk, Blob content) = Plan(type, keys, out _);
        FileTree volume = IsoFileSystem.Read(content);
        Assert.Equal("a kernel", volume.ReadText("/boot/vmlinuz-1"));
        Assert.Equal("a kernel elsewhere", volume.ReadText("/usr/lib/modules/2/vmlinuz"));
        bool isErofs = type == "uncompressed-iso9660";
        Blob image = volume.ResolveFile(isErofs ? "/live/root.erofs" : "/live/root.squashfs")!.Content;
        FileTree root = isErofs ? ErofsFileSystem.Read(image) : SquashfsFileSystem.Read(image);

        Assert.Equal("a program", root.ReadText("/usr/bin/ping"));
        Assert.Equal([1, 2, 3], root.ResolveFile("/usr/bin/ping")!.Xattrs.Find(new FileName(Capability))!.Value.ToArray());
        Assert.DoesNotContain(root.Walk(), entry => entry.Path.StartsWith("/boot/", StringComparison.Ordinal));
        Assert.Equal(Epoch, volume.Find("/live")!.ModifiedTime);
        AssertDisk(disk, content, image.Length);
    }

    [Theory]
    [InlineData("iso9660", true)]
    [InlineData("uncompressed-iso9660", false)]
    public void A_root_may_be_the_volumes_own_tree_compressed_or_not(string type, bool isCompressed)
    {
        (DiskPlan disk, Blob content) = Plan(type, "partitions: [{ mountPoint: /, fileSystem: iso9660 }]", out BuildPlanText text);
        FileTree volume = IsoFileSystem.Read(content);
        Assert.Equal("a program", volume.ReadText("/usr/bin/ping"));
        Assert.Equal("a kernel", volume.ReadText("/boot/vmlinuz-1"));
        Assert.Empty(volume.ResolveFile("/usr/bin/ping")!.Xattrs);
        Assert.Equal(isCompressed, text.Codecs.Count > 0);
        Assert.Equal(isCompressed, content.Length < 2 * 1024 * 1024);
        AssertDisk(disk, content, 0);
    }

    [Fact]
    public void The_same_definition_gives_the_same_bytes()
    {
        byte[] one = Plan("iso9660", "", out _).Content.ToArray();
        Assert.Equal(one, Plan("iso9660", "", out _).Content.ToArray());
    }

    /// <summary>The plan says what a reader of the table finds, and the table's backup is at the very end.</summary>
    private static void AssertDisk(DiskPlan disk, Blob content, long least)
    {
        Assert.Equal(disk.Length, content.Length);
        Assert.Equal(0, content.Length % 2048);
        FoundTable table = PartitionTableReader.Read(content)!;
        Assert.Empty(table.Faults);
        Assert.Equal(disk.Table == PartitionTableType.Gpt ? "gpt" : "mbr", table.Kind);
        Assert.Equal(disk.Partitions.Select(p => (p.Offset, p.Length)), table.Partitions.Select(p => (p.Offset, p.Length)));
        Assert.True(disk.Partitions[0].Length > least);
        if (disk.Table == PartitionTableType.Gpt)
            Assert.Equal("EFI PART"u8.ToArray(), content.Slice(content.Length - 512, 8).ToArray());
        PartitionPlan esp = disk.Partitions[1];
        Assert.NotNull(FatFileSystem.Read(content.Slice(esp.Offset, esp.Length)).ResolveFile("/EFI/BOOT/BOOTX64.EFI"));
        Assert.Equal([IsoBootPlatform.Bios, IsoBootPlatform.Efi], IsoFileSystem.ReadInfo(content).BootImages.Select(b => b.Platform));
        Assert.Equal(esp.Offset / 2048, IsoFileSystem.ReadInfo(content).BootImages[1].Sector);
    }

    private static (DiskPlan Disk, Blob Content) Plan(string type, string keys, out BuildPlanText text)
    {
        Definition definition = Yaml.Read($"system: {{ base: {{ directory: . }}, hostName: x, kernel: {{}} }}\nimage: {{ type: {type}, {keys} }}");
        definition = definition with { Image = ImageBuilder.Complete(definition) };
        FileTree tree = BootTrees.Of(
            ("/boot/vmlinuz-1", BootTrees.Text("a kernel")),
            ("/boot/initrd.img-1", BootTrees.Text("an initrd")),
            ("/usr/lib/modules/2/vmlinuz", BootTrees.Text("a kernel elsewhere")),
            ("/usr/bin/ping", BootTrees.Text("a program")),
            ("/usr/share/large", new FileInode(Blob.FromMemory(new byte[2 * 1024 * 1024]))));
        tree.ResolveFile("/usr/bin/ping")!.Xattrs = Xattrs.Create([new Xattr(new FileName(Capability), new byte[] { 1, 2, 3 })]);
        var ids = new IdSource(Guid.Parse("11111111-2222-4333-8444-555555555555"), definition.Image.Partitions, "x86-64");
        var esp = new FileTree();
        esp.Set("/EFI/BOOT/BOOTX64.EFI", BootTrees.Text("a loader"));
        FatPlan fat = FatFileSystem.Plan(esp, new FatOptions { MinimumSize = 1440 * 1024 });
        bool isTree = definition.Image.Partitions[0].FileSystem!.Type == FileSystemType.Iso9660;
        var options = new IsoOptions
        {
            VolumeId = "LIVE",
            CreationTime = Epoch,
            Unsupported = isTree ? IsoUnsupported.Adapt : IsoUnsupported.Refuse,
            Boot = [new IsoBootEntry { Image = Blob.FromText("a boot image") }, new IsoBootEntry { Platform = IsoBootPlatform.Efi, Partition = 0 }],
            Partitions = [new IsoPartition { Content = fat.ToBlob(), Id = ids.Derive("esp"), Name = "esp" }],
            Hybrid = new IsoHybrid { Table = definition.Image.PartitionTable == PartitionTableType.Mbr ? IsoTable.Mbr : IsoTable.Gpt, DiskId = ids.Disk, IsoPartitionId = ids.Derive("iso") },
        };
        KernelImage[] kernels =
        [
            new() { Version = "1", Path = "/boot/vmlinuz-1", Architecture = Diecast.Boot.Architecture.Amd64 },
            new() { Version = "2", Path = "/usr/lib/modules/2/vmlinuz", Architecture = Diecast.Boot.Architecture.Amd64 },
        ];
        string? root = isTree ? null : type == "iso9660" ? "/live/root.squashfs" : "/live/root.erofs";
        using var directory = new TempDirectory();
        using var packing = new PackingPlace(directory.Path, new Progress<long>(), default);
        var planned = new IsoPlanner(definition, ids, Epoch, packing).Plan(tree, new LiveIso(options, root, fat, new BootFiles(kernels, null)));
        text = new BuildPlanText([.. packing.Codecs]);
        // The spool goes with the method.
        return (planned.Disk, Blob.FromMemory(planned.Content.ToArray()));
    }

    private sealed record BuildPlanText(IReadOnlyList<string> Codecs);
}
