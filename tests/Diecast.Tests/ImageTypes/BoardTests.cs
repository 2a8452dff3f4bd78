using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.ImageTypes;

namespace Diecast.Tests.ImageTypes;

/// <summary>Each board's disk as sfdisk, debugfs and mtools see it, and its loaders where its ROM looks.</summary>
public sealed class BoardTests
{
    private const string Spl = "5B193300-FC78-40CD-8002-E86C45580B47";
    private const string UBoot = "2E54B353-1271-4842-806F-E436D6AF6985";
    private const string VisionFiveUBoot = "BC13C2FF-59E6-4262-A352-B275FD6F7172";
    private const string RootRiscv64 = "72EC70A6-CF74-40E6-BD49-4BDA08E8F224";
    private const string RootArm64 = "B921B045-1DF0-41C3-AF44-4C6F280D3FAE";
    private const string Esp = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";

    /// <summary>Table, then first sector and type of each partition with a star where it is marked bootable, then offset of each blob.</summary>
    public static TheoryData<string, string, string, string> Layouts => new()
    {
        { "pine64-raw", "dos", "2048 83*", "8192" },
        { "pinebook-pro-raw", "dos", "32768 83*", "32768 8388608" },
        { "rock64-raw", "dos", "32768 83*", "32768 8388608" },
        { "rock-4c-plus-raw", "dos", "32768 83*", "32768 8388608" },
        { "orangepi-r1-plus-lts-rk3328-raw", "dos", "32768 83*", "32768 8388608" },
        { "novena-raw", "dos", "2048 83*", "1024 70656" },
        { "a20-olinuxino-lime2-raw", "dos", "8192 83*", "8192" },
        { "am335x-evm-raw", "dos", "8192 83*", "131072 262144 393216" },
        { "unmatched-raw", "gpt", $"34 {Spl}; 2082 {UBoot}; 12288 {RootRiscv64}*", "17408 1065984" },
        { "visionfive2-raw", "gpt", $"34 {UBoot}; 2082 {VisionFiveUBoot}; 12288 {RootRiscv64}*", "17408 1065984" },
        { "raspberry-pi", "dos", "2048 c*; 1050624 83", "" },
        { "orangepi-pc", "dos", "2048 83*", "8192" },
        { "qemu-arm64", "gpt", $"2048 {Esp}; 133120 {RootArm64}", "" },
        { "qemu-riscv64", "gpt", $"2048 {Esp}; 133120 {RootRiscv64}", "" },
    };

    [Fact]
    public void Every_board_is_an_image_type() =>
        Assert.Equal(Layouts.Select(row => (string)row[0]), Boards.All.Select(board => board.Name));

    /// <summary>Boards without U-Boot in Debian say which files are missing; all others are ready to build.</summary>
    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_boards_own_system_is_a_definition(string name, string table, string partitions, string blobs)
    {
        Board board = Boards.All.Single(one => one.Name == name);
        var definition = new Definition { Name = "board", System = board.Barebones, Image = new Image { Type = board.Name } };

        IReadOnlyList<DefinitionError> errors = DefinitionValidator.Validate(definition);

        Assert.NotEqual("", table + partitions + blobs);
        Assert.Equal(board.Blobs.Where(blob => blob.Tree is null).Select(blob => blob.Name), errors.Select(error => error.Value));
        Assert.All(errors, error => Assert.Contains("no package of Debian has it", error.Rule, StringComparison.Ordinal));
        Assert.Equal(definition.System, DefinitionReader.ReadText(DefinitionPrinter.ToYaml(definition with { Image = new Image() }), "board.yaml", ".", new DefinitionOverrides()).Definition.System);
        Assert.Equal(board.Barebones, ImageBuilder.CompleteDefinition(definition).System);
        Assert.Equal(board.Platform, ImageBuilder.CompleteDefinition(definition).Image.Platform);
    }

    /// <summary>What a definition says stands: its kernel, its console, its loader's timeout, its blob under the board's name.</summary>
    [Fact]
    public void What_is_declared_stands_over_what_a_board_fills_in()
    {
        Definition definition = ImageBuilder.CompleteDefinition(new Definition
        {
            Name = "board",
            System = new OperatingSystem
            {
                Base = new DebianBase { Suite = "sid", Components = ["main", "contrib"] },
                Kernel = new Kernel { Package = "linux-image-rt-arm64", Arguments = ["quiet", "console=ttyS9"] },
                Bootloader = new BootloaderConfiguration { Timeout = 9 },
            },
            Image = new Image
            {
                Type = "rock64-raw",
                Label = "mine",
                Blobs = [new ImageBlob { File = "build/u-boot.itb", MaxSize = ByteSize.MiB(1) }, new ImageBlob { File = "more", Offset = ByteSize.MiB(12) }],
            },
        });

        Assert.Equal(["quiet", "console=ttyS9"], definition.System!.Kernel!.Arguments);
        Assert.Equal(new BootloaderConfiguration { Kind = BootloaderKind.Extlinux, Timeout = 9 }, definition.System.Bootloader);
        Assert.Equal(["main", "contrib"], ((DebianBase)definition.System.Base).Components);
        Assert.Equal("mine", definition.Image.Partitions[0].FileSystem!.Label);
        Assert.Equal(
            [
                Boards.Rock64.Blobs[0],
                new ImageBlob { Name = "u-boot.itb", File = "build/u-boot.itb", Offset = ByteSize.MiB(8), MaxSize = ByteSize.MiB(1) },
                new ImageBlob { File = "more", Offset = ByteSize.MiB(12) },
            ],
            definition.Image.Blobs);
    }

    /// <summary>A disk of another platform than its base, or a loader without its place, is no image.</summary>
    [Theory]
    [InlineData("image: { platform: riscv64 }", "the image is for riscv64, and the base is for arm64")]
    [InlineData("image: { type: disk, partitionTable: mbr, partitions: [{ fileSystem: ext4, mountPoint: / }] }\nsystem: { bootloader: grub }", "GRUB has no place on this image")]
    [InlineData("image: { type: disk }\nsystem: { bootloader: raspberry-pi }", "no FAT partition is mounted on /boot/firmware")]
    public void What_could_not_boot_is_refused(string over, string message)
    {
        using var directory = new TempDirectory();
        BoardTree.Make(directory, Boards.Pine64);
        File.WriteAllText(directory["base.yaml"], "name: other\nepoch: 1700000000\nsystem: { base: { directory: root }, kernel: {}, bootloader: none }\nimage: { type: data, partitions: [{ fileSystem: ext4, mountPoint: / }] }\n");
        File.WriteAllText(directory["other.yaml"], "include: base.yaml\n" + over);

        BuildException exception = Assert.Throws<BuildException>(() => Build(directory["other.yaml"], directory["out.img"]));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    [ToolTheory("sfdisk", "debugfs", "dumpe2fs", "e2fsck")]
    [MemberData(nameof(Layouts))]
    public void A_boards_disk_is_laid_out_as_its_rom_wants_it(string name, string table, string partitions, string blobs)
    {
        using var directory = new TempDirectory();
        Board board = Boards.All.Single(one => one.Name == name);
        string image = directory["board.img"];
        Build(BoardTree.Make(directory, board), image);

        using JsonDocument document = JsonDocument.Parse(Tool.Check("sfdisk", "--json", image));
        JsonElement found = document.RootElement.GetProperty("partitiontable");
        Assert.Equal(table, found.GetProperty("label").GetString());
        Assert.Equal(partitions, string.Join("; ", found.GetProperty("partitions").EnumerateArray().Select(Describe)));
        Assert.Equal(blobs, string.Join(' ', board.Blobs.Select(blob => blob.Offset!.Value.Bytes)));
        foreach ((ImageBlob blob, byte[] bytes) in BoardTree.Contents(board))
            Assert.Equal(bytes, Read(image, blob.Offset!.Value.Bytes, bytes.Length));
        CheckRoot(board, image, found.GetProperty("partitions").EnumerateArray().Last());
    }

    [ToolFact("mdir", "mtype")]
    public void A_raspberry_pi_finds_firmware_kernel_and_device_trees_on_its_fat_partition()
    {
        using var directory = new TempDirectory();
        Build(BoardTree.Make(directory, Boards.RaspberryPi), directory["board.img"]);
        string image = directory["board.img"] + "@@1M";

        string names = Tool.Check("mdir", "-b", "-i", image, "::/").ToLowerInvariant();

        foreach (string file in new[] { "bootcode.bin", "start4.elf", "fixup4.dat", "bcm2711-rpi-4-b.dtb", $"vmlinuz-{BoardTree.Version}", $"initrd.img-{BoardTree.Version}" })
            Assert.Contains("::/" + file, names, StringComparison.Ordinal);
        Assert.DoesNotContain("readme", names, StringComparison.Ordinal);
        string config = Tool.Check("mtype", "-i", image, "::/config.txt");
        Assert.Contains("arm_64bit=1\n", config, StringComparison.Ordinal);
        Assert.Contains($"kernel=vmlinuz-{BoardTree.Version}\ninitramfs initrd.img-{BoardTree.Version} followkernel\n", config, StringComparison.Ordinal);
        Assert.Matches(@"^root=UUID=[0-9a-f-]{36} ro console=tty0 console=ttyS1,115200\n$", Tool.Check("mtype", "-i", image, "::/cmdline.txt"));
    }

    [ToolFact("debugfs")]
    public void A_visionfive_2_tells_the_u_boot_of_its_flash_memory_what_to_boot()
    {
        using var directory = new TempDirectory();
        Build(BoardTree.Make(directory, Boards.VisionFive2), directory["board.img"]);

        // debugfs tells its version as well, on the other stream.
        Assert.StartsWith(
            """
            # Made with the image by Diecast; read by the U-Boot of the board's flash memory.
            boot_targets=mmc1 nvme0 mmc0 dhcp
            bootcmd_mmc1=bootflow scan -b mmc1; setenv devnum 1; run mmc_boot
            fdtfile=starfive/jh7110-starfive-visionfive-2-v1.3b.dtb

            """ + "debugfs ",
            Tool.Check("debugfs", "-R", "cat /boot/uEnv.txt", directory["board.img"] + "?offset=6291456"),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_declared_file_stands_over_one_of_the_board()
    {
        var own = new SystemFile { Target = "/boot//uEnv.txt", Text = "fdtfile=other.dtb\n" };
        Definition definition = ImageBuilder.CompleteDefinition(new Definition
        {
            Name = "board",
            System = Boards.VisionFive2.Barebones with { Files = [own] },
            Image = new Image { Type = "visionfive2-raw" },
        });

        Assert.Equal([own], definition.System!.Files);
    }

    private static void CheckRoot(Board board, string image, JsonElement partition)
    {
        string offset = (partition.GetProperty("start").GetInt64() * 512).ToString(CultureInfo.InvariantCulture);
        string root = $"{image}?offset={offset}";
        string features = Tool.Check("dumpe2fs", "-h", root).Split('\n').Single(line => line.StartsWith("Filesystem features:", StringComparison.Ordinal));
        Assert.DoesNotContain("metadata_csum", features, StringComparison.Ordinal);
        Assert.DoesNotContain("64bit", features, StringComparison.Ordinal);
        Tool.Check("e2fsck", "-fn", root);
        string menu = Tool.Check("debugfs", "-R", "cat /boot/extlinux/extlinux.conf", root);
        if (board.Bootloader != BootloaderKind.Extlinux)
        {
            Assert.DoesNotContain("label l0", menu, StringComparison.Ordinal);
            return;
        }

        Assert.Contains($"    linux /boot/vmlinuz-{BoardTree.Version}\n    initrd /boot/initrd.img-{BoardTree.Version}\n    fdtdir /usr/lib/linux-image-{BoardTree.Version}/\n", menu, StringComparison.Ordinal);
        Assert.Contains($" ro {string.Join(' ', board.Kernel.Arguments)}\n", menu, StringComparison.Ordinal);
    }

    private static string Describe(JsonElement partition)
    {
        bool marked = partition.TryGetProperty("bootable", out JsonElement active) && active.GetBoolean();
        marked |= partition.TryGetProperty("attrs", out JsonElement attributes) && attributes.GetString()!.Contains("LegacyBIOSBootable", StringComparison.Ordinal);
        return $"{partition.GetProperty("start").GetInt64()} {partition.GetProperty("type").GetString()}{(marked ? "*" : "")}";
    }

    private static byte[] Read(string path, long offset, int length)
    {
        using FileStream file = File.OpenRead(path);
        file.Position = offset;
        byte[] bytes = new byte[length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static BuildReport Build(string definition, string image) =>
        ImageBuilder.Build(DefinitionReader.Read(definition), new BuildOptions { OutputPath = image, Digest = OutputDigest.None });
}
