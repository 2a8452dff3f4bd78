using Diecast.Boot;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class InitrdBuilderTests
{
    private static FileTree Tree(Func<string, Inode> pack) => BootTrees.Of(
        ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
        ("/usr/bin/busybox", BootTrees.Program(BootTrees.Elf())),
        ("/usr/lib/modules/6.1/modules.dep", BootTrees.Text("kernel/ext4.ko.xz:\nkernel/ahci.ko.zst:\nkernel/sd_mod.ko.gz:\n")),
        ("/usr/lib/modules/6.1/kernel/ext4.ko.xz", pack("xz")),
        ("/usr/lib/modules/6.1/kernel/ahci.ko.zst", pack("zstd")),
        ("/usr/lib/modules/6.1/kernel/sd_mod.ko.gz", pack("gzip")));

    private static FileInode Pack(string format)
    {
        ICompressor compressor = format switch
        {
            "xz" => Compressors.Xz(),
            "zstd" => Compressors.Zstd(),
            _ => Compressors.Gzip(),
        };
        return new FileInode(Blob.FromMemory(compressor.Compress(Blob.FromText(format + " unpacked"))));
    }

    [Fact]
    public void The_same_tree_gives_the_same_bytes_and_the_codec_is_named()
    {
        FileTree tree = Tree(Pack);
        InitrdImage one = InitrdBuilder.Build(tree, KernelFinder.Find(tree), new InitrdOptions());
        FileTree other = Tree(Pack);
        InitrdImage two = InitrdBuilder.Build(other, KernelFinder.Find(other), new InitrdOptions());
        Assert.Equal(one.Content.ToArray(), two.Content.ToArray());
        Assert.Matches(@"^zstd 1\.[0-9.]+ level 10$", one.Codec);
    }

    [ToolFact("zstd", "cpio")]
    public void Foreign_tools_unpack_it_with_modules_of_every_compression()
    {
        using var directory = new TempDirectory();
        FileTree tree = Tree(Pack);
        InitrdImage image = InitrdBuilder.Build(tree, KernelFinder.Find(tree), new InitrdOptions { CompressionLevel = 1 });
        File.WriteAllBytes(directory["initrd"], image.Content.ToArray());
        Tool.Check("sh", "-c", $"cd {directory.Path} && zstd -qdc initrd >archive && cpio -idm --no-absolute-filenames <archive");
        Assert.Equal("xz unpacked", File.ReadAllText(directory["lib/modules/ext4.ko"]));
        Assert.Equal("zstd unpacked", File.ReadAllText(directory["lib/modules/ahci.ko"]));
        Assert.Equal("gzip unpacked", File.ReadAllText(directory["lib/modules/sd_mod.ko"]));
        Assert.Equal("ahci.ko\nsd_mod.ko\next4.ko\n", File.ReadAllText(directory["lib/modules/order"]));
        Tool.Check("test", "-x", directory["init"]);
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("zstd")]
    [InlineData("gzip")]
    public void A_damaged_module_is_named(string damaged)
    {
        FileTree tree = Tree(format =>
        {
            FileInode inode = Pack(format);
            return format == damaged ? new FileInode(inode.Content.Slice(0, inode.Content.Length / 2)) : inode;
        });
        BootException exception = Assert.Throws<BootException>(() => InitrdBuilder.Build(tree, KernelFinder.Find(tree), new InitrdOptions()));
        Assert.Contains("is damaged", exception.Message, StringComparison.Ordinal);
    }
}
