using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Erofs;

/// <summary>Options that no one chose and a tree that fits them, both of one seed.</summary>
internal sealed class ErofsRandomCase : IRandomTreeLimits
{
    private readonly List<string> _drawn = [];

    internal ErofsRandomCase(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Options = Draw();
        Tree = new RandomTree(this).Make();
        if (Options.Compression is not null)
            MakeCompressible();
        if (Options.HardLinks == ErofsHardLinks.Separate)
            SeparatesLinks = true;
    }

    public Random Random { get; }

    public int BlockSize => Options.BlockSize;

    /// <summary>The kernel and fsck.erofs read holes as zeros, one by one.</summary>
    public long LargestFile => 1L << 22;

    public int LargestXattr { get; private set; } = 120;

    public int MostXattrs { get; private set; } = 4;

    public bool HasAcls => true;

    public bool HasLargeDevices => true;

    public long EarliestTime => int.MinValue;

    public long LatestTime => int.MaxValue + (2L << 32);

    public bool HasNanoseconds => true;

    public bool HasNamesOfAnyBytes => true;

    internal int Seed { get; }

    internal ErofsOptions Options { get; private set; }

    internal FileTree Tree { get; }

    internal IReadOnlyList<string> Drawn => _drawn;

    internal bool SeparatesLinks { get; }

    /// <summary>What is read back, once the image is made.</summary>
    internal FileTree Expected()
    {
        if (SeparatesLinks)
            SeparateLinks(Tree.Root, new HashSet<Inode>(ReferenceEqualityComparer.Instance));
        return Tree;
    }

    private bool IsDrawn(int oneIn, string name)
    {
        bool isDrawn = Random.Next(oneIn) == 0;
        if (isDrawn)
            _drawn.Add(name);
        return isDrawn;
    }

    private ErofsOptions Draw()
    {
        ErofsOptions options = ErofsImage.Options with { Label = Random.Next(2) == 0 ? "" : "random" };
        if (IsDrawn(3, "small blocks"))
            options = options with { BlockSize = 512 << Random.Next(3) };
        else if (IsDrawn(12, "large blocks"))
            options = options with { BlockSize = 8192 << Random.Next(4) };
        if (IsDrawn(4, "stable"))
            options = options with { Placement = ErofsPlacement.Stable };
        if (IsDrawn(6, "tails in blocks"))
            options = options with { Tails = ErofsTails.Blocks };
        if (IsDrawn(6, "no shared attributes"))
            options = options with { SharedXattrs = 0 };
        if (IsDrawn(12, "separate links"))
            options = options with { HardLinks = ErofsHardLinks.Separate };
        if (IsDrawn(6, "large attributes"))
            (LargestXattr, MostXattrs) = (60_000, 8);
        if (IsDrawn(3, "no compression"))
            return IsDrawn(3, "chunks") ? options with { ChunkSize = (long)options.BlockSize << Random.Next(16) } : options;
        return options with { Compression = DrawCompression(options) };
    }

    private ErofsCompression DrawCompression(ErofsOptions options)
    {
        var algorithm = (ErofsAlgorithm)Random.Next(5);
        _drawn.Add(algorithm.ToString());
        var compression = new ErofsCompression { Algorithm = algorithm };
        if (IsDrawn(2, "units of another size"))
            compression = compression with { ClusterSize = Math.Min(1 << 20, options.BlockSize * Random.Next(1, 40)) };
        if (IsDrawn(4, "full index") || options.BlockSize > 16384)
            compression = compression with { Indexes = ErofsIndexes.Full };
        if (IsDrawn(3, "ends behind inodes"))
            compression = compression with { TailPacking = true };
        if (IsDrawn(3, "fragments"))
            compression = compression with { Fragments = ErofsFragments.Tails };
        else if (IsDrawn(6, "all fragments"))
            compression = compression with { Fragments = ErofsFragments.All };
        if (IsDrawn(3, "deduplication"))
            compression = compression with { Deduplicate = true };
        return compression;
    }

    /// <summary>Files of text, of text and noise, of the same text with another beginning, and now and then one of several segments.</summary>
    private void MakeCompressible()
    {
        foreach (TreeEntry entry in Tree.Walk())
        {
            if (entry.Inode is not FileInode { Content: { Length: > 0, MayHaveHoles: false } } file || Random.Next(4) == 0)
                continue;
            int length = (int)Math.Min(file.Content.Length * 3, 400_000);
            file.Content = Random.Next(6) switch
            {
                0 => Blob.FromMemory((byte[])[.. ErofsImage.Noise(Random.Next(9000), length), .. ErofsImage.Prose(length, length % 9)]),
                1 => Blob.FromMemory((byte[])[.. ErofsImage.Prose(length, length % 9), .. ErofsImage.Noise(Random.Next(9000), length)]),
                2 => Blob.FromMemory(ErofsImage.Prose(Random.Next(1, 20_000), 3)),
                3 => Blob.FromMemory((byte[])[.. new byte[Random.Next(100_000)], .. ErofsImage.Prose(length, length % 9)]),
                _ => Blob.FromMemory(ErofsImage.Prose(length, length % 9)),
            };
        }

        if (IsDrawn(12, "segments"))
            Tree.Set("/segments", new FileInode(Blob.FromMemory((byte[])[.. ErofsImage.Prose(4 << 20, 1), .. new byte[4 << 20], .. ErofsImage.Prose(3_000_001, 2)])));
    }

    /// <summary>What is read back has an inode for each name.</summary>
    private static void SeparateLinks(DirectoryInode directory, HashSet<Inode> seen)
    {
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            if (entry.Inode is DirectoryInode below)
                SeparateLinks(below, seen);
            else if (!seen.Add(entry.Inode))
                directory.Set(entry.Name, Copy(entry.Inode));
        }
    }

    private static Inode Copy(Inode inode)
    {
        Inode copy = inode switch
        {
            FileInode file => new FileInode(file.Content, file.Mode),
            SymlinkInode link => new SymlinkInode(link.Target),
            var other => new SpecialInode(other.Type, other.Mode, ((SpecialInode)other).Device),
        };
        (copy.Uid, copy.Gid, copy.ModifiedTime, copy.Xattrs) = (inode.Uid, inode.Gid, inode.ModifiedTime, inode.Xattrs);
        return copy;
    }

    public override string ToString() => $"seed {Seed} (blocks of {Options.BlockSize}): {string.Join("; ", _drawn)}";
}
