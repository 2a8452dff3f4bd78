using Diecast.Bases.Nix;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Tests.Building;

/// <summary>Systems of stores in images: what they mount is what is there, and what is theirs is not set a second time.</summary>
public sealed class StoreSystemTests
{
    private const string KernelPath = "/nix/store/0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-linux-6.12";
    private const string Systemd = "/nix/store/1a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-systemd-257";
    private const string Top = "/nix/store/2a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-nixos-system-host-25.05";
    private const string Root = "/dev/disk/by-label/nixos / ext4 defaults 0 1\n";

    [Fact]
    public void A_top_level_among_the_paths_is_the_system_with_its_files_under_nixos_names()
    {
        using var directory = new TempDirectory();
        Write(directory, Root + "/dev/disk/by-label/ESP /boot vfat defaults 0 2\n");

        ImageBuilder.Build(
            Load(directory, $"paths: [{Top}]", "files: [{ target: /etc/nixos/configuration.nix, text: x }]", "nixos-efi", ""),
            new BuildOptions { CacheDirectory = directory["cache"], OutputPath = directory["host.img"] });

        using HostFile file = HostFile.Open(directory["host.img"]);
        Blob disk = Blob.FromFile(file, 0, new FileInfo(directory["host.img"]).Length);
        FileTree esp = FatFileSystem.Read(disk.Slice(8 << 20, 249 << 20));
        FileTree root = ExtFileSystem.Read(disk.Slice(257 << 20, disk.Length - (257 << 20)));
        Assert.Equal(["bootx64.efi", "0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-linux-6.12-bzimage.efi", "systemd-bootx64.efi", "nixos-generation-1.conf", "entries.srel", "loader.conf"],
            esp.Walk().Where(entry => entry.Inode is FileInode).Select(entry => entry.Name.ToString().ToLowerInvariant()));
        Assert.Equal(Top, root.RealPath("/nix/var/nix/profiles/system"));
        Assert.Equal("x", root.ReadText("/etc/nixos/configuration.nix"));
        // Nothing of it is Diecast's but what was declared.
        Assert.Equal(["NIXOS", "nixos"], ((DirectoryInode)root.Find("/etc")!).Entries.ToArray().Select(entry => entry.Name.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_system_of_a_store_is_no_live_system()
    {
        using var directory = new TempDirectory();
        Write(directory, Root);
        var exception = Assert.Throws<DefinitionException>(() => Load(directory, $"paths: [{Top}]", "", "iso9660", ""));
        Assert.Contains("does not look for its root in a file of an ISO image", Assert.Single(exception.Errors).Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/disk/by-label/other / ext4\n", "nixos-efi", "", "mounts / from /dev/disk/by-label/other, and the image's partition there has the label nixos", "add label: other to image:")]
    [InlineData("UUID=f222513b-ded1-49fa-b591-20ce86a2fe7f / ext4\n", "nixos-efi", "", "has the UUID ", "rootFileSystem: { uuid: f222513b-ded1-49fa-b591-20ce86a2fe7f }")]
    [InlineData("UUID=f222513b-ded1-49fa-b591-20ce86a2fe7f / ext4\n", "nixos-efi", ", fixedIds: yes", null, null)]
    [InlineData("PARTLABEL=primary / ext4\n", "nixos-efi", "", null, null)]
    [InlineData("PARTUUID=f222513b-ded1-49fa-b591-20ce86a2fe7f / ext4\n", "nixos-efi", "", "has the id ", "uuid f222513b-ded1-49fa-b591-20ce86a2fe7f")]
    [InlineData(Root + "LABEL=ESP /efi vfat\n", "nixos-efi", "", "mounts LABEL=ESP at /efi, and the image has it at /boot", "mountPoint: /efi")]
    [InlineData(Root + "LABEL=data /nix ext4\n", "nixos-efi", "", "mounts /nix from LABEL=data, and the image has no partition for it", null)]
    [InlineData(Root + "LABEL=data /nix ext4 nofail\n/dev/sdb1 /data ext4\nLABEL=tapes /tapes ext4\n", "nixos-efi", "", null, null)]
    [InlineData(Root, "disk", "", "has the label root", "add label: nixos to image:")]
    [InlineData(Root, "disk", ", label: nixos", null, null)]
    [InlineData(Root, "nixos-legacy", "", "has no boot loader that the image's partitions have a place for", "boot.loader.grub.enable")]
    [InlineData(Root, "nixos-none", "", null, null)]
    public void What_the_system_mounts_is_held_against_the_image(string fstab, string type, string more, string? message, string? fix)
    {
        using var directory = new TempDirectory();
        if (message is null)
        {
            Plan(directory, fstab, type, more);
            return;
        }

        var exception = Assert.Throws<BuildException>(() => Plan(directory, fstab, type, more));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains(fix ?? "", exception.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hostName: x", "system.hostName", "networking.hostName")]
    [InlineData("timezone: Europe/Paris", "system.timezone", "time.timeZone")]
    [InlineData("users: [{ name: ada }]", "system.users", "users.users")]
    [InlineData("services: [ssh]", "system.services", "systemd.services")]
    [InlineData("kernel: { package: linux-image-amd64 }", "system.kernel.package", "boot.kernelPackages")]
    [InlineData("kernel: { arguments: [quiet] }", "system.kernel.arguments", "boot.kernelParams")]
    [InlineData("initrd: { modules: [btrfs] }", "system.initrd.modules", "boot.initrd.availableKernelModules")]
    [InlineData("fileSystems: [{ device: LABEL=x, mountPoint: /x, type: ext4 }]", "system.fileSystems", "fileSystems")]
    public void Settings_of_the_system_itself_are_errors_that_name_its_own_option(string setting, string path, string option)
    {
        using var directory = new TempDirectory();
        Write(directory, Root);
        // Known by the definition where it names the top level, and by the build where the path alone tells.
        var exception = Assert.Throws<DefinitionException>(() => Load(directory, $"toplevel: {Top}", setting, "nixos-efi", ""));
        DefinitionError error = Assert.Single(exception.Errors);
        Assert.Equal((path, "a setting of NixOS"), (error.Path, error.Message));
        Assert.Contains(option, error.Fix, StringComparison.Ordinal);

        LoadedDefinition loaded = Load(directory, $"paths: [{Top}]", setting, "nixos-efi", "");
        var failure = Assert.Throws<BuildException>(() => ImageBuilder.Plan(loaded, new BuildOptions { CacheDirectory = directory["cache"] }));
        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(option, failure.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_setting_that_a_system_owns_has_a_key_of_its_own()
    {
        var system = new OperatingSystem { Base = new NixBase(), HostName = "x", Keyboard = new Keyboard { Layout = "us" } };
        Assert.Equal(["system.hostName", "system.keyboard"], OwnedSettings.Of(system, new Image(), isGuix: false).Select(setting => setting.Key));
        Assert.Contains("operating-system", OwnedSettings.Of(system, new Image(), isGuix: true)[0].Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ada", "wheel", 1000, 1)]
    [InlineData("ada", "root", 1000, 0)]
    public void Owners_are_those_of_the_systems_own_configuration(string user, string group, uint uid, uint gid)
    {
        using var directory = new TempDirectory();
        WriteAccounts(directory);
        ImageBuilder.Build(
            Load(directory, $"paths: [{Top}]", $"files: [{{ target: /x, text: x, user: '{user}', group: {group} }}]", "nixos-none", ""),
            new BuildOptions { CacheDirectory = directory["cache"], OutputPath = directory["host.img"] });
        using HostFile file = HostFile.Open(directory["host.img"]);
        Inode x = ExtFileSystem.Read(Blob.FromFile(file, 0, new FileInfo(directory["host.img"]).Length)).Find("/x")!;
        Assert.Equal((uid, gid), (x.Uid, x.Gid));
    }

    [Theory]
    [InlineData("bob", "gets its number only when the system starts", "set users.users.bob.uid")]
    [InlineData("add", "is not in the image", "did you mean ada?")]
    [InlineData("nobody-like-this", "is not in the image", "declare it as users.users.nobody-like-this")]
    public void Owners_whose_numbers_nobody_knows_are_errors(string user, string message, string fix)
    {
        using var directory = new TempDirectory();
        WriteAccounts(directory);
        LoadedDefinition loaded = Load(directory, $"paths: [{Top}]", $"files: [{{ target: /x, text: x, user: {user} }}]", "nixos-none", "");
        SystemConfigurationError error = Assert.Single(Assert.Throws<SystemConfigurationException>(() => ImageBuilder.Plan(loaded, new BuildOptions { CacheDirectory = directory["cache"] })).Errors);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }

    /// <summary>The list is a file of the store alone, which the script that makes the accounts names.</summary>
    private static void WriteAccounts(TempDirectory directory)
    {
        const string Accounts = "/nix/store/3a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-users-groups.json";
        Write(directory, Root, (Accounts, """{"groups":[{"gid":1,"name":"wheel"},{"gid":null,"name":"late"}],"mutableUsers":true,"users":[{"name":"ada","uid":1000},{"name":"bob","uid":null}]}"""),
            (Top + "/activate", $"/nix/store/x/bin/perl update-users-groups.pl {Accounts}\n"));
    }

    private static string Plan(TempDirectory directory, string fstab, string type, string more = "")
    {
        Write(directory, fstab);
        return ImageBuilder.Plan(
            Load(directory, $"paths: [{Top}]", "files: [{ target: /etc/nixos/configuration.nix, text: x }]", type, more), new BuildOptions { CacheDirectory = directory["cache"] }).ToString();
    }

    private static LoadedDefinition Load(TempDirectory directory, string paths, string setting, string type, string more)
    {
        File.WriteAllText(directory["system.yaml"], $$"""
            name: host
            system:
              base: { nix: { {{paths}}, store: { directory: store, registration: registration } } }
              {{setting}}
            image: { type: {{type}}{{more}} }
            """);
        return DefinitionReader.Read(directory["system.yaml"], new DefinitionOverrides());
    }

    private static void Write(TempDirectory directory, string fstab, params (string Path, string Text)[] more)
    {
        byte[] kernel = new byte[1024];
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        (kernel[0x206], kernel[0x207], kernel[0x236]) = (0x0f, 0x02, 1);
        Put(KernelPath + "/bzImage", kernel);
        Put(Systemd + "/lib/systemd/boot/efi/systemd-bootx64.efi", [.. "MZ"u8]);
        Put(Top + "/nixos-version", [.. "25.05"u8]);
        Put(Top + "/kernel-params", [.. "quiet"u8]);
        Put(Top + "/etc/fstab", System.Text.Encoding.UTF8.GetBytes(fstab));
        Link(Top + "/kernel", KernelPath + "/bzImage");
        Link(Top + "/systemd", Systemd);
        foreach ((string path, string text) in more)
            Put(path, System.Text.Encoding.UTF8.GetBytes(text));
        string[] items = [.. more.Select(file => file.Path).Where(StoreItemName.IsPath)];
        File.WriteAllText(directory["registration"], Registration.Write([Describe(KernelPath), Describe(Systemd), Describe(Top, [KernelPath, Systemd, .. items]), .. items.Select(item => Describe(item))]));

        string Host(string path) => directory["store" + path["/nix/store".Length..]];

        void Put(string path, byte[] bytes)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Host(path))!);
            File.WriteAllBytes(Host(path), bytes);
        }

        void Link(string path, string target)
        {
            if (new FileInfo(Host(path)).LinkTarget is null)
                File.CreateSymbolicLink(Host(path), target);
        }

        StoreItemInfo Describe(string path, params string[] references)
        {
            Inode inode = Directory.Exists(Host(path)) ? HostDirectoryReader.Read(Host(path)).Root : new FileInode(Blob.FromMemory(File.ReadAllBytes(Host(path))));
            (NixHash hash, long size) = NixHash.OfNar(inode, CancellationToken.None);
            return new StoreItemInfo { Path = path, NarHash = hash, NarSize = size, References = references.ToValueList() };
        }
    }
}
