using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Disks;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Genimage;

/// <summary>What genimage's own test suite has beside disks, with its expected numbers, by configurations of our own.</summary>
public sealed class SuiteImageTests
{
    private const string Chips = """
        flash nand { pebsize = 16384 lebsize = 15360 numpebs = 4096 minimum-io-unit-size = 512 vid-header-offset = 512 sub-page-size = 512 }
        flash nor { pebsize = 131072 lebsize = 130944 numpebs = 256 minimum-io-unit-size = 1 vid-header-offset = 64 sub-page-size = 1 }

        """;

    private static readonly string[] TreePaths =
    [
        .. from folder in (string[])["bar", "baz", "foo", "with spaces"]
           from name in (string[])["", "/1", "/1/one", "/1/two", "/2", "/2/one", "/2/two", "/3", "/3/one", "/3/two"]
           select "/" + folder + name,
    ];

    [ToolFact("cpio")]
    public void Cpio_and_tar_list_the_tree_in_a_few_hundred_bytes()
    {
        using GenimageProgram program = WithTree();
        program.Make("image a.cpio { cpio { format = newc compress = gzip } } image a.tar.gz { tar { } }");

        Assert.InRange(new FileInfo(program.Image("a.cpio")).Length, 400, 550);
        // The suite has 500 at least: what is compressed better is no fault.
        Assert.InRange(new FileInfo(program.Image("a.tar.gz")).Length, 400, 600);
        string listed = Tool.Check("sh", "-c", $"zcat '{program.Image("a.cpio")}' | cpio -t --quiet | sort");
        Assert.Equal(TreePaths.Select(path => path[1..]).Order(StringComparer.Ordinal), listed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line != ".").Order(StringComparer.Ordinal));
    }

    [ToolFact("mkfs.cramfs")]
    public void Cramfs_takes_one_block()
    {
        using GenimageProgram program = WithTree();
        program.Make("image a.cramfs { cramfs { } name = test }");

        Assert.Equal(4096, new FileInfo(program.Image("a.cramfs")).Length);
        Tool.Check("fsck.cramfs", program.Image("a.cramfs"));
        Assert.Empty(Directory.GetFileSystemEntries(program["tmp"]));
    }

    [Fact]
    public void Iso_squashfs_vfat_and_erofs_have_the_suites_sizes()
    {
        using GenimageProgram program = WithTree();
        program.Environment["SOURCE_DATE_EPOCH"] = "946684800";
        program.Make("""
            image a.iso { iso { volume-id = "iso-test" } }
            image a.squashfs { squashfs { compression = "lzo" } }
            image a.vfat { vfat { extraargs = "-n 'vfat-test'" } size = 4095K }
            image a.erofs { erofs { fs-timestamp = "20000101000000" extraargs = "-U 83d9e40a-fb96-469e-abb9-24fb3c3bd0ff -b 4096" } size = 4M }
            """);

        Assert.InRange(new FileInfo(program.Image("a.iso")).Length, 1, 400_000);
        Assert.InRange(new FileInfo(program.Image("a.squashfs")).Length, 4000, 4100);
        Assert.Equal(4_193_280, new FileInfo(program.Image("a.vfat")).Length);
        // mkfs.erofs takes two blocks for what fits one.
        Assert.InRange(new FileInfo(program.Image("a.erofs")).Length, 4096, 8192);
        Assert.Equal(TreePaths, ErofsFileSystem.Read(Open(program.Image("a.erofs"))).Walk().Select(entry => entry.Path.ToString()!));
    }

    [ToolFact("e2fsck", "dumpe2fs")]
    public void Ext_has_the_inodes_features_and_sizes_of_genext2fs_and_mke2fs()
    {
        using GenimageProgram program = WithTree();
        File.WriteAllText(program["mke2fs.conf"], """
            [defaults]
                base_features = sparse_super,large_file,filetype,resize_inode,dir_index,ext_attr
                blocksize = 4096
                inode_ratio = 16384
            [fs_types]
                ext4 = {
                    features = has_journal,extent,huge_file,flex_bg,metadata_csum,64bit,dir_nlink,extra_isize
                }
                small = {
                    blocksize = 1024
                    inode_ratio = 4096
                }
            """);
        program.Make($$"""
            image a.ext2 { ext2 { label = "ext2test" fs-timestamp = "20000101000000" } size = 4M }
            image percent.ext2 { ext2 { label = "ext2test" fs-timestamp = "20000101000000" } size = 100% }
            image a.ext3 { ext3 { label = "ext3test" fs-timestamp = "20000101000000" } size = 4M }
            image a.ext4 { ext4 { label = "ext4test" fs-timestamp = "20000101000000" } srcpath = "{{program["root"]}}" size = 4M }
            image mke2fs.ext4 {
              ext4 {
                label = "mke2fs" fs-timestamp = "20000101000000" use-mke2fs = true mke2fs-conf = "{{program["mke2fs.conf"]}}"
                extraargs = "-U 12345678-1234-1234-1234-1234567890ab -E quotatype=" features = "^resize_inode,quota"
              }
              size = 32M
            }
            """);

        Expect("a.ext2", 4_194_304, 256, 4096, "(none)");
        Expect("percent.ext2", 69_632, 56, 68, "(none)");
        Expect("a.ext3", 4_194_304, 256, 4096, "has_journal");
        Expect("a.ext4", 4_194_304, 256, 4096, "has_journal dir_index extent uninit_bg");
        Expect("mke2fs.ext4", 33_554_432, 8192, 32768, "has_journal ext_attr dir_index filetype extent 64bit flex_bg sparse_super dir_nlink extra_isize quota metadata_csum");

        void Expect(string name, long length, int inodes, int blocks, string features)
        {
            string path = program.Image(name);
            Assert.Equal(length, new FileInfo(path).Length);
            string[] dump = Tool.Check("dumpe2fs", "-h", path).Split('\n');
            Assert.Equal(features, Said(dump, "Filesystem features:"));
            Assert.Equal((inodes, blocks), (int.Parse(Said(dump, "Inode count:"), null), int.Parse(Said(dump, "Block count:"), null)));
            Assert.Equal("1024", Said(dump, "Block size:"));
            Tool.Check("e2fsck", "-fn", path);
            FileTree tree = ExtFileSystem.Read(Open(path));
            Assert.Equal(TreePaths, tree.Walk().Select(entry => entry.Path.ToString()!).Where(path => path != "/lost+found"));
        }

        static string Said(string[] dump, string what) => Array.Find(dump, line => line.StartsWith(what, StringComparison.Ordinal))![what.Length..].Trim();
    }

    [ToolTheory("dumpe2fs", "e2fsck")]
    [InlineData("", "600M", 4096, "resize_inode")]
    [InlineData("features = \"^resize_inode\"", "600M", 4096, "^large_file")]
    [InlineData("extraargs = \"-b 4096 -m 0\"", "64M", 4096, "large_file")]
    [InlineData("usage-type = default", "64M", 4096, "large_file")]
    [InlineData("", "64M", 1024, "^large_file")]
    [InlineData("features = large_file", "64M", 1024, "large_file")]
    public void Mke2fs_marks_what_may_have_large_files(string options, string size, int block, string feature)
    {
        using GenimageProgram program = WithTree();
        program.Make($"image a.ext4 {{ ext4 {{ use-mke2fs = true {options} }} size = {size} }}");

        string dump = Tool.Check("dumpe2fs", "-h", program.Image("a.ext4"));
        Assert.Contains($"Block size:               {block}\n", dump, StringComparison.Ordinal);
        string features = dump.Split('\n').First(line => line.StartsWith("Filesystem features:", StringComparison.Ordinal)) + " ";
        Assert.Equal(!feature.StartsWith('^'), features.Contains($" {feature.TrimStart('^')} ", StringComparison.Ordinal));
        Tool.Check("e2fsck", "-fn", program.Image("a.ext4"));
    }

    [Fact]
    public void Flash_is_filled_up_as_an_erased_chip()
    {
        using var program = new GenimageProgram();
        program.Make(Chips + """
            image a.flash { flash { } flashtype = nand partition one { image = part1.img size = 1M } partition two { image = part2.img size = 1M } }
            image filled.flash { flash { } flashtype = nand size = 3M partition one { image = part1.img size = 1M } partition two { image = part2.img size = 1M } }
            image apart.flash { flash { } flashtype = nor partition one { image = part1.img size = 128k } partition two { image = part2.img size = 128k offset = 1M } }
            """);

        Assert.Equal("3ac27658859853c3c49b1c8f4524e9cc", Md5(program.Image("a.flash")));
        Assert.Equal("00fa74768f013beb47f76edc71e5fc51", Md5(program.Image("filled.flash")));
        byte[] apart = File.ReadAllBytes(program.Image("apart.flash"));
        Assert.Equal((1 << 20) + (128 << 10), apart.Length);
        Assert.Equal([0, 0xFF, 0xFF, 0, 0xFF], [apart[3583], apart[3584], apart[(1 << 20) - 1], apart[(1 << 20) + 5631], apart[(1 << 20) + 5632]]);
    }

    [Theory]
    [InlineData("partition a { image = part1.img size = 1000 }", "no multiple of the 16384 bytes that nand erases at once")]
    [InlineData("partition a { image = part1.img size = 65M }", "and nand has 67108864 bytes")]
    [InlineData("partition a { image = part1.img size = 1M } partition b { image = part1.img size = 1M offset = 16k }", "the partition before it ends at 1048576")]
    [InlineData("partition a { image = part1.img } partition b { size = 1M }", "a has no size, and takes")]
    [InlineData("partition a { image = large.img size = 16k }", "a has 16384 bytes, and large.img 20000")]
    public void Flash_that_cannot_be_is_told(string partitions, string expected)
    {
        using var program = new GenimageProgram();
        program.Input("large.img", new byte[20000]);

        Assert.Contains(expected, program.Fail($"{Chips} image a.img {{ flash {{ }} flashtype = nand {partitions} }}"), StringComparison.Ordinal);
    }

    [ToolFact("mkfs.jffs2", "mkfs.ubifs", "ubinize")]
    public void Raw_flash_is_made_by_its_own_programs()
    {
        using GenimageProgram program = WithTree();
        program.Make(Chips + """
            image a.jffs2 { jffs2 { } flashtype = "nor" size = 4M }
            image a.ubi { ubi { } flashtype = nand partition one { image = "a.ubifs" } partition two { image = "a.ubifs" autoresize = true } }
            image a.ubifs { ubifs { max-size = 16M } size = 4M }
            """);

        Assert.Equal([0x85, 0x19], File.ReadAllBytes(program.Image("a.jffs2"))[..2]);
        Assert.InRange(new FileInfo(program.Image("a.ubifs")).Length, 200_000, 300_000);
        Assert.InRange(new FileInfo(program.Image("a.ubi")).Length, 550_000, 600_000);
        Assert.Equal("UBI#"u8.ToArray(), File.ReadAllBytes(program.Image("a.ubi"))[..4]);
        byte[] first = File.ReadAllBytes(program.Image("a.ubi"));
        program.Make(File.ReadAllText(program["test.cfg"]));
        Assert.Equal(first[..16384], File.ReadAllBytes(program.Image("a.ubi"))[..16384]);
    }

    [Fact]
    public void A_program_that_is_missing_is_named_with_its_package()
    {
        using GenimageProgram program = WithTree();

        Assert.Contains("apt install mtd-utils", program.Fail(Chips + "image a.jffs2 { jffs2 { } flashtype = nor }", "--mkfsjffs2=/nowhere/mkfs.jffs2"), StringComparison.Ordinal);
    }

    [ToolFact("qemu-img")]
    public void Qemu_is_a_disk_that_qemu_reads()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image a.qcow { qemu { } partition one { image = a.img } }
            image a.img { hdimage { } partition one { image = data.img } }
            """);

        Tool.Check("qemu-img", "check", program.Image("a.qcow"));
        Tool.Check("qemu-img", "compare", program.Image("a.qcow"), program.Image("a.img"));
    }

    [ToolFact("simg2img")]
    public void Android_sparse_is_restored_bit_for_bit_with_holes_values_and_checksum()
    {
        using var program = new GenimageProgram();
        const int Data = 16 * 17 * 16 * 16 * 512;
        byte[] interleaved = new byte[Data + (4 * 32768)];
        var random = new Random(6);
        // Runs of data that grow, each where the square of its number has it.
        for (int i = 1; i <= 16; i++)
            random.NextBytes(interleaved.AsSpan(i * i * i * i * 512, i * i * i * 512));
        WriteSparse(program["input/interleaved"], interleaved);
        byte[] odd = new byte[9 * 1024];
        random.NextBytes(odd);
        program.Input("odd", odd);
        program.Make("""
            image a.img { hdimage { gpt = true align = 1M } size = 22M partition one { image = part1.img size = 10M } partition two { image = data.img size = 10M } }
            image skip.simg { android-sparse { image = interleaved block-size = 32k } }
            image fill.simg { android-sparse { image = interleaved block-size = 32k fill-holes = true } }
            image odd.simg { android-sparse { image = odd add-crc = true } }
            image disk.simg { android-sparse { image = a.img } }
            """);

        Assert.InRange(new FileInfo(program.Image("skip.simg")).Length, 9_732_408, 9_732_580);
        Assert.InRange(new FileInfo(program.Image("fill.simg")).Length, 9_732_408, 9_732_580 + (16 * 4));
        Restored("skip.simg", interleaved);
        Restored("fill.simg", interleaved);
        Restored("odd.simg", [.. odd, .. new byte[12288 - odd.Length]]);
        Restored("disk.simg", File.ReadAllBytes(program.Image("a.img")));
        byte[] checkedFile = File.ReadAllBytes(program.Image("odd.simg"));
        Assert.Equal([0xC4, 0xCA, 0, 0, 0, 0, 0, 0, 16, 0, 0, 0], checkedFile[^16..^4]);
        // gzip ends with the same checksum, and the length.
        File.WriteAllBytes(program["padded"], [.. odd, .. new byte[12288 - odd.Length]]);
        Tool.Check("gzip", "-n", program["padded"]);
        Assert.Equal(File.ReadAllBytes(program["padded.gz"])[^8..^4], checkedFile[^4..]);

        void Restored(string name, byte[] expected)
        {
            Tool.Check("simg2img", program.Image(name), program["restored"]);
            Assert.Equal(expected, File.ReadAllBytes(program["restored"]));
            Assert.Equal(expected, AndroidSparse.Read(Open(program.Image(name))).ToArray());
        }
    }

    [ToolFact("fiptool")]
    public void A_firmware_package_is_that_of_fiptool_byte_for_byte()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image a.fip { fip { extraargs = "--align 64" fw-config = "part1.img" tos-fw = { "part2.img", "part1.img" } } }
            image b.fip { fip { nt-fw = "data.img" tb-fw = "part1.img" soc-fw-cert = "data.img" hw-config = "part2.img" extraargs = "--plat-toc-flags=0x12" } }
            """);

        Assert.InRange(new FileInfo(program.Image("a.fip")).Length, 12_804, 13_056);
        string In(string name) => program["input/" + name];
        Tool.Check("fiptool", "create", "--align", "64", "--fw-config", In("part1.img"), "--tos-fw", In("part2.img"), "--tos-fw-extra1", In("part1.img"), program["a"]);
        Tool.Check("fiptool", "create", "--nt-fw", In("data.img"), "--tb-fw", In("part1.img"), "--soc-fw-cert", In("data.img"), "--hw-config", In("part2.img"), "--plat-toc-flags", "0x12", program["b"]);
        Assert.Equal(File.ReadAllBytes(program["a"]), File.ReadAllBytes(program.Image("a.fip")));
        Assert.Equal(File.ReadAllBytes(program["b"]), File.ReadAllBytes(program.Image("b.fip")));
        File.Delete(program.Image("a.fip"));
        File.Delete(program.Image("b.fip"));
        Assert.Contains(
            "a has 512 bytes, and a.fip 3712",
            program.Fail("image a.fip { fip { fw-config = part1.img extraargs = \"--align 64\" } } image a.img { hdimage { } partition a { image = a.fip size = 512 } }"), StringComparison.Ordinal);
    }

    [ToolFact("mdadm")]
    public void Members_of_a_mirror_agree()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image a.md {
              mdraid {
                level = 1 devices = 2 timestamp = 638022222 label = "any:42"
                raid-uuid = "de9980f1-0449-4e83-84bd-98e4b1ca3fe3" disk-uuid = "eb3b107b-ae9d-4c6b-994a-ec412d36959b"
              }
              size = 5M
            }
            image b.md { mdraid { parent = "a.md" } }
            image c.md { mdraid { image = data.img } }
            """);

        string[] a = Examine("a.md");
        string[] b = Examine("b.md");
        Assert.Equal(a.Where(IsShared), b.Where(IsShared));
        Assert.Contains(a, line => line.Contains("Checksum", StringComparison.Ordinal) && line.EndsWith("correct", StringComparison.Ordinal));
        Assert.Contains(a, line => line.Contains("State : active", StringComparison.Ordinal));
        Assert.Contains(a, line => line.Contains("Internal Bitmap", StringComparison.Ordinal));
        Assert.Contains(a, line => line.Contains("Bad Block Log : ", StringComparison.Ordinal));
        Assert.Contains(b, line => line.Contains("Device Role : Active device 1", StringComparison.Ordinal));
        Assert.Contains(a, line => line.Contains("Name : any:42", StringComparison.Ordinal));
        // The member that genimage 20 makes of the same.
        Assert.Equal("92553d352d0dba5b00b6f7d8ef1d5790f83856c02e491286c2c2725cd9ee441d", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(program.Image("a.md")))));
        Assert.Equal((1 << 20) + 8192, new FileInfo(program.Image("c.md")).Length);
        Assert.Equal(File.ReadAllBytes(program["input/data.img"]), File.ReadAllBytes(program.Image("c.md"))[(1 << 20)..((1 << 20) + 5000)]);

        string[] Examine(string name) => [.. Tool.Check("mdadm", "--examine", program.Image(name)).Split('\n').Skip(1).Select(line => line.Trim())];
        static bool IsShared(string line) => !line.StartsWith("Device UUID", StringComparison.Ordinal) && !line.StartsWith("Checksum", StringComparison.Ordinal) && !line.StartsWith("Device Role", StringComparison.Ordinal);
    }

    [Fact]
    public void A_custom_image_is_what_its_command_writes_and_others_are_made_of_it()
    {
        using var program = new GenimageProgram();
        File.WriteAllBytes(program.Image("a.custom"), new byte[31 << 20]);
        program.Make("""
            image b.custom { custom { exec = 'rev "${OUTPUTPATH}"/a.custom > "${IMAGEOUTFILE}"' } partition dependency { image = "a.custom" } }
            image a.custom { custom { exec = 'echo "Hello genimage!" > "${IMAGEOUTFILE}"' } }
            image sized.custom { custom { exec = 'test $IMAGESIZE = 4096 && printf x | dd of="${IMAGEOUTFILE}" conv=notrunc' } size = 4k }
            image a.img { hdimage { partition-table-type = none } partition a { image = a.custom } }
            """);

        Assert.Equal("Hello genimage!\n", File.ReadAllText(program.Image("a.custom")));
        Assert.Equal("!egamineg olleH\n", File.ReadAllText(program.Image("b.custom")));
        Assert.Equal("Hello genimage!\n", File.ReadAllText(program.Image("a.img")));
        Assert.Equal((4096, (byte)'x'), (File.ReadAllBytes(program.Image("sized.custom")).Length, File.ReadAllBytes(program.Image("sized.custom"))[0]));
    }

    [Fact]
    public void Commands_see_the_variables_of_the_suite()
    {
        using GenimageProgram program = WithTree();
        foreach (string name in (string[])["file1.img", "file2.img", "file3.img", "file4.img"])
            program.Input(name, new byte[3584]);
        const string Check = "test \\\"$OUTPUTPATH $INPUTPATH $ROOTPATH $TMPPATH $IMAGE $IMAGEOUTFILE $IMAGENAME $IMAGESIZE $IMAGEMOUNTPOINT $IMAGEMOUNTPATH\\\" = ";
        string Expected(string image, string mounted) =>
            $"{Check}\\\"{program["images"]} {program["input"]} {program["root"]} {program["tmp"]} {image} {program.Image(image)} exec-test 3584  {mounted}\\\"";
        string copy = program["tmp/root"];

        program.Make($$"""
            image file1.img { file { } name = "exec-test" exec-pre = "{{Expected("file1.img", copy)}}" }
            image file2.img { file { } name = "exec-test" mountpoint = "/" exec-post = "{{Expected("file2.img", copy)}}" }
            image file3.img { file { } name = "exec-test" empty = true exec-pre = "{{Expected("file3.img", "")}}" }
            image file4.img { file { } name = "exec-test" empty = true mountpoint = "/" exec-post = "{{Expected("file4.img", "")}}" }
            """);

        Assert.Empty(Directory.GetFileSystemEntries(program["tmp"]));
    }

    [Theory]
    [InlineData("", "ccc")]
    [InlineData("aaa", "aaa")]
    [InlineData("bbb:aaa", "bbb")]
    [InlineData(".:bbb", "ccc")]
    public void Include_paths_are_searched_in_order_and_the_current_directory_last(string paths, string expected)
    {
        using var directory = new TempDirectory();
        foreach (string name in (string[])["aaa", "bbb", "ccc"])
        {
            Directory.CreateDirectory(directory[name]);
            File.WriteAllText(directory[name + "/part.cfg"], $"name = {name}");
        }

        File.WriteAllText(directory["main.cfg"], "image a { include(\"part.cfg\") }");
        string dot = directory["ccc"];
        // The current directory is that of all tests; a full path stands for it.
        string[] searched = [.. paths.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(path => path == "." ? dot : directory[path]), dot];

        Assert.Equal(expected, new Diecast.Genimage.ConfigParser(searched, _ => null).Read(directory["main.cfg"]).All("image").Single().Text("name"));
    }

    [ToolFact("mkimage", "dtc")]
    public void Fit_is_made_by_mkimage_of_the_images_that_are_named()
    {
        using var program = new GenimageProgram();
        program.Input("a.its", System.Text.Encoding.UTF8.GetBytes("""
            /dts-v1/;
            / {
              description = "test"; #address-cells = <1>;
              images { kernel { description = "k"; type = "kernel"; arch = "arm"; os = "linux"; compression = "none"; load = <0x8000>; entry = <0x8000>; hash { algo = "sha1"; }; }; };
              configurations { default = "c"; c { kernel = "kernel"; }; };
            };
            """));
        program.Make("image a.fit { fit { its = \"a.its\" } partition kernel { image = \"data.img\" } }");

        byte[] fit = File.ReadAllBytes(program.Image("a.fit"));
        Assert.Equal([0xD0, 0x0D, 0xFE, 0xED], fit[..4]);
        Assert.True(fit.AsSpan().IndexOf(File.ReadAllBytes(program["input/data.img"])) > 0);
    }

    [ToolFact("rauc", "openssl")]
    public void Bundles_are_made_by_rauc()
    {
        using var program = new GenimageProgram();
        Tool.Check("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/O=Test Org/CN=Test", "-days", "7300", "-keyout", program["input/key.pem"], "-out", program["input/cert.pem"]);
        program.Make("""
            image a.raucb {
              rauc {
                file content.img { image = "data.img" }
                manifest = "
                  [update]
                  compatible=genimage-test
                  version=42

                  [image.rootfs]
                  filename=content.img
                "
                cert = "cert.pem"
                key = "key.pem"
                keyring = "cert.pem"
              }
            }
            """);

        string info = Tool.Check("rauc", "info", "--keyring", program["input/cert.pem"], program.Image("a.raucb"));
        Assert.Contains("genimage-test", info, StringComparison.Ordinal);
        Assert.Contains("content.img", info, StringComparison.Ordinal);
    }

    [Fact]
    public void The_temporary_directory_is_left_as_it_was()
    {
        using GenimageProgram program = WithTree();
        program.Make("image a.img { hdimage { } partition a { image = part1.img } exec-post = true }", "--tmppath=" + program["made"]);

        Assert.False(Directory.Exists(program["made"]));
        File.WriteAllText(program["tmp/mine"], "");
        Assert.Contains("tmp is not empty", program.FailWith("image b.img { hdimage { } partition a { image = part1.img } exec-post = true }"), StringComparison.Ordinal);
        Assert.True(File.Exists(program["tmp/mine"]));
    }

    /// <summary>Four folders, one with a space in its name, of three folders each with two empty files.</summary>
    private static GenimageProgram WithTree()
    {
        var program = new GenimageProgram();
        foreach (string path in TreePaths.Where(path => path.EndsWith("/one", StringComparison.Ordinal) || path.EndsWith("/two", StringComparison.Ordinal)))
            program.Root(path[1..], "");
        foreach (string path in Directory.EnumerateFileSystemEntries(program["root"], "*", SearchOption.AllDirectories).Append(program["root"]))
            File.SetLastWriteTimeUtc(path, new DateTime(2011, 11, 11, 0, 0, 0, DateTimeKind.Utc));
        return program;
    }

    private static void WriteSparse(string path, byte[] content)
    {
        using FileStream file = File.Create(path);
        for (int at = 0; at < content.Length; at += 4096)
        {
            ReadOnlySpan<byte> block = content.AsSpan(at, Math.Min(4096, content.Length - at));
            if (block.ContainsAnyExcept((byte)0))
                RandomAccess.Write(file.SafeFileHandle, block, at);
        }

        RandomAccess.SetLength(file.SafeFileHandle, content.Length);
    }

#pragma warning disable CA5351 // The suite has its sums in MD5.
    private static string Md5(string path) => Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(path)));
#pragma warning restore CA5351

    private static Blob Open(string path)
    {
        HostFile file = HostFile.FromPath(path);
        return Blob.FromFile(file, 0, new FileInfo(path).Length);
    }
}
