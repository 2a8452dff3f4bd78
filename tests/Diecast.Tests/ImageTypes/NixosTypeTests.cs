using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.ImageTypes;

namespace Diecast.Tests.ImageTypes;

/// <summary>The tables of NixOS's make-disk-image, sector by sector, as sfdisk sees them on a disk of 2 GiB with its defaults.</summary>
public sealed class NixosTypeTests
{
    private const string Linux = "0FC63DAF-8483-4772-8E79-3D69D8477DE4";
    private const string Esp = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
    private const string BiosBoot = "21686148-6449-6E6F-744E-656564454649";
    private const string ExtendedBoot = "BC13C2FF-59E6-4262-A352-B275FD6F7172";
    private const string First = "1C06F03B-704E-4657-B9CD-681A087A2FDC";
    private const string Second = "970C694F-AFD0-4B99-B750-CDB7A329AB6F";
    private const string Root = "F222513B-DED1-49FA-B591-20CE86A2FE7F";
    private const string Disk = "97FD5997-F390-0B4A-A3F8-D106C1723AEA";

    /// <summary>Table, then first and last sector, type and name of each partition, with a star where it is active; then the mount points.</summary>
    public static TheoryData<string, string, string, string> Layouts => new()
    {
        { "nixos-legacy", "dos", "2048-4194303 83", "/" },
        { "nixos-legacy-boot", "dos", "2048-526335 c*; 526336-4194303 83", "/boot /" },
        { "nixos-legacy-gpt", "gpt", $"2048-4095 {BiosBoot} no-fs; 4096-4192255 {Linux} primary", "/" },
        { "nixos-efi", "gpt", $"16384-526335 {Esp} ESP; 526336-4192255 {Linux} primary", "/boot/efi /" },
        { "nixos-efixbootldr", "gpt", $"16384-204799 {Esp} ESP; 204800-526335 {ExtendedBoot} BOOT; 526336-4192255 {Linux} ROOT", "/efi /boot /" },
        { "nixos-hybrid", "gpt", $"16384-526335 {Esp} ESP; 34-2048 {BiosBoot} no-fs; 526336-4192255 {Linux} primary", "/boot/efi /" },
    };

    [Fact]
    public void Every_table_of_make_disk_image_is_an_image_type() =>
        Assert.Equal([.. Layouts.Select(row => (string)row[0]), "nixos-none"], NixosTypes.All.Select(type => type.Name));

    [ToolTheory("sfdisk", "dumpe2fs", "e2fsck")]
    [MemberData(nameof(Layouts))]
    public void The_partitions_are_at_the_sectors_of_make_disk_image(string type, string table, string partitions, string mountPoints)
    {
        using var directory = new TempDirectory();
        string image = Build(directory, type, "size: 2G");

        JsonElement found = Table(image);
        Assert.Equal(table, found.GetProperty("label").GetString());
        Assert.Equal(partitions, string.Join("; ", found.GetProperty("partitions").EnumerateArray().Select(Describe)));
        if (table == "gpt")
            Assert.Equal((34, 4194270), (found.GetProperty("firstlba").GetInt64(), found.GetProperty("lastlba").GetInt64()));
        string root = Offset(image, found);
        Assert.Contains("Filesystem volume name:   nixos\n", Tool.Check("dumpe2fs", "-h", root), StringComparison.Ordinal);
        Tool.Check("e2fsck", "-fn", root);
        Image completed = ImageBuilder.Complete(DefinitionReader.Read(directory["nixos.yaml"]).Definition);
        Assert.Equal(mountPoints, string.Join(' ', completed.Partitions.Select(partition => partition.MountPoint).OfType<string>()));
        Assert.Equal(0, Tool.Run("sfdisk", "--verify", image).ExitCode);
    }

    /// <summary>What deterministic = true gives, as sgdisk makes it; legacy+gpt's root has the second id, as there.</summary>
    [ToolTheory("sfdisk", "dumpe2fs")]
    [InlineData("nixos-legacy-gpt", $"{First} {Second}")]
    [InlineData("nixos-efi", $"{First} {Root}")]
    [InlineData("nixos-efixbootldr", $"{First} {Second} {Root}")]
    [InlineData("nixos-hybrid", $"{First} {Second} {Root}")]
    [InlineData("nixos-legacy", null)]
    public void The_fixed_ids_are_those_of_make_disk_image(string type, string? expected)
    {
        using var directory = new TempDirectory();
        string image = Build(directory, type, "fixedIds: yes");

        JsonElement found = Table(image);
        if (expected is not null)
        {
            Assert.Equal(Disk, found.GetProperty("id").GetString());
            Assert.Equal(expected, string.Join(' ', found.GetProperty("partitions").EnumerateArray().Select(partition => partition.GetProperty("uuid").GetString())));
        }

        Assert.Contains($"Filesystem UUID:          {Root.ToLowerInvariant()}\n", Tool.Check("dumpe2fs", "-h", Offset(image, found)), StringComparison.Ordinal);
    }

    [ToolFact("dumpe2fs", "e2fsck")]
    public void Without_a_table_the_image_is_its_root()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, "nixos-none", "size: 1G, fixedIds: yes, label: mine");

        string header = Tool.Check("dumpe2fs", "-h", image);
        Assert.Equal(1L << 30, new FileInfo(image).Length);
        Assert.Contains("Block count:              262144\n", header, StringComparison.Ordinal);
        Assert.Contains("volume name:   mine\n", header, StringComparison.Ordinal);
        Assert.Contains($"UUID:          {Root.ToLowerInvariant()}\n", header, StringComparison.Ordinal);
    }

    /// <summary>bootSize is a size, free the room beyond the content, and any file system goes with any table.</summary>
    [ToolFact("sfdisk", "blkid")]
    public void Sizes_and_file_system_are_the_definitions()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, "nixos-hybrid", "bootSize: 100M, free: 64M, rootFileSystem: { type: ext2, label: other }");

        JsonElement found = Table(image);
        Assert.StartsWith("16384-221183 ", Describe(found.GetProperty("partitions")[0]), StringComparison.Ordinal);
        Assert.StartsWith("221184-", Describe(found.GetProperty("partitions")[2]), StringComparison.Ordinal);
        Assert.InRange(found.GetProperty("partitions")[2].GetProperty("size").GetInt64() * 512, 64L << 20, 80L << 20);
        string probed = Tool.Check("blkid", "-p", "-o", "export", "-O", (221184L * 512).ToString(CultureInfo.InvariantCulture), image);
        Assert.Contains("TYPE=ext2\n", probed, StringComparison.Ordinal);
        Assert.Contains("LABEL=other\n", probed, StringComparison.Ordinal);
    }

    /// <summary>Each by the name that is used there, all from one pass over the disk.</summary>
    [ToolFact("qemu-img")]
    public void Every_format_of_make_disk_image_holds_the_same_disk()
    {
        using var directory = new TempDirectory();
        Define(directory, "type: nixos-hybrid, free: 8M, format: [{ name: raw, file: r.img }, { name: qcow2, file: q.qcow2 }, { name: qcow2-compressed, file: c.qcow2 },"
            + " { name: vdi, file: d.vdi }, { name: vpc, file: v.vhd }, { name: vpc, file: f.vhd, options: { subformat: fixed } }, { name: vmdk, file: m.vmdk }, { name: vhdx, file: x.vhdx }]");
        BuildReport report = ImageBuilder.Build(DefinitionReader.Read(directory["nixos.yaml"]), new BuildOptions { OutputPath = directory["out/"], Digest = OutputDigest.None });

        Assert.Equal(8, report.Outputs.Count);
        foreach ((string file, string driver) in new[] { ("q.qcow2", "qcow2"), ("c.qcow2", "qcow2"), ("d.vdi", "vdi"), ("v.vhd", "vpc"), ("f.vhd", "vpc"), ("m.vmdk", "vmdk"), ("x.vhdx", "vhdx") })
        {
            // Lengths count here. Strictly compared, what the host stores of the raw file would count too.
            string compared = Tool.Check("qemu-img", "compare", "-f", "raw", "-F", driver, directory["out/r.img"], directory["out/" + file]);
            Assert.Contains("Images are identical", compared, StringComparison.Ordinal);
            Assert.DoesNotContain("size mismatch", compared, StringComparison.Ordinal);
        }

        Assert.Contains("compression type: zlib", Tool.Check("qemu-img", "info", directory["out/c.qcow2"]), StringComparison.Ordinal);
        Assert.True(new FileInfo(directory["out/c.qcow2"]).Length < new FileInfo(directory["out/q.qcow2"]).Length);
        Assert.Equal(new FileInfo(directory["out/r.img"]).Length + 512, new FileInfo(directory["out/f.vhd"]).Length);
    }

    /// <summary>With a size, the room is what it leaves, and as there additionalSpace is none of it.</summary>
    [ToolFact("sfdisk")]
    public void A_size_that_holds_the_content_is_enough_and_a_smaller_one_is_told_what_it_takes()
    {
        using var directory = new TempDirectory();
        string image = Build(directory, "nixos-efi", "size: 300M");

        Assert.Equal(300L << 20, new FileInfo(image).Length);
        Assert.Equal((299L << 20) / 512, Table(image).GetProperty("partitions").EnumerateArray().Select(one => one.GetProperty("start").GetInt64() + one.GetProperty("size").GetInt64()).Max());
        BuildException exception = Assert.Throws<BuildException>(() => Build(directory, "nixos-efi", "size: 257M"));
        Assert.Contains("past the end of the disk", exception.Message, StringComparison.Ordinal);
        string least = System.Text.RegularExpressions.Regex.Match(exception.Fix!, "make image.size ([0-9]+)M or more, or auto").Groups[1].Value;
        Build(directory, "nixos-efi", $"size: {least}M");
        int less = int.Parse(least, CultureInfo.InvariantCulture) - 1;
        Assert.Throws<BuildException>(() => Build(directory, "nixos-efi", string.Create(CultureInfo.InvariantCulture, $"size: {less}M")));
        Assert.Throws<BuildException>(() => Build(directory, "nixos-efi", "size: 300M, free: 64M"));
    }

    [Theory]
    [InlineData("type: nixos-legacy, label: seventeen-letters", "image.label", "label too long for ext")]
    [InlineData("type: nixos-legacy, label: thirteen-char, rootFileSystem: xfs", "image.label", "label too long for xfs")]
    [InlineData("type: nixos-legacy, label: sixteen--letters, rootFileSystem: erofs", "image.label", "label too long for erofs")]
    [InlineData("type: nixos-legacy, label: a, rootFileSystem: squashfs", "image.label", "label of a file system that has none")]
    [InlineData("type: nixos-legacy, label: a, rootFileSystem: { type: ext4, label: b }", "image.label", "second label of the root")]
    [InlineData("type: disk, bootSize: 1G", "image.bootSize", "no boot partition of a size of its own in disk")]
    [InlineData("type: nixos-legacy, bootSize: 1G", "image.bootSize", "no boot partition of a size of its own in nixos-legacy")]
    [InlineData("type: nixos-efi, bootSize: 1000", "image.bootSize", "not a size for a boot partition")]
    [InlineData("type: disk, fixedIds: yes", "image.fixedIds", "no fixed ids for disk")]
    [InlineData("type: disk, rootFileSystem: vfat", "image.rootFileSystem", "not a file system for a root")]
    [InlineData("type: disk, rootFileSystem: { type: xfs, inodes: 500 }", "image.rootFileSystem.inodes", "option of ext file systems")]
    [InlineData("type: data, free: 1G, partitions: [{ fileSystem: ext4, mountPoint: / }]", "image.free", "no root of the image type's")]
    [InlineData("type: nixos-efi, partitionTable: mbr", "image.partitionTable", "not the table of nixos-efi")]
    public void Keys_that_a_type_has_no_place_for_are_refused(string image, string path, string message)
    {
        using var directory = new TempDirectory();
        Define(directory, image);
        DefinitionError error = Assert.Single(Assert.Throws<DefinitionException>(() => DefinitionReader.Read(directory["nixos.yaml"])).Errors);
        Assert.Equal((path, message), (error.Path, error.Message));
    }

    private static string Build(TempDirectory directory, string type, string image)
    {
        Define(directory, $"type: {type}, {image}");
        ImageBuilder.Build(DefinitionReader.Read(directory["nixos.yaml"]), new BuildOptions { OutputPath = directory["nixos.img"], Digest = OutputDigest.None });
        return directory["nixos.img"];
    }

    /// <summary>A tree with no kernel: where its boot loader would stand is GRUB's matter, and its tests'.</summary>
    private static void Define(TempDirectory directory, string image)
    {
        foreach ((string path, string text) in new[]
        {
            ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("etc/shadow", "root:*:20000:0:99999:7:::\n"), ("etc/group", "root:x:0:\n"),
            ("etc/gshadow", "root:*::\n"), ("etc/os-release", "PRETTY_NAME=\"Small\"\n"), ("boot/config", "x"),
        })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(directory["root/" + path])!);
            File.WriteAllText(directory["root/" + path], text);
        }

        File.WriteAllText(directory["nixos.yaml"], $"name: nixos\nepoch: 1700000000\nseed: 2F9A6C1E-5D9F-4A3B-8C47-1B2D3E4F5A6B\nsystem: {{ base: {{ directory: root }} }}\nimage: {{ {image} }}\n");
    }

    private static JsonElement Table(string image)
    {
        using JsonDocument document = JsonDocument.Parse(Tool.Check("sfdisk", "--json", image));
        return document.RootElement.GetProperty("partitiontable").Clone();
    }

    private static string Offset(string image, JsonElement table)
    {
        long start = table.GetProperty("partitions").EnumerateArray().Last().GetProperty("start").GetInt64();
        return image + "?offset=" + (start * 512).ToString(CultureInfo.InvariantCulture);
    }

    private static string Describe(JsonElement partition)
    {
        long start = partition.GetProperty("start").GetInt64();
        string name = partition.TryGetProperty("name", out JsonElement label) ? " " + label.GetString() : "";
        string attributes = partition.TryGetProperty("attrs", out JsonElement bits) ? " " + bits.GetString() : "";
        string active = partition.TryGetProperty("bootable", out JsonElement marked) && marked.GetBoolean() ? "*" : "";
        return $"{start}-{start + partition.GetProperty("size").GetInt64() - 1} {partition.GetProperty("type").GetString()}{name}{attributes}{active}";
    }
}
