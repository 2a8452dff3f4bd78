namespace Diecast.Tests.Genimage;

/// <summary>The same configuration by genimage and by us.</summary>
public sealed class OriginalTests
{
    private const int LeastWithCylinders = 18;
    private const int LeastWithFirstUsable = 20;
    private const string DiskId = "disk-uuid = afcfea87-e41a-40e0-85ae-295c60773c7a";
    private const string One = "partition-uuid = 92762261-e854-45c1-b4c9-fc5e752034ab";
    private const string Two = "partition-uuid = 41061242-1d5a-4657-892d-fcc1fdb11a6c";
    private const string Three = "partition-uuid = 954532ea-bd86-4992-a1ed-2cdb2c18581a";

    public static TheoryData<string, string> Disks() => new()
    {
        { "", "partition a { image = part1.img partition-type = 0x83 }" },
        { "", "partition a { image = part1.img partition-type = 0x83 bootable = true } partition b { size = 1M partition-type = 0x82 }" },
        { "fill = true", "partition a { image = data.img } partition b { size = 1M }" },
        { "align = 4k disk-signature = 0xdeadbeef", "partition a { image = data.img partition-type = 0xc } partition b { image = data.img align = 16k }" },
        { "align = 1M", "partition a { image = data.img } partition b { offset = 10M size = 2M image = data.img } partition c { size = 1M }" },
        { "align = 1M", "partition a { offset = 4M size = 512k image = data.img } partition raw { in-partition-table = false offset = 8k image = data.img } partition b { size = 1M }" },
        { "", string.Concat(Enumerable.Range(0, 7).Select(i => $"partition p{i} {{ size = 100k image = data.img partition-type = 0x83 }} ")) },
        { "align = 1M", string.Concat(Enumerable.Range(0, 9).Select(i => $"partition p{i} {{ image = part2.img partition-type = 0x83 }} ")) },
        { "extended-partition = 2 align = 32k", string.Concat(Enumerable.Range(0, 5).Select(i => $"partition p{i} {{ size = 64k partition-type = 0x83 }} ")) },
        { "extended-partition = 1", "partition a { size = 64k image = data.img }" },
        { "extended-partition = 3", "partition a { offset = 128K size = 256K } partition b { size = 3M } partition c { offset = 3686400 size = 8126464 image = data.img } partition d { offset = 11821056 size = 1M }" },
        { "partition-table-type = none", "partition a { image = data.img } partition b { image = part2.img align = 4096 } partition c { offset = 64k image = data.img }" },
        { "partition-table = false", "partition a { image = data.img }" },
        { $"gpt = true {DiskId}", $"partition a {{ image = data.img {One} }}" },
        { $"gpt = true align = 1M {DiskId}", $"partition a {{ image = data.img {One} bootable = true partition-type-uuid = U }} partition b {{ size = 3M {Two} read-only = true hidden = true no-automount = true partition-type-uuid = S }}" },
        { $"partition-table-type = gpt gpt-location = 64k {DiskId}", $"partition spl {{ in-partition-table = false offset = 8k image = data.img }} partition a {{ image = data.img {One} }} partition b {{ size = 77k {Two} partition-type-uuid = F }}" },
        { $"partition-table-type = gpt gpt-no-backup = true {DiskId}", $"partition a {{ offset = 1M size = 1M image = data.img {One} }} partition b {{ offset = 100k size = 512k image = part2.img {Two} }}" },
        { $"partition-table-type = gpt gpt-no-backup = true fill = true {DiskId}", $"partition a {{ size = 1M image = data.img {One} }}" },
        { $"partition-table-type = hybrid {DiskId}", $"partition a {{ image = data.img partition-type = 0x83 {One} }} partition b {{ size = 1M {Two} }} partition c {{ size = 1M {Three} partition-type = 0xc bootable = true }}" },
        { $"partition-table-type = hybrid disk-signature = 0x1234 gpt-location = 32k align = 8k {DiskId}", $"partition a {{ image = data.img partition-type = 0x83 {One} }}" },
        // As boards have it: loaders by offset, files before the first partition, an A/B layout, tables moved.
        { "", "partition spl { in-partition-table = \"no\" image = data.img offset = 1024 } partition u-boot { in-partition-table = \"no\" image = part2.img offset = 69K } partition rootfs { partition-type = 0x83 image = data.img offset = 8M }" },
        { "", "partition bl1 { in-partition-table = \"no\" image = data.img offset = 0 holes = {\"(440; 512)\"} } partition u-boot { in-partition-table = \"no\" image = data.img offset = 49664 } partition boot { partition-type = 0xC bootable = \"true\" image = part2.img } partition rootfs { partition-type = 0x83 image = part1.img size = 2MB }" },
        { $"partition-table-type = gpt {DiskId}", $"partition boot {{ image = data.img partition-type-uuid = U offset = 32K bootable = true {One} }} partition root {{ partition-type-uuid = 44479540-f297-41b2-9af7-d131d5f0458a {Two} image = part2.img }}" },
        { $"partition-table-type = gpt gpt-location = 1024 {DiskId}", $"partition loader {{ in-partition-table = \"no\" image = data.img offset = 131072 }} partition package {{ in-partition-table = \"no\" image = part2.img offset = 1M }} partition boot {{ image = data.img offset = 2M size = \"4M\" {One} }} partition data {{ image = part2.img {Two} }}" },
        { $"partition-table-type = gpt gpt-location = 768K {DiskId}", $"partition rescue {{ image = part1.img offset = 2M size = 1M {One} }} partition env {{ image = part1.img offset = 832K size = 16K {Two} }} partition SPL {{ image = part1.img in-partition-table = false offset = 1K size = 512K }}" },
        { $"align = 8M partition-table-type = gpt fill = true {DiskId}", $"partition boot_a {{ in-partition-table = true image = data.img partition-type-uuid = F bootable = true {One} }} partition boot_b {{ image = data.img partition-type-uuid = F {Two} }} partition system {{ image = part2.img partition-type-uuid = L {Three} }}" },
        { $"partition-table-type = hybrid align = 1M disk-signature = 0x48617373 {DiskId}", $"partition boot {{ partition-type = 0xc partition-type-uuid = U image = data.img {One} }} partition swap {{ size = 4M partition-type-uuid = S {Two} }} partition d {{ image = part2.img partition-type = 0x83 hidden = true read-only = true no-automount = true {Three} }}" },
        { "align = 4M disk-signature = 0xdeadbeef", string.Concat(Enumerable.Range(0, 6).Select(i => $"partition p{i} {{ image = data.img partition-type = 0x83 }} ")) + "partition empty { size = 8M partition-type = 0x82 }" },
    };

    [ToolTheory("genimage")]
    [MemberData(nameof(Disks))]
    public void Disks_are_those_of_genimage_byte_for_byte(string disk, string partitions)
    {
        using var program = new GenimageProgram();
        program.Make($"image a.img {{ hdimage {{ {disk} }} {partitions} }}");

        Compare(program);
    }

    [ToolTheory("genimage")]
    [InlineData("")]
    [InlineData(DiskId + " gpt = true")]
    public void Disks_of_a_given_size_are_too(string disk)
    {
        using var program = new GenimageProgram();
        program.Make($"image a.img {{ hdimage {{ align = 1M {disk} }} size = 20M partition a {{ image = data.img {(disk.Length > 0 ? One : "")} }} partition b {{ autoresize = true size = 1M image = data.img {(disk.Length > 0 ? Two : "")} }} }}");

        Compare(program);
    }

    [ToolFact("genimage")]
    public void A_boot_loader_with_holes_lies_under_the_table()
    {
        using var program = new GenimageProgram();
        byte[] loader = new byte[70 << 10];
        new Random(3).NextBytes(loader);
        program.Input("boot.img", loader);
        program.Make($$"""
            image a.img {
              hdimage { gpt = true {{DiskId}} }
              partition boot { in-partition-table = false offset = 0 image = boot.img }
              partition a { offset = 129K size = 8K image = data.img {{One}} }
            }
            image boot.img { file { holes = { "(440; 33K)" } } }
            """);

        Compare(program);
        Assert.Equal(loader[..440], File.ReadAllBytes(program.Image("a.img"))[..440]);
    }

    private static int Version => int.Parse(Tool.Check("genimage", "--version").Trim(), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Before genimage 18 a record of a logical partition had cylinders counted from the record, which no reader does.</summary>
    private static void LeaveOutCylinders(params byte[][] disks)
    {
        foreach (byte[] disk in disks)
        {
            long first = 0;
            for (int slot = 0; slot < 4 && first == 0; slot++)
                first = disk[0x1BE + (16 * slot) + 4] == 0x0F && disk[0x1FE] == 0x55 ? BitConverter.ToUInt32(disk, 0x1BE + (16 * slot) + 8) * 512L : 0;
            for (long record = first; record > 0;)
            {
                foreach (int entry in (int[])[0x1BE, 0x1CE])
                {
                    disk.AsSpan((int)record + entry + 1, 3).Clear();
                    disk.AsSpan((int)record + entry + 5, 3).Clear();
                }

                uint next = BitConverter.ToUInt32(disk, (int)record + 0x1CE + 8);
                record = next > 0 ? first + (next * 512L) : 0;
            }
        }
    }

    /// <summary>Before genimage 20 a GPT said that no sector before its first partition can be used.</summary>
    private static void LeaveOutFirstUsable(params byte[][] disks)
    {
        foreach (byte[] disk in disks)
        {
            foreach (int header in (int[])[512, disk.Length - 512])
            {
                if (header < 0 || header + 92 > disk.Length || !disk.AsSpan(header).StartsWith("EFI PART"u8))
                    continue;
                disk.AsSpan(header + 16, 4).Clear();
                disk.AsSpan(header + 40, 8).Clear();
            }
        }
    }

    private static void Compare(GenimageProgram program)
    {
        byte[] ours = File.ReadAllBytes(program.Image("a.img"));
        byte[] theirs = File.ReadAllBytes(Path.Combine(program.RunOriginal(), "a.img"));
        if (Version < LeastWithCylinders)
            LeaveOutCylinders(ours, theirs);
        if (Version < LeastWithFirstUsable)
            LeaveOutFirstUsable(ours, theirs);
        Assert.Equal(theirs.Length, ours.Length);
        int at = ours.AsSpan().CommonPrefixLength(theirs);
        Assert.True(at == ours.Length, $"they differ from byte {at} on");
    }
}
