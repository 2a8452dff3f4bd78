using Diecast.Boot;
using Diecast.Formats.Trees;
using static Diecast.Tests.Boot.Generations.StoreSystems;

namespace Diecast.Tests.Boot.Generations;

/// <summary>What boots a NixOS system is read from its top level.</summary>
public sealed class NixosSystemTests
{
    [Fact]
    public void A_bootspec_says_how_the_system_and_its_specialisations_boot()
    {
        FileTree tree = Nixos(Spec(Top, "\"console=ttyS0\", \"quiet\"", specialisations: $"\"zeta\": {Spec(Calm, "\"z\"")}, \"alpha\": {Spec(Calm, "\"a\"")}"));

        SystemGeneration system = Read(tree);

        Assert.Equal((StoreSystemKind.Nixos, Top, "NixOS", Diecast.Boot.Architecture.Amd64), (system.Kind, system.Path, system.Name, system.Architecture));
        Assert.Equal([$"init={Top}/init", "console=ttyS0", "quiet"], system.Default.Arguments);
        Assert.Equal((KernelFile, InitrdFile, "NixOS Warbler 25.05 (Linux 6.12)", "25.05.1"), (system.Default.Kernel, system.Default.Initrd, system.Default.Label, system.Default.Version));
        Assert.Equal(["alpha", "zeta"], system.Specialisations.Select(entry => entry.Name));
        Assert.Equal([$"init={Calm}/init", "a"], system.Specialisations[0].Arguments);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("{ \"v1\": {} }")]
    public void Without_a_bootspec_that_is_known_the_files_of_the_top_level_say_it(string? spec)
    {
        FileTree tree = Nixos(
            spec,
            (Top + "/specialisation/calm", new SymlinkInode(Calm)),
            (Calm + "/kernel", new SymlinkInode(KernelFile)),
            (Calm + "/kernel-params", BootTrees.Text("quiet")),
            (Calm + "/configuration-name", BootTrees.Text("Calm\n")));

        SystemGeneration system = Read(tree);

        Assert.Equal([$"init={Top}/init", "loglevel=4", "dyndbg=\"file a.c +p\""], system.Default.Arguments);
        Assert.Equal(KernelFile, system.Default.Kernel);
        GenerationEntry calm = Assert.Single(system.Specialisations);
        Assert.Equal(("calm", "Calm", null), (calm.Name, calm.Title, calm.Initrd));
        Assert.Equal([$"init={Calm}/init", "quiet"], calm.Arguments);
    }

    [Theory]
    [InlineData("{", "is no bootspec")]
    [InlineData("[]", null)]
    [InlineData("{ \"org.nixos.bootspec.v1\": 1 }", "names no init|is no bootspec|which is not in the image")]
    [InlineData("{ \"org.nixos.bootspec.v1\": { \"kernel\": \"/etc/shadow\", \"kernelParams\": [] } }", "names /etc/shadow as its kernel, which is not in the image")]
    [InlineData("{ \"org.nixos.bootspec.v1\": { \"kernel\": 3 } }", "is no bootspec")]
    [InlineData("{ \"org.nixos.bootspec.v1\": {}, \"org.xenproject.bootspec.v1\": {} }", "Xen")]
    public void A_damaged_bootspec_is_refused_with_its_path(string spec, string? expected)
    {
        FileTree tree = Nixos(spec);
        if (expected is null)
        {
            Assert.Equal(KernelFile, Read(tree).Default.Kernel);
            return;
        }

        var exception = Assert.Throws<BootException>(() => Read(tree));
        Assert.Matches(expected, exception.Message);
        Assert.Contains(Top + "/boot.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Secrets_that_only_the_machine_has_are_refused_and_a_program_that_adds_none_is_not()
    {
        const string Program = "/nix/store/eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-append-initrd-secrets/bin/append-initrd-secrets";
        string spec = Spec(Top, more: $", \"initrdSecrets\": \"{Program}\"");

        Assert.NotNull(Read(Nixos(spec, (Program, BootTrees.Text("#!/bin/sh\nexit 0\n(cd \"$tmp\" && find . | cpio) >> \"$1\"\n")))));
        var exception = Assert.Throws<BootException>(() => Read(Nixos(spec, (Program, BootTrees.Text("#!/bin/sh\ncp -a /root/key \"$tmp/.initrd-secrets/key\"\n")))));
        Assert.Contains("boot.initrd.secrets", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_system_for_containers_has_nothing_to_boot()
    {
        var tree = BootTrees.Of((Top + "/init", BootTrees.Text("#!")), ("/nix/var/nix/profiles/system", new SymlinkInode(Top)));
        Assert.Null(SystemGeneration.Find(tree));
        Assert.Null(SystemGeneration.Find(new FileTree()));
    }

    [Fact]
    public void The_menu_has_the_titles_that_nixos_gives()
    {
        SystemGeneration plain = Read(Nixos(Spec(Top, "\"console=ttyS0,115200\"")));
        SystemGeneration special = Read(Nixos(Spec(Top, specialisations: $"\"calm\": {Spec(Calm)}")));

        Assert.Equal(["menuentry 'NixOS'", "submenu 'NixOS - All configurations'", "menuentry 'NixOS - Configuration 1 (1970-01-01 - 25.05.1)'"], Titles(plain));
        Assert.Equal(
            [
                "menuentry 'NixOS - Default'", "menuentry 'NixOS - (calm - 1970-01-01 - )'", "submenu 'NixOS - All configurations'",
                "submenu '> NixOS - Configuration 1 (1970-01-01 - 25.05.1)'", "menuentry 'NixOS - Configuration 1 - Default (1970-01-01 - 25.05.1)'",
                "menuentry 'NixOS - Configuration 1 - (calm - 1970-01-01 - )'",
            ],
            Titles(special));
        string text = Menu(plain);
        Assert.Contains($"    linux /k{KernelFile} init={Top}/init console=ttyS0,115200\n    initrd /k{InitrdFile}\n", text, StringComparison.Ordinal);
        Assert.Equal(text.Count(c => c == '{'), text.Count(c => c == '}'));
    }

    [Fact]
    public void Entries_for_systemd_boot_have_the_names_by_which_nixos_removes_them()
    {
        FileTree tree = Nixos(Spec(Top, specialisations: $"\"calm\": {Spec(Calm, "\"calm\"")}"));

        LoaderEntries.Install(new Diecast.Systems.TreeEditor(tree, default), Read(tree), Diecast.Formats.Blobs.Blob.FromText("program"), "/efi", "/boot", -1);

        Assert.Equal("timeout menu-force\ndefault nixos-generation-1.conf\nconsole-mode keep\n", tree.ReadText("/efi/loader/loader.conf"));
        Assert.Equal("program", tree.ReadText("/efi/EFI/BOOT/BOOTX64.EFI"));
        Assert.Equal(
            $"""
            title NixOS (calm)
            sort-key nixos
            version Generation 1 NixOS Warbler 25.05 (Linux 6.12), built on 1970-01-01
            linux /EFI/nixos/cccccccccccccccccccccccccccccccc-linux-6.12-bzImage.efi
            initrd /EFI/nixos/dddddddddddddddddddddddddddddddd-initrd-linux-6.12-initrd.efi
            options init={Calm}/init calm

            """,
            tree.ReadText("/boot/loader/entries/nixos-generation-1-specialisation-calm.conf"));
        Assert.Equal("initrd", tree.ReadText("/boot/EFI/nixos/dddddddddddddddddddddddddddddddd-initrd-linux-6.12-initrd.efi"));
        Assert.NotNull(tree.Find("/boot/loader/entries/nixos-generation-1.conf"));
    }

    [Theory]
    [InlineData("0123456789abcdef0123456789abcdef\n", true)]
    [InlineData("uninitialized\n", false)]
    [InlineData("", false)]
    public void Entries_are_the_machines_where_it_has_an_id(string id, bool isNamed)
    {
        FileTree tree = Nixos(Spec(Top), ("/etc/machine-id", BootTrees.Text(id)));
        LoaderEntries.Install(new Diecast.Systems.TreeEditor(tree, default), Read(tree), Diecast.Formats.Blobs.Blob.FromText("program"), "/boot", "/boot", 3);
        Assert.Equal(isNamed, tree.ReadText("/boot/loader/entries/nixos-generation-1.conf")!.EndsWith("quiet\nmachine-id " + id, StringComparison.Ordinal));
        Assert.StartsWith("timeout 3\n", tree.ReadText("/boot/loader/loader.conf"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/dev/disk/by-label/nix\\x20os", "label", "nix os")]
    [InlineData("LABEL=nixos", "label", "nixos")]
    [InlineData("UUID=\"1234-ABCD\"", "uuid", "1234-ABCD")]
    [InlineData("/dev/disk/by-partuuid/x", "partuuid", "x")]
    [InlineData("/dev/disk/by-id/x", null, null)]
    [InlineData("/dev/sda1", null, null)]
    [InlineData("tmpfs", null, null)]
    public void What_fstab_mounts_is_told_apart_by_how_it_is_named(string source, string? kind, string? value) =>
        Assert.Equal((kind, value), GenerationMounts.Identify(source) is var (k, v) ? (k, v) : (null, null));

    [Fact]
    public void Lines_of_fstab_are_read_with_their_escapes()
    {
        IReadOnlyList<GenerationMount> mounts = GenerationMounts.Parse("# c\nLABEL=a\\040b /mnt/x\\040y ext4 nofail 0 0\n/dev/vda1 / ext4\nswap none swap\n\n");
        Assert.Equal([new GenerationMount("LABEL=a b", "/mnt/x y") { Type = "ext4", MayBeMissing = true }, new GenerationMount("/dev/vda1", "/") { Type = "ext4" }], mounts);
    }

    [Theory]
    [InlineData("tmpfs / tmpfs mode=0755\n", true, false)]
    [InlineData("/usr/nix/store /nix/store none x-initrd.mount,bind 0 0\n", false, true)]
    [InlineData("LABEL=x /nix ext4\n", false, false)]
    public void Mounts_of_memory_and_of_other_directories_are_told_apart(string line, bool isInMemory, bool isBind)
    {
        GenerationMount mount = Assert.Single(GenerationMounts.Parse(line));
        Assert.Equal((isInMemory, isBind), (mount.IsInMemory, mount.IsBind));
    }

    private static string Menu(SystemGeneration system) =>
        GenerationMenu.Create(system, new GrubMenu { Title = "", Entries = [], Root = "" }, "search x", path => "/k" + path);

    private static IEnumerable<string> Titles(SystemGeneration system) => Menu(system).Split('\n')
        .Select(line => line.Trim()).Where(line => line.StartsWith("menuentry", StringComparison.Ordinal) || line.StartsWith("submenu", StringComparison.Ordinal))
        .Select(line => line.Split(" --class")[0]);
}
