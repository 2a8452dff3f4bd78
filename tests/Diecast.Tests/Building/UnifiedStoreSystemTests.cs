using System.Text;
using Diecast.Boot;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Tests.Executables;
using Diecast.Formats.Trees;
using static Diecast.Tests.Building.NixosSample;

namespace Diecast.Tests.Building;

/// <summary>Unified kernel images of NixOS systems: on the ESP beside an ordinary root, and with the root hash of a protected store.</summary>
public sealed class UnifiedStoreSystemTests
{
    private const string Disk = "{ type: nixos-efi, label: nixos }";
    private const string Declared = "{ partitions: [{ type: esp, fileSystem: vfat, mountPoint: /boot }, { type: root, fileSystem: { type: ext4, label: nixos }, mountPoint: / }] }";
    private const string Protected = $"{{ partitions: [{ProtectedPartitions}] }}";
    private const string Unified = "{ kind: systemd-boot, uki: {} }";

    [Theory]
    [InlineData(Disk, "uki", "/EFI/BOOT/BOOTX64.EFI")]
    [InlineData(Disk, Unified, "/EFI/Linux/nixos.efi")]
    [InlineData(Declared, "{ uki: { tries: 3 } }", "/EFI/Linux/nixos+3.efi")]
    [InlineData(Declared, "uki", "/EFI/BOOT/BOOTX64.EFI")]
    public void All_of_a_kernel_image_is_the_top_levels_own(string layout, string bootloader, string path)
    {
        using var directory = new TempDirectory();
        IReadOnlyList<Blob> partitions = new NixosSample(directory).Build(layout, bootloader);
        FileTree esp = FatFileSystem.Read(partitions[0]);
        PeFile image = ImageOf(esp, path);
        Assert.Equal($"init={Top}/init quiet", Text(image, ".cmdline"));
        Assert.Equal("NAME=NixOS\nPRETTY_NAME=\"NixOS 25.05\"\n", Text(image, ".osrel"));
        Assert.Equal(SamplePe.Release, Text(image, ".uname"));
        Assert.Equal(NixosSample.Kernel, image.Find(".linux")!.Content.ToArray());
        Assert.Equal(NixosSample.Initrd, image.Find(".initrd")!.Content.ToArray());
        Assert.Null(image.Find(".profile"));
        Assert.Equal(bootloader != "uki", esp.ResolveFile("/EFI/systemd/systemd-bootx64.efi") is { } menu && menu.Content.ToArray().AsSpan().SequenceEqual(NixosSample.Menu));
        Assert.Null(esp.Find("/loader/entries"));
        Assert.Equal(Top, ExtFileSystem.Read(partitions[1]).RealPath("/nix/var/nix/profiles/system"));
    }

    [Theory]
    [InlineData("systemd-boot", false)]
    [InlineData("{}", false)]
    [InlineData("{ kind: systemd-boot, uki: {} }", true)]
    public void Without_what_asks_for_one_the_menu_has_nixos_own_entries(string bootloader, bool isUnified)
    {
        using var directory = new TempDirectory();
        FileTree esp = FatFileSystem.Read(new NixosSample(directory).Build(Disk, bootloader)[0]);
        Assert.Equal(isUnified, esp.Find("/EFI/Linux") is not null);
        Assert.Equal(isUnified, esp.Find("/loader/entries/nixos-generation-1.conf") is null);
    }

    [Fact]
    public void Specialisations_are_profiles_that_share_what_they_have_in_common()
    {
        using var directory = new TempDirectory();
        IReadOnlyList<Blob> partitions = new NixosSample(directory) { HasSpecialisation = true }.Build(Disk, "{ kind: systemd-boot, uki: { profiles: [{ id: debug, arguments: [debug] }] } }");
        PeFile image = ImageOf(FatFileSystem.Read(partitions[0]), "/EFI/Linux/nixos.efi");
        Assert.Equal(["ID=main\n", "ID=calm\nTITLE=calm\n", "ID=debug\nTITLE=debug\n"], Texts(image, ".profile"));
        Assert.Equal([$"init={Top}/init quiet", $"init={Calm}/init quiet calm", $"init={Top}/init quiet debug"], Texts(image, ".cmdline"));
        Assert.Single(image.Sections, section => section.Name == ".linux");
        Assert.Single(image.Sections, section => section.Name == ".initrd");
    }

    [Fact]
    public void A_kernel_image_without_a_menu_has_no_specialisations_and_asks_for_no_newer_systemd()
    {
        using var directory = new TempDirectory();
        IReadOnlyList<Blob> partitions = new NixosSample(directory) { HasSpecialisation = true, StubVersion = "255.4" }.Build(Disk, "uki");
        Assert.Equal([$"init={Top}/init quiet"], Texts(ImageOf(FatFileSystem.Read(partitions[0]), "/EFI/BOOT/BOOTX64.EFI"), ".cmdline"));
    }

    [ToolTheory("veritysetup")]
    [InlineData("")]
    [InlineData($", storePaths: [{Top}], store: {{ directory: store, registration: registration }}")]
    public void The_root_hash_of_a_protected_store_is_in_the_kernel_image_of_the_same_run(string paths)
    {
        using var directory = new TempDirectory();
        string image = Protected.Replace("mountPoint: /usr", "mountPoint: /usr" + paths, StringComparison.Ordinal);
        IReadOnlyList<Blob> partitions = new NixosSample(directory) { Fstab = ProtectedStore, HasSpecialisation = true }.Build(image);
        PeFile kernel = ImageOf(FatFileSystem.Read(partitions[0]), "/EFI/Linux/nixos.efi");
        string[] lines = Texts(kernel, ".cmdline");
        string hash = lines[0]["usrhash=".Length..].Split(' ')[0];
        Assert.Equal([$"usrhash={hash} init={Top}/init quiet", $"usrhash={hash} init={Calm}/init quiet calm"], lines);
        byte[] data = partitions[1].ToArray();
        File.WriteAllBytes(directory["data"], data);
        File.WriteAllBytes(directory["hashes"], partitions[2].ToArray());
        Tool.Check("veritysetup", "verify", directory["data"], directory["hashes"], hash);
        data[2000] ^= 1;
        File.WriteAllBytes(directory["data"], data);
        Assert.NotEqual(0, Tool.Run("veritysetup", "verify", directory["data"], directory["hashes"], hash).ExitCode);

        FileTree usr = ErofsFileSystem.Read(partitions[1]);
        Assert.Equal(["nix"], Names(usr.Root));
        Assert.Equal(["store"], Names(usr.Find("/nix")));
        Assert.Equal(4, Names(usr.Find("/nix/store")).Length);
        Assert.Equal("quiet", usr.ReadText("/nix/store" + Top["/nix/store".Length..] + "/kernel-params"));
    }

    [Fact]
    public void The_same_top_level_gives_the_same_bytes_and_another_one_another_root_hash()
    {
        using var first = new TempDirectory();
        using var second = new TempDirectory();
        using var other = new TempDirectory();
        var one = new NixosSample(first) { Fstab = ProtectedStore };
        var two = new NixosSample(second) { Fstab = ProtectedStore };
        Blob esp = one.Build(Protected)[0];
        two.Build(Protected);
        Assert.Equal(one.Digests, two.Digests);
        Blob another = new NixosSample(other) { Fstab = ProtectedStore + "# changed\n" }.Build(Protected)[0];
        Assert.NotEqual(Text(ImageOf(FatFileSystem.Read(esp), "/EFI/Linux/nixos.efi"), ".cmdline"), Text(ImageOf(FatFileSystem.Read(another), "/EFI/Linux/nixos.efi"), ".cmdline"));
    }

    [Fact]
    public void The_type_appliance_makes_slots_state_and_what_is_published()
    {
        const string Appliance = "{ type: appliance, version: 7, split: yes, appliance: { slotSize: 16M, stateSize: 16M } }";
        using var directory = new TempDirectory();
        var sample = new NixosSample(directory) { Fstab = ProtectedStore + "/dev/disk/by-partlabel/host-var /var ext4 defaults 0 2\n" };
        IReadOnlyList<Blob> partitions = sample.Build(Appliance);
        Assert.Equal(6, partitions.Count);
        PeFile kernel = ImageOf(FatFileSystem.Read(partitions[0]), "/EFI/Linux/host_7.efi");
        Assert.EndsWith("IMAGE_ID=\"host\"\nIMAGE_VERSION=\"7\"\n", Text(kernel, ".osrel"), StringComparison.Ordinal);
        string hash = Text(kernel, ".cmdline")["usrhash=".Length..].Split(' ')[0];
        Assert.Equal(["SHA256SUMS", "host.raw", "host_7.efi", $"host_7.usr-verity.{hash[32..]}.raw", $"host_7.usr.{hash[..32]}.raw"],
            Directory.EnumerateFiles(directory["out"]).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.NotNull(ErofsFileSystem.Read(partitions[1]).Find("/nix/store" + Top["/nix/store".Length..]));
        string plan = sample.Plan(Appliance).ToString();
        Assert.Equal(["host-esp", "host_7", "host_7", "_empty", "_empty", "host-var"], plan.Split('\n').Where(line => line.StartsWith("partition ", StringComparison.Ordinal)).Select(line => line.Split('"')[1]));
        Assert.Contains($"roothash usr {hash}", plan, StringComparison.Ordinal);
    }

    [ToolFact("openssl", "sbverify")]
    public void Menu_image_root_hash_and_measurements_are_signed()
    {
        using var directory = new TempDirectory();
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=host", "-keyout", directory["db.key"], "-out", directory["db.crt"]);
        const string Key = "{ key: db.key, certificate: db.crt }";
        IReadOnlyList<Blob> partitions = new NixosSample(directory) { Fstab = ProtectedStore }.Build(
            $"{{ secureBoot: {Key}, veritySignature: {Key}, partitions: [{ProtectedPartitions}, {{ type: usr-verity-sig, verity: {{ role: signature, match: usr }} }}] }}",
            "{ uki: { pcrKey: db.key, addons: [{ name: more, arguments: [x=y] }] } }");
        FileTree esp = FatFileSystem.Read(partitions[0]);
        foreach (string path in new[] { "/EFI/BOOT/BOOTX64.EFI", "/EFI/Linux/nixos.efi", "/loader/addons/more.addon.efi" })
        {
            File.WriteAllBytes(directory["program"], esp.ResolveFile(path)!.Content.ToArray());
            Assert.Contains("Signature verification OK", Tool.Check("sbverify", "--cert", directory["db.crt"], directory["program"]), StringComparison.Ordinal);
        }

        PeFile image = ImageOf(esp, "/EFI/Linux/nixos.efi");
        Assert.NotNull(image.Find(".pcrsig"));
        string hash = Text(image, ".cmdline")["usrhash=".Length..].Split(' ')[0];
        Assert.Contains($"\"rootHash\":\"{hash}\"", Encoding.UTF8.GetString(partitions[3].ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_may_keep_its_store_alone_and_have_its_root_in_memory()
    {
        using var directory = new TempDirectory();
        IReadOnlyList<Blob> partitions = new NixosSample(directory) { Fstab = "none / tmpfs\n/dev/disk/by-label/nix /nix ext4\n" }.Build(
            "{ partitions: [{ type: esp, fileSystem: vfat, mountPoint: /boot }, { type: linux-generic, fileSystem: { type: ext4, label: nix }, mountPoint: /nix }] }");
        Assert.NotNull(FatFileSystem.Read(partitions[0]).Find("/loader/entries/nixos-generation-1.conf"));
        FileTree nix = ExtFileSystem.Read(partitions[1]);
        Assert.NotNull(nix.Find("/store" + Top["/nix/store".Length..]));
        Assert.NotNull(nix.Find("/var/nix/db/db.sqlite"));
    }

    [Theory]
    [InlineData(OrdinaryRoot, Protected, "the system mounts / from /dev/disk/by-label/nixos, and no partition", "mountPoint /, or make the root a tmpfs")]
    [InlineData("", Protected, "no partition with a file system is mounted on /", "fileSystems.\"/\"")]
    [InlineData(ProtectedStore, Disk, "the system's root is a file system in memory, and the image has a partition", "declare image.partitions")]
    [InlineData("tmpfs / tmpfs\n/usr/nix/store /nix/store none bind\n", Protected, "protects /usr by dm-verity, and the system does not mount it", "device = \"/dev/mapper/usr\"; fsType = \"erofs\"")]
    [InlineData("tmpfs / tmpfs\nLABEL=usr /usr erofs\n", Protected, "protects /usr by dm-verity, and the system mounts LABEL=usr there", "/dev/mapper/usr")]
    [InlineData("tmpfs / tmpfs\n/dev/mapper/usr /usr squashfs\n", Protected, "mounts /usr as squashfs, and the image's partition has erofs", "fsType = \"erofs\"")]
    [InlineData("tmpfs / tmpfs\n/dev/mapper/usr /usr erofs\n", Protected, "no partition with a file system has /nix/store, where the system finds its store", "binds from /usr/nix/store")]
    [InlineData(ProtectedStore, "{ partitions: [{ type: esp, fileSystem: vfat, mountPoint: /boot }, { type: usr, fileSystem: erofs, mountPoint: /usr }] }", "the image's partition there is not protected by dm-verity", "verity: { role: data, match: usr }")]
    [InlineData(ProtectedStore, "{ partitions: [{ type: esp, fileSystem: vfat, mountPoint: /boot }] }", "from /dev/mapper/usr, and the image has no partition for it", "type usr-verity")]
    [InlineData(ProtectedStore, "{ type: appliance }", "has a partition for /var, and the system mounts none there", "by-partlabel/host-var\"; fsType = \"ext4\"")]
    [InlineData(ProtectedStore, $"{{ partitions: [{ProtectedPartitions}, {{ type: linux-generic, fileSystem: ext4, mountPoint: /nix/store }}] }}", "mounts /usr/nix/store at /nix/store, and the image has a partition there", "mountPoint out")]
    public void What_would_not_start_is_an_error_that_names_the_fix(string fstab, string image, string message, string fix)
    {
        using var directory = new TempDirectory();
        var exception = Assert.Throws<BuildException>(() => new NixosSample(directory) { Fstab = fstab }.Plan(image));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(fix, exception.Fix, StringComparison.Ordinal);
    }

    /// <summary>Packages alone have no fstab that could say what is mounted on /.</summary>
    [Fact]
    public void Packages_without_a_system_need_a_root()
    {
        using var directory = new TempDirectory();
        new NixosSample(directory).Load(Protected);
        File.WriteAllText(directory["packages.yaml"], $$"""
            name: packages
            system: { base: { nix: { paths: [/nix/store/1a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-systemd-257], store: { directory: store, registration: registration } } } }
            image: { partitions: [{ type: usr, fileSystem: ext4, mountPoint: /usr }] }
            """);
        LoadedDefinition loaded = DefinitionReader.Read(directory["packages.yaml"], new DefinitionOverrides());
        var exception = Assert.Throws<BuildException>(() => ImageBuilder.Plan(loaded, new BuildOptions { CacheDirectory = directory["cache"] }));
        Assert.Contains("no partition with a file system is mounted on /", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_below_a_root_in_memory_are_on_no_partition()
    {
        using var directory = new TempDirectory();
        var sample = new NixosSample(directory) { Fstab = ProtectedStore };
        var exception = Assert.Throws<BuildException>(() => sample.Plan(Protected, "{}", "files: [{ target: /etc/x, text: x }]"));
        Assert.Contains("/etc/x is on no partition", exception.Message, StringComparison.Ordinal);
        Assert.NotNull(sample.Plan(Protected, "{}", "files: [{ target: /usr/share/x, text: x }]"));
    }

    [Theory]
    [InlineData("quiet usrhash=00", "257", "has usrhash=00 among its kernel arguments", "remove it from boot.kernelParams")]
    [InlineData("quiet", "256.4", "the specialisation calm is a profile", "the closure's is of 256")]
    [InlineData("quiet", null, "there is no lib/systemd/boot/efi/linuxx64.efi.stub in the closure", "base.nix.paths")]
    public void What_a_kernel_image_cannot_be_made_of_is_an_error(string arguments, string? stub, string message, string fix)
    {
        using var directory = new TempDirectory();
        var sample = new NixosSample(directory) { Fstab = ProtectedStore, Arguments = arguments, StubVersion = stub, HasSpecialisation = true };
        var exception = Assert.Throws<BootException>(() => sample.Plan(Protected));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(fix, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NAME=NixOS\nIMAGE_VERSION=3\n", "image.version: 3")]
    [InlineData(null, "environment.etc.os-release")]
    public void What_the_system_says_that_it_is_has_to_be_what_is_declared(string? release, string expected)
    {
        using var directory = new TempDirectory();
        var exception = Assert.Throws<BootException>(() => new NixosSample(directory) { Release = release }.Plan("{ type: nixos-efi, label: nixos, version: 2 }", "uki"));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ type: appliance, appliance: { updates: https://example.org/ } }", "{}", "image.appliance.updates", "systemd.sysupdate")]
    [InlineData("{ type: nixos-hybrid, label: nixos, secureBoot: { key: system.yaml, certificate: system.yaml } }", "grub", "image.secureBoot", "systemd-boot or uki")]
    [InlineData(Protected, "grub", "system.bootloader.kind", "systemd-boot or uki")]
    [InlineData("{ type: nixos-legacy, label: nixos }", "uki", "image.partitions", "type esp")]
    [InlineData(Disk, "{ uki: { microcode: [/x] } }", "system.bootloader.uki.microcode", "updateMicrocode")]
    [InlineData(Disk, "{ kind: uki, uki: { profiles: [{ id: x }] } }", "system.bootloader.uki.profiles", "")]
    public void Settings_that_do_not_go_together_are_errors_of_the_definition(string image, string bootloader, string path, string fix)
    {
        using var directory = new TempDirectory();
        var exception = Assert.Throws<DefinitionException>(() => new NixosSample(directory).Load(image, bootloader));
        Assert.Contains(exception.Errors, error => error.Path == path && error.Fix.Contains(fix, StringComparison.Ordinal));
    }

    private static PeFile ImageOf(FileTree esp, string path) => PeFile.Read(esp.ResolveFile(path)!.Content);

    private static string Text(PeFile file, string section) => Encoding.UTF8.GetString(file.Find(section)!.Content.ToArray()).TrimEnd('\0');

    private static string[] Texts(PeFile file, string name) =>
        [.. file.Sections.Where(section => section.Name == name).Select(section => Encoding.UTF8.GetString(section.Content.ToArray()).TrimEnd('\0'))];

    private static string[] Names(Inode? directory) => [.. Assert.IsType<DirectoryInode>(directory).Entries.ToArray().Select(entry => entry.Name.ToString())];
}
