using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>What dm-verity, slots, attributes, encryption, signing, unified kernel images and appliances do not go with.</summary>
public sealed class ProtectionRuleTests
{
    private const string System = "system: { base: { directory: . }, hostName: x, kernel: {} }\n";
    private const string Data = "{ type: root, fileSystem: erofs, content: { directory: . }, verity: data }";
    private const string Hash = "{ type: root-verity, verity: hash }";

    /// <summary>Partitions of a disk without a system, the path of the fault, and what is said.</summary>
    public static TheoryData<string, string, string> PartitionFaults => new()
    {
        { $"{Data}, {Hash}", "", "" },
        { Data, "image.partitions[0].verity", "data of root without hash" },
        { Hash, "image.partitions[0].verity", "hash of root without data" },
        { $"{Data}, {Hash}, {Hash}", "image.partitions[2].verity.role", "second hash of root" },
        { $"{Data}, {{ type: root-verity, verity: {{ role: hash, match: usr }} }}", "image.partitions[1].verity", "hash of usr without data" },
        { $"{Data}, {{ type: root-verity, verity: hash, content: {{ raw: everything.yaml }} }}", "image.partitions[1].verity", "content of a partition with a hash" },
        { $"{Data}, {{ type: root-verity, verity: hash, uuid: 1c2d3e4f-0000-4000-8000-000000000001 }}", "image.partitions[1].uuid", "UUID of a partition of dm-verity" },
        { $"{Data}, {Hash}, {{ type: root-verity-sig, verity: signature }}", "image.partitions[2].verity", "signature without a key" },
        { $"{{ type: root, verity: data }}, {Hash}", "image.partitions[0].verity", "nothing to protect" },
        { $"{{ type: swap, fileSystem: swap, verity: data }}, {Hash}", "image.partitions[0].verity", "swap under dm-verity" },
        { $"{{ type: root, fileSystem: ext4, content: {{ directory: . }}, verity: {{ role: data, dataBlockSize: 700 }} }}, {Hash}", "image.partitions[0].verity.dataBlockSize", "not a block size" },
        { "{ type: var, fileSystem: ext4, grow: yes }", "", "" },
        { "{ type: esp, fileSystem: vfat, grow: yes }", "image.partitions[0].grow", "attribute that the type does not have" },
        { "{ type: swap, fileSystem: swap, readOnly: yes }", "image.partitions[0].readOnly", "attribute that the type does not have" },
        { "{ type: root, fileSystem: ext4, slots: 2, offset: 1M }", "image.partitions[0].offset", "offset of a partition with slots" },
        { "{ type: root, fileSystem: ext4, size: 64M, freePercent: 10 }", "image.partitions[0].freePercent", "freePercent beside an exact size" },
        { "{ type: root, encrypt: everything.yaml }", "image.partitions[0].encrypt", "nothing to encrypt" },
        { $"{Data}, {{ type: root-verity, verity: hash, encrypt: everything.yaml }}", "image.partitions[1].encrypt", "encrypted hashes" },
        { "{ type: root, fileSystem: ext4, encrypt: { keyFile: everything.yaml, keyInInitrd: yes } }", "image.partitions[0].encrypt.keyInInitrd", "key that nothing asks for" },
        { "{ type: root, fileSystem: ext4, encrypt: no-such-file }", "image.partitions[0].encrypt.keyFile", "no such file" },
    };

    [Theory]
    [MemberData(nameof(PartitionFaults))]
    public void Faults_of_partitions(string partitions, string path, string message) =>
        AssertFault($"image: {{ partitions: [{partitions}] }}", path, message);

    [Theory]
    [InlineData("partitionTable: mbr, partitions: [{ type: linux-generic, fileSystem: ext4, slots: 2 }]", "image.partitions[0].slots", "slots without names")]
    [InlineData("partitions: [{ type: root, fileSystem: ext4 }], split: yes", "image.split", "nothing to split")]
    [InlineData("partitions: [{ splitName: a, fileSystem: ext4 }, { splitName: a, fileSystem: ext4 }], split: yes", "image.partitions[1].splitName", "splitName given twice")]
    [InlineData("partitions: [{ splitName: a/b, fileSystem: ext4 }]", "image.partitions[0].splitName", "not the name of a split file")]
    [InlineData("partitions: [{ fileSystem: ext4 }], version: 1_0", "image.version", "not a version")]
    [InlineData("partitions: [{ type: root-verity-sig, verity: signature }], veritySignature: { certificate: everything.yaml }", "image.veritySignature", "certificate without a key")]
    [InlineData("partitions: [{ fileSystem: ext4 }], veritySignature: { certificate: everything.yaml, key: everything.yaml }", "image.veritySignature", "signature that no partition holds")]
    [InlineData("partitions: [{ fileSystem: ext4 }], veritySignature: { certificate: everything.yaml, key: everything.yaml, command: [x] }", "image.veritySignature.command", "second way to sign")]
    [InlineData("partitions: [{ fileSystem: ext4 }], efiVariables: everything.yaml", "image.efiVariables", "variables of firmware that has nothing to start")]
    [InlineData("partitions: [{ type: esp, fileSystem: vfat }], efiVariables: everything.yaml", "", "")]
    [InlineData("partitions: [{ type: esp, fileSystem: vfat }], efiVariables: { template: everything.yaml, secureBoot: yes }", "image.efiVariables.secureBoot", "Secure Boot without a key")]
    [InlineData("partitions: [{ type: esp, fileSystem: vfat }], efiVariables: { template: everything.yaml, allowed: everything.yaml }", "image.efiVariables.allowed", "key without Secure Boot")]
    [InlineData("partitions: [{ fileSystem: ext4 }], appliance: {}", "image.appliance", "settings of an appliance")]
    public void Faults_of_images(string keys, string path, string message) => AssertFault($"image: {{ {keys} }}", path, message);

    [Theory]
    [InlineData("", "", "")]
    [InlineData("version: 123456789012345678901234567890, name: a-name", "image.name", "too long for a slot's name")]
    [InlineData("appliance: { fileSystem: ext4 }", "image.appliance.fileSystem.type", "file system that is written to")]
    [InlineData("appliance: { slots: 1, updates: https://example.org/ }", "image.appliance.updates", "updates without a slot for them")]
    [InlineData("appliance: { updates: ftp://example.org/ }", "image.appliance.updates.location", "not a URL")]
    [InlineData("appliance: { updates: https://example.org/ }, split: no", "image.split", "updates without files for them")]
    public void Faults_of_appliances(string keys, string path, string message) => AssertFault($"{System}image: {{ type: appliance, {keys} }}", path, message);

    [Theory]
    [InlineData("initrd: distribution", "system.initrd.kind", "initial RAM disk of the distribution")]
    [InlineData("bootloader: grub", "system.bootloader.kind", "boot loader that gives no root hash")]
    [InlineData("bootloader: { kind: uki, uki: { tries: 3 } }", "system.bootloader.uki.tries", "not possible with uki")]
    [InlineData("bootloader: { kind: systemd-boot, serial: ttyS0 }", "system.bootloader.serial", "not possible with systemd-boot")]
    [InlineData("bootloader: { kind: systemd-boot, uki: { splash: none.bmp } }", "system.bootloader.uki.splash", "no such file")]
    public void Faults_of_systems_of_appliances(string keys, string path, string message) =>
        AssertFault($"system: {{ base: {{ directory: . }}, hostName: x, kernel: {{}}, {keys} }}\nimage: {{ type: appliance }}", path, message);

    [Theory]
    [InlineData("bootloader: { kind: grub, uki: {} }", "type: disk", "system.bootloader.uki", "settings of a unified kernel image")]
    [InlineData("bootloader: grub", "type: disk, secureBoot: { certificate: everything.yaml, key: everything.yaml }", "image.secureBoot", "key without something to sign")]
    [InlineData("bootloader: uki", "type: mbr-raw", "image.partitions", "no place for a boot loader")]
    [InlineData("bootloader: uki", "type: disk", "", "")]
    public void Faults_of_loaders(string loader, string image, string path, string message) =>
        AssertFault($"system: {{ base: {{ directory: . }}, hostName: x, kernel: {{}}, {loader} }}\nimage: {{ {image} }}", path, message);

    [Theory]
    [InlineData("", "label: x", "{ type: xbootldr, mountPoint: /boot, fileSystem: ext4 }", "", "")]
    [InlineData("bootloader: uki", "label: x", "{ type: esp, mountPoint: /efi, fileSystem: vfat }", "", "")]
    [InlineData("", "label: x", "{ type: srv, mountPoint: /srv, fileSystem: ext4 }", "image.partitions[0].encrypt", "encrypted root that holds its own kernel")]
    [InlineData("", "label: x", "{ type: xbootldr, mountPoint: /boot, fileSystem: ext4, label: b, encrypt: everything.yaml }", "image.partitions[1].encrypt", "encryption of what boots the system")]
    [InlineData("", "label: x", "{ type: usr, mountPoint: /usr, fileSystem: ext4, label: b, encrypt: everything.yaml }", "image.partitions[1].encrypt", "encryption of what boots the system")]
    [InlineData("", "grow: yes", "{ type: xbootldr, mountPoint: /boot, fileSystem: ext4 }", "image.partitions[0].encrypt", "encrypted mount without a name")]
    [InlineData("", "label: a b", "{ type: xbootldr, mountPoint: /boot, fileSystem: ext4 }", "image.partitions[0].label", "name that is no device's")]
    [InlineData("initrd: distribution", "label: x", "{ type: xbootldr, mountPoint: /boot, fileSystem: ext4 }", "system.initrd", "made before the root was encrypted")]
    public void Faults_of_encrypted_roots(string system, string root, string other, string path, string message) => AssertFault(
        $"system: {{ base: {{ directory: . }}, hostName: x, kernel: {{}}{(system.Length > 0 ? ", " : "")}{system} }}\n"
        + $"image: {{ type: disk, partitions: [{{ type: root, mountPoint: /, fileSystem: ext4, encrypt: everything.yaml, {root} }}, {other}] }}",
        path,
        message);

    private static void AssertFault(string text, string path, string message)
    {
        DefinitionError[] errors = Errors(text);
        if (path.Length == 0)
        {
            Assert.Empty(errors);
            return;
        }

        DefinitionError error = Assert.Single(errors, error => error.Path == path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Fix);
    }

    private static DefinitionError[] Errors(string text)
    {
        try
        {
            _ = DefinitionReader.ReadText("name: x\n" + text, "x.yaml", Checkout.PathOf("tests/Diecast.Tests/Definitions"));
            return [];
        }
        catch (DefinitionException exception)
        {
            return [.. exception.Errors];
        }
    }
}
