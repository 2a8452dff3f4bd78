using Diecast.Boot;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class KernelFinderTests
{
    [Theory]
    [InlineData("6.12.9", "6.12.10")]
    [InlineData("6.12.9-amd64", "6.12.10-amd64")]
    [InlineData("6.12-rc7-amd64", "6.12-amd64")]
    [InlineData("6.12-trunk-amd64", "6.12-1-amd64")]
    [InlineData("6.12.48+deb13-amd64", "6.12.107+deb13-amd64")]
    [InlineData("6.12.9~bpo1", "6.12.9")]
    [InlineData("6.1.0-9-amd64", "6.1.0-40-amd64")]
    [InlineData("6.1.0-40-amd64", "6.1.0-40-cloud-amd64")]
    [InlineData("5.10.0", "6.1")]
    [InlineData("0-rescue-0123456789abcdef", "6.1")]
    public void Versions_are_ordered_as_debian_orders_them(string older, string newer)
    {
        Assert.True(KernelVersion.Order.Compare(older, newer) < 0);
        Assert.True(KernelVersion.Order.Compare(newer, older) > 0);
        Assert.Equal(0, KernelVersion.Order.Compare(newer, newer));
    }

    [Fact]
    public void The_newest_kernel_comes_first_with_its_modules()
    {
        FileTree tree = BootTrees.Of(
            ("/lib", new SymlinkInode("usr/lib")),
            ("/boot/vmlinuz-6.1.9-amd64", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-6.1.10-amd64", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-6.1.11-amd64.dpkg-new", BootTrees.X86Kernel()),
            ("/boot/vmlinuz-9.old", BootTrees.X86Kernel()),
            ("/usr/lib/modules/6.1.10-amd64/modules.dep", BootTrees.Text("")));
        IReadOnlyList<KernelImage> kernels = KernelFinder.FindAll(tree);
        Assert.Equal(["6.1.10-amd64", "6.1.9-amd64"], kernels.Select(k => k.Version));
        Assert.Equal("/usr/lib/modules/6.1.10-amd64", kernels[0].ModulesPath);
        Assert.Null(kernels[1].ModulesPath);
        Assert.Equal("/boot/initrd.img-6.1.10-amd64", KernelFinder.Find(tree).InitrdPath);
        Assert.Equal(Architecture.Amd64, kernels[0].Architecture);
    }

    [Fact]
    public void A_kernel_beside_its_modules_is_found_and_one_in_boot_preferred()
    {
        FileTree tree = BootTrees.Of(
            ("/usr/lib/modules/6.9.1-arch1/vmlinuz", BootTrees.X86Kernel()),
            ("/usr/lib/modules/6.8.0/vmlinuz", BootTrees.X86Kernel()),
            ("/usr/lib/modules/6.7.0/modules.dep", BootTrees.Text("")),
            ("/boot/vmlinuz-6.8.0", BootTrees.X86Kernel()));
        Assert.Equal(
            ["/usr/lib/modules/6.9.1-arch1/vmlinuz", "/boot/vmlinuz-6.8.0"],
            KernelFinder.FindAll(tree).Select(k => k.Path));
    }

    [Fact]
    public void A_link_in_boot_leads_to_the_real_path()
    {
        FileTree tree = BootTrees.Of(
            ("/boot/vmlinuz-6.8.0", new SymlinkInode("../usr/lib/modules/6.8.0/vmlinuz")),
            ("/usr/lib/modules/6.8.0/vmlinuz", BootTrees.X86Kernel()));
        Assert.Equal("/usr/lib/modules/6.8.0/vmlinuz", KernelFinder.Find(tree).Path);
    }

    [Fact]
    public void A_tree_without_a_kernel_is_refused_with_what_to_do()
    {
        BootException exception = Assert.Throws<BootException>(() => KernelFinder.Find(new FileTree()));
        Assert.Contains("/boot/vmlinuz-VERSION", exception.Message, StringComparison.Ordinal);
        Assert.Contains("linux-image-amd64", exception.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Headers => new()
    {
        { "x86-64", "Amd64" },
        { "x86-32", "I386" },
        { "arm64", "Arm64" },
        { "arm64-gzip", "Arm64" },
        { "arm64-zboot", "Arm64" },
        { "riscv64", "RiscV64" },
        { "arm", "Arm" },
        { "elf", "Ppc64El" },
        { "text", "Unknown" },
        { "short", "Unknown" },
        { "false-gzip", "Unknown" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void The_architecture_is_read_from_the_image(string kind, string expected)
    {
        Blob Arm64() => BootTrees.File((56, BootTrees.Ascii("ARM\x64"))).Content;
        Blob image = kind switch
        {
            "x86-64" => BootTrees.X86Kernel().Content,
            "x86-32" => BootTrees.X86Kernel(wide: false).Content,
            "arm64" => Arm64(),
            "arm64-gzip" => Gzip(Arm64()),
            "arm64-zboot" => BootTrees.File((0, BootTrees.Ascii("MZ")), (4, BootTrees.Ascii("zimg")), (0x3c, [0x80]), (0x80, BootTrees.Ascii("PE")), (0x84, [0x64, 0xaa])).Content,
            "riscv64" => BootTrees.File((56, BootTrees.Ascii("RSC\x05"))).Content,
            "arm" => BootTrees.File((0x24, [0x18, 0x28, 0x6f, 0x01])).Content,
            "elf" => BootTrees.Program(BootTrees.Elf(machine: 21)).Content,
            "text" => Blob.FromText("no kernel at all"),
            "short" => Blob.Empty,
            _ => Blob.FromMemory(new byte[] { 0x1f, 0x8b, 8, 0, 1, 2, 3 }),
        };
        Assert.Equal(expected, KernelHeader.Read(image).ToString());
    }

    private static Blob Gzip(Blob content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(content.ToArray());
        return Blob.FromMemory(packed.ToArray());
    }
}
