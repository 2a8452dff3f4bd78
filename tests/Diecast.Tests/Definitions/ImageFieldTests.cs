using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>Fields of an image that its type has a place for or not, and the boot menu's.</summary>
public sealed class ImageFieldTests
{
    private const string System = "system: { base: { directory: . }, hostName: x, kernel: {} }\n";

    /// <summary>An image's keys, the path of the fault, and what is said.</summary>
    public static TheoryData<string, string, string> ImageFaults => new()
    {
        { "type: mbr-raw, partitionTable: gpt", "image.partitionTable", "not the table of mbr-raw" },
        { "type: mbr-raw, partitionTable: mbr", "", "" },
        { "type: efi-raw, partitionTable: mbr", "image.partitionTable", "not the table of efi-raw" },
        { "type: mbr-raw, rootOffset: 4M", "image.rootOffset", "no place for an offset in mbr-raw" },
        { "type: raw-with-offset, rootOffset: 4M", "", "" },
        { "type: raw-with-offset, rootOffset: 1000001", "image.rootOffset", "not a place for the root" },
        { "type: raw-with-offset, rootOffset: 512K", "image.rootOffset", "not a place for the root" },
        { "type: raw-with-offset, rootOffset: 4M, partitions: [{ mountPoint: /, fileSystem: ext4 }]", "image.rootOffset", "offset beside partitions of your own" },
        { "firmware: [bios, uefi, uefi32]", "", "" },
        { "firmware: efi", "image.firmware[0]", "not a firmware" },
        { "type: efi-raw, firmware: [uefi, bios]", "image.firmware[1]", "no place for a boot loader" },
        { "type: mbr-raw, firmware: [bios, uefi32]", "image.firmware[1]", "no place for a boot loader" },
        { "volatileRoot: yes", "", "" },
        { "type: iso9660, volatileRoot: yes", "", "" },
        { "type: iso9660, volatileRoot: no", "image.volatileRoot", "root of an ISO image that is to keep changes" },
        { "sharedStore: /gnu/store", "", "" },
        { "sharedStore: /", "image.sharedStore", "directory that the system starts from" },
        { "sharedStore: /boot/x", "image.sharedStore", "directory that the system starts from" },
        { "sharedStore: /tmp/store", "image.sharedStore", "directory that the system hides" },
        { "sharedStore: /tmpstore", "", "" },
        { "sharedStore: /a b", "image.sharedStore", "character that the kernel's command line cannot carry" },
        { "sharedStore: gnu/store", "image.sharedStore", "not an absolute path" },
        { "type: tarball, volatileRoot: yes", "image.volatileRoot", "a disk's key where there is no disk" },
        { "format: [disk-image, compressed-qcow2]", "", "" },
    };

    /// <summary>A boot loader's keys, the path of the fault below it, and what is said.</summary>
    public static TheoryData<string, string, string> LoaderFaults => new()
    {
        { "timeout: -1", "", "" },
        { "timeout: -2", "timeout", "not a time in seconds" },
        { "menuEntries: [{ label: a, linux: /vmlinuz, arguments: ['root=LABEL=root'], initrd: /initrd.img }], defaultEntry: 1", "", "" },
        { "menuEntries: [{ label: a, linux: /vmlinuz }], defaultEntry: 2", "defaultEntry", "no such entry" },
        { "menuEntries: [{ label: a }]", "menuEntries[0]", "entry that boots nothing" },
        { "menuEntries: [{ linux: /vmlinuz }]", "menuEntries[0].label", "missing" },
        { "menuEntries: [{ label: a, linux: /vmlinuz, chainLoader: +1 }]", "menuEntries[0].chainLoader", "second way to boot an entry" },
        { "menuEntries: [{ label: a, chainLoader: +1, initrd: /x }]", "menuEntries[0].initrd", "initrd without linux" },
        { "menuEntries: [{ label: a, chainLoader: +1, multibootModules: [/x] }]", "menuEntries[0].multibootModules", "multibootModules without multiboot" },
        { "menuEntries: [{ label: a, chainLoader: bootmgr }]", "menuEntries[0].chainLoader", "not another boot loader" },
        { "menuEntries: [{ label: a, device: /dev/sda1, linux: /x }]", "menuEntries[0].device", "not a file system" },
        { "menuEntries: [{ label: a, device: UUID=1234-ABCD, chainLoader: /EFI/x.efi }]", "", "" },
        { "menuEntries: [{ label: a, multiboot: /gnumach, multibootModules: [{ path: /hurd/ext2fs.static, arguments: [ext2fs, --readonly] }] }]", "", "" },
        { "terminalInputs: [console, serial], serial: ttyS0, serialSpeed: 115200", "", "" },
        { "terminalInputs: [console, gfxterm]", "terminalInputs[1]", "terminal that nothing is typed on" },
        { "terminalOutputs: [at-keyboard]", "terminalOutputs[0]", "terminal that nothing is shown on" },
        { "terminalOutputs: [gfxterm, gfxterm]", "terminalOutputs[1]", "terminal named twice" },
        { "terminalOutputs: serial", "terminalOutputs", "serial terminal without a line" },
        { "serialSpeed: 9600", "serialSpeed", "speed of no serial line" },
        { "extraInitrd: secrets", "extraInitrd", "not an absolute path" },
    };

    [Theory]
    [MemberData(nameof(ImageFaults))]
    public void Faults_of_an_image(string keys, string path, string message) => AssertFault($"{System}image: {{ {keys} }}", path, message);

    [Theory]
    [MemberData(nameof(LoaderFaults))]
    public void Faults_of_a_boot_loader(string keys, string path, string message) => AssertFault(
        $"system: {{ base: {{ directory: . }}, hostName: x, kernel: {{}}, bootloader: {{ {keys} }} }}", path.Length == 0 ? "" : "system.bootloader." + path, message);

    [Theory]
    [InlineData("system: { base: { directory: . }, hostName: x }\nimage: { volatileRoot: yes }", "image.volatileRoot", "volatile root without a kernel")]
    [InlineData("system: { base: { directory: . }, hostName: x, kernel: {}, initrd: distribution }\nimage: { sharedStore: /s }", "image.sharedStore", "shared store with another initial RAM disk")]
    [InlineData("image: { firmware: bios, partitions: [{}] }", "image.firmware", "firmware without a kernel")]
    public void Faults_of_images_without_what_their_fields_need(string text, string path, string message) => AssertFault(text, path, message);

    [Fact]
    public void A_types_firmware_stands_unless_it_is_given()
    {
        Assert.Equal([BootFirmware.Uefi32], ImageBuilder.Complete(Yaml.Read($"{System}image: {{ type: efi32-raw }}")).Firmware);
        Assert.Equal([BootFirmware.Uefi, BootFirmware.Uefi32], ImageBuilder.Complete(Yaml.Read($"{System}image: {{ type: efi32-raw, firmware: [uefi, uefi32] }}")).Firmware);
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
    }
}
