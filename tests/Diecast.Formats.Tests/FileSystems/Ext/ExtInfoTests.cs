using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>What a superblock says, against dumpe2fs.</summary>
public sealed class ExtInfoTests
{
    public static TheoryData<string> Makes => ["-t ext2", "-t ext3 -b 1024 -I 128", "-t ext4 -L name -M /srv", "-t ext4 -O ^64bit,quota,project,casefold,bigalloc,mmp -m 3", "-t ext2 -r 0 -b 1024"];

    [ToolTheory("mke2fs", "dumpe2fs", "blkid")]
    [MemberData(nameof(Makes))]
    public void Info_is_what_dumpe2fs_prints(string make)
    {
        using var directory = new TempDirectory();
        string path = directory["image"];
        Tool.Check("mke2fs", ["-q", "-F", .. make.Split(' '), path, "16M"]);
        ExtInfo info = ExtFileSystem.ReadInfo(Blob.FromMemory(File.ReadAllBytes(path)));
        string[] lines = Tool.Check("env", "TZ=UTC", "LC_ALL=C", "dumpe2fs", "-h", path).Split('\n');
        string features = Value("Filesystem features");
        Assert.Equal(features == "(none)" ? "" : features, string.Join(' ', info.Features));
        Assert.Equal(Value("Filesystem UUID"), info.Uuid.ToString());
        Assert.Equal(Value("Filesystem volume name"), info.Label.Length > 0 ? info.Label : "<none>");
        Assert.Equal(Value("Last mounted on"), info.LastMounted.Length > 0 ? info.LastMounted : "<not available>");
        Assert.Equal(
            (Value("Block count"), Value("Free blocks"), Value("Reserved block count"), Value("Inode count"), Value("Free inodes"), Value("Block size")),
            ($"{info.BlockCount}", $"{info.FreeBlocks}", $"{info.ReservedBlocks}", $"{info.InodeCount}", $"{info.FreeInodes}", $"{info.BlockSize}"));
        if (lines.Any(l => l.StartsWith("Inode size:", StringComparison.Ordinal)))
            Assert.Equal(Value("Inode size"), $"{info.InodeSize}");
        Assert.Equal("clean", Value("Filesystem state"));
        Assert.True(info is { IsClean: true, HasErrors: false, MountedTime: null, MountCount: 0 });
        Assert.Equal(Value("Filesystem created"), info.MadeTime is { } made ? made.ToDateTimeOffset().ToString("ddd MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture) : null);
        Assert.Equal(Tool.Check("blkid", "-p", "-o", "value", "-s", "TYPE", path).Trim(), info.Type);

        string Value(string key) => string.Join(' ', lines.Single(l => l.StartsWith(key + ":", StringComparison.Ordinal))[(key.Length + 1)..].Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void What_was_written_is_told_again()
    {
        var options = new ExtOptions { Uuid = new Guid("1c2d3e4f-0000-4000-8000-000000000001"), Label = "é", LastMounted = "/mnt", Time = new Timestamp(5_000_000_000), Size = 16 << 20 };
        ExtPlan plan = ExtFileSystem.Plan(new FileTree(), options);
        ExtInfo info = ExtFileSystem.ReadInfo(plan.ToBlob());
        Assert.Equal((options.Uuid, "é", "/mnt", options.Time, plan.Length, "ext4"), (info.Uuid, info.Label, info.LastMounted, info.MadeTime!.Value, info.Length, info.Type));
        Assert.Equal(options.Profile.FeatureNames, info.Features);
    }

    [Fact]
    public void What_is_no_ext_has_no_info()
    {
        foreach (int length in new[] { 0, 1024, 2047, 100_000 })
            Assert.Throws<InvalidImageException>(() => ExtFileSystem.ReadInfo(Blob.Zeros(length)));
        byte[] image = ExtFileSystem.Plan(new FileTree(), new ExtOptions { Uuid = Guid.Empty }).ToBlob().ToArray();
        image[1024 + 0x18] = 9;
        Assert.Contains("blocks of 2^9 KiB", Assert.Throws<InvalidImageException>(() => ExtFileSystem.ReadInfo(Blob.FromMemory(image))).Message, StringComparison.Ordinal);
    }
}
