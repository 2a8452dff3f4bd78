namespace Diecast.Tests.Cli;

/// <summary>Android sparse images in several files.</summary>
public sealed class ConvertPartsTests
{
    [ToolFact("simg2img")]
    public void A_large_image_becomes_parts_that_simg2img_and_we_join()
    {
        using var directory = new TempDirectory();
        foreach ((int seed, string split) in new[] { (1, "65536"), (2, "1M"), (3, "300k"), (4, "2M") })
        {
            byte[] disk = Disk(seed);
            File.WriteAllBytes(directory["a.raw"], disk);
            Run("convert", directory["a.raw"], directory[$"{seed}.simg"], "-o", $"split_size={split}");
            string[] parts = [.. Enumerable.Range(0, 1000).Select(i => directory[$"{seed}.simg.{i}"]).TakeWhile(File.Exists)];
            Assert.True(parts.Length > 2, $"{parts.Length} parts of {split}");
            Assert.False(File.Exists(directory[$"{seed}.simg"]));
            long most = split switch { "65536" => 65536, "300k" => 300 << 10, "1M" => 1 << 20, _ => 2 << 20 };
            Assert.All(parts, part => Assert.InRange(new FileInfo(part).Length, 1, most));
            // No part has room for a block that the next begins with: nothing is split without need.
            Assert.All(parts[..^1], part => Assert.InRange(new FileInfo(part).Length, most - 4096 - 64, most));
            Tool.Check("simg2img", [.. parts, directory["theirs.raw"]]);
            Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["theirs.raw"]).AsSpan(0, disk.Length)), split);
            foreach (string from in new[] { parts[0], parts[^1] })
            {
                Run("convert", from, directory["ours.raw"]);
                Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["ours.raw"])), split);
            }

            File.Delete(parts[1]);
            CommandLine.Result missing = CommandLine.Run("convert", parts[2], directory["ours.raw"]);
            Assert.Equal(1, missing.ExitCode);
            Assert.Contains($"{seed}.simg.1 is missing", missing.Error, StringComparison.Ordinal);
        }
    }

    [ToolFact("simg2simg")]
    public void Parts_of_simg2simg_are_read()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk(5);
        File.WriteAllBytes(directory["a.raw"], disk);
        Run("convert", directory["a.raw"], directory["a.simg"]);
        Tool.Check("simg2simg", directory["a.simg"], directory["b.simg"], "1000000");
        Assert.True(File.Exists(directory["b.simg.2"]));
        Run("convert", directory["b.simg.0"], directory["b.raw"]);
        Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["b.raw"])));
    }

    [Fact]
    public void What_surely_fits_is_one_file_and_a_number_alone_makes_no_set()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk(6);
        File.WriteAllBytes(directory["a.raw"], disk);
        Run("convert", directory["a.raw"], directory["rom.2024"], "-O", "android-sparse", "-o", "split_size=32M");
        Assert.True(File.Exists(directory["rom.2024"]));
        Run("convert", directory["rom.2024"], directory["b.raw"]);
        Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["b.raw"])));
        CommandLine.Result small = CommandLine.Run("convert", directory["a.raw"], directory["c.simg"], "-o", "split_size=1000");
        Assert.Contains("the least is 65536", small.Error, StringComparison.Ordinal);
    }

    private static void Run(params string[] arguments)
    {
        CommandLine.Result result = CommandLine.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private static byte[] Disk(int seed)
    {
        var random = new Random(seed);
        byte[] disk = new byte[12 << 20];
        random.NextBytes(disk);
        for (int i = 0; i < 40; i++)
            disk.AsSpan(4096 * random.Next(2900), 4096 * random.Next(1, 100)).Fill((byte)random.Next(3));
        return disk;
    }
}
