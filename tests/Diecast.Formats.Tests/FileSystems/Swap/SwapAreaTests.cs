using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Swap;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Swap;

public sealed class SwapAreaTests
{
    private static readonly Guid Uuid = new("6e1f9a9e-3f2a-4b7e-9d0a-8c1b2d3e4f50");

    [ToolTheory("mkswap")]
    [InlineData(4096, 40960, "")]
    [InlineData(4096, 41000, "swap")]
    [InlineData(4096, 64 << 20, "fifteen bytes..")]
    [InlineData(8192, 1 << 20, "é")]
    [InlineData(16384, 1 << 20, "")]
    [InlineData(65536, 8 << 20, "large pages")]
    public void It_is_what_mkswap_makes(int pageSize, long size, string label)
    {
        using var directory = new TempDirectory();
        using (FileStream file = File.Create(directory["theirs"]))
            file.SetLength(size);
        List<string> arguments = ["-q", "-p", pageSize.ToString(CultureInfo.InvariantCulture), "-U", Uuid.ToString()];
        if (label.Length > 0)
            arguments.AddRange(["-L", label]);
        Tool.Check("mkswap", [.. arguments, directory["theirs"]]);
        SwapPlan plan = SwapArea.Plan(new SwapOptions { Size = size, PageSize = pageSize, Uuid = Uuid, Label = label });

        byte[] theirs = File.ReadAllBytes(directory["theirs"]);
        Assert.True(theirs.AsSpan().SequenceEqual(plan.ToBlob().ToArray()));
        SwapInfo info = SwapArea.ReadInfo(Blob.FromMemory(theirs));
        Assert.Equal(
            new SwapInfo { Length = size / pageSize * pageSize, PageSize = pageSize, IsBigEndian = false, BadPages = 0, Uuid = Uuid, Label = label }, info);
    }

    /// <summary>mkswap makes the other byte order from version 2.40 on; blkid knows it of old.</summary>
    [ToolFact("blkid")]
    public void The_other_byte_order_is_known_to_blkid_and_to_us()
    {
        using var directory = new TempDirectory();
        byte[] area = SwapArea.Plan(new SwapOptions { Size = 1 << 20, PageSize = 16384, Uuid = Uuid, Label = "big", IsBigEndian = true }).ToBlob().ToArray();
        File.WriteAllBytes(directory["swap"], area);

        Assert.Contains($"LABEL=\"big\" UUID=\"{Uuid}\"", Tool.Check("blkid", "-p", directory["swap"]), StringComparison.Ordinal);
        SwapInfo info = SwapArea.ReadInfo(Blob.FromMemory(area));
        Assert.Equal((1 << 20, 16384, true, "big"), (info.Length, info.PageSize, info.IsBigEndian, info.Label));
    }

    /// <summary>The kernel reads only areas of its own page size, and tells of them in /proc/swaps.</summary>
    [MountFact]
    public void Linux_swaps_to_it()
    {
        using var directory = new TempDirectory();
        using (SafeFileHandle file = File.OpenHandle(directory["swap"], FileMode.CreateNew, FileAccess.Write))
            RandomAccess.Write(file, SwapArea.Plan(new SwapOptions { Size = 1 << 20, PageSize = Environment.SystemPageSize, Uuid = Uuid }).ToBlob().ToArray(), 0);
        File.SetUnixFileMode(directory["swap"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (int exitCode, string output) = Tool.Run("swapon", directory["swap"]);
        try
        {
            Assert.True(exitCode == 0, output);
            Assert.Contains(directory["swap"], File.ReadAllText("/proc/swaps"), StringComparison.Ordinal);
        }
        finally
        {
            if (exitCode == 0)
                Tool.Check("swapoff", directory["swap"]);
        }
    }

    [Theory]
    [InlineData(4096, 40959, "")]
    [InlineData(4096, 0, "")]
    [InlineData(4096, (1L << 44) + 4096, "")]
    [InlineData(512, 1 << 20, "")]
    [InlineData(0, 1 << 20, "")]
    [InlineData(4096, 1 << 20, "sixteen bytes...")]
    [InlineData(4096, 1 << 20, "a\0b")]
    public void What_cannot_be_is_refused(int pageSize, long size, string label) => Assert.Throws<UnrepresentableException>(
        () => SwapArea.Plan(new SwapOptions { Size = size, PageSize = pageSize, Label = label }));

    [Fact]
    public void A_label_that_has_no_utf8_form_is_refused() =>
        Assert.Throws<UnrepresentableException>(() => SwapArea.Plan(new SwapOptions { Size = 1 << 20, Label = "\ud800" }));

    [Fact]
    public void The_largest_takes_no_memory()
    {
        SwapPlan plan = SwapArea.Plan(new SwapOptions { Size = 1L << 44 });

        Assert.Equal(1L << 44, plan.Length);
        Assert.Single(plan.ToBlob().DataRanges());
    }

    [Fact]
    public void Damage_is_told_and_nothing_else_happens()
    {
        byte[] good = SwapArea.Plan(new SwapOptions { Size = 65536, Uuid = Uuid, Label = "swap" }).ToBlob().ToArray();
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bad = good[..random.Next(good.Length + 1)];
            for (int flips = random.Next(4); flips > 0 && bad.Length > 0; flips--)
                bad[random.Next(Math.Min(bad.Length, 4096))] ^= (byte)(1 << random.Next(8));
            try
            {
                Assert.True(SwapArea.ReadInfo(Blob.FromMemory(bad)).Length <= bad.Length);
            }
            catch (InvalidImageException)
            {
                // The only error that damage may end in.
            }
        }
    }
}
