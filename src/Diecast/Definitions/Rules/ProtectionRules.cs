using System.Globalization;
using Diecast.Formats.Partitioning;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of dm-verity, encryption, slots and attributes of partitions, and of the keys that sign.</summary>
internal static class ProtectionRules
{
    private const string Gpt = "an MBR has no place for it";
    private const string RaspberryPiMount = "/boot/firmware";

    /// <param name="definition">The definition as it is written.</param>
    /// <param name="completed">Its image with what the type fills in.</param>
    /// <param name="problems">Takes the faults.</param>
    internal static void Check(Definition definition, Image completed, Problems problems)
    {
        Image image = definition.Image;
        CheckKey(image.SecureBoot, "image.secureBoot", problems);
        CheckKey(image.VeritySignature, "image.veritySignature", problems);
        if (image.EfiVariables is { } variables)
            CheckVariables(image, completed, variables, problems);
        for (int i = 0; i < image.Partitions.Count; i++)
            CheckPartition(definition, completed, i, problems);
        if (image.VeritySignature is not null && !completed.Partitions.Any(partition => partition.Verity is { Role: VerityRole.Signature }))
        {
            problems.Add("image.veritySignature", "signature that no partition holds", null, "a signature of a root hash lies in a partition of its own",
                "add a partition with verity: signature, or take the image type appliance");
        }

        if (image.Split == true && !completed.Partitions.Any(partition => partition.SplitName is not null))
            problems.Add("image.split", "nothing to split", null, "partitions with a splitName are written as files of their own", "give one a splitName, or remove it");
    }

    private static void CheckVariables(Image image, Image completed, FirmwareVariables variables, Problems problems)
    {
        const string Path = "image.efiVariables";
        if ((completed.PartitionTable ?? PartitionTableType.Gpt) != PartitionTableType.Gpt || !completed.Partitions.Any(partition => partition.Type == "esp"))
        {
            problems.Add(Path, "variables of firmware that has nothing to start", null, "a boot entry names the EFI system partition of a GPT",
                "take an image type with UEFI and a GPT, or remove it");
        }

        bool hasKey = variables.PlatformKey is not null || image.SecureBoot is not null;
        if (variables.SecureBoot == true && !hasKey)
            problems.Add($"{Path}.secureBoot", "Secure Boot without a key", "yes", "its platform key is a certificate", "add platformKey, or image.secureBoot");
        bool isSecure = variables.SecureBoot ?? hasKey;
        Refuse("platformKey", variables.PlatformKey is not null);
        Refuse("keyExchangeKeys", variables.KeyExchangeKeys.Count > 0);
        Refuse("allowed", variables.Allowed.Count > 0);
        Refuse("revoked", variables.Revoked.Count > 0);

        void Refuse(string key, bool isGiven)
        {
            if (isGiven && !isSecure)
                problems.Add($"{Path}.{key}", "key without Secure Boot", null, "keys are enrolled for Secure Boot", "add platformKey, or remove it");
        }
    }

    private static void CheckKey(SigningKey? key, string path, Problems problems)
    {
        if (key is { Key: null, Command.Count: 0 })
            problems.Add(path, "certificate without a key", null, "a key or a command signs", "add key: or command:");
        else if (key is { Key: not null, Command.Count: > 0 })
            problems.Add($"{path}.command", "second way to sign", null, "a key or a command signs", "remove one of them");
    }

    private static void CheckPartition(Definition definition, Image completed, int index, Problems problems)
    {
        Image image = definition.Image;
        Partition partition = image.Partitions[index];
        string path = At(index);
        bool isGpt = (completed.PartitionTable ?? PartitionTableType.Gpt) == PartitionTableType.Gpt;
        CheckAttributes(partition, path, problems);
        if (partition.Verity is { } verity)
            CheckVerity(image, partition, verity, isGpt, index, problems);
        if (partition.Encrypt is not null)
            CheckEncryption(partition, definition.System, completed, path, problems);
        if (partition.MountBy == MountKey.PartitionLabel)
        {
            if (!isGpt)
                problems.Add($"{path}.mountBy", "name that a table has no place for", "partition-label", Gpt, "take partitionTable: gpt, or mountBy: uuid");
            else if (partition.Label is { } label && label.Any(char.IsWhiteSpace))
                problems.Add($"{path}.label", "blank in a name that something is mounted by", label, "fstab parts its fields by blanks", "take - in its place");
        }

        if (partition.Slots > 1 && !isGpt)
            problems.Add($"{path}.slots", "slots without names", Text(partition.Slots), Gpt, "take partitionTable: gpt");
        if (partition is { Slots: > 1, Offset: { } offset })
            problems.Add($"{path}.offset", "offset of a partition with slots", offset.ToString(), "the other slots lie behind it", "remove one of them");
        if (partition is { FreePercent: > 0, Size.Exact: not null })
            problems.Add($"{path}.freePercent", "freePercent beside an exact size", Text(partition.FreePercent), "it is added to the content when size is auto", "remove one of them");
        if (image.Split == true && partition.SplitName is { } name && image.Partitions.Take(index).Any(other => other.SplitName == name))
            problems.Add($"{path}.splitName", "splitName given twice", name, "each is a file of its own", "change one");
    }

    /// <summary>The Discoverable Partitions Specification says which types know which bits.</summary>
    private static void CheckAttributes(Partition partition, string path, Problems problems)
    {
        // Types that depend on the processors all know the same.
        PartitionType? type = PartitionTypes.Find(partition.Type, PartitionTypes.Architectures[0]);
        if (type is null)
            return;
        Refuse("readOnly", partition.ReadOnly, GptAttributes.ReadOnly);
        Refuse("grow", partition.Grow, GptAttributes.GrowFileSystem);
        Refuse("noAuto", partition.NoAuto, GptAttributes.NoAuto);

        void Refuse(string key, bool? value, ulong bit)
        {
            if (value == true && (type.KnownAttributes & bit) == 0)
            {
                problems.Add($"{path}.{key}", "attribute that the type does not have", partition.Type, "only discoverable types of Linux have it, as root, usr, home, srv and var",
                    $"take one of them, or remove {key}");
            }
        }
    }

    private static void CheckVerity(Image image, Partition partition, PartitionVerity verity, bool isGpt, int index, Problems problems)
    {
        string path = $"{At(index)}.verity";
        if (!isGpt)
            problems.Add(path, "dm-verity without a GPT", null, "the partitions are found by their UUIDs, which are halves of the root hash", "take partitionTable: gpt");
        int[] same = [.. Enumerable.Range(0, image.Partitions.Count).Where(i => image.Partitions[i].Verity is { } other && other.Match == verity.Match)];
        if (same.First(i => image.Partitions[i].Verity!.Role == verity.Role) != index)
            problems.Add($"{path}.role", $"second {Name(verity.Role)} of {verity.Match}", Name(verity.Role), "a root hash is of one file system and one tree", "give it another match");
        VerityRole? missing = verity.Role == VerityRole.Data ? VerityRole.Hash : VerityRole.Data;
        if (!same.Any(i => image.Partitions[i].Verity!.Role == missing))
        {
            problems.Add(path, $"{Name(verity.Role)} of {verity.Match} without {Name(missing.Value)}", verity.Match,
                "what is protected, and its hashes, have the same match", $"add a partition with verity: {{ role: {Name(missing.Value)}, match: {verity.Match} }}");
        }

        if (partition.Uuid is { } uuid && verity.Role != VerityRole.Signature)
            problems.Add($"{At(index)}.uuid", "UUID of a partition of dm-verity", uuid.ToString("D"), "it is a half of the root hash", "remove it");
        if (verity.Role != VerityRole.Data)
        {
            if (partition.FileSystem is not null || partition.Content is not null)
                problems.Add(path, $"content of a partition with a {Name(verity.Role)}", null, "it holds that alone", "remove fileSystem and content");
            if (verity.Role == VerityRole.Signature && image.VeritySignature is null)
                problems.Add(path, "signature without a key", null, "a key signs the root hash", "add image.veritySignature, or remove the partition");
            return;
        }

        if (partition is { FileSystem: null, Content: null })
            problems.Add(path, "nothing to protect", null, "a file system or bytes are protected", "add fileSystem, or content");
        else if (partition.FileSystem is { Type: FileSystemType.Swap })
            problems.Add(path, "swap under dm-verity", null, "what is protected is only read", "remove verity");
        if (partition.MountPoint is not { } mount)
            return;
        string name = mount == "/" ? "root" : "usr";
        if (mount is not ("/" or "/usr"))
            problems.Add($"{At(index)}.mountPoint", "mount point under dm-verity", mount, "the initial RAM disk opens / and /usr", "protect one of them, or remove verity");
        else if (verity.Match != name)
            problems.Add($"{path}.match", $"{mount} under another name", verity.Match, $"its root hash is given to the kernel as {name}hash=", $"write match: {name}");
    }

    private static void CheckEncryption(Partition partition, OperatingSystem? system, Image completed, string path, Problems problems)
    {
        if (partition.Verity is { Role: not VerityRole.Data })
            problems.Add($"{path}.encrypt", "encrypted hashes", null, "the root hash vouches for them, and they tell nothing", "encrypt the data, or nothing");
        else if (partition is { FileSystem: null, Content: null })
            problems.Add($"{path}.encrypt", "nothing to encrypt", null, "a file system or bytes are encrypted", "add fileSystem, or content");
        bool isRoot = partition.MountPoint == "/" && system is { Kernel: not null };
        if (partition is { MountPoint: "/usr" or "/boot" } or { Type: "esp" or "bios-boot" } || (partition.MountPoint == "/" && !isRoot))
        {
            problems.Add($"{path}.encrypt", "encryption of what boots the system", partition.MountPoint ?? partition.Type,
                "nothing asks for the key before the system runs", "encrypt the root, /var, /home or other data");
        }
        else if (system is { Kernel: not null } && partition.MountPoint is not null && partition.Label is null)
        {
            problems.Add($"{path}.encrypt", "encrypted mount without a name", partition.MountPoint, "crypttab calls the opened device by the partition's label", "give it a label");
        }

        if (isRoot)
            CheckEncryptedRoot(partition, system!, completed, path, problems);
        else if (partition.Encrypt!.KeyInInitrd)
            problems.Add($"{path}.encrypt.keyInInitrd", "key that nothing asks for", null, "the initial RAM disk opens the root alone", "remove it");
    }

    /// <summary>The kernel and the initial RAM disk lie elsewhere, and the latter opens the root.</summary>
    private static void CheckEncryptedRoot(Partition partition, OperatingSystem system, Image completed, string path, Problems problems)
    {
        bool isUnified = system.Bootloader?.Kind is BootloaderKind.SystemdBoot or BootloaderKind.Uki;
        if (!isUnified && !completed.Partitions.Any(other => other is { MountPoint: "/boot" or RaspberryPiMount, FileSystem: not null, Encrypt: null }))
        {
            problems.Add($"{path}.encrypt", "encrypted root that holds its own kernel", null, "the boot loader reads the kernel before anything is opened",
                "add a partition with mountPoint: /boot, or take bootloader: systemd-boot");
        }

        if (system.Initrd.Kind != InitrdKind.Own)
        {
            problems.Add("system.initrd", "initial RAM disk that was made before the root was encrypted", "distribution", "the distribution's is made while the base is installed, and knows nothing of this image's partitions",
                "take initrd: own, which opens the root with the system's cryptsetup");
        }

        if (partition.Label is { } label && !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '+'))
            problems.Add($"{path}.label", "name that is no device's", label, "the opened root is /dev/mapper/LABEL, and the kernel's command line says so", "take letters, digits, -, _, . and +");
    }

    private static string Name(VerityRole role) => role.ToString().ToLowerInvariant();

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"image.partitions[{index}]");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
