using Diecast.Boot;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class ModuleResolverTests
{
    private const string Directory = "/usr/lib/modules/6.1";

    private const string Dependencies = """
        kernel/fs/ext4/ext4.ko.xz: kernel/fs/jbd2/jbd2.ko.xz kernel/lib/crc16.ko.xz kernel/fs/mbcache.ko.xz
        kernel/fs/jbd2/jbd2.ko.xz:
        kernel/fs/mbcache.ko.xz:
        kernel/lib/crc16.ko.xz:
        kernel/arch/x86/crypto/crc32c-intel.ko.xz:
        kernel/crypto/crc32c_generic.ko.xz:
        kernel/drivers/ata/ahci.ko.xz: kernel/drivers/ata/libahci.ko.xz kernel/drivers/ata/libata.ko.xz kernel/drivers/scsi/scsi_mod.ko.xz
        kernel/drivers/ata/libahci.ko.xz: kernel/drivers/ata/libata.ko.xz kernel/drivers/scsi/scsi_mod.ko.xz
        kernel/drivers/ata/libata.ko.xz: kernel/drivers/scsi/scsi_mod.ko.xz
        kernel/drivers/scsi/scsi_mod.ko.xz:
        kernel/net/before.ko:
        kernel/net/middle.ko:
        kernel/net/after.ko:
        kernel/loop/a.ko:
        kernel/loop/b.ko:
        """;

    private static ModuleIndex Index(string extra = "") => ModuleIndex.Read(
        BootTrees.Of(
            ($"{Directory}/modules.dep", BootTrees.Text(Dependencies + "\n" + extra)),
            ($"{Directory}/modules.builtin", BootTrees.Text("kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/nvme/host/nvme-core.ko\n")),
            ($"{Directory}/modules.softdep", BootTrees.Text("# comment\nsoftdep middle pre: before post: after\nsoftdep a b\nsoftdep b pre: a\n")),
            ($"{Directory}/modules.alias", BootTrees.Text(
                "alias crc32c crc32c_intel\nalias crc32c crc32c_generic\nalias pci:v*d* ahci\nalias net-pf-1 nvme-core\n"))),
        Directory);

    [Fact]
    public void Modules_come_after_what_they_need()
    {
        IReadOnlyList<ModuleFile> order = ModuleResolver.Resolve(Index(), ["ahci"], []);
        Assert.Equal(["scsi_mod", "libata", "libahci", "ahci"], order.Select(m => ModuleIndex.NameOf(m.Path)));
    }

    [Fact]
    public void Ext4_brings_the_checksum_that_no_index_names()
    {
        IReadOnlyList<ModuleFile> order = ModuleResolver.Resolve(Index(), ["ext4"], []);
        Assert.Equal(["crc32c_intel", "crc32c_generic", "mbcache", "crc16", "jbd2", "ext4"], order.Select(m => ModuleIndex.NameOf(m.Path)));
    }

    [Fact]
    public void Soft_dependencies_come_before_and_after_and_may_be_circular()
    {
        Assert.Equal(["before", "middle", "after"], ModuleResolver.Resolve(Index(), ["middle"], []).Select(m => ModuleIndex.NameOf(m.Path)));
        Assert.Equal(["b", "a"], ModuleResolver.Resolve(Index(), ["a"], []).Select(m => ModuleIndex.NameOf(m.Path)));
    }

    [Fact]
    public void A_name_may_be_written_with_either_hyphen() =>
        Assert.Equal(
            ModuleResolver.Resolve(Index(), ["crc32c_intel"], []).Select(m => m.Path),
            ModuleResolver.Resolve(Index(), ["crc32c-intel"], []).Select(m => m.Path));

    [Fact]
    public void What_the_kernel_has_built_in_needs_no_file()
    {
        Assert.Empty(ModuleResolver.Resolve(Index(), ["virtio_pci", "nvme_core", "nvme-core", "net-pf-1"], []));
    }

    /// <summary>As Debian's cloud kernels have ext4, which mounts ext2 and ext3, too.</summary>
    [Fact]
    public void Aliases_of_what_is_built_in_are_known()
    {
        FileTree tree = BootTrees.Of(
            ($"{Directory}/modules.dep", BootTrees.Text("")),
            ($"{Directory}/modules.builtin", BootTrees.Text("kernel/fs/ext4/ext4.ko\n")),
            ($"{Directory}/modules.builtin.modinfo", BootTrees.Text("ext4.license=GPL\0ext4.alias=fs-ext4\0ext4.alias=fs-ext2\0")));
        ModuleIndex index = ModuleIndex.Read(tree, Directory);
        Assert.Equal(["ext4"], index.ModulesOf("fs-ext2"));
        Assert.Empty(ModuleResolver.Resolve(index, [], [], ["fs-ext2", "fs-ext4"]));
        BootException exception = Assert.Throws<BootException>(() => ModuleResolver.Resolve(index, [], [], ["fs-ext4", "f2fs"]));
        Assert.Contains("no driver of f2fs, neither", exception.Message, StringComparison.Ordinal);
        Assert.Contains("another kernel package", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_modules_are_skipped_from_the_default_set_and_all_named_from_the_declaration()
    {
        Assert.Equal(["before"], ModuleResolver.Resolve(Index(), [], ["gone", "before", "pci:v1d2"]).Select(m => ModuleIndex.NameOf(m.Path)));
        BootException exception = Assert.Throws<BootException>(() => ModuleResolver.Resolve(Index(), ["ext4", "gone", "lost"], []));
        Assert.Contains("no module gone, lost, neither", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hard_dependencies_in_a_circle_end()
    {
        IReadOnlyList<ModuleFile> order = ModuleResolver.Resolve(Index("x.ko: y.ko\ny.ko: x.ko\n"), ["x"], []);
        Assert.Equal(["y", "x"], order.Select(m => ModuleIndex.NameOf(m.Path)));
    }

    [Fact]
    public void A_chain_of_any_length_is_followed_without_deep_recursion()
    {
        const int Length = 100_000;
        string chain = string.Concat(Enumerable.Range(0, Length).Select(i => $"m{i}.ko: m{i + 1}.ko\n")) + $"m{Length}.ko:\n";
        IReadOnlyList<ModuleFile> order = ModuleResolver.Resolve(Index(chain), ["m0"], []);
        Assert.Equal(Length + 1, order.Count);
        Assert.Equal($"m{Length}.ko", order[0].Path);
        Assert.Equal("m0.ko", order[^1].Path);
    }

    [Fact]
    public void A_kernel_without_an_index_is_refused() =>
        Assert.Contains("run depmod", Assert.Throws<BootException>(() => ModuleIndex.Read(new FileTree(), Directory)).Message, StringComparison.Ordinal);
}
