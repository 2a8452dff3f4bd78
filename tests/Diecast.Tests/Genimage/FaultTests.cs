namespace Diecast.Tests.Genimage;

public sealed class FaultTests
{
    [Fact]
    public void All_faults_of_a_configuration_are_told_in_the_order_in_which_they_stand()
    {
        using var program = new GenimageProgram();
        string said = program.Fail("""
            image a.img {
              hdimage { partition-table-type = gtp align = 1Q }
              partition one { image = missing.img bootabel = true }
              partition two { size = 1M partition-type-uuid = Z }
            }
            image b.ext4 { ext4 { use-mke2fs = maybe } mountpoint = "/none" size = 4M }
            image c.vfat { vfta { } size = 1M }
            image d.img { hdimage { gpt = true } partition p { size = 1M partition-type = 0x83 } partition q { size = 1M partition-uuid = 7 } }
            config { outputpaht = x }
            """);

        string[] faults =
        [
            "test.cfg:2:36: there is no partition table gtp: 'gtp'",
            "test.cfg:2:48: align = 1Q is no size: '1Q'",
            "test.cfg:3:27: missing.img is no image of this configuration",
            "test.cfg:3:39: partition has no option bootabel: 'bootabel'",
            "test.cfg:6:36: use-mke2fs = maybe is neither true nor false: 'maybe'",
            "test.cfg:6:57: b.ext4 is filled with root/none, which is no directory",
            "test.cfg:7:16: image has no section vfta: 'vfta'",
            "test.cfg:8:79: partition-type is of an MBR, and the disk has none: '0x83'",
            "test.cfg:8:127: partition-uuid = 7 is no UUID: '7'",
            "test.cfg:9:10: config has no option outputpaht: 'outputpaht'",
        ];
        int[] places = [.. faults.Select(fault => said.IndexOf(fault, StringComparison.Ordinal))];
        Assert.All(faults.Zip(places), pair => Assert.True(pair.Second >= 0, $"{pair.First}\nis not in\n{said}"));
        Assert.Equal(places.Order(), places);
        Assert.Contains("rule: its options are offset, size, align", said, StringComparison.Ordinal);
        Assert.Contains("fix: write bootable", said, StringComparison.Ordinal);
        Assert.Contains("fix: write vfat", said, StringComparison.Ordinal);
        Assert.Contains("fix: write outputpath", said, StringComparison.Ordinal);
        Assert.Contains("10 errors in the definition; nothing was done", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Disks_that_do_not_fit_are_told_together()
    {
        using var program = new GenimageProgram();
        string said = program.Fail("""
            image a.img { hdimage { } partition one { image = part1.img size = 1k } }
            image b.img { hdimage { } size = 1k partition one { image = part1.img } }
            image c.img { hdimage { } partition one { image = a.img } }
            """);

        Assert.Contains("test.cfg:1:68: one has 1024 bytes, and part1.img 3584", said, StringComparison.Ordinal);
        Assert.Contains("test.cfg:2:34: b.img has 1024 bytes, and its partitions with their table take 4096", said, StringComparison.Ordinal);
        // What is made of an image that cannot be made is no fault of its own.
        Assert.Contains("2 errors", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_files_are_written()
    {
        using var program = new GenimageProgram();
        Directory.CreateDirectory(program.Image("taken"));
        Tool.Check("mkfifo", program.Image("pipe"));
        Assert.Contains("images/pipe is a device; only files are written", program.FailWith("image pipe { hdimage { } partition a { size = 1M } }"), StringComparison.Ordinal);
        Assert.Contains("images/taken is a directory", program.FailWith("image taken { hdimage { } partition a { size = 1M } }"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_an_included_file_is_told_with_its_name_and_line()
    {
        using var program = new GenimageProgram();
        File.WriteAllText(program["part.cfg"], "hdimage {\n  fil = true\n}\n");

        string said = program.Fail($"image a.img {{ include(\"{program["part.cfg"]}\") }}");

        Assert.Contains("part.cfg:2:3: hdimage has no option fil: 'fil' 2 | fil = true | ^~~", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_does_not_end_is_told_alone()
    {
        using var program = new GenimageProgram();

        Assert.Contains("test.cfg:1:22: a text begins with \" and does not end", program.Fail("image a.img { name = \"x\n}"), StringComparison.Ordinal);
    }
}
