using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class BootFilesTests
{
    private static readonly BootTarget Target = new()
    {
        Root = "UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11",
        Grub = new GrubLocation { FileSystemUuid = "5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11", Partition = "gpt3" },
        Time = new Timestamp(1_700_000_000),
    };

    private static OperatingSystem System(InitrdKind kind = InitrdKind.Own) => new()
    {
        Base = new DirectoryBase { Path = "." },
        Kernel = new Kernel { Arguments = ["console=ttyS0,115200"] },
        Bootloader = new BootloaderConfiguration { Timeout = 5 },
        Initrd = new Initrd { Kind = kind },
    };

    private static FileTree Tree() => BootTrees.Of(
        ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
        ("/boot/vmlinuz-6.12", BootTrees.X86Kernel()),
        ("/etc/os-release", new SymlinkInode("../usr/lib/os-release")),
        ("/usr/lib/os-release", BootTrees.Text("NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n")),
        ("/vmlinuz", new SymlinkInode("boot/vmlinuz-6.12")),
        ("/usr/bin/busybox", BootTrees.Program(BootTrees.Elf())));

    [Fact]
    public void Every_kernel_gets_an_initrd_and_an_entry()
    {
        FileTree tree = Tree();
        var files = BootFiles.Install(tree, System(), Target);
        Assert.Equal(["6.12", "6.1"], files.Kernels.Select(k => k.Version));
        Assert.StartsWith("zstd ", files.Codec, StringComparison.Ordinal);
        Assert.NotNull(tree.ResolveFile("/boot/initrd.img-6.12"));
        Assert.NotNull(tree.ResolveFile("/initrd.img"));
        string menu = tree.ReadText("/boot/grub/grub.cfg")!;
        Assert.Contains("menuentry 'Debian GNU/Linux 13 (trixie)' ", menu, StringComparison.Ordinal);
        Assert.Contains("initrd /boot/initrd.img-6.1\n", menu, StringComparison.Ordinal);
        Assert.Contains("set timeout=5\n", menu, StringComparison.Ordinal);
        Assert.Contains("GRUB_CMDLINE_LINUX='console=ttyS0,115200'\n", tree.ReadText("/etc/default/grub.d/diecast.cfg"), StringComparison.Ordinal);
        foreach (string path in new[] { "/boot/initrd.img-6.1", "/boot/grub/grub.cfg", "/etc/default/grub.d/diecast.cfg" })
            Assert.Equal(Target.Time, tree.Find(path)!.ModifiedTime);
    }

    [Fact]
    public void Without_grub_there_is_no_menu()
    {
        FileTree tree = Tree();
        BootFiles.Install(tree, System(), Target with { Grub = null });
        Assert.Null(tree.Find("/boot/grub"));
        Assert.NotNull(tree.Find("/boot/initrd.img-6.1"));
    }

    [Fact]
    public void The_distributions_initrd_must_be_there_and_is_left_as_it_is()
    {
        FileTree tree = Tree();
        tree.Remove("/boot/vmlinuz-6.1");
        BootException exception = Assert.Throws<BootException>(() => BootFiles.Install(tree, System(InitrdKind.Distribution), Target));
        Assert.Contains("there is no /boot/initrd.img-6.12", exception.Message, StringComparison.Ordinal);
        FileInode theirs = BootTrees.Text("theirs");
        tree.Set("/boot/initrd.img-6.12", theirs);
        Assert.Null(BootFiles.Install(tree, System(InitrdKind.Distribution), Target).Codec);
        Assert.Same(theirs, tree.Find("/boot/initrd.img-6.12"));
    }
}
