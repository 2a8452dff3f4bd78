namespace Diecast.Tests.Genimage;

/// <summary>Layouts that genimage's own tests expect (hdimage.test of release 19).</summary>
public sealed class DiskTests
{
    private const string Signature = "disk-signature = 0x12345678";

    private static string Parts(int count, string options) => string.Concat(
        Enumerable.Range(1, count).Select(i => $"partition p{i} {{ image = part{((i - 1) % 2) + 1}.img {options} }}\n"));

    [ToolFact("sfdisk")]
    public void Six_partitions_of_an_MBR_are_three_and_three_in_an_extended_one()
    {
        using var program = new GenimageProgram();
        program.Make($"image a.img {{ hdimage {{ align = 1M {Signature} fill = true }} {Parts(6, "size = 1M partition-type = 0x83")} }}");

        Assert.Equal(10_485_760, new FileInfo(program.Image("a.img")).Length);
        Assert.Equal(
            ["2048,2048,83", "4096,2048,83", "6144,2048,83", "8192,12288,f", "10240,2048,83", "14336,2048,83", "18432,2048,83"],
            program.Partitions("a.img"));
        Assert.Contains("label-id: 0x12345678", Tool.Check("sfdisk", "-d", program.Image("a.img")), StringComparison.Ordinal);
        Assert.Contains("No errors", Tool.Check("sfdisk", "-V", program.Image("a.img")), StringComparison.Ordinal);
    }

    [ToolFact("sfdisk")]
    public void An_extended_partition_has_the_slot_that_is_asked_for_and_primaries_after_it()
    {
        using var program = new GenimageProgram();
        program.Make($$"""
            image a.img {
              hdimage { align = 1M {{Signature}} extended-partition = 2 }
              partition boot { image = part1.img partition-type = 0xc bootable = yes }
              {{Parts(5, "partition-type = 0x83")}}
              partition three { image = part1.img partition-type = 0x83 forced-primary = yes }
              partition four { image = part2.img partition-type = 0x82 forced-primary = yes }
            }
            """);

        Assert.Equal(
            [
                "2048,2048,c,bootable", "4096,20480,f", "24576,2048,83", "26624,2048,82",
                "6144,2048,83", "10240,2048,83", "14336,2048,83", "18432,2048,83", "22528,2048,83",
            ],
            program.Partitions("a.img"));
    }

    [ToolFact("sfdisk")]
    public void Offsets_in_bytes_are_kept()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image a.img {
              hdimage { extended-partition = 3 }
              partition a { offset = 128K size = 256K partition-type = 0x83 }
              partition b { size = 3M partition-type = 0x83 }
              partition c { offset = 3686400 size = 8126464 partition-type = 0x83 }
              partition d { offset = 11821056 size = 16252928 partition-type = 0x83 }
              partition e { offset = 28082176 size = 16252928 partition-type = 0x83 }
            }
            """);

        Assert.Equal(28_082_176, new FileInfo(program.Image("a.img")).Length);
        using (FileStream file = File.OpenWrite(program.Image("a.img")))
            file.SetLength(64 << 20);
        Assert.Equal(
            ["256,512,83", "768,6144,83", "7199,79393,f", "7200,15872,83", "23088,31744,83", "54848,31744,83"],
            program.Partitions("a.img"));
    }

    [ToolFact("sfdisk")]
    public void A_GPT_ends_on_4096_bytes_and_has_types_by_letter_name_and_UUID()
    {
        using var program = new GenimageProgram();
        string[] types = ["L", "S", "F", "U", "linux", "swap", "3df8f8b0-4464-4fe6-8df4-2a5e2f6c4949", "usr-loongarch64-verity-sig"];
        program.Make($$"""
            image a.img {
              hdimage { align = 1M partition-table-type = gpt disk-uuid = afcfea87-e41a-40e0-85ae-295c60773c7a }
              {{Parts(6, "size = 1M")}}
            }
            image b.img {
              hdimage { gpt = true }
              {{string.Concat(types.Select((type, i) => $"partition p{i} {{ size = 1M partition-type-uuid = {type} }}\n"))}}
            }
            """);

        Assert.Equal(7_360_512, new FileInfo(program.Image("a.img")).Length);
        string dump = Tool.Check("sfdisk", "-d", program.Image("a.img"));
        Assert.Contains("AFCFEA87-E41A-40E0-85AE-295C60773C7A", dump, StringComparison.Ordinal);
        Assert.Contains("first-lba: 34", dump, StringComparison.Ordinal);
        string[] expected =
        [
            "34,2048,0FC63DAF-8483-4772-8E79-3D69D8477DE4", "2082,2048,0657FD6D-A4AB-43C4-84E5-0933C84B4F4F",
            "4130,2048,EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "6178,2048,C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
            "8226,2048,0FC63DAF-8483-4772-8E79-3D69D8477DE4", "10274,2048,0657FD6D-A4AB-43C4-84E5-0933C84B4F4F",
            "12322,2048,3DF8F8B0-4464-4FE6-8DF4-2A5E2F6C4949",
        ];
        string[] found = program.Partitions("b.img");
        Assert.Equal(expected, found.Take(7).Select(line => line[..line.IndexOf(",uuid=", StringComparison.Ordinal)]));
        Assert.Equal(8, found.Length);
        Assert.Contains("No problems found", Tool.Check("sgdisk", "-v", program.Image("a.img")), StringComparison.Ordinal);
    }

    [ToolFact("sfdisk")]
    public void Partitions_of_a_GPT_may_be_declared_in_another_order_than_they_lie()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image a.img {
              hdimage { partition-table-type = gpt gpt-location = 768K }
              partition rescue { image = part1.img offset = 2M size = 1M }
              partition a { image = part2.img align = 2M size = 8M }
              partition b { image = part2.img align = 2M size = 8M }
              partition reserved { image = part1.img size = 128K }
              partition boot { image = part2.img size = 1M offset = 1M }
              partition env { image = part1.img offset = 800K size = 16K }
              partition spl { image = part1.img in-partition-table = false offset = 1K size = 512K }
            }
            """);

        Assert.Equal(
            ["4096,2048", "8192,16384", "24576,16384", "40960,256", "2048,2048", "1600,32"],
            program.Partitions("a.img").Select(line => string.Join(',', line.Split(',').Take(2))));
    }

    [Fact]
    public void A_hybrid_MBR_lists_what_has_a_partition_type()
    {
        using var program = new GenimageProgram();
        program.Make("""
            image a.img {
              hdimage { partition-table-type = hybrid disk-signature = 0x12345678 }
              partition a { image = part1.img size = 1M partition-type = 0x83 }
              partition b { image = part1.img size = 1M }
              partition c { image = part1.img size = 1M partition-type = 0x0c }
            }
            """);

        byte[] sector = File.ReadAllBytes(program.Image("a.img"))[..512];
        Assert.Equal([0x83, 0x0C, 0xEE, 0], [sector[450], sector[466], sector[482], sector[498]]);
        Assert.Equal((1, 33), (BitConverter.ToInt32(sector, 486), BitConverter.ToInt32(sector, 490)));
        Assert.Equal((34, 4130), (BitConverter.ToInt32(sector, 454), BitConverter.ToInt32(sector, 470)));
    }

    [Fact]
    public void Without_a_table_images_stand_one_after_the_other()
    {
        using var program = new GenimageProgram();
        program.Input("one.img", [1, 1, 1]);
        program.Input("two.img", [2, 2]);
        program.Make("""
            image a.img {
              hdimage { partition-table-type = none align = 128 fill = true }
              size = 512
              partition one { image = one.img }
              partition two { image = two.img align = 8 }
              partition three { image = one.img imageoffset = 1 }
            }
            """);

        byte[] image = File.ReadAllBytes(program.Image("a.img"));
        Assert.Equal(512, image.Length);
        Assert.Equal([0, 1, 2, 8, 9, 128, 129], Enumerable.Range(0, 512).Where(i => image[i] != 0));
    }

    [Theory]
    [InlineData("1K", "0", true)]
    [InlineData("64K", "0", false)]
    [InlineData("70K", "0", true)]
    [InlineData("1K", "64K", false)]
    [InlineData("1K", "132K", true)]
    public void A_boot_loader_may_lie_over_tables_where_it_has_holes(string location, string offset, bool fits)
    {
        using var program = new GenimageProgram();
        program.Input("boot.img", [.. Enumerable.Repeat((byte)7, 70 << 10)]);
        program.Environment["GPT"] = location;
        program.Environment["AT"] = offset;
        const string Configuration = """
            image a.img {
              hdimage { gpt = true gpt-location = ${GPT} }
              partition boot { in-partition-table = false offset = ${AT} image = boot.img }
              partition a { offset = 129K size = 3K image = part3.img }
            }
            image boot.img { file { holes = "(440; 33K)" copy = false } }
            """;
        program.Input("part3.img", [1, 2, 3]);

        if (fits)
            program.Make(Configuration);
        else
            Assert.Contains("overlaps", program.Fail(Configuration), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "partition-type-uuid = L", "partition-type-uuid is of a GPT")]
    [InlineData("gpt = true", "partition-type = 0x83", "partition-type is of an MBR")]
    [InlineData("partition-table-type = hybrid", "size = 1M", "no partition has a partition-type")]
    [InlineData("disk-uuid = afcfea87-e41a-40e0-85ae-295c60773c7a", "", "disk-uuid is of a GPT")]
    [InlineData("gpt = true disk-signature = 1", "", "disk-signature is of an MBR")]
    [InlineData("gpt = true", "partition-type-uuid = Z", "there is no partition type Z")]
    [InlineData("gpt = true", "partition-type-uuid = 0fc63daf-8483", "there is no partition type 0fc63daf-8483")]
    [InlineData("gpt = true", "partition-uuid = 1", "partition-uuid = 1 is no UUID")]
    [InlineData("align = 100", "", "align = 100 is no multiple of a sector")]
    [InlineData("align = 1M", "offset = 513K", "begins at 525312, which is no multiple of 1048576")]
    [InlineData("align = 1M", "align = 512", "is no multiple of the disk's 1048576")]
    [InlineData("partition-table-type = apm", "", "there is no partition table apm")]
    [InlineData("extended-partition = 5", "", "an MBR has four slots")]
    [InlineData("gpt-location = 1000 gpt = true", "", "begins at a sector")]
    [InlineData("", "size = 1K", "has 1024 bytes, and part1.img 3584")]
    [InlineData("", "autoresize = true", "whose size is not given")]
    [InlineData("", "forced-primary = true", "no logical one stands before it")]
    [InlineData("", "bootabel = true", "partition has no option bootabel: 'bootabel'")]
    [InlineData("", "bootable = maybe", "bootable = maybe is neither true nor false")]
    [InlineData("", "size = 4Q", "size = 4Q is no size")]
    [InlineData("", "partition-type = 0x183", "does not fit a byte")]
    public void What_cannot_be_is_told(string disk, string partition, string expected)
    {
        using var program = new GenimageProgram();
        string said = program.Fail($"image a.img {{ hdimage {{ {disk} }}\n partition p {{ image = part1.img {partition} }} }}");

        Assert.Contains(expected, said, StringComparison.Ordinal);
        Assert.Contains("test.cfg:", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "extended-partition = 1", "forced-primary = true", "partition last { size = 1M }", "lies within the extended partition")]
    [InlineData(4, "", "forced-primary = true", "", "would be the fifth entry")]
    public void Primaries_do_not_stand_between_logical_ones(int count, string disk, string primary, string last, string expected)
    {
        using var program = new GenimageProgram();
        string said = program.Fail($"image a.img {{ hdimage {{ align = 1M {disk} }} {Parts(count, "")} partition q {{ size = 1M {primary} }} {last} }}");

        Assert.Contains(expected, said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_a_logical_partition_needs_room()
    {
        using var program = new GenimageProgram();
        string parts = string.Concat(Enumerable.Range(1, 5).Select(i => $"partition p{i} {{ offset = {i}M size = 1M }}\n"));

        Assert.Contains("p3 lies within the extended partition", program.Fail($"image a.img {{ hdimage {{ }} {parts} }}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Four_partitions_in_a_hybrid_MBR_are_too_many()
    {
        using var program = new GenimageProgram();

        Assert.Contains("an MBR lists 3", program.Fail($"image a.img {{ hdimage {{ partition-table-type = hybrid }} {Parts(4, "partition-type = 0x83")} }}"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_configuration_gives_the_same_bytes_and_another_seed_other_ids()
    {
        using var program = new GenimageProgram();
        string text = $"image a.img {{ hdimage {{ gpt = true }} {Parts(3, "")} }}";
        byte[][] made = [.. ((string[])["", "--randomseed=2", "--randomseed=3", ""]).Select(more =>
        {
            program.Make(text, more.Length > 0 ? [more] : []);
            return File.ReadAllBytes(program.Image("a.img"));
        })];

        Assert.Equal(made[0], made[3]);
        Assert.NotEqual(made[0], made[1]);
        Assert.NotEqual(made[1], made[2]);
    }
}
