using Diecast.Boot;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.Running;

namespace Diecast.Tests.Running;

public sealed class EmulatorTests
{
    [ToolFact("qemu-system-x86_64")]
    public void Without_acceleration_kvm_is_not_asked_for()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        var options = new EmulatorOptions { Firmware = Firmware.Bios, Acceleration = Acceleration.None };

        string arguments = string.Join(' ', Emulator.Arguments(EmulatorMachine.Pc, directory["disk.img"], options, null));

        Assert.Contains("-accel tcg", arguments, StringComparison.Ordinal);
        Assert.DoesNotContain("kvm", arguments, StringComparison.Ordinal);
    }

    /// <summary>What marks an image: Allwinner's loader at 8 KiB, or the type of a partition.</summary>
    [Theory]
    [InlineData("", "pc")]
    [InlineData("eGON", "orangepi-pc")]
    [InlineData("root-arm64", "arm64")]
    [InlineData("root-riscv64", "riscv64")]
    [InlineData("root-x86-64", "pc")]
    public void An_image_tells_its_machine(string mark, string machine)
    {
        Blob disk = mark.StartsWith("root", StringComparison.Ordinal)
            ? new GptTable { Length = 4 << 20 }.Compose([new PlacedPartition { Offset = 1 << 20, Length = 1 << 20, Type = PartitionTypes.Find(mark)! }])
            : Blob.Concat(Blob.Zeros(8192), mark.Length > 0 ? Blob.FromMemory(SunxiLoader("sun8i-h3-orangepi-pc-plus")) : Blob.Zeros(1024));

        Assert.Equal(machine, EmulatorMachine.Of(disk).Name);
    }

    [Theory]
    [InlineData("orangepi-pc", null, "orangepi-pc")]
    [InlineData("qemu-riscv64", null, "riscv64")]
    [InlineData("disk", "arm64", "arm64")]
    [InlineData("disk", "amd64", "pc")]
    [InlineData("disk", null, null)]
    public void A_definition_tells_its_machine(string type, string? platform, string? machine) =>
        Assert.Equal(machine, Emulator.MachineFor(Declared(type, platform)));

    [Fact]
    public void A_definition_for_a_board_that_is_not_emulated_says_so() =>
        Assert.Contains("rock64-raw", Assert.Throws<BuildException>(() => Emulator.MachineFor(Declared("rock64-raw", null))).Message, StringComparison.Ordinal);

    private static Definition Declared(string type, string? platform) => new()
    {
        Name = "board",
        Image = new Image { Type = type, Platform = platform is null ? null : Platform.Find(platform) },
    };

    [Fact]
    public void A_board_that_is_not_emulated_is_named()
    {
        var disk = Blob.Concat(Blob.Zeros(8192), Blob.FromMemory(SunxiLoader("sun50i-a64-pine64-lts")));

        Assert.Contains("sun50i-a64-pine64-lts", Assert.Throws<BuildException>(() => EmulatorMachine.Of(disk)).Message, StringComparison.Ordinal);
    }

    /// <summary>The start of a loader as U-Boot makes them.</summary>
    private static byte[] SunxiLoader(string name)
    {
        byte[] loader = new byte[1024];
        "eGON.BT0"u8.CopyTo(loader.AsSpan(4));
        loader[32] = 44;
        System.Text.Encoding.ASCII.GetBytes(name).CopyTo(loader, 44);
        return loader;
    }

    [Theory]
    [InlineData("esp", "EFI/BOOT/BOOTX64.EFI EFI/BOOT/bootia32.efi", Firmware.Uefi)]
    [InlineData("esp", "efi/boot/bootia32.efi", Firmware.Uefi32)]
    [InlineData("esp", "EFI/debian/grubx64.efi", Firmware.Uefi)]
    [InlineData("bios-boot", "", Firmware.Bios)]
    [InlineData("", "", Firmware.Uefi)]
    public void An_image_tells_its_firmware(string type, string files, Firmware expected)
    {
        var tree = new FileTree();
        foreach (string file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            tree.Set("/" + file, new FileInode(Blob.FromText("program")));
        const int Length = 2 << 20;
        Blob content = type == "esp" ? FatFileSystem.Plan(tree, new FatOptions { Size = Length }).ToBlob() : Blob.Zeros(Length);
        Blob disk = type.Length == 0 ? Blob.Zeros(Length)
            : new GptTable { Length = 4 << 20 }.Compose([new PlacedPartition { Offset = 1 << 20, Length = Length, Type = PartitionTypes.Find(type)!, Content = content }]);

        Assert.Equal(expected, EfiPrograms.FirmwareOf(disk));
    }

    [ToolFact("qemu-system-x86_64", "/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd")]
    public void Firmware_of_32_bits_is_attached_with_the_store_that_it_insists_on()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        var options = new EmulatorOptions { Firmware = Firmware.Uefi32, Acceleration = Acceleration.None };

        string arguments = string.Join(' ', Emulator.Arguments(EmulatorMachine.Pc, directory["disk.img"], options, "vars.fd"));

        Assert.StartsWith("-machine q35,smm=on ", arguments, StringComparison.Ordinal);
        Assert.Contains(
            "-global driver=cfi.pflash01,property=secure,value=on -drive if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF32_CODE_4M.secboot.fd"
                + " -drive if=pflash,unit=1,format=raw,file=vars.fd",
            arguments, StringComparison.Ordinal);
        Assert.Contains("no UEFI of 32 bits", Assert.Throws<BuildException>(() => Emulator.Arguments(EmulatorMachine.Arm64, directory["disk.img"], options, "vars.fd")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_a_bios_says_so()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        var options = new EmulatorOptions { Firmware = Firmware.Bios };

        BuildException exception = Assert.Throws<BuildException>(() => Emulator.Arguments(EmulatorMachine.Arm64, directory["disk.img"], options, null));

        Assert.Contains("arm64 has no BIOS", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_sd_card_is_a_copy_of_a_power_of_two_unless_it_is_one()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["three.img"], [.. Enumerable.Repeat((byte)7, 3 << 20)]);
        File.WriteAllBytes(directory["four.img"], new byte[4 << 20]);
        string copy;

        using (var card = new SdCard(directory["three.img"], GuestWrites.Discard, CancellationToken.None))
        {
            copy = card.Path;
            byte[] bytes = File.ReadAllBytes(copy);
            Assert.Equal(4 << 20, bytes.Length);
            Assert.Equal(3 << 20, bytes.AsSpan().LastIndexOf((byte)7) + 1);
        }

        Assert.False(File.Exists(copy));
        using (var card = new SdCard(directory["four.img"], GuestWrites.Keep, CancellationToken.None))
            Assert.Equal(directory["four.img"], card.Path);
        Assert.Contains("image.size: 4M", Assert.Throws<BuildException>(() => new SdCard(directory["three.img"], GuestWrites.Keep, CancellationToken.None)).Fix, StringComparison.Ordinal);
    }

    [ToolFact("qemu-system-x86_64")]
    public void A_shared_store_is_offered_by_the_tag_that_the_image_asks_for()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        string store = directory["a,store"];
        Directory.CreateDirectory(store);
        var options = new EmulatorOptions { Firmware = Firmware.Bios, Acceleration = Acceleration.None, SharedStores = [store] };
        List<string> arguments = Emulator.Arguments(EmulatorMachine.Pc, directory["disk.img"], options, null);
        Assert.Equal(
            $"local,path={directory["a,,store"]},mount_tag={new SharedStore(store).Tag},security_model=none,readonly=on,multidevs=remap",
            arguments[arguments.IndexOf("-virtfs") + 1]);

        Directory.Delete(store);
        Assert.Contains("no " + store, Assert.Throws<BuildException>(() => Emulator.Arguments(EmulatorMachine.Pc, directory["disk.img"], options, null)).Message, StringComparison.Ordinal);
    }

    [ToolFact("script", "stty")]
    public void A_machine_that_crashes_leaves_the_terminal_as_it_was()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["disk.img"], new byte[512]);
        string qemu = directory["qemu-system-x86_64"];
        File.WriteAllText(qemu, "#!/bin/sh\n[ \"$1\" = --version ] && exec echo version 7.2\nstty raw -isig -echo\nkill -ABRT $$\n");
        File.SetUnixFileMode(qemu, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");
        string dotnet = Environment.ProcessPath!;

        string output = Tool.Check(
            "env", "PATH=" + directory.Path + ":" + Environment.GetEnvironmentVariable("PATH"), "script", "-qec",
            $"'{dotnet}' '{program}' run '{directory["disk.img"]}' --bios --no-kvm; echo ended with $?; stty -a", "/dev/null");

        Assert.Contains("ended with 1", output, StringComparison.Ordinal);
        Assert.Contains("QEMU ended with 134", output, StringComparison.Ordinal);
        Assert.Matches(@"[\s;]isig\b", output);
        Assert.Matches(@"[\s;]echo\b", output);
    }
}
