using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class GrubMkimageTests
{
    private static readonly GrubLocation Location = new() { FileSystemUuid = "5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11", Partition = "gpt3" };

    // The packages of this machine stand for those of a target.
    private static FileTree Host(params string[] more) => HostTree.Of(
        "/", ["/bin", "/lib", "/lib64", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/usr/lib/grub", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", .. more]);

    [ToolFact("grub-mkimage", "/usr/lib/grub/i386-pc/boot.img")]
    public void The_bios_image_is_the_same_each_time_and_embeds()
    {
        FileTree tree = Host("/usr/bin/grub-mkimage");
        byte[] core = GrubMkimage.Make(tree, GrubPlatform.PcBios, Location, 0);
        Assert.Equal(core, GrubMkimage.Make(tree, GrubPlatform.PcBios, Location, 1_700_000_000));
        byte[] boot = GrubFiles.Find(tree, GrubPlatform.PcBios).Read("boot.img").ToArray();
        GrubBios made = GrubBios.Embed(boot, core, 2048);
        Assert.InRange(made.Core.Length, 50_000, 0x78000);
        Assert.NotEqual(core, GrubMkimage.Make(tree, GrubPlatform.PcBios, Location with { Partition = "gpt4" }, 0));
    }

    [ToolFact("grub-mkimage", "/usr/lib/grub/x86_64-efi/moddep.lst")]
    public void The_efi_image_is_the_same_each_time_and_holds_its_early_script()
    {
        FileTree tree = Host("/usr/bin/grub-mkimage");
        byte[] image = GrubMkimage.Make(tree, GrubPlatform.Amd64Efi, Location, 0);
        Assert.Equal(image, GrubMkimage.Make(tree, GrubPlatform.Amd64Efi, Location, 1_700_000_000));
        Assert.True(image.AsSpan().StartsWith("MZ"u8));
        Assert.True(image.AsSpan().IndexOf(BootTrees.Ascii(GrubMkimage.EarlyConfig(Location))) > 0);
        Assert.True(image.AsSpan().IndexOf("(,gpt3)/boot/grub"u8) > 0);
    }

    [ToolFact("grub-mkimage", "/usr/lib/grub/i386-pc/boot.img")]
    public void Run_from_the_tree_or_from_this_machine_in_the_same_version_it_makes_the_same() =>
        Assert.Equal(
            GrubMkimage.Make(Host("/usr/bin/grub-mkimage"), GrubPlatform.PcBios, Location, 0),
            GrubMkimage.Make(Host(), GrubPlatform.PcBios, Location, 0));

    [Fact]
    public void Another_version_than_the_trees_is_not_used()
    {
        FileTree tree = BootTrees.Of(
            ("/usr/lib/grub/i386-pc/moddep.lst", BootTrees.Text("normal: extcmd\n")),
            ("/usr/lib/grub/i386-pc/modinfo.sh", BootTrees.Text("grub_version=\"9.99\"\ngrub_package_version=\"9.99-1\"\n")));
        foreach (string name in GrubFiles.Find(tree, GrubPlatform.PcBios).Closure(GrubPlatform.PcBios.Modules))
            tree.Set($"/usr/lib/grub/i386-pc/{name}.mod", BootTrees.Text(""));
        foreach (string name in (string[])["kernel.img", .. GrubPlatform.PcBios.OwnFiles])
            tree.Set($"/usr/lib/grub/i386-pc/{name}", BootTrees.Text(""));
        BootException exception = Assert.Throws<BootException>(() => GrubMkimage.Make(tree, GrubPlatform.PcBios, Location, 0));
        Assert.Contains("not 9.99-1; add the package grub-common", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_system_that_its_version_does_not_read_is_told()
    {
        FileTree tree = BootTrees.Of(
            ("/usr/lib/grub/i386-pc/moddep.lst", BootTrees.Text("normal: extcmd\n")),
            ("/usr/lib/grub/i386-pc/modinfo.sh", BootTrees.Text("grub_version=\"2.12\"\ngrub_package_version=\"2.12-9\"\n")));
        BootException exception = Assert.Throws<BootException>(() => GrubMkimage.Make(tree, GrubPlatform.PcBios, Location with { Modules = ["erofs"] }, 0));
        Assert.Contains("GRUB 2.12-9 has no module erofs", exception.Message, StringComparison.Ordinal);
        Assert.Contains("give /boot a partition of its own", exception.Message, StringComparison.Ordinal);
    }

    /// <summary>A squashfs has none; its partition is all that it is found by.</summary>
    [Fact]
    public void Nothing_is_searched_without_a_uuid() =>
        Assert.Equal("set prefix=($root)/boot/grub\n", GrubMkimage.EarlyConfig(Location with { FileSystemUuid = "" }));

    [Fact]
    public void A_tree_without_the_platform_is_told_its_package()
    {
        BootException exception = Assert.Throws<BootException>(() => GrubMkimage.Make(new FileTree(), GrubPlatform.Arm64Efi, Location, 0));
        Assert.Contains("add the package grub-efi-arm64-bin", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Modules_come_with_what_they_need_sorted_and_circles_end()
    {
        FileTree tree = BootTrees.Of(
            ("/usr/lib/grub/i386-pc/moddep.lst", BootTrees.Text("normal: terminal  extcmd\nterminal: normal\next2:\nextcmd: \n")),
            ("/usr/lib/grub/i386-pc/modinfo.sh", BootTrees.Text("grub_package_version=\"1\"\n")));
        Assert.Equal(["ext2", "extcmd", "normal", "terminal"], GrubFiles.Find(tree, GrubPlatform.PcBios).Closure(["ext2", "normal"]));
    }

    [ToolFact("sh")]
    public void A_program_that_fails_is_quoted_and_sees_no_variable_of_ours()
    {
        Environment.SetEnvironmentVariable("DIECAST_TEST_LEAK", "1");
        string environment = new Command("sh", Command.FindOnHost("sh")!, ["-c"]).Run(["env | sort"], 7, default);
        Assert.DoesNotContain("DIECAST_TEST_LEAK", environment, StringComparison.Ordinal);
        Assert.Contains("SOURCE_DATE_EPOCH=7\n", environment, StringComparison.Ordinal);
        BootException exception = Assert.Throws<BootException>(() => new Command("tool", Command.FindOnHost("sh")!, ["-c"]).Run(["echo broken >&2; exit 3"], 0, default));
        Assert.Equal("tool ended with 3: broken", exception.Message);
        Assert.Throws<BootException>(() => new Command("tool", "/nonexistent/tool", []).Run([], 0, default));
    }
}
