using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Planning;
using Diecast.Tests.Boot;

namespace Diecast.Tests.ImageTypes;

/// <summary>Where the partitions of each type are, as sfdisk reads them, and what is in them.</summary>
public sealed class GenericTypeTests
{
    private const string Efi = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B esp - 2048 81920";
    /// <summary>A GiB, in sectors.</summary>
    private const long LeastRoot = 1 << 21;

    private const string Root = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709 root - 83968 rest";

    /// <summary>A type, the kind of table, and of each partition type, name, active flag, first sector and sectors.</summary>
    public static TheoryData<string, string, string[]> Layouts => new()
    {
        { "mbr-raw", "dos", ["83 - active 2048 rest"] },
        { "raw-with-offset", "dos", ["83 - active 2048 rest"] },
        { "mbr-hybrid-raw", "dos", ["ef - - 2048 81920", "83 - active 83968 rest"] },
        { "qcow2", "dos", ["ef - - 2048 81920", "83 - active 83968 rest"] },
        { "efi-raw", "gpt", [Efi, Root] },
        { "efi32-raw", "gpt", [Efi, Root] },
        { "qcow2-gpt", "gpt", [Efi, Root] },
        { "disk", "gpt", ["21686148-6449-6E6F-744E-656564454649 bios - 2048 2048", "C12A7328-F81F-11D2-BA4B-00A0C93EC93B esp - 4096 131072", "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709 root - 135168 rest"] },
    };

    [ToolTheory("sfdisk")]
    [MemberData(nameof(Layouts))]
    public void Partitions_are_where_the_type_promises_them(string type, string table, string[] expected)
    {
        using var directory = new TempDirectory();
        string raw = Build(directory, type);

        using var json = JsonDocument.Parse(Tool.Check("sfdisk", "--json", raw));
        JsonElement found = json.RootElement.GetProperty("partitiontable");
        Assert.Equal(table, found.GetProperty("label").GetString());
        Assert.Equal(expected, found.GetProperty("partitions").EnumerateArray().Select(Line));
        Tool.Check("sfdisk", "--verify", raw);
        using HostFile file = HostFile.Open(raw);
        Blob disk = Blob.FromFile(file, 0, new FileInfo(raw).Length);
        byte[] first = disk.Slice(0, 512).ToArray();
        Assert.Equal([0x55, 0xaa], first[510..]);
        // Nothing but the table is before the first partition where there is no kernel to boot.
        Assert.True(first.AsSpan(0, 440).IndexOfAnyExcept((byte)0) < 0);
        Assert.Equal(table == "gpt" ? "EFI PART"u8.ToArray() : new byte[8], disk.Slice(512, 8).ToArray());
        if (table == "gpt")
            Assert.Equal("EFI PART"u8.ToArray(), disk.Slice(disk.Length - 512, 8).ToArray());
        CheckContents(disk, found);
    }

    [ToolFact("sfdisk")]
    public void The_root_may_be_elsewhere_with_an_offset_and_a_label_of_its_own()
    {
        using var directory = new TempDirectory();
        string raw = Build(directory, "raw-with-offset", "image.rootOffset=16M", "image.label=Elsewhere");
        Assert.Contains("start=       32768,", Tool.Check("sfdisk", "--dump", raw), StringComparison.Ordinal);
        using HostFile file = HostFile.Open(raw);
        Assert.Equal("Elsewhere", ExtFileSystem.ReadInfo(Blob.FromFile(file, 16 << 20, new FileInfo(raw).Length - (16 << 20))).Label);
    }

    [Theory]
    [InlineData("mbr-hybrid-raw")]
    [InlineData("efi32-raw")]
    public void Two_plans_of_a_type_are_the_same(string type)
    {
        using var directory = new TempDirectory();
        LoadedDefinition loaded = Load(directory, type);
        Assert.Equal(ImageBuilder.Plan(loaded, new BuildOptions()).ToDetailedText(), ImageBuilder.Plan(loaded, new BuildOptions()).ToDetailedText());
    }

    [Fact]
    public void A_name_of_the_image_is_that_of_its_files()
    {
        using var directory = new TempDirectory();
        ImageBuilder.Build(Load(directory, "qcow2", "image.name=hurd-barebones"), new BuildOptions { OutputPath = directory["out/"], Digest = OutputDigest.None });
        Assert.True(File.Exists(directory["out/hurd-barebones.qcow2"]));
    }

    private static void CheckContents(Blob disk, JsonElement table)
    {
        foreach (JsonElement partition in table.GetProperty("partitions").EnumerateArray())
        {
            Blob content = disk.Slice(512 * partition.GetProperty("start").GetInt64(), 512 * partition.GetProperty("size").GetInt64());
            if (partition.GetProperty("type").GetString() is "ef" or "C12A7328-F81F-11D2-BA4B-00A0C93EC93B")
            {
                FatInfo fat = FatFileSystem.ReadInfo(content);
                Assert.Equal(("ESP", FatType.Fat16, 512), (fat.Label, fat.Type, fat.SectorSize));
            }
            else if (!partition.TryGetProperty("name", out JsonElement name) || name.GetString() == "root")
            {
                ExtInfo ext = ExtFileSystem.ReadInfo(content);
                Assert.Equal(("root", content.Length), (ext.Label, ext.Length));
            }
        }
    }

    private static string Line(JsonElement partition)
    {
        string name = partition.TryGetProperty("name", out JsonElement text) ? text.GetString()! : "-";
        string active = partition.TryGetProperty("bootable", out _) ? "active" : "-";
        // The root is as large as what is in it and a GiB.
        long sectors = partition.GetProperty("size").GetInt64();
        string size = sectors > LeastRoot ? "rest" : sectors.ToString(CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture,
            $"{partition.GetProperty("type").GetString()} {name} {active} {partition.GetProperty("start").GetInt64()} {size}");
    }

    /// <summary>Builds a type in its own format and gives it back raw.</summary>
    private static string Build(TempDirectory directory, string type, params string[] set)
    {
        LoadedDefinition loaded = Load(directory, type, set);
        DiskFormat own = Assert.Single(ImageBuilder.Complete(loaded.Definition).Format);
        Assert.Equal(type.StartsWith("qcow2", StringComparison.Ordinal) ? "qcow2" : "raw", own.Name);
        ImageBuilder.Build(loaded, new BuildOptions { OutputPath = directory["out/"], Digest = OutputDigest.None });
        string output = directory["out/golden" + DiskFormats.Find(own.Name)!.Extension];
        if (own.Name == "raw")
            return output;
        Assert.Equal(("compression_type", "zstd"), (own.Options[0].Name, own.Options[0].Value));
        Tool.Check("qemu-img", "convert", "-O", "raw", output, directory["back.raw"]);
        return directory["back.raw"];
    }

    private static LoadedDefinition Load(TempDirectory directory, string type, params string[] set)
    {
        Directory.CreateDirectory(directory["root/etc"]);
        Directory.CreateDirectory(directory["root/usr/bin"]);
        File.WriteAllText(directory["root/etc/passwd"], "root:x:0:0::/root:/bin/sh\n");
        File.WriteAllText(directory["root/etc/group"], "root:x:0:\n");
        File.WriteAllText(directory["root/etc/shadow"], "root:*:0::::::\n");
        // What the system runs on follows from it.
        File.WriteAllBytes(directory["root/usr/bin/sh"], BootTrees.Elf());
        const string Text = "name: golden\nseed: 11111111-2222-4333-8444-555555555555\nepoch: 1700000000\nsystem: { base: { directory: root }, hostName: golden }\n";
        return DefinitionReader.ReadText(Text, "golden.yaml", directory.Path, new DefinitionOverrides { Set = ["image.type=" + type, .. set] });
    }
}
