using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Integrity;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

public sealed class InitrdTests
{
    private const string Modules = "/usr/lib/modules/6.1";

    private static FileTree System() => BootTrees.Of(
        ("/boot/vmlinuz-6.1", BootTrees.X86Kernel()),
        ("/usr/bin/busybox", BootTrees.Program(BootTrees.Elf())),
        ($"{Modules}/modules.dep", BootTrees.Text("kernel/ext4.ko.gz: kernel/jbd2.ko\nkernel/jbd2.ko:\nkernel/ahci.ko:\nkernel/own.ko:\n")),
        ($"{Modules}/kernel/ext4.ko.gz", new FileInode(Blob.FromMemory(Gzip("ext4 unpacked")))),
        ($"{Modules}/kernel/jbd2.ko", BootTrees.Text("jbd2")),
        ($"{Modules}/kernel/own.ko", BootTrees.Text("own")),
        ($"{Modules}/kernel/ahci.ko", BootTrees.Text("ahci")));

    private static FileTree Build(FileTree tree, params string[] modules) =>
        InitrdTree.Build(tree, KernelFinder.Find(tree), new InitrdOptions { Modules = [.. modules] });

    [Fact]
    public void It_holds_busybox_the_script_and_modules_unpacked_in_the_order_to_load_them()
    {
        FileTree initrd = Build(System(), "own");
        Assert.Equal(
            [
                "/bin", "/bin/busybox", "/dev", "/init", "/lib", "/lib/modules", "/lib/modules/ahci.ko", "/lib/modules/ext4.ko",
                "/lib/modules/jbd2.ko", "/lib/modules/order", "/lib/modules/own.ko", "/proc", "/root", "/run", "/sys",
            ],
            initrd.Walk().Select(entry => entry.Path));
        Assert.Equal("ahci.ko\nown.ko\njbd2.ko\next4.ko jbd2.ko\n", initrd.ReadText("/lib/modules/order"));
        Assert.Equal("ext4 unpacked", initrd.ReadText("/lib/modules/ext4.ko"));
        Assert.Equal(0b111_101_101, initrd.Find("/init")!.Mode);
        Assert.All(initrd.Walk(), entry => Assert.Equal(Timestamp.Epoch, entry.Inode.ModifiedTime));
    }

    [Fact]
    public void Busybox_must_be_there_static_and_for_the_kernels_machine()
    {
        Assert.Contains("add the package busybox-static", Refusal(tree => tree.Remove("/usr/bin/busybox")), StringComparison.Ordinal);
        Assert.Contains("use the package busybox-static in place", Refusal(Busybox(BootTrees.Elf("/lib64/ld.so", ["libc.so.6"]))), StringComparison.Ordinal);
        Assert.Contains("is for Arm64, the kernel 6.1 for Amd64", Refusal(Busybox(BootTrees.Elf(machine: 183))), StringComparison.Ordinal);
        Assert.Contains("is no program", Refusal(Busybox(BootTrees.Ascii("#!/bin/sh\n"))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_static_busybox_beside_a_dynamic_one_is_taken()
    {
        FileTree tree = System();
        Busybox(BootTrees.Elf("/lib64/ld.so", ["libc.so.6"]))(tree);
        tree.Set("/bin/busybox.static", BootTrees.Program(BootTrees.Elf()));
        Assert.Same(tree.ResolveFile("/bin/busybox.static")!.Content, ((FileInode)Build(tree).Find("/bin/busybox")!).Content);
    }

    [Fact]
    public void Modules_that_are_declared_must_be_there_and_whole()
    {
        Assert.Contains("no module gone,", Refusal(_ => { }, "gone"), StringComparison.Ordinal);
        Assert.Contains("ext4", Refusal(tree => tree.Set($"{Modules}/modules.dep", BootTrees.Text("kernel/ahci.ko:\n"))), StringComparison.Ordinal);
        Assert.Contains("run depmod", Refusal(tree => tree.Remove($"{Modules}/kernel/own.ko"), "own"), StringComparison.Ordinal);
        Assert.Contains("is damaged", Refusal(tree => tree.Set($"{Modules}/kernel/ext4.ko.gz", BootTrees.Text("not gzip"))), StringComparison.Ordinal);
        Assert.Contains(
            "has no modules in the tree, but initrd.modules names own", Refusal(tree => tree.Remove(Modules), "own"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_system_may_be_in_a_module_of_another_name()
    {
        FileTree tree = System();
        tree.Set($"{Modules}/modules.alias", BootTrees.Text("alias fs-iso9660 own\nalias fs-ext4 ext4\n"));
        FileTree initrd = InitrdTree.Build(tree, KernelFinder.Find(tree), new InitrdOptions { FileSystems = ["iso9660"] });
        Assert.Equal("ahci.ko\nown.ko\n", initrd.ReadText("/lib/modules/order"));
    }

    [Fact]
    public void A_kernel_without_modules_gets_none()
    {
        FileTree tree = System();
        tree.Remove(Modules);
        Assert.Equal("", Build(tree).ReadText("/lib/modules/order"));
    }

    [ToolFact("busybox")]
    public void Busyboxs_shell_reads_the_script()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["init"], InitScript.Content.ToArray());
        Assert.Equal("", Tool.Check("busybox", "sh", "-n", directory["init"]));
    }

    [ToolFact("busybox")]
    public void The_script_uses_only_applets_that_busybox_has()
    {
        string[] used =
        [
            "cat", "cttyhack", "cut", "dd", "dmesg", "findfs", "grep", "insmod", "ls", "mkdir", "mount", "od", "printf", "readlink",
            "losetup", "ln", "reboot", "sed", "setsid", "sh", "sleep", "switch_root", "sync", "tail", "tr",
        ];
        string[] applets = Tool.Check("busybox", "--list").Split('\n');
        Assert.All(used, applet => Assert.Contains(applet, applets));
    }

    [ToolFact("busybox", "sgdisk")]
    public void The_script_reads_the_ids_of_gpt_partitions()
    {
        using var directory = new TempDirectory();
        using (FileStream disk = File.Create(directory["disk"]))
            disk.SetLength(16 << 20);
        Tool.Check("sgdisk", "-n", "1:0:+1M", "-u", "1:00112233-4455-6677-8899-AABBCCDDEEFF", "-n", "7:0:+1M", "-u", "7:FEDCBA98-7654-3210-0123-456789ABCDEF", directory["disk"]);
        Assert.Equal("00112233-4455-6677-8899-aabbccddeeff\n", PartitionId(directory, 1));
        Assert.Equal("fedcba98-7654-3210-0123-456789abcdef\n", PartitionId(directory, 7));
    }

    [ToolFact("busybox", "sfdisk")]
    public void The_script_makes_the_ids_of_mbr_partitions()
    {
        using var directory = new TempDirectory();
        using (FileStream disk = File.Create(directory["disk"]))
            disk.SetLength(16 << 20);
        Tool.Check("sh", "-c", $"printf 'label: dos\\nlabel-id: 0x0badcafe\\n,,83\\n' | sfdisk -q {directory["disk"]}");
        Assert.Equal("0badcafe-01\n", PartitionId(directory, 1));
        Assert.Equal("0badcafe-0a\n", PartitionId(directory, 10));
    }

    [ToolFact("busybox")]
    public void The_script_finds_an_iso_volume_by_its_uuid()
    {
        using var directory = new TempDirectory();
        Directory.CreateDirectory(directory["block"]);
        Directory.CreateDirectory(directory["dev"]);
        var options = new IsoOptions { VolumeId = "LIVE", CreationTime = new Timestamp(1_700_000_000, 420_000_000) };
        foreach ((string device, byte[] content) in new[]
            {
                ("sda", new byte[64 * 1024]),
                ("sr0", IsoFileSystem.Plan(new FileTree(), options with { CreationTime = new Timestamp(1_600_000_000) }).ToBlob().ToArray()),
                ("vda", IsoFileSystem.Plan(new FileTree(), options).ToBlob().ToArray()),
            })
        {
            File.WriteAllText(directory["block/" + device], "");
            File.WriteAllBytes(directory["dev/" + device], content);
        }

        string functions = Part("# Prints the device of the ISO 9660 volume", "# Prints the device that $1 means")
            .Replace("/sys/class/block/", directory["block/"], StringComparison.Ordinal)
            .Replace("volume=/dev/", "volume=" + directory["dev/"], StringComparison.Ordinal);
        File.WriteAllText(directory["script"], $"{functions}\nfind_volume {options.Uuid}\nfind_volume 1999-01-01-00-00-00-00\n");
        Assert.Equal("2023-11-14-22-13-20-42", options.Uuid);
        Assert.Equal(directory["dev/vda"] + "\n", Tool.Check("busybox", "sh", directory["script"]));
    }

    [ToolTheory("busybox")]
    [InlineData(4096, 4096, "", "")]
    [InlineData(1024, 4096, "restart-on-corruption,check-at-most-once", " 2 restart_on_corruption check_at_most_once")]
    [InlineData(4096, 512, "ignore-zero-blocks", " 1 ignore_zero_blocks")]
    public void The_script_has_the_kernel_check_blocks_as_the_superblock_says(int dataBlock, int hashBlock, string options, string arguments)
    {
        using var directory = new TempDirectory();
        var verity = new DmVerityOptions { DataBlockSize = dataBlock, HashBlockSize = hashBlock, Salt = new byte[] { 0x0a, 0xb0, 0xff }, Uuid = Guid.Parse("00112233-4455-6677-8899-aabbccddeeff") };
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(new byte[40 * 4096]), verity);
        File.WriteAllBytes(directory["hashes"], tree.Hash.ToArray());
        string root = tree.RootHashText;

        string output = OpenVerity(directory, root, options);

        Assert.Equal(
            $"wait systemd.verity_root_data {Half(root, 0)}\nwait systemd.verity_root_hash {directory["hashes"]}\n"
            + $"dmsetup create root --readonly --noudevrules --noudevsync --table 0 320 verity 1 {Half(root, 0)} {directory["hashes"]} {dataBlock} {hashBlock} {40 * 4096 / dataBlock} 1 sha256 {root} 0ab0ff{arguments}\n"
            + "dmsetup mknodes root\n",
            output);

        static string Half(string hash, int half) => "PARTUUID=" + Guid.ParseExact(hash.Substring(32 * half, 32), "N").ToString("D");
    }

    [ToolTheory("busybox")]
    [InlineData("", "FAILED the hash of root is not understood: XY\n", "XY")]
    [InlineData("sometimes", "FAILED verity has no option sometimes\n", null)]
    public void The_script_refuses_what_it_cannot_check(string options, string failure, string? hash)
    {
        using var directory = new TempDirectory();
        DmVerityTree tree = DmVerity.Build(Blob.FromMemory(new byte[4096]), new DmVerityOptions());
        File.WriteAllBytes(directory["hashes"], tree.Hash.ToArray());
        Assert.EndsWith(failure, OpenVerity(directory, hash ?? tree.RootHashText, options), StringComparison.Ordinal);
    }

    /// <summary>Runs the script's own functions where dmsetup only says what it was asked for.</summary>
    private static string OpenVerity(TempDirectory directory, string rootHash, string options)
    {
        string functions = Part("# Prints the bytes", "# Prints the id of partition") + Part("# Prints the half of a root hash", "# Mounts the device $1 at $2");
        File.WriteAllText(directory["script"], $$"""
            exec 3>&1
            say() { :; }
            fail() { echo "FAILED $1" >&3; exit 0; }
            wait_for() { echo "wait $1 $2" >&3; device=$2; }
            dmsetup() { echo "dmsetup $*" >&3; }
            {{functions}}
            open_verity root '{{rootHash}}' '' '{{directory["hashes"]}}' '{{options}}'
            """);
        return Tool.Check("busybox", "sh", directory["script"]);
    }

    [ToolFact("busybox")]
    public void The_script_takes_the_root_alone_out_of_fstab()
    {
        using var directory = new TempDirectory();
        const string Others = "# / is commented\nUUID=a\t/boot/efi\tvfat\tumask=0077\t0\t2\nUUID=b\tnone\tswap\tdefaults\t0\t0\n";
        File.WriteAllText(directory["fstab"], "UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11\t/\text4\terrors=remount-ro\t0\t1\n" + Others);
        string step = Part("    if grep -Eq", "}\n\n# Mounts the directory that the host").Replace("/root/etc/fstab", directory["fstab"], StringComparison.Ordinal);
        File.WriteAllText(directory["script"], step);
        Tool.Check("busybox", "sh", directory["script"]);
        Assert.Equal(
            "# kept in memory: UUID=5f1d3b6e-0d3c-4a49-9a86-8d1f0f0c1a11\t/\text4\terrors=remount-ro\t0\t1\n" + Others, File.ReadAllText(directory["fstab"]));
        Tool.Check("busybox", "sh", directory["script"]);
        Assert.Equal(4, File.ReadAllLines(directory["fstab"]).Length);
    }

    private static string Part(string from, string to)
    {
        string script = global::System.Text.Encoding.UTF8.GetString(InitScript.Content.ToArray());
        int start = script.IndexOf(from, StringComparison.Ordinal);
        return script[start..script.IndexOf(to, start, StringComparison.Ordinal)];
    }

    /// <summary>Runs the script's own functions, with the disk's sector size said by a file of the test.</summary>
    private static string PartitionId(TempDirectory directory, int number)
    {
        string script = global::System.Text.Encoding.UTF8.GetString(InitScript.Content.ToArray());
        int start = script.IndexOf("# Prints the bytes", StringComparison.Ordinal);
        int end = script.IndexOf("# Prints the device of the partition whose id", StringComparison.Ordinal);
        Directory.CreateDirectory(directory["sys/disk/queue"]);
        File.WriteAllText(directory["sys/disk/queue/logical_block_size"], "512\n");
        string functions = script[start..end].Replace("/sys/class/block/", directory["sys/"], StringComparison.Ordinal);
        File.WriteAllText(directory["script"], $"{functions}\npartition_id {directory["disk"]} {number}\n");
        return Tool.Check("busybox", "sh", directory["script"]);
    }

    [Theory]
    [InlineData("/gnu/store", "TAGjoptajej2oynju6yvboauz7pl6uj")]
    [InlineData("/nix/store", "TAGc3ikxk35stn7cv5ezwmblegrvnrr")]
    public void A_shared_store_has_the_tag_that_guix_gives_it(string path, string tag)
    {
        Assert.Equal(tag, new SharedStore(path).Tag);
        Assert.Equal(31, tag.Length);
    }

    [Fact]
    public void The_initrd_is_told_of_what_the_image_has()
    {
        var target = new BootTarget { Root = "UUID=x", IsVolatile = true, Store = new SharedStore("/srv/store"), Image = new RootImage("/live/root.squashfs", "iso9660") };
        Assert.Equal(
            ["quiet", "diecast.image=/live/root.squashfs", $"diecast.store={new SharedStore("/srv/store").Tag}:/srv/store", "diecast.volatile=yes"],
            target.Arguments(["quiet"]));
        Assert.Equal("diecast.volatile=25%", target.Arguments(["diecast.volatile=25%"]).Single(a => a.StartsWith("diecast.volatile", StringComparison.Ordinal)));
        Assert.Equal(["quiet", "diecast.volatile=no"], BootTarget.Kept(["quiet", "diecast.volatile=25%"]));
        Assert.Empty(new BootTarget { Root = "UUID=x" }.Arguments([]));
    }

    private static Action<FileTree> Busybox(byte[] program) => tree => tree.Set("/usr/bin/busybox", BootTrees.Program(program));

    private static string Refusal(Action<FileTree> change, params string[] modules)
    {
        FileTree tree = System();
        change(tree);
        return Assert.Throws<BootException>(() => Build(tree, modules)).Message;
    }

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new global::System.IO.Compression.GZipStream(packed, global::System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(BootTrees.Ascii(text));
        return packed.ToArray();
    }
}
