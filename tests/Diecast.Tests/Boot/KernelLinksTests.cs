using Diecast.Boot;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class KernelLinksTests
{
    [Fact]
    public void The_initrd_link_stands_beside_the_kernels()
    {
        FileTree tree = BootTrees.Of(
            ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
            ("/boot/initrd.img-6.1", BootTrees.Text("")),
            ("/vmlinuz", new SymlinkInode("boot/vmlinuz-6.1")),
            ("/vmlinuz.old", new SymlinkInode("boot/vmlinuz-6.1")),
            ("/initrd.img", new SymlinkInode("boot/initrd.img-5.9")));
        KernelLinks.Update(tree);
        Assert.Equal("boot/initrd.img-6.1", ((SymlinkInode)tree.Find("/initrd.img")!).Target.ToString());
        Assert.Equal("boot/initrd.img-6.1", ((SymlinkInode)tree.Find("/initrd.img.old")!).Target.ToString());
        Assert.Null(tree.Find("/boot/initrd.img"));
    }

    [Fact]
    public void A_link_that_leads_nowhere_goes_and_a_file_stays()
    {
        FileTree tree = BootTrees.Of(
            ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
            ("/vmlinuz", new SymlinkInode("boot/vmlinuz-6.1")),
            ("/initrd.img", new SymlinkInode("boot/initrd.img-6.1")),
            ("/boot/initrd.img", BootTrees.Text("own")));
        KernelLinks.Update(tree);
        Assert.Null(tree.Find("/initrd.img"));
        Assert.Equal("own", tree.ReadText("/boot/initrd.img"));
    }

    [Fact]
    public void Without_kernel_links_nothing_is_made()
    {
        FileTree tree = BootTrees.Of(("/boot/vmlinuz-6.1", BootTrees.X86Kernel()), ("/boot/initrd.img-6.1", BootTrees.Text("")));
        KernelLinks.Update(tree);
        Assert.Equal(["/boot"], tree.Root.Entries.ToArray().Select(entry => "/" + entry.Name));
    }
}
