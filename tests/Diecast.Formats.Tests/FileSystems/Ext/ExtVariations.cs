using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>All that a file system can be asked for: one line each, in the order in which it is drawn.</summary>
internal static class ExtVariations
{
    private const long Mebi = 1L << 20;

    internal static readonly ExtVariation[] All =
    [
        // Profiles: the last one drawn counts.
        Profile("modern", 4),
        Profile("compat", 4),
        Profile("ext2", 10),
        Profile("ext3", 10),
        Profile("hurd", 12),

        // Blocks and inodes.
        new("blocks of 1 KiB", 3, c => c.With(o => o with { BlockSize = 1024 })),
        new("blocks of 2 KiB", 6, c => c.With(o => o with { BlockSize = 2048 })),
        new("blocks of 8 to 64 KiB", 15, c => c.With(o => o with { BlockSize = 8192 << c.Random.Next(4) })),
        new("inodes of 128", 8, c => c.Change("^extra_isize") && c.With(o => o with { InodeSize = 128 })),
        new("inodes of 512", 6, c => c.Options.InodeSize == 256 && c.With(o => o with { InodeSize = 512 })),
        new("inodes of 1024", 6, c => c.Options.InodeSize == 256 && c.With(o => o with { InodeSize = 1024 })),

        // Features, where the profile allows the change.
        Feature("^resize_inode", 5),
        Feature("^flex_bg", 5),
        Feature("^dir_index", 8),
        Feature("^64bit", 6),
        Feature("^metadata_csum", 6),
        Feature("uninit_bg", 6),
        Feature("^huge_file", 8),
        Feature("^dir_nlink", 8),
        Feature("large_dir", 6),
        Feature("^has_journal", 8),
        Feature("^extent", 8, "^64bit"),
        Feature("^filetype", 8),
        Feature("^large_file", 8),
        Feature("^sparse_super", 8, "^resize_inode"),
        Feature("meta_bg", 8, "^resize_inode"),
        new("the original revision", 15, c => c.Change("none") && c.With(o => o with { Revision = ExtRevision.Original, InodeSize = 128 })),
        new("casefold", 8, c => c.Change("casefold") && c.With(o => o with { CasefoldedDirectories = ["/additions/Folded"] }) && c.Do(() => c.Additions.Add(AddFolded))),
        new("verity", 8, c => c.Change("verity") && c.With(o => o with { VerityFiles = ["/additions/protected"] }) && c.Do(() => c.Additions.Add(AddProtected))),
        new("groups in a flex group", 5, c => c.With(o => o with { GroupsPerFlex = 1 << c.Random.Next(9) })),
        new("stride and stripe", 8, c => c.With(o => o with { Stride = 16, StripeWidth = 64 })),

        // Names, marks and rules.
        new("label", 4, c => c.With(o => o with { Label = "é random label" })),
        new("last mounted", 6, c => c.With(o => o with { LastMounted = "/mnt/" + new string('m', c.Random.Next(58)) })),
        new("hash seed", 6, c => c.With(o => o with { HashSeed = new Guid(ExtImage.Bytes(16, c.Seed)) })),
        new("unsigned characters", 2, c => c.With(o => o with { HashCharacters = ExtHashCharacters.Unsigned })),
        new("no lost+found", 8, c => c.With(o => o with { LostAndFound = false })),
        new("root owner", 8, c => c.With(o => o with { RootOwner = new ExtOwner(70_000, 80_000) })),
        new("root mode", 8, c => c.With(o => o with { RootMode = 0xfff })),
        new("mount options", 8, c => c.With(o => o with { DefaultMountOptions = ["acl", "user_xattr", "bsdgroups"], MountOptions = "noauto_da_alloc,max_batch_time=5" })),
        new("errors", 8, c => c.With(o => o with { Errors = ExtErrors.RemountReadOnly, MaxMountCount = 20, CheckInterval = TimeSpan.FromDays(30) })),
        new("reserved", 2, c => c.With(o => o with { ReservedPercent = c.Random.Next(0, 5001) / 100m })),

        // Sizes: the last one drawn counts.
        new("free", 2, c => c.With(o => o with { FreeBytes = c.Random.NextInt64(60 * Mebi) })),
        new("minimum", 10, c => c.With(o => o with { MinimumSize = c.Random.NextInt64(100 * Mebi) })),
        new("bytes per inode", 5, c => c.With(o => o with { BytesPerInode = 1024 << c.Random.Next(9) })),
        new("inode count", 6, c => c.With(o => o with { InodeCount = c.Random.Next(3000, 40_000) })),
        new("minimize", 5, c => c.With(o => o with { Minimize = true })),
        new("no journal", 6, c => c.With(o => o with { JournalSize = 0 })),
        new("journal", 5, c => c.With(o => o with { JournalSize = (1024 + c.Random.Next(3000)) * (long)o.BlockSize })),
        new("exact size", 5, c => c.With(o => o with { Size = (16 * Mebi) + c.Random.NextInt64(300 * Mebi) })),
        new("a group's edge", 5, c => c.With(o => o with { Size = AtGroupEdge(c.Random, o) })),
        new("full to the last block", 6, c => c.Do(() => c.IsExactlyFull = true)),

        // What is within inodes, or counts them: after the original revision, which has no features.
        new("ea_inode", 5, c => IsDynamic(c) && c.Options.Creator == ExtCreator.Linux && c.Change("ea_inode")),
        new("quota", 6, c => IsDynamic(c) && c.Change("quota")),
        new("inline_data", 4, c => IsDynamic(c) && c.Options.InodeSize > 128 && c.Change("inline_data")),
        new("projects", 6, c => IsDynamic(c) && c.Options.InodeSize > 128 && c.Change("project") && c.With(o => o with { Projects = [new ExtProject("/", (uint)c.Seed)] })),
    ];

    private static bool IsDynamic(ExtRandomCase c) => c.Options.Revision != ExtRevision.Original;

    private static ExtVariation Profile(string name, int oneIn) =>
        new(name, oneIn, c => c.With(o => o with { Profile = ExtProfile.Find(name)! }));

    private static ExtVariation Feature(string change, int oneIn, params string[] needed) =>
        new(change, oneIn, c => c.Change([.. needed, change]));

    /// <summary>A last group of no block, of a few, or of about as many as make it worth keeping.</summary>
    private static long AtGroupEdge(Random random, ExtOptions options)
    {
        long perGroup = options.BlockSize * 8L;
        long groups = random.Next(1, (int)(400 * Mebi / perGroup / options.BlockSize) + 2);
        int past = random.Next(3) switch { 0 => random.Next(-3, 4), 1 => random.Next(100), _ => random.Next(1500) };
        return ((groups * perGroup) + (options.BlockSize == 1024 ? 1 : 0) + past) * options.BlockSize;
    }

    private static void AddFolded(ExtRandomCase random, DirectoryInode directory)
    {
        var folded = new DirectoryInode();
        for (int i = random.Random.Next(400); i > 0; i--)
            folded.Set($"{(i % 3 == 0 ? "Größe" : "Name")}-{i}", new FileInode(Blob.Empty));
        directory.Set("Folded", folded);
    }

    private static void AddProtected(ExtRandomCase random, DirectoryInode directory)
    {
        var files = new DirectoryInode();
        for (int i = random.Random.Next(5); i >= 0; i--)
            files.Set($"{i}", new FileInode(Blob.FromMemory(ExtImage.Bytes(random.Random.Next(1 << 20), i))));
        directory.Set("protected", files);
    }
}
