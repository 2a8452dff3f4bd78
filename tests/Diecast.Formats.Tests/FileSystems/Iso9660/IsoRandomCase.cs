using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>A tree and options from a seed.</summary>
internal sealed class IsoRandomCase : IRandomTreeLimits
{
    internal IsoRandomCase(int seed, bool isForOthers = false)
    {
        Seed = seed;
        Random = new Random(seed);
        // Equal content and compression read what is there, holes too.
        bool isLarge = !isForOthers && seed % 4 == 0;
        LargestFile = isLarge ? 1L << 34 : 1 << 20;
        HasNamesOfAnyBytes = HasLargeDevices = !isForOthers;
        // xorriso takes -1 for no time at all.
        (EarliestTime, LatestTime) = isForOthers ? (0, int.MaxValue) : (-2208988800, 5869583999);
        Options = IsoImage.Options with
        {
            VolumeId = $"SEED_{seed}",
            Joliet = (IsoJoliet)Random.Next(3),
            DeepDirectories = (IsoDeepDirectories)Random.Next(2),
            PartitionOffset = Random.Next(3) == 0,
            ShareEqualContent = Random.Next(3) == 0 && !isLarge,
            TailPadding = Random.Next(3) * 2048,
            Zisofs = Random.Next(3) == 0 && !isLarge ? new IsoZisofs { Level = Random.Next(1, 10), BlockSize = 0x8000 << Random.Next(3) } : null,
        };
        // Names of level 3 are those of level 2; files of 4 GiB and more are not.
        if (isForOthers)
            Options = Options with { Level = Random.Next(1, 4), Zisofs = null, ShareEqualContent = false };
        Tree = new RandomTree(this).Make();
        if (isForOthers)
            Tame(Tree);
    }

    internal int Seed { get; }

    public Random Random { get; }

    public int BlockSize => 2048;

    public long LargestFile { get; }

    public int LargestXattr => 0;

    public int MostXattrs => 0;

    public bool HasAcls => false;

    public bool HasLargeDevices { get; }

    public long EarliestTime { get; }

    public long LatestTime { get; }

    public bool HasNanoseconds => false;

    public bool HasNamesOfAnyBytes { get; }

    internal IsoOptions Options { get; }

    internal FileTree Tree { get; }

    public override string ToString() => $"seed {Seed} ({Options})";

    /// <summary>Leaves out what libarchive does not read, and files too long to be read.</summary>
    private static void Tame(FileTree tree)
    {
        var seen = new HashSet<Inode>(ReferenceEqualityComparer.Instance);
        foreach (TreeEntry entry in tree.Walk().ToArray())
        {
            // Only content tells libarchive that two names are of one file.
            bool isLink = !seen.Add(entry.Inode) && entry.Inode is not FileInode { Content.Length: > 0 };
            bool isOdd = isLink || entry.Inode is SpecialInode { Type: InodeType.Socket }
                or FileInode { Content.Length: > 1 << 21 }
                or SymlinkInode { Target.Length: > 900 };
            if (isOdd)
                tree.Remove(entry.Path);
        }
    }
}
