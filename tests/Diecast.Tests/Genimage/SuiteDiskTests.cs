namespace Diecast.Tests.Genimage;

/// <summary>The disks of genimage's own test suite, with its expected numbers, by configurations of our own.</summary>
public sealed class SuiteDiskTests
{
    private const string DiskId = "disk-uuid = afcfea87-e41a-40e0-85ae-295c60773c7a";

    [ToolFact("sfdisk")]
    public void Hdimage_has_logical_partitions_and_fills_a_disk()
    {
        using var program = new GenimageProgram();
        program.Make($$"""
            image one.img {
              hdimage { align = 1M disk-signature = 0x12345678 fill = true }
              {{Parts(6)}}
            }
            image two.img {
              hdimage { align = 1M disk-signature = 0x12345678 extended-partition = 2 }
              size = 12M
              {{Parts(5)}}
              partition last { image = part2.img partition-type = 0x83 autoresize = true }
            }
            """);

        Assert.Equal(10_485_760, new FileInfo(program.Image("one.img")).Length);
        Assert.Equal(11_539_968, new FileInfo(program.Image("two.img")).Length);
        Assert.Equal(
            ["2048,2048,83", "4096,2048,83", "6144,2048,83", "8192,12288,f", "10240,2048,83", "14336,2048,83", "18432,2048,83"], program.Partitions("one.img"));
        Assert.Equal(
            ["2048,2048,83", "4096,20480,f", "6144,2048,83", "10240,2048,83", "14336,2048,83", "18432,2048,83", "22528,2048,83"], program.Partitions("two.img"));
        Assert.Contains("0x12345678", Tool.Check("sfdisk", "-d", program.Image("one.img")), StringComparison.Ordinal);
        Assert.InRange(Allocated(program.Image("one.img")), 1, 57_344);
        Assert.InRange(Allocated(program.Image("two.img")), 1, 65_536);
    }

    [Theory]
    [InlineData("gpt-no-backup = false")]
    [InlineData("gpt-no-backup = true")]
    public void Hdimage4_and_5_have_six_partitions_of_a_mebibyte_and_a_type_of_their_own_name(string backup)
    {
        using var program = new GenimageProgram();
        program.Make($$"""
            image a.img {
              hdimage { align = 1M partition-table-type = gpt fill = true {{backup}} {{DiskId}} }
              partition one { image = part1.img size = 1M }
              partition two { image = part2.img size = 1M partition-type-uuid = L }
              partition three { image = part1.img size = 1M partition-type-uuid = S }
              partition four { image = part2.img size = 1M partition-type-uuid = F }
              partition five { image = part1.img size = 1M partition-type-uuid = forty-two }
              partition six { image = part2.img size = 1M }
            }
            config { gpt-shortcuts { forty-two = "2a422a42-2a42-2a42-2a42-2a422a422a42" } }
            """);

        byte[] disk = File.ReadAllBytes(program.Image("a.img"));
        Assert.Equal(7_360_512, disk.Length);
        Assert.Equal(Guid.Parse("afcfea87-e41a-40e0-85ae-295c60773c7a"), new Guid(disk.AsSpan(512 + 56, 16)));
        Assert.Equal(
            ["0fc63daf", "0fc63daf", "0657fd6d", "ebd0a0a2", "2a422a42", "0fc63daf"],
            Enumerable.Range(0, 6).Select(i => new Guid(disk.AsSpan(1024 + (128 * i), 16)).ToString("D")[..8]));
        Assert.Equal([2048L, 4096, 6144, 8192, 10240, 12288], Enumerable.Range(0, 6).Select(i => BitConverter.ToInt64(disk, 1024 + (128 * i) + 32)));
        Assert.Equal(!backup.EndsWith("true", StringComparison.Ordinal), disk.AsSpan(^512..).StartsWith("EFI PART"u8));
    }

    [ToolFact("sfdisk")]
    public void Hdimage6_places_by_the_byte()
    {
        using var program = new GenimageProgram();
        program.Input("empty.img", []);
        program.Make("""
            image a.img {
              hdimage { extended-partition = 3 }
              partition env { image = part1.img offset = 0x20000 size = 0x40000 }
              partition boot { image = part1.img offset = 0x60000 size = 0x300000 }
              partition one { image = part1.img offset = 0x384000 size = 0x7c0000 }
              partition two { image = part1.img offset = 0xb46000 size = 0xf80000 }
              partition three { image = empty.img offset = 0x1ac8000 size = 0xf80000 }
            }
            """);

        Assert.Equal(28_082_176, new FileInfo(program.Image("a.img")).Length);
        Assert.Equal(
            ["256,512,0", "768,6144,0", "7199,79393,f", "7200,15872,0", "23088,31744,0", "54848,31744,0"], program.Partitions("a.img"));
    }

    [ToolFact("sfdisk")]
    public void Hdimage7_numbers_partitions_as_they_are_declared()
    {
        using var program = new GenimageProgram();
        program.Make($$"""
            image a.img {
              hdimage { partition-table-type = gpt gpt-location = 768K {{DiskId}} }
              partition rescue { image = part1.img offset = 2M size = 1M }
              partition a { image = part2.img align = 2M size = 8M }
              partition b { image = part2.img align = 2M size = 8M }
              partition reserved { image = part1.img size = 128K }
              partition sys { image = part1.img size = 4M }
              partition data { image = part1.img size = 4M }
              partition bootloader { image = part2.img size = 1M offset = 1M }
              partition env1 { image = part1.img offset = 800K size = 16K }
              partition env2 { image = part1.img offset = 832K size = 16K }
              partition ucode { image = part1.img offset = 960K size = 64K }
              partition SPL { image = part1.img in-partition-table = false offset = 1K size = 512K }
            }
            """);

        Tool.Check("sfdisk", "-q", "-V", program.Image("a.img"));
        Assert.Equal(
            [4096L, 8192, 24576, 40960, 41216, 49408, 2048, 1600, 1664, 1920],
            program.Partitions("a.img").Select(line => long.Parse(line.Split(',')[0], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Hybrid_has_the_same_first_sector_as_an_MBR_of_three_partitions_and_what_guards_the_GPT()
    {
        using var program = new GenimageProgram();
        string[] parts = [.. Enumerable.Range(1, 6).Select(i => $"partition p{i} {{ image = part1.img size = 1M {(i % 2 == 0 ? "partition-type = 0x83" : "")} }}\n")];
        program.Make($$"""
            image hybrid.img { hdimage { align = 1M partition-table-type = hybrid {{DiskId}} } {{string.Concat(parts)}} }
            image mbr.img {
              hdimage { }
              partition two { offset = 2M size = 1M partition-type = 0x83 }
              partition four { offset = 4M size = 1M partition-type = 0x83 }
              partition six { offset = 6M size = 1M partition-type = 0x83 }
              partition guard { offset = 512 size = 16896 partition-type = 0xee }
            }
            """);

        byte[] hybrid = File.ReadAllBytes(program.Image("hybrid.img"));
        byte[] mbr = File.ReadAllBytes(program.Image("mbr.img"));
        Assert.Equal(mbr[..512], hybrid[..512]);
        Assert.Equal(6, Enumerable.Range(0, 128).Count(i => BitConverter.ToInt64(hybrid, 1024 + (128 * i) + 32) > 0));
    }

    /// <summary>The suite's hdimage-fail1 to hdimage-fail11, hdimage2 and the invalid partition types.</summary>
    [Theory]
    [InlineData("hdimage { } partition a { image = part1.img partition-type-uuid = L }", "partition-type-uuid is of a GPT")]
    [InlineData("hdimage { gpt = true } partition a { image = part1.img partition-type = 0x83 }", "partition-type is of an MBR")]
    [InlineData("hdimage { partition-table-type = hybrid } partition a { image = part1.img }", "no partition has a partition-type")]
    [InlineData("hdimage { disk-uuid = afcfea87-e41a-40e0-85ae-295c60773c7a } partition a { image = part1.img }", "disk-uuid is of a GPT")]
    [InlineData("hdimage { gpt = true disk-signature = 0x12345678 } partition a { image = part1.img }", "disk-signature is of an MBR")]
    [InlineData("hdimage { align = 1M extended-partition = 1 } partition a { image = part1.img offset = 512K }", "which is no multiple of 1048576")]
    [InlineData("hdimage { partition-table-type = hybrid } partition a { size = 1M partition-type = 1 } partition b { size = 1M partition-type = 1 } partition c { size = 1M partition-type = 1 } partition d { size = 1M partition-type = 1 }", "an MBR lists 3")]
    [InlineData("hdimage { align = 1M extended-partition = 1 } partition a { image = part1.img forced-primary = yes } partition b { image = part1.img }", "no logical one stands before it")]
    [InlineData("hdimage { align = 1M } partition a { size = 1M } partition b { size = 1M } partition c { size = 1M } partition d { size = 1M } partition e { size = 1M forced-primary = yes }", "would be the fifth entry")]
    [InlineData("hdimage { align = 1M extended-partition = 3 } partition a { size = 1M } partition b { size = 1M } partition c { size = 1M } partition d { size = 1M forced-primary = yes } partition e { size = 1M forced-primary = yes }", "would be the fifth entry")]
    [InlineData("hdimage { align = 1M extended-partition = 1 } partition a { size = 1M } partition b { size = 1M } partition c { size = 1M forced-primary = yes } partition d { size = 1M }", "lies within the extended partition")]
    [InlineData("hdimage { } partition a { image = part2.img size = 5k }", "a has 5120 bytes, and part2.img 5632")]
    [InlineData("hdimage { gpt = true } partition a { size = 1M partition-type-uuid = unknown-shortcut }", "there is no partition type unknown-shortcut")]
    [InlineData("hdimage { gpt = true } partition a { size = 1M partition-type-uuid = \"30f239f3-275c-4e0d-9b61-Ka385b7b80f9\" }", "there is no partition type 30f239f3")]
    public void What_the_suite_has_fail_fails(string text, string expected)
    {
        using var program = new GenimageProgram();

        Assert.Contains(expected, program.Fail($"image a.img {{ {text} }}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "1K", false)]
    [InlineData("gpt-location = 32K", "1K", true)]
    [InlineData("gpt-location = 30K", "1K", false)]
    public void Gpt_overlap_is_that_of_a_loader_or_partition_with_the_table(string location, string offset, bool fits)
    {
        using var program = new GenimageProgram();
        string text = $$"""
            image a.img {
              hdimage { gpt = true {{location}} }
              partition spl { in-partition-table = false image = part1.img offset = {{offset}} size = 24K }
              partition a { offset = {{(location.Contains("30K", StringComparison.Ordinal) ? "32K" : "64K")}} size = 1M }
            }
            """;

        if (fits)
            program.Make(text);
        else
            Assert.Contains("overlaps the GPT's table", program.Fail(text), StringComparison.Ordinal);
    }

    [Fact]
    public void Partition_types_have_the_names_of_the_discoverable_partitions()
    {
        using var program = new GenimageProgram();
        string[] kinds = ["linux", "U", "swap", "3df8f8b0-4464-4fe6-8df4-2a5e2f6c4949", "usr-loongarch64-verity-sig", "uefi", "u-boot-env", "barebox-env"];
        program.Make($"image a.img {{ hdimage {{ gpt = true }} {string.Concat(kinds.Select((kind, i) => $"partition p{i} {{ size = 1M partition-type-uuid = \"{kind}\" }}\n"))} }}");

        byte[] disk = File.ReadAllBytes(program.Image("a.img"));
        Assert.Equal([34L, 2082, 4130, 6178, 8226], Enumerable.Range(0, 5).Select(i => BitConverter.ToInt64(disk, 1024 + (128 * i) + 32)));
        Assert.Equal(
            [
                "0fc63daf-8483-4772-8e79-3d69d8477de4", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", kinds[3],
                "b024f315-d330-444c-8461-44bbde524e99", "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "3de21764-95bd-54bd-a5c3-4abe786f38a8", "6c3737f2-07f8-45d1-ad45-15d260aab24d",
            ],
            Enumerable.Range(0, kinds.Length).Select(i => new Guid(disk.AsSpan(1024 + (128 * i), 16)).ToString("D")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_loader_may_have_the_optional_fields_of_the_MBR(bool skips)
    {
        using var program = new GenimageProgram();
        program.Input("boot.img", [.. Enumerable.Repeat((byte)7, 100 << 10)]);
        string text = $$"""
            image a.img {
              hdimage { mbr-skip-optionals = {{(skips ? "true" : "false")}} }
              partition boot { in-partition-table = false offset = 0 image = boot.img holes = "(444; 512)" }
            }
            """;

        if (!skips)
        {
            Assert.Contains("overlaps the MBR, from 440 to 512", program.Fail(text), StringComparison.Ordinal);
            return;
        }

        program.Make(text);
        Assert.Equal([7, 7, 7, 7, 7, 7, 0, 0], File.ReadAllBytes(program.Image("a.img"))[440..448]);
    }

    [Fact]
    public void No_partition_table_leaves_every_byte_to_images()
    {
        using var program = new GenimageProgram();
        program.Input("one.img", [.. Enumerable.Repeat((byte)0xFF, 100)]);
        program.Input("two.img", [.. Enumerable.Repeat((byte)0xAA, 50)]);
        program.Input("three.img", [.. Enumerable.Repeat((byte)0x77, 75)]);
        program.Make("""
            image a.img {
              hdimage { partition-table-type = none align = 128 fill = true }
              size = 512
              partition one { image = one.img }
              partition two { image = two.img align = 8 }
              partition three { image = three.img }
            }
            """);

        byte[] expected = new byte[512];
        expected.AsSpan(0, 100).Fill(0xFF);
        expected.AsSpan(104, 50).Fill(0xAA);
        expected.AsSpan(256, 75).Fill(0x77);
        Assert.Equal(expected, File.ReadAllBytes(program.Image("a.img")));
    }

    [ToolFact("sfdisk")]
    public void Forced_primaries_stand_behind_logical_partitions()
    {
        using var program = new GenimageProgram();
        program.Make($$"""
            image a.img {
              hdimage { align = 1M disk-signature = 0x12345678 extended-partition = 2 }
              partition boot { image = part1.img partition-type = 0xc bootable = yes }
              {{Parts(5)}}
              partition three { image = part1.img partition-type = 0x83 forced-primary = yes }
              partition four { image = part2.img partition-type = 0x82 forced-primary = yes }
            }
            """);

        Tool.Check("sfdisk", "-q", "-V", program.Image("a.img"));
        Assert.Equal(
            [
                "2048,2048,c,bootable", "4096,20480,f", "24576,2048,83", "26624,2048,82", "6144,2048,83", "10240,2048,83", "14336,2048,83", "18432,2048,83",
                "22528,2048,83",
            ],
            program.Partitions("a.img"));
    }

    [Fact]
    public void What_is_not_to_be_sparse_is_written_to_its_last_zero()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image root.ext4 { ext4 { use-mke2fs = true } size = 32M empty = true }
            image a.img {
              hdimage { align = 1M fill = true }
              partition one { image = part1.img size = 1M }
              partition two { image = root.ext4 sparse = false }
              partition three { image = part1.img size = 1M fill = true sparse = false }
              partition four { image = part1.img size = 6M }
            }
            """);

        Assert.Equal(41L << 20, new FileInfo(program.Image("a.img")).Length);
        Assert.InRange(Allocated(program.Image("a.img")), 33L << 20, 34L << 20);
        Assert.InRange(Allocated(program.Image("root.ext4")), 1, 2L << 20);
    }

    [Fact]
    public void An_image_offset_leaves_out_what_is_before_it()
    {
        using var program = new GenimageProgram();
        program.Make("image a.img { hdimage { partition-table-type = none align = 1 } partition a { image = data.img imageoffset = 4k } }");

        Assert.Equal(File.ReadAllBytes(program["input/data.img"])[4096..], File.ReadAllBytes(program.Image("a.img")));
    }

    /// <summary>The bytes of genimage 20 for the seed 1, of its GPT with one partition of a mebibyte.</summary>
    [Fact]
    public void A_seed_gives_the_ids_that_genimage_gives()
    {
        using var program = new GenimageProgram();
        const string Text = "image a.img { hdimage { partition-table-type = gpt } partition rootfs { size = 1M } }";
        program.Make(Text, "--randomseed=1");
        byte[] one = File.ReadAllBytes(program.Image("a.img"));
        program.Environment["GENIMAGE_RANDOMSEED"] = "1";
        program.Make(Text);
        byte[] variable = File.ReadAllBytes(program.Image("a.img"));
        program.Environment.Clear();
        program.Make(Text + " config { randomseed = 2 }");
        byte[] two = File.ReadAllBytes(program.Image("a.img"));
        program.Make(Text);

        Assert.Equal(0x109000, one.Length);
        Assert.Equal("0b4a0976358a1e4e8fc79e224b426881", Convert.ToHexStringLower(one.AsSpan(512 + 56, 16)));
        Assert.Equal("78f55dec678d114c97e2b7008161e04d", Convert.ToHexStringLower(one.AsSpan(1024 + 16, 16)));
        Assert.Equal("935b01c0", Convert.ToHexStringLower(one.AsSpan(512 + 16, 4)));
        Assert.Equal(one, variable);
        Assert.NotEqual(one, two);
        Assert.NotEqual(two, File.ReadAllBytes(program.Image("a.img")));
    }

    private static string Parts(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => $"partition p{i} {{ image = {(i % 2 == 0 ? "part1.img" : "part2.img")} size = 1M partition-type = 0x83 }}\n"));

    private static long Allocated(string path) => long.Parse(Tool.Check("du", "-B", "1", path).Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
}
