using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Genimage;

public sealed class ContentTests
{
    [ToolFact("fsck.fat")]
    public void A_vfat_has_the_files_that_are_named_and_genimages_geometry()
    {
        using var program = new GenimageProgram();
        program.Input("overlays/one.dtbo", [1]);
        program.Make("""
            image boot.vfat {
              vfat {
                label = "boot"
                extraargs = "-i 12345678"
                files = { "data.img", "overlays" }
                file EFI/BOOT/BOOTX64.EFI { image = part2.img }
              }
              size = 4193280
            }
            """);

        Assert.Equal(4_193_280, new FileInfo(program.Image("boot.vfat")).Length);
        Tool.Check("fsck.fat", "-n", program.Image("boot.vfat"));
        FileTree tree = FatFileSystem.Read(Open(program.Image("boot.vfat")));
        Assert.Equal(["/EFI", "/EFI/BOOT", "/EFI/BOOT/BOOTX64.EFI", "/data.img", "/overlays", "/overlays/one.dtbo"], Paths(tree));
        Assert.Equal(File.ReadAllBytes(program["input/data.img"]), tree.ResolveFile("/data.img")!.Content.ToArray());
    }

    [ToolTheory("genimage", "mkdosfs", "mcopy")]
    [InlineData("4M", "")]
    [InlineData("34M", "")]
    [InlineData("64M", "-F 32 -s 1 -n ESP")]
    public void A_vfat_is_laid_out_as_mkdosfs_does(string size, string arguments)
    {
        using var program = new GenimageProgram();
        program.Make($"image a.img {{ vfat {{ files = {{ data.img }} extraargs = \"{arguments} -i 12345678\" }} size = {size} }}");

        string theirs = Path.Combine(program.RunOriginal(), "a.img");

        Assert.Equal(Geometry(theirs), Geometry(program.Image("a.img")));
    }

    [ToolFact("e2fsck")]
    public void An_ext4_has_what_is_below_its_mount_point_and_others_what_is_not()
    {
        using var program = new GenimageProgram();
        program.Root("etc/hostname", "board");
        program.Root("usr/bin/tool", new string('x', 9000));
        program.Root("usr/share/doc", "text");
        program.Make("""
            image root.ext4 { ext4 { label = "rootfs" use-mke2fs = true } size = 16M }
            image usr.ext4 { ext4 { features = "extents,uninit_bg,dir_index,has_journal" extraargs = "-U 12345678-1234-1234-1234-1234567890ab" } mountpoint = "/usr" size = 120% }
            image empty.ext2 { ext2 { } empty = true size = 1M }
            """);

        foreach (string name in (string[])["root.ext4", "usr.ext4", "empty.ext2"])
            Tool.Check("e2fsck", "-fn", program.Image(name));
        Assert.Equal(["/etc", "/etc/hostname", "/lost+found", "/usr"], Paths(ExtFileSystem.Read(Open(program.Image("root.ext4")))));
        Assert.Equal(["/bin", "/bin/tool", "/lost+found", "/share", "/share/doc"], Paths(ExtFileSystem.Read(Open(program.Image("usr.ext4")))));
        ExtInfo info = ExtFileSystem.ReadInfo(Open(program.Image("usr.ext4")));
        Assert.Equal(Guid.Parse("12345678-1234-1234-1234-1234567890ab"), info.Uuid);
        Assert.Equal("rootfs", ExtFileSystem.ReadInfo(Open(program.Image("root.ext4"))).Label);
        Assert.Equal(16 << 20, new FileInfo(program.Image("root.ext4")).Length);
    }

    [Fact]
    public void Squashfs_erofs_iso_tar_and_cpio_hold_the_root()
    {
        using var program = new GenimageProgram();
        program.Root("a/file", "one");
        program.Root("b c/other", "two");
        program.Environment["SOURCE_DATE_EPOCH"] = "946684800";
        program.Make("""
            image a.squashfs { squashfs { compression = xz block-size = 128k } }
            image a.erofs { erofs { } }
            image a.iso { iso { volume-id = "VOLUME" } }
            image a.tar.gz { tar { } }
            image a.cpio.gz { cpio { compress = gzip } }
            """);

        string[] expected = ["/a", "/a/file", "/b c", "/b c/other"];
        Assert.Equal(expected, Paths(SquashfsFileSystem.Read(Open(program.Image("a.squashfs")))));
        Assert.Equal(expected, Paths(ErofsFileSystem.Read(Open(program.Image("a.erofs")))));
        FileTree iso = IsoFileSystem.Read(Open(program.Image("a.iso")));
        Assert.Equal(expected, Paths(iso));
        Assert.All(iso.Walk(), entry => Assert.Equal(946_684_800, entry.Inode.ModifiedTime.Seconds));
        Assert.Contains("b c/other", Tool.Check("tar", "-tzf", program.Image("a.tar.gz")), StringComparison.Ordinal);
        Assert.Equal(0x1F, File.ReadAllBytes(program.Image("a.cpio.gz"))[0]);
    }

    [Fact]
    public void A_disk_is_converted_and_made_sparse()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image disk.img { hdimage { align = 1M fill = true } partition a { image = data.img size = 2M } }
            image disk.qcow2 { qemu { } partition all { image = disk.img } }
            image disk.sparse { android-sparse { image = disk.img } }
            """);

        byte[] disk = File.ReadAllBytes(program.Image("disk.img"));
        byte[] qcow = DiskFormats.Qcow2.Read!(Open(program.Image("disk.qcow2")), new ImageReadContext()).ToArray();
        Assert.Equal(disk, qcow[..disk.Length]);
        byte[] sparse = AndroidSparse.Read(Open(program.Image("disk.sparse"))).ToArray();
        Assert.Equal(disk, sparse[..disk.Length]);
        Assert.True(new FileInfo(program.Image("disk.sparse")).Length < 16384);
    }

    [Fact]
    public void A_verity_tree_protects_a_file_system_of_the_configuration()
    {
        using var program = new GenimageProgram();
        program.Root("file", "content");
        program.Make("""
            image root.squashfs { squashfs { } temporary = true }
            image root.erofs { erofs { } }
            image root.hash { verity { image = root.erofs } }
            """);

        Assert.False(File.Exists(program.Image("root.squashfs")));
        DmVeritySuperblock superblock = DmVerity.ReadSuperblock(Open(program.Image("root.hash")));
        Assert.Equal(new FileInfo(program.Image("root.erofs")).Length, superblock.DataBlocks * superblock.DataBlockSize);
    }

    [Fact]
    public void Commands_see_where_everything_is_and_may_change_the_copy_of_the_root()
    {
        using var program = new GenimageProgram();
        program.Root("etc/issue", "old");
        program.Make("""
            image a.ext4 {
              ext2 { }
              name = "the name"
              size = 1M
              mountpoint = "/etc"
              exec-pre = "echo new > $IMAGEMOUNTPATH/issue; test \"$IMAGE $IMAGENAME $IMAGEMOUNTPOINT\" = 'a.ext4 the name etc'"
              exec-post = "printf tail >> $IMAGEOUTFILE; test $IMAGESIZE = 1048576 -a -d $INPUTPATH -a -d $ROOTPATH -a -d $TMPPATH -a -d $OUTPUTPATH"
            }
            image a.img { hdimage { } partition a { image = a.ext4 size = 2M } }
            """);

        Assert.Equal("old", File.ReadAllText(program["root/etc/issue"]));
        byte[] disk = File.ReadAllBytes(program.Image("a.img"));
        Assert.Equal((1 << 20) + 4 + 512, disk.Length);
        Assert.Equal("tail"u8.ToArray(), disk[^4..]);
        FileTree tree = ExtFileSystem.Read(Open(program.Image("a.ext4")).Slice(0, 1 << 20));
        Assert.Equal("new\n", tree.ReadText("/issue"));
        Assert.Empty(Directory.GetFileSystemEntries(program["tmp"]));
    }

    [Fact]
    public void A_command_that_fails_ends_the_run()
    {
        using var program = new GenimageProgram();

        Assert.Contains("exec-pre of a.img failed", program.Fail("image a.img { hdimage { } exec-pre = false partition a { image = part1.img } }"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("flash { }", "a.img is of the type flash, and names no chip")]
    [InlineData("jffs2 { } flashtype = nor", "there is no flash section nor")]
    [InlineData("ubi { }", "names no chip")]
    [InlineData("rauc { }", "rauc has no manifest")]
    [InlineData("fip { extraargs = \"--align 3\" }", "extraargs: --align 3 is nothing that the writer has")]
    [InlineData("fip { tos-fw = { a, b, c, d } }", "4 binaries of a trusted system are more than the 3")]
    [InlineData("fit { }", "fit has no its")]
    [InlineData("mdraid { }", "a.img has neither a size nor an image")]
    [InlineData("mdraid { level = 5 } size = 4M", "level = 5: only mirrors are made")]
    [InlineData("mdraid { parent = \"part1.img\" } size = 4M", "part1.img is no mdraid image")]
    [InlineData("mdraid { devices = 2 role = 2 } size = 4M", "role = 2 in an array of 2; roles count from 0")]
    [InlineData("custom { }", "custom has no exec")]
    [InlineData("iso { input-charset = koi8-r }", "names of files are UTF-8")]
    [InlineData("android-sparse { image = part1.img block-size = 6k }", "is no power of two from 512 to 1M")]
    [InlineData("verity { image = part1.img extraargs = \"--fec-roots=2\" }", "--fec-roots=2 is not an option that the writer has")]
    [InlineData("", "has no type")]
    [InlineData("ext4 { } vfat { }", "is of two types")]
    [InlineData("ext5 { }", "image has no section ext5")]
    [InlineData("ext4 { }", "has no size")]
    [InlineData("ext4 { extraargs = \"-X\" } size = 1M", "-X is not an option that the writer has")]
    [InlineData("ext4 { usage-type = odd use-mke2fs = true } size = 1M", "there is no usage type odd")]
    [InlineData("ext4 { fs-timestamp = 1 } size = 1M", "fs-timestamp = 1 is no time")]
    [InlineData("ext4 { root-owner = root } size = 1M", "root-owner = root is no owner")]
    [InlineData("ext4 { } size = 1M srcpath = /nowhere/at/all", "which is no directory")]
    [InlineData("vfat { files = { \"nothing\" } } size = 1M", "there is no file input/nothing")]
    [InlineData("cpio { format = odc }", "there is no writer for cpio archives of the format odc")]
    [InlineData("qemu { format = qcow } partition a { image = part1.img }", "there is no writer for disks of the format qcow")]
    [InlineData("hdimage { } partition a { image = a.img }", "is made of itself")]
    [InlineData("verity { image = part1.img }", "cannot be made")]
    public void What_is_not_made_is_told(string text, string expected)
    {
        using var program = new GenimageProgram();

        Assert.Contains(expected, program.Fail($"image a.img {{ {text} }}"), StringComparison.Ordinal);
    }

    /// <summary>What Buildroot has for the Raspberry Pi 3, with files of the same names.</summary>
    [ToolFact("sfdisk")]
    public void A_configuration_of_Buildroot_for_the_Raspberry_Pi_is_made()
    {
        using var program = new GenimageProgram();
        foreach (string name in (string[])["bcm2710-rpi-3-b.dtb", "rpi-firmware/bootcode.bin", "rpi-firmware/config.txt", "rpi-firmware/overlays/miniuart-bt.dtbo", "Image"])
            program.Input(name, [.. Enumerable.Repeat((byte)name.Length, 3000)]);
        program.Input("rootfs.ext4", new byte[8 << 20]);
        program.Make("""
            image boot.vfat {
            	vfat {
            		files = {
            			"bcm2710-rpi-3-b.dtb",
            			"rpi-firmware/bootcode.bin",
            			"rpi-firmware/config.txt",
            			"rpi-firmware/overlays",
            			"Image"
            		}
            	}

            	size = 32M
            }

            image sdcard.img {
            	hdimage {
            	}

            	partition boot {
            		partition-type = 0xC
            		bootable = "true"
            		image = "boot.vfat"
            	}

            	partition rootfs {
            		partition-type = 0x83
            		image = "rootfs.ext4"
            	}
            }
            """);

        Assert.Equal(["1,65536,c,bootable", "65537,16384,83"], program.Partitions("sdcard.img"));
        FileTree boot = FatFileSystem.Read(Open(program.Image("sdcard.img")).Slice(512, 32 << 20));
        Assert.Equal(
            ["/Image", "/bcm2710-rpi-3-b.dtb", "/bootcode.bin", "/config.txt", "/overlays", "/overlays/miniuart-bt.dtbo"], Paths(boot));
        Assert.Equal(File.ReadAllBytes(program.Image("boot.vfat")), Open(program.Image("sdcard.img")).Slice(512, 32 << 20).ToArray());
    }

    /// <summary>What rpi-image-gen has for two slots: commands, mount points, file systems of each kind, and a sparse image of each.</summary>
    [ToolFact("sfdisk", "e2fsck")]
    public void A_configuration_of_rpi_image_gen_is_made()
    {
        using var program = new GenimageProgram();
        program.Root("boot/firmware/kernel8.img", new string('k', 70_000));
        program.Root("bootfs/autoboot.txt", "[all]\n");
        program.Root("persistent/home/notes", "kept");
        program.Root("etc/issue", "board\n");
        File.WriteAllText(program["mke2fs.conf"], """
            [defaults]
              base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
              blocksize = 4096
              inode_ratio = 16384
            [fs_types]
              ext4 = {
                features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize,orphan_file
              }
            """);
        program.Make($$"""
            image deb.img.sparse { android-sparse { image = deb.img } }
            image system.sparse { android-sparse { image = system.ext4 } }
            image deb.img {
              hdimage { align = 8M partition-table-type = "gpt" fill = true }
              partition bootconfig { in-partition-table = true image = bootconfig.vfat partition-type-uuid = F bootable = true }
              partition boot_a { in-partition-table = true image = boot.vfat partition-type-uuid = F bootable = true }
              partition boot_b { in-partition-table = true image = boot.vfat partition-type-uuid = F bootable = true }
              partition system_a { image = system.ext4 partition-type-uuid = L }
              partition persistent { image = persistent.ext4 partition-type-uuid = L }
            }
            image bootconfig.vfat { vfat { label = "BOOTCONFIG" extraargs = "-s 1 -S 512" } size = 32M mountpoint = "/bootfs" }
            image boot.img { vfat { label = "BOOTRD" extraargs = "-S 512 --invariant" } size = 100% mountpoint = "/boot/firmware" }
            image boot.vfat {
              vfat { label = "BOOT" extraargs = "-S 512 -i 12345678" file boot.img { image = "boot.img" } }
              size = 48M
              exec-post = "test -s $IMAGEOUTFILE"
            }
            image system.ext4 {
              ext4 { use-mke2fs = true mke2fs-conf = "{{program["mke2fs.conf"]}}" label = "SYSTEM" extraargs = "-m 0" }
              size = 64M mountpoint = "/" exec-pre = "echo a > $IMAGEMOUNTPATH/etc/slot"
            }
            image persistent.ext4 { ext4 { use-mke2fs = true label = "PERSISTENT" } mountpoint = "/persistent" size = 16M }
            """, "--randomseed=rpi");

        Tool.Check("sfdisk", "-q", "-V", program.Image("deb.img"));
        Assert.Equal([16384L, 81920, 180224, 278528, 409600], program.Partitions("deb.img").Select(line => long.Parse(line.Split(',')[0], null)));
        // As genimage 20 draws them for the seed.
        Assert.Contains("uuid=79C22038-562A-4075-8707-C9F9082C38FB,name=\"bootconfig\"", program.Partitions("deb.img")[0], StringComparison.Ordinal);
        Assert.Equal(226_512_896, new FileInfo(program.Image("deb.img")).Length);
        foreach (string name in (string[])["system.ext4", "persistent.ext4"])
            Tool.Check("e2fsck", "-fn", program.Image(name));
        FileTree system = ExtFileSystem.Read(Open(program.Image("system.ext4")));
        Assert.Equal(["/boot", "/boot/firmware", "/bootfs", "/etc", "/etc/issue", "/etc/slot", "/lost+found", "/persistent"], Paths(system));
        Assert.False(File.Exists(program["root/etc/slot"]));
        Assert.Equal("kept", ExtFileSystem.Read(Open(program.Image("persistent.ext4"))).ReadText("/home/notes"));
        FileTree boot = FatFileSystem.Read(FatFileSystem.Read(Open(program.Image("boot.vfat"))).ResolveFile("/boot.img")!.Content);
        Assert.Equal(["/kernel8.img"], Paths(boot));
        Assert.Equal(0, Tool.Run("cmp", program.Image("deb.img"), Restored(program, "deb.img.sparse")).ExitCode);
        Assert.Equal(0, Tool.Run("cmp", program.Image("system.ext4"), Restored(program, "system.sparse")).ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(program["tmp"]));
    }

    private static string Restored(GenimageProgram program, string name)
    {
        using FileStream file = File.Create(program["restored"]);
        BlobWriter.Write(AndroidSparse.Read(Open(program.Image(name))), file.SafeFileHandle, "restored");
        return program["restored"];
    }

    [Fact]
    public void Variables_of_the_environment_and_the_config_section_say_where_things_are()
    {
        using var program = new GenimageProgram();
        program.Environment["NAME"] = "named.img";
        program.Environment["GENIMAGE_CONFIGDUMP"] = "-";
        (int exitCode, string output, string error) = program.Run("""
            config { inputpath = /nowhere }
            image ${NAME} { hdimage { } partition a { image = part1.img } }
            """);

        Assert.True(exitCode == 0, error);
        Assert.True(File.Exists(program.Image("named.img")));
        Assert.Contains("image 'named.img' {", output, StringComparison.Ordinal);
    }

    private static Blob Open(string path) => Blob.FromMemory(File.ReadAllBytes(path));

    /// <summary>What a file system is, but for where its first cluster lies: ours begins on a block of 4096 bytes.</summary>
    private static FatInfo Geometry(string path) => FatFileSystem.ReadInfo(Open(path)) with
    {
        Maker = "",
        Label = "",
        FreeClusters = null,
        ClusterCount = 0,
        DataOffset = 0,
        Heads = 0,
    };

    private static string[] Paths(FileTree tree) => [.. tree.Walk().Select(entry => entry.Path).Where(path => path != "/").Order(StringComparer.Ordinal)];
}
