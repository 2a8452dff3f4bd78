using System.Globalization;
using System.Text;
using System.Text.Json;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Tests.Executables;
using Diecast.Formats.Trees;
using Diecast.Tests.Boot;

namespace Diecast.Tests.ImageTypes;

/// <summary>Appliances as sfdisk, veritysetup and sha256sum see them, and what is in each of their parts.</summary>
public sealed class ApplianceTests
{
    private const string Esp = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B";
    private const string Root = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709";
    private const string RootVerity = "2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5";
    private const string Usr = "8484680C-9521-48C6-9C11-B0720656F69E";
    private const string UsrVerity = "77FF5F63-E7B6-4633-ACF4-1565B864C0E6";
    private const string Var = "4D21B016-B534-45C2-A9FB-5C16E091FD2D";
    private const string Version = "6.12.1-sample+1";

    [ToolFact("sfdisk")]
    public void Its_slots_hashes_and_state_are_where_the_type_promises_them()
    {
        using var directory = new TempDirectory();
        Build(directory, "image.appliance.slotSize=64M", "image.appliance.stateSize=32M");
        Assert.Equal(
            [
                $"{Esp} golden-esp 2048 524288 -",
                // A slot of 64 MiB has 16384 blocks, whose hashes take 129 blocks behind the superblock's.
                $"{Root} golden_1 526336 131072 GUID:60",
                $"{RootVerity} golden_1 657408 1040 GUID:60",
                $"{Root} _empty 659456 131072 GUID:60",
                $"{RootVerity} _empty 790528 1040 GUID:60",
                $"{Var} golden-var 792576 65536 GUID:59",
            ],
            Layout(directory));
        Tool.Check("sfdisk", "--verify", directory["out/golden.raw"]);
    }

    [ToolFact("sfdisk")]
    public void What_is_protected_may_be_the_programs_alone_and_without_a_second_slot()
    {
        using var directory = new TempDirectory();
        Build(directory, "image.appliance={ protect: usr, slots: 1, slotSize: 32M, stateSize: 48M, fileSystem: { type: squashfs, compression: zstd } }");
        Assert.Equal(
            [
                $"{Esp} golden-esp 2048 524288 -",
                $"{Usr} golden_1 526336 65536 GUID:60",
                $"{UsrVerity} golden_1 591872 528 GUID:60",
                $"{Root} golden-root 593920 98304 GUID:59",
            ],
            Layout(directory));
        Assert.NotNull(SquashfsFileSystem.Read(Partition(directory, 1)).Find("/bin/busybox"));
        FileTree root = ExtFileSystem.Read(Partition(directory, 3));
        Assert.Empty(Assert.IsType<DirectoryInode>(root.Find("/usr")).Entries.ToArray());
        Assert.Equal("PARTLABEL=golden-root / ext4 defaults,x-systemd.growfs 0 1\nPARTLABEL=golden-esp /efi vfat umask=0077 0 2\n", Mounts(root));
        string line = CommandLine(directory);
        Assert.Matches("^usrhash=[0-9a-f]{64} root=PARTLABEL=golden-root rootfstype=ext4 mount.usrfstype=squashfs rw quiet$", line);
    }

    [ToolFact("veritysetup", "sfdisk")]
    public void The_kernel_image_vouches_for_the_root_which_names_no_version()
    {
        using var directory = new TempDirectory();
        Build(directory);
        string line = CommandLine(directory);
        Assert.Matches("^roothash=[0-9a-f]{64} rootfstype=erofs ro quiet diecast.volatile=yes systemd.machine_id=firmware$", line);
        string hash = line.Split(' ')[0]["roothash=".Length..];
        JsonElement[] partitions = Partitions(directory);
        Assert.Equal(hash, string.Concat(partitions[1..3].Select(partition => partition.GetProperty("uuid").GetString()!.Replace("-", "", StringComparison.Ordinal))).ToLowerInvariant());
        File.WriteAllBytes(directory["data"], Partition(directory, 1).ToArray());
        File.WriteAllBytes(directory["hashes"], Partition(directory, 2).ToArray());
        Tool.Check("veritysetup", "verify", directory["data"], directory["hashes"], hash);

        FileTree root = ErofsFileSystem.Read(Partition(directory, 1));
        Assert.Null(root.Find("/boot/vmlinuz-" + Version));
        Assert.Equal("PARTLABEL=golden-esp /efi vfat umask=0077 0 2\nPARTLABEL=golden-var /var ext4 defaults,x-systemd.growfs 0 2\n", Mounts(root));
        Assert.EndsWith("IMAGE_ID=\"golden\"\nIMAGE_VERSION=\"1\"\n", root.ReadText("/usr/lib/os-release"), StringComparison.Ordinal);
        Assert.Equal("kept\n", ExtFileSystem.Read(Partition(directory, 5)).ReadText("/state"));
    }

    [ToolFact("sfdisk")]
    public void Firmware_finds_the_menu_and_the_menu_the_kernel_image()
    {
        using var directory = new TempDirectory();
        Build(directory, "system.bootloader.timeout=5", "system.bootloader.uki={ tries: 2, profiles: [{ id: debug, title: With a shell, arguments: [diecast.shell] }], addons: [{ name: more, arguments: [quiet, x=y] }] }");
        FileTree esp = FatFileSystem.Read(Partition(directory, 0));
        Assert.Equal("timeout 5\n", esp.ReadText("/loader/loader.conf"));
        byte[] menu = esp.ResolveFile("/EFI/BOOT/BOOTX64.EFI")!.Content.ToArray();
        Assert.Equal(Menu, menu);
        Assert.Equal(menu, esp.ResolveFile("/EFI/systemd/systemd-bootx64.efi")!.Content.ToArray());
        Assert.Equal("quiet x=y", Text(PeFile.Read(esp.ResolveFile("/loader/addons/more.addon.efi")!.Content), ".cmdline"));
        PeFile image = PeFile.Read(esp.ResolveFile("/EFI/Linux/golden_1+2.efi")!.Content);
        Assert.Equal(2, image.Sections.Count(section => section.Name == ".profile"));
        Assert.Equal("PRETTY_NAME=\"Golden OS\"\nIMAGE_ID=\"golden\"\nIMAGE_VERSION=\"1\"\n", Text(image, ".osrel"));
        Assert.Equal(Version, Text(image, ".uname"));
        string[] lines = [.. image.Sections.Where(section => section.Name == ".cmdline").Select(section => Encoding.UTF8.GetString(section.Content.ToArray()))];
        Assert.Equal([lines[0], lines[0] + " diecast.shell"], lines);
    }

    [ToolFact("sha256sum", "sfdisk")]
    public void What_is_published_is_what_the_transfers_look_for()
    {
        using var directory = new TempDirectory();
        Build(directory, "image.version=2.1", "image.splitCompression=zstd", "image.appliance.updates=https://example.org/golden/");
        string hash = CommandLine(directory).Split(' ')[0]["roothash=".Length..];
        string[] files = [$"golden_2.1.efi", $"golden_2.1.root-verity.{hash[32..]}.raw.zst", $"golden_2.1.root.{hash[..32]}.raw.zst"];
        Assert.Equal(["SHA256SUMS", .. files, "golden.raw"], Directory.EnumerateFiles(directory["out"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).OrderBy(name => name != "SHA256SUMS").ThenBy(name => name == "golden.raw"));
        string sums = File.ReadAllText(directory["out/SHA256SUMS"]);
        Assert.Equal(files, sums.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line[66..]));
        Tool.Check("sh", "-c", $"cd {directory["out"]} && sha256sum --check --strict SHA256SUMS");

        FileTree root = ErofsFileSystem.Read(Partition(directory, 1));
        Assert.Equal(
            "[Transfer]\nProtectVersion=%A\nVerify=yes\n\n[Source]\nType=url-file\nPath=https://example.org/golden/\nMatchPattern=golden_@v.root.@u.raw.zst\n\n"
            + "[Target]\nType=partition\nPath=auto\nMatchPattern=golden_@v\nMatchPartitionType=root-x86-64\nReadOnly=1\nInstancesMax=2\n",
            root.ReadText("/usr/lib/sysupdate.d/10-root-x86-64.transfer"));
        Assert.Contains("MatchPattern=golden_@v.root-verity.@u.raw.zst\n", root.ReadText("/usr/lib/sysupdate.d/20-root-x86-64-verity.transfer"), StringComparison.Ordinal);
        Assert.Contains("MatchPattern=golden_@v+@l-@d.efi golden_@v+@l.efi golden_@v.efi\nMode=0444\nTriesLeft=3\n", root.ReadText("/usr/lib/sysupdate.d/30-uki.transfer"), StringComparison.Ordinal);
        Assert.Equal("[Partition]\nType=var\nLabel=golden-var\nWeight=1000\nSizeMinBytes=67108864\nGrowFileSystem=yes\nFormat=ext4\n", root.ReadText("/usr/lib/repart.d/060-var.conf"));
        Assert.Equal("[Partition]\nType=root-x86-64\nLabel=_empty\nWeight=0\nSizeMinBytes=4096\nSizeMaxBytes=4096\n", root.ReadText("/usr/lib/repart.d/040-root-x86-64.conf"));
        Assert.NotNull(root.Find("/etc/systemd/system/timers.target.wants/systemd-sysupdate.timer"));
    }

    [ToolFact("sfdisk")]
    public void Two_builds_have_the_same_bytes_and_another_version_keeps_the_names_of_state()
    {
        using var first = new TempDirectory();
        using var second = new TempDirectory();
        using var next = new TempDirectory();
        BuildReport one = Build(first);
        BuildReport two = Build(second);
        Build(next, "image.version=2");
        Assert.Equal(one.Outputs.Select(output => output.Sha256), two.Outputs.Select(output => output.Sha256));
        Assert.Equal(["golden-esp", "golden_1", "golden_1", "_empty", "_empty", "golden-var"], Partitions(first).Select(partition => partition.GetProperty("name").GetString()!));
        Assert.Equal(["golden-esp", "golden_2", "golden_2", "_empty", "_empty", "golden-var"], Partitions(next).Select(partition => partition.GetProperty("name").GetString()!));
        Assert.NotEqual(CommandLine(first), CommandLine(next));
    }

    [MountFact("systemd-dissect", "sfdisk")]
    public void Systemd_finds_the_parts_of_the_system_and_takes_it_for_bootable()
    {
        using var directory = new TempDirectory();
        Build(directory);
        string hash = CommandLine(directory).Split(' ')[0]["roothash=".Length..];
        string found = Tool.Check("systemd-dissect", "--no-pager", "--root-hash=" + hash, directory["out/golden.raw"]);
        Assert.Contains("IMAGE_VERSION=1", found, StringComparison.Ordinal);
        Assert.Matches("[\u2713+] bootable system for UEFI", found);
        Assert.Matches(@"(?m)^ro root +\S+ golden_1 +erofs +x86-64 +yes +no ", found);
        Assert.Matches(@"(?m)^ro root-verity +\S+ golden_1 +DM_verity_hash +x86-64 ", found);
        Assert.Matches(@"(?m)^rw var +\S+ golden-var +ext4 +- +- +yes ", found);
    }

    [ToolFact("openssl", "sbverify", "sfdisk")]
    public void What_is_started_and_the_root_hash_are_signed_by_a_key_or_a_command()
    {
        using var directory = new TempDirectory();
        using var other = new TempDirectory();
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=golden", "-keyout", directory["db.key"], "-out", directory["db.crt"]);
        foreach (string file in new[] { "db.key", "db.crt" })
            File.Copy(directory[file], other[file]);
        BuildReport byKey = Build(directory, "image.secureBoot={ key: db.key, certificate: db.crt }", "image.veritySignature={ key: db.key, certificate: db.crt }", "system.bootloader.uki.pcrKey=db.key");
        const string Command = "[openssl, pkeyutl, -sign, -inkey, db.key, -pkeyopt, \"digest:sha256\"]";
        BuildReport byCommand = Build(other, $"image.secureBoot={{ command: {Command}, certificate: db.crt }}", $"image.veritySignature={{ command: {Command}, certificate: db.crt }}", "system.bootloader.uki.pcrKey=db.key");
        // The definition's text differs in the key, and the seed is given: nothing else may.
        Assert.Equal(byKey.Outputs[0].Sha256, byCommand.Outputs[0].Sha256);

        FileTree esp = FatFileSystem.Read(Partition(directory, 0));
        foreach (string path in new[] { "/EFI/BOOT/BOOTX64.EFI", "/EFI/Linux/golden_1.efi", "/EFI/systemd/systemd-bootx64.efi" })
        {
            File.WriteAllBytes(directory["program"], esp.ResolveFile(path)!.Content.ToArray());
            Assert.Contains("Signature verification OK", Tool.Check("sbverify", "--cert", directory["db.crt"], directory["program"]), StringComparison.Ordinal);
        }

        PeFile image = PeFile.Read(esp.ResolveFile("/EFI/Linux/golden_1.efi")!.Content);
        Assert.StartsWith("-----BEGIN PUBLIC KEY-----", Text(image, ".pcrpkey"), StringComparison.Ordinal);
        // A value for each phase of the start that systemd tells apart.
        Assert.Equal(4, JsonDocument.Parse(Text(image, ".pcrsig")).RootElement.GetProperty("sha256").GetArrayLength());
        string hash = CommandLine(directory).Split(' ')[0]["roothash=".Length..];
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(Partition(directory, 3).ToArray()).TrimEnd('\0'));
        Assert.Equal(hash, json.RootElement.GetProperty("rootHash").GetString());
        File.WriteAllBytes(directory["p7s"], json.RootElement.GetProperty("signature").GetBytesFromBase64());
        File.WriteAllText(directory["hash"], hash);
        Tool.Check("openssl", "smime", "-verify", "-binary", "-inform", "der", "-in", directory["p7s"], "-content", directory["hash"], "-CAfile", directory["db.crt"], "-purpose", "any", "-out", "/dev/null");
    }

    [ToolTheory("openssl")]
    [InlineData("system.bootloader.timeout=5")]
    [InlineData("image.secureBoot={ key: db.key, certificate: db.crt }")]
    [InlineData("image.secureBoot={ command: [openssl, pkeyutl, -sign, -inkey, db.key, -pkeyopt, \"digest:sha256\"], certificate: db.crt }")]
    public void What_is_protected_may_be_written_before_the_kernel_image_ahead_of_it_is_made(string set)
    {
        using var ahead = new TempDirectory();
        using var inOrder = new TempDirectory();
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:3072", "-nodes", "-days", "3650", "-subj", "/CN=golden", "-keyout", ahead["db.key"], "-out", ahead["db.crt"]);
        foreach (string file in new[] { "db.key", "db.crt" })
            File.Copy(ahead[file], inOrder[file]);
        string[] partitions =
        [
            "image.partitions=[{ type: esp, fileSystem: vfat, mountPoint: /efi },"
                + " { type: root, fileSystem: ext4, mountPoint: /, verity: { role: data, match: root } },"
                + " { type: root-verity, verity: { role: hash, match: root } }, { type: root-verity-sig, verity: { role: signature, match: root } }]",
            "image.veritySignature={ key: db.key, certificate: db.crt }",
            "system.bootloader.uki.pcrKey=db.key",
            set,
        ];

        BuildReport one = Build(ahead, partitions);
        BuildReport two = Build(inOrder, [.. partitions, "image.format={ name: raw, options: { bmap: on } }"]);

        Assert.Equal(two.Outputs[0].Sha256, one.Outputs[0].Sha256);
        Assert.Equal(one.Outputs[0].Sha256, Convert.ToHexStringLower(global::System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(ahead["out/golden.raw"]))));
    }

    [Fact]
    public void A_command_that_fails_to_sign_says_what_it_said()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["db.crt"], Certificate);
        BuildException exception = Assert.Throws<BuildException>(() => Build(
            directory, "image.secureBoot={ certificate: db.crt, command: [sh, -c, \"echo no token >&2; exit 3\"] }"));
        Assert.Contains("sh, which signs, ended with 3: no token", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<BuildException>(() => Build(directory, "image.secureBoot={ certificate: db.crt, command: [no-such-signer] }"));
        Assert.Contains("no-such-signer, which signs, cannot be run", exception.Message, StringComparison.Ordinal);
        // By then what is protected was written.
        Assert.Empty(Directory.EnumerateFileSystemEntries(directory["out"]));
        exception = Assert.Throws<BuildException>(() => Build(directory, "image.secureBoot={ certificate: db.crt, key: db.crt }"));
        Assert.Contains("db.crt is no certificate or key as it is needed", exception.Message, StringComparison.Ordinal);
    }

    [ToolFact("cryptsetup", "sfdisk", "e2fsck")]
    public void The_state_may_be_encrypted()
    {
        using var directory = new TempDirectory();
        using var again = new TempDirectory();
        foreach (TempDirectory place in new[] { directory, again })
        {
            File.WriteAllText(place["key"], "correct horse");
            File.WriteAllBytes(place["volume"], SamplePe.Bytes(64, 4));
        }

        const string Partitions = "image.partitions=[{ type: esp, fileSystem: vfat, size: 64M, mountPoint: /efi }, { type: root, fileSystem: ext4, mountPoint: / },"
            + " { type: var, label: state, fileSystem: ext4, mountPoint: /var, minSize: 24M, validateFileSystem: yes, encrypt: { keyFile: key, kdf: pbkdf2, volumeKey: volume, label: luks-state, discard: yes } }]";
        BuildReport one = Build(directory, Partitions, "image.volatileRoot=no", "system.bootloader=uki");
        BuildReport two = Build(again, Partitions, "image.volatileRoot=no", "system.bootloader=uki");
        Assert.Equal(one.Outputs[0].Sha256, two.Outputs[0].Sha256);

        Blob device = Partition(directory, 2);
        File.WriteAllBytes(directory["luks"], device.ToArray());
        string dump = Tool.Check("cryptsetup", "luksDump", directory["luks"]);
        Assert.Contains("luks-state", dump, StringComparison.Ordinal);
        Assert.Contains("allow-discards", dump, StringComparison.Ordinal);
        Tool.Check("cryptsetup", "open", "--test-passphrase", "--key-file", directory["key"], directory["luks"]);
        Blob opened = Luks2.Open(device, "correct horse");
        Assert.Equal(device.Length - (16 << 20), opened.Length);
        FileTree state = ExtFileSystem.Read(opened);
        Assert.Equal("kept\n", state.ReadText("/state"));
        Assert.Equal(
            ["user.validatefs.gpt_label=state\0", $"user.validatefs.gpt_type_uuid={Var.ToLowerInvariant()}\0", "user.validatefs.mount_point=/var\0"],
            state.Root.Xattrs.Select(xattr => $"{xattr.Name}={Encoding.UTF8.GetString(xattr.Value.Span)}"));
        File.WriteAllBytes(directory["ext"], opened.ToArray());
        Tool.Check("e2fsck", "-fn", directory["ext"]);
        FileTree root = ExtFileSystem.Read(Partition(directory, 1));
        Assert.Equal($"state UUID={Luks2.ReadInfo(device).Uuid} none luks,discard\n", root.ReadText("/etc/crypttab"));
        Assert.Contains("/dev/mapper/state /var ext4 defaults 0 2\n", Mounts(root), StringComparison.Ordinal);
        Assert.Matches("^root=UUID=[0-9a-f-]{36} rootfstype=ext4 rw quiet$", Text(PeFile.Read(FatFileSystem.Read(Partition(directory, 0)).ResolveFile("/EFI/BOOT/BOOTX64.EFI")!.Content), ".cmdline"));
    }

    private static string Certificate
    {
        get
        {
            using var key = global::System.Security.Cryptography.RSA.Create(2048);
            var request = new global::System.Security.Cryptography.X509Certificates.CertificateRequest(
                "CN=golden", key, global::System.Security.Cryptography.HashAlgorithmName.SHA256, global::System.Security.Cryptography.RSASignaturePadding.Pkcs1);
            using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(80));
            return certificate.ExportCertificatePem();
        }
    }

    private static readonly byte[] Menu = new SamplePe { Sections = [(".text", SamplePe.Bytes(5000, 9))] }.ToArray();

    private static BuildReport Build(TempDirectory directory, params string[] set)
    {
        byte[] kernel = SamplePe.Kernel.ToArray();
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        kernel[0x206] = 0x0f;
        kernel[0x207] = 0x02;
        kernel[0x236] = 1;
        Put(directory, "boot/vmlinuz-" + Version, kernel);
        Put(directory, "usr/bin/busybox", BootTrees.Elf());
        Put(directory, "usr/bin/init", BootTrees.Elf());
        Put(directory, "usr/sbin/dmsetup", BootTrees.Elf());
        Put(directory, "usr/lib/systemd/boot/efi/linuxx64.efi.stub", new SamplePe().ToArray());
        Put(directory, "usr/lib/systemd/boot/efi/addonx64.efi.stub", SamplePe.Addon.ToArray());
        Put(directory, "usr/lib/systemd/boot/efi/systemd-bootx64.efi", Menu);
        Put(directory, "usr/lib/systemd/systemd", BootTrees.Elf());
        Put(directory, "usr/lib/systemd/system/systemd-sysupdate.timer", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n"u8.ToArray());
        Put(directory, "usr/lib/os-release", "PRETTY_NAME=\"Golden OS\"\n"u8.ToArray());
        Put(directory, "var/state", "kept\n"u8.ToArray());
        Put(directory, "etc/passwd", "root:x:0:0::/root:/bin/sh\n"u8.ToArray());
        Put(directory, "etc/group", "root:x:0:\n"u8.ToArray());
        Put(directory, "etc/shadow", "root:*:0::::::\n"u8.ToArray());
        if (!Path.Exists(directory["root/bin"]))
            File.CreateSymbolicLink(directory["root/bin"], "usr/bin");
        const string Text = "name: golden\nseed: 11111111-2222-4333-8444-555555555555\nepoch: 1700000000\nimage: { type: appliance }\n"
            + "system: { base: { directory: root }, hostName: golden, kernel: { arguments: [quiet] } }\n";
        LoadedDefinition loaded = DefinitionReader.ReadText(Text, "golden.yaml", directory.Path, new DefinitionOverrides { Set = [.. set] });
        return ImageBuilder.Build(loaded, new BuildOptions { OutputPath = directory["out/"] });
    }

    private static void Put(TempDirectory directory, string path, byte[] bytes)
    {
        string full = directory["root/" + path];
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }

    private static JsonElement[] Partitions(TempDirectory directory)
    {
        using var json = JsonDocument.Parse(Tool.Check("sfdisk", "--json", directory["out/golden.raw"]));
        return [.. json.RootElement.GetProperty("partitiontable").GetProperty("partitions").Clone().EnumerateArray()];
    }

    private static string[] Layout(TempDirectory directory) =>
    [
        .. Partitions(directory).Select(partition => string.Create(CultureInfo.InvariantCulture,
            $"{partition.GetProperty("type").GetString()} {partition.GetProperty("name").GetString()} {partition.GetProperty("start").GetInt64()} {partition.GetProperty("size").GetInt64()} {(partition.TryGetProperty("attrs", out JsonElement bits) ? bits.GetString() : "-")}")),
    ];

    private static Blob Partition(TempDirectory directory, int index)
    {
        JsonElement partition = Partitions(directory)[index];
        byte[] bytes = new byte[512 * partition.GetProperty("size").GetInt64()];
        using FileStream disk = File.OpenRead(directory["out/golden.raw"]);
        disk.Position = 512 * partition.GetProperty("start").GetInt64();
        disk.ReadExactly(bytes);
        return Blob.FromMemory(bytes);
    }

    private static string CommandLine(TempDirectory directory)
    {
        FileTree esp = FatFileSystem.Read(Partition(directory, 0));
        TreeEntry image = esp.Walk().Single(entry => entry.Path.StartsWith("/EFI/Linux/", StringComparison.Ordinal));
        return Text(PeFile.Read(((FileInode)image.Inode).Content), ".cmdline");
    }

    private static string Text(PeFile image, string section) =>
        Encoding.UTF8.GetString(image.Sections.First(found => found.Name == section).Content.ToArray());

    /// <summary>fstab without its comments, with a blank between fields.</summary>
    private static string Mounts(FileTree tree) => string.Concat(
        tree.ReadText("/etc/fstab")!.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) + "\n"));
}
