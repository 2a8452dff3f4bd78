using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>The superblock is the one that mke2fs and tune2fs make when they are asked for the same.</summary>
public class ExtSuperblockTests
{
    private const long Mebi = 1L << 20;

    private static readonly string[] Ignored = ["Filesystem created", "Last write time", "Last checked", "Next check after", "Lifetime writes", "Checksum"];

    [ToolTheory("mke2fs", "dumpe2fs", "e2fsck")]
    [InlineData("ext2", 4096, 8)]
    [InlineData("ext2", 4096, 300)]
    [InlineData("ext2", 4096, 5000)]
    [InlineData("ext2", 1024, 100)]
    [InlineData("ext3", 4096, 8)]
    [InlineData("ext3", 4096, 1100)]
    [InlineData("ext3", 4096, 5000)]
    [InlineData("ext3", 1024, 100)]
    [InlineData("hurd", 4096, 8)]
    [InlineData("hurd", 4096, 1100)]
    [InlineData("hurd", 1024, 100)]
    [InlineData("ext2,none", 4096, 300)]
    [InlineData("ext2,sparse_super2", 4096, 300)]
    [InlineData("ext2,sparse_super2", 4096, 200)]
    [InlineData("ext2,^resize_inode,sparse_super2", 4096, 100)]
    [InlineData("ext2,^resize_inode,sparse_super2", 4096, 5000)]
    [InlineData("ext3,^resize_inode,meta_bg", 4096, 5000)]
    [InlineData("default,^resize_inode,meta_bg", 1024, 2000)]
    [InlineData("default", 8192, 1000)]
    [InlineData("default", 16384, 3000)]
    [InlineData("default", 65536, 5000)]
    [InlineData("ext2", 65536, 9000)]
    [InlineData("compat,^extent", 4096, 300)]
    public void Of_every_profile(string profile, int blockSize, long size)
    {
        string[] names = profile.Split(',');
        ExtOptions options = ExtImage.Options with
        {
            Profile = ExtProfile.Find(names[0])!.With(names[1..]),
            BlockSize = blockSize,
            Size = size * Mebi,
            Label = "label",
        };
        string system = names[0] == "hurd" ? "hurd" : "linux";
        Compare(options, ["-o", system, "-I", $"{options.InodeSize}", "-O", $"none,{string.Join(',', options.Profile.FeatureNames)}"]);
    }

    [ToolFact("mke2fs", "dumpe2fs", "e2fsck")]
    public void Of_the_original_revision()
    {
        ExtOptions options = ExtImage.Options with
        {
            Profile = ExtProfile.Ext2.With("none"),
            Revision = ExtRevision.Original,
            Size = 300 * Mebi,
            Label = "label",
        };
        Assert.Equal(128, options.InodeSize);
        Compare(options, ["-t", "ext2", "-r", "0"]);
    }

    [ToolFact("mke2fs", "dumpe2fs", "e2fsck")]
    public void Of_stripes_and_flex_groups()
    {
        ExtOptions options = ExtImage.Options with
        {
            Profile = ExtProfile.Compat,
            Size = 5000 * Mebi,
            Label = "label",
            Stride = 16,
            StripeWidth = 48,
            GroupsPerFlex = 64,
            Errors = ExtErrors.RemountReadOnly,
            RootOwner = new ExtOwner(1000, 70000),
            RootMode = 0b111_000_000,
        };
        using ExtImage image = Compare(
            options,
            ["-I", "256", "-O", $"none,{string.Join(',', options.Profile.FeatureNames)}", "-G", "64", "-e", "remount-ro"],
            ",stride=16,stripe_width=48");
        DirectoryInode root = image.Read().Root;
        Assert.Equal((1000u, 70000u, 0b111_000_000), (root.Uid, root.Gid, root.Mode));
    }

    [ToolTheory("mke2fs", "tune2fs", "dumpe2fs", "e2fsck")]
    [InlineData("debug", "bsdgroups", "user_xattr", "acl", "uid16", "journal_data")]
    [InlineData("journal_data_ordered", "nobarrier", "block_validity")]
    [InlineData("journal_data_writeback", "discard", "nodelalloc")]
    [InlineData]
    public void Of_mounts_and_checks(params string[] defaults)
    {
        ExtOptions options = ExtImage.Options with
        {
            Profile = ExtProfile.Ext3,
            Size = 50 * Mebi,
            Label = "label",
            DefaultMountOptions = defaults,
            MountOptions = "max_batch_time=0",
            Errors = ExtErrors.Panic,
            MaxMountCount = 20,
            CheckInterval = TimeSpan.FromDays(180),
        };
        string cleared = string.Join(',', new[] { "user_xattr", "acl" }.Except(defaults).Select(o => "^" + o).Concat(defaults));
        Compare(
            options,
            ["-I", "256", "-O", $"none,{string.Join(',', options.Profile.FeatureNames)}"],
            tune: ["-o", cleared, "-E", "mount_opts=max_batch_time=0", "-e", "panic", "-c", "20", "-i", "180d"]);
    }

    [Fact]
    public void What_no_superblock_can_say_is_refused()
    {
        ExtOptions options = ExtImage.Options;
        foreach (ExtOptions wrong in new[]
        {
            options with { GroupsPerFlex = 3 }, options with { GroupsPerFlex = 1 << 17 }, options with { Stride = 65536 }, options with { StripeWidth = -1 },
            options with { DefaultMountOptions = ["acls"] }, options with { DefaultMountOptions = ["journal_data", "journal_data_writeback"] },
            options with { MountOptions = new string('o', 64) }, options with { Errors = (ExtErrors)3 }, options with { MaxMountCount = 32768 },
            options with { CheckInterval = TimeSpan.FromSeconds(1.5) }, options with { CheckInterval = TimeSpan.FromSeconds(-1) },
            options with { RootMode = 0x1000 }, options with { Creator = ExtCreator.Hurd }, options with { Revision = ExtRevision.Original },
            options with { Profile = ExtProfile.Ext2, Revision = ExtRevision.Original },
            options with { Profile = ExtProfile.Ext2.With("none"), Revision = ExtRevision.Original, InodeSize = 256 },
            options with { Profile = ExtProfile.Ext2.With("^large_file") }, options with { Profile = ExtProfile.Hurd.With("filetype") },
        })
        {
            Assert.Throws<UnrepresentableException>(() => ExtFileSystem.Plan(new FileTree(), wrong));
        }
    }

    private static ExtImage Compare(ExtOptions options, string[] arguments, string extended = "", string[]? tune = null)
    {
        var image = new ExtImage(new FileTree(), options);
        image.IsClean();
        using var directory = new TempDirectory();
        string theirs = directory["image"];
        using (var file = new FileStream(theirs, FileMode.CreateNew))
            file.SetLength(options.Size!.Value);
        Tool.Check(
            "mke2fs",
            ["-q", "-F", "-b", $"{options.BlockSize}", "-i", "16384", "-m", "5", "-L", "label", "-U", $"{options.Uuid}",
            "-E", $"hash_seed={options.EffectiveHashSeed},lazy_itable_init=1{extended}", .. arguments, theirs]);
        if (tune is not null)
            Tool.Check("tune2fs", [.. tune, theirs]);
        Assert.Equal(Header(theirs), Header(image.Path));
        return image;
    }

    private static string Header(string image) => string.Join('\n', Tool.Check("dumpe2fs", "-h", image)
        .Split('\n')
        .Where(l => !l.StartsWith("dumpe2fs", StringComparison.Ordinal))
        .Where(l => !Ignored.Contains(l.Split(':')[0])));
}
