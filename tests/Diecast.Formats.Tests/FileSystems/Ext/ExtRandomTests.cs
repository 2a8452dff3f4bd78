using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Trees that no one chose, each from its seed.</summary>
public class ExtRandomTests
{
    private static readonly string[] Alphabet = [.. "abcdefghijklmnopqrstuvwxyzABCDEFG0123456789-_.+ ".Select(c => c.ToString()), "é", "名", "ß"];

    [ToolTheory("e2fsck", "debugfs")]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(40)]
    public void A_random_tree_is_clean_and_reads_back(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 20; seed++)
        {
            var random = new Random(seed);
            FileTree tree = Tree(random);
            ExtOptions options = RandomOptions(random, seed);
            using var image = new ExtImage(tree, options);
            image.IsClean().Holds(tree);
        }
    }

    internal static ExtOptions RandomOptions(Random random, int seed)
    {
        ExtProfile[] profiles = [ExtProfile.Default, ExtProfile.Default, ExtProfile.Modern, ExtProfile.Compat];
        ExtProfile profile = profiles[random.Next(profiles.Length)];
        if (seed % 5 == 0)
            profile = profile.With(random.Next(2) == 0 ? "^resize_inode" : "^flex_bg");
        if (seed % 7 == 0 && profile.Name == "compat")
            profile = profile.With("uninit_bg");
        if (seed % 4 == 1)
            profile = profile.With("ea_inode");
        if (seed % 3 == 1)
            profile = profile.With("inline_data");
        if (seed % 8 == 2)
            profile = profile.With("quota", "project");
        int[] blockSizes = [4096, 4096, 1024, 2048];
        return ExtImage.Options with
        {
            Profile = profile,
            BlockSize = blockSizes[random.Next(blockSizes.Length)],
            InodeSize = random.Next(4) == 0 ? 512 : 256,
            Label = seed % 3 == 0 ? "random" : "",
            HashCharacters = (ExtHashCharacters)random.Next(2),
            Size = seed % 4 == 0 ? 300L << 20 : null,
            FreeBytes = seed % 2 == 0 ? 0 : random.NextInt64(200 << 20),
            JournalSize = seed % 6 == 0 ? 0 : null,
            LostAndFound = seed % 11 != 0,
            ReservedPercent = random.Next(0, 10),
        };
    }

    internal static FileTree Tree(Random random)
    {
        var tree = new FileTree();
        List<DirectoryInode> directories = [tree.Root];
        List<Inode> files = [];
        int count = random.Next(1, 400);
        for (int i = 0; i < count; i++)
        {
            DirectoryInode parent = directories[random.Next(directories.Count)];
            Inode inode = random.Next(20) switch
            {
                < 4 => new DirectoryInode(random.Next(0x1000)),
                < 7 => new SymlinkInode(new string('t', random.Next(1, 200))),
                7 => new SpecialInode(InodeType.Fifo, random.Next(0x1000)),
                8 => new SpecialInode(InodeType.Socket, random.Next(0x1000)),
                9 => new SpecialInode(InodeType.BlockDevice, 0, new DeviceNumber((uint)random.Next(4096), (uint)random.Next(1 << 20))),
                10 => new SpecialInode(InodeType.CharacterDevice, 0, new DeviceNumber((uint)random.Next(256), (uint)random.Next(256))),
                11 when files.Count > 0 => files[random.Next(files.Count)],
                _ => new FileInode(Content(random), random.Next(0x1000)),
            };
            parent.Set(Name(random), inode);
            if (inode is DirectoryInode directory)
                directories.Add(directory);
            else
                files.Add(inode);
            Decorate(random, inode);
        }

        if (random.Next(3) == 0)
        {
            DirectoryInode crowded = directories[random.Next(directories.Count)];
            for (int i = random.Next(2000); i > 0; i--)
                crowded.Set(Name(random), new FileInode(Blob.Empty));
        }

        return tree;
    }

    private static void Decorate(Random random, Inode inode)
    {
        inode.Uid = (uint)random.Next(100_000);
        inode.Gid = (uint)random.Next(100_000);
        inode.ModifiedTime = new Timestamp(random.NextInt64(-2_000_000_000, 10_700_000_000), random.Next(1_000_000_000));
        if (inode is FileInode or DirectoryInode && random.Next(4) == 0)
        {
            inode.Xattrs = Xattrs.Create(Enumerable.Range(0, random.Next(1, 5)).Select(i => random.Next(6) switch
            {
                0 => new Xattr("system.posix_acl_access", ExtTrees.Acl),
                1 => new Xattr("security.selinux", ExtImage.Bytes(30, 7)),
                _ => new Xattr($"user.{new string('n', random.Next(1, 40))}", ExtImage.Bytes(random.Next(1, 120), random.Next(3))),
            }));
        }
    }

    private static Blob Content(Random random) => random.Next(6) switch
    {
        0 => Blob.Empty,
        1 => Blob.FromMemory(ExtImage.Bytes(random.Next(1, 300_000), random.Next())),
        2 => ExtTrees.Sparse(4_000_000, [.. Enumerable.Range(0, random.Next(1, 60)).Select(i => (i * 60_000L, random.Next(1, 50_000)))]),
        _ => Blob.FromMemory(ExtImage.Bytes(random.Next(1, 10_000), random.Next())),
    };

    private static string Name(Random random)
    {
        string name;
        do
        {
            name = string.Concat(Enumerable.Range(0, random.Next(1, random.Next(8) == 0 ? 80 : 20)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));
        }
        while (name is "." or ".." || name != name.Trim());
        return name;
    }
}
