using System.Globalization;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Options that no one chose and a tree that fits them, both of one seed.</summary>
internal sealed class ExtRandomCase : IRandomTreeLimits
{
    private readonly List<string> _drawn = [];

    /// <param name="seed">Of everything random.</param>
    /// <param name="limit">Sets limits of the tree after all options are drawn.</param>
    internal ExtRandomCase(int seed, Action<ExtRandomCase>? limit = null)
    {
        Seed = seed;
        Random = new Random(seed);
        foreach (ExtVariation variation in ExtVariations.All)
        {
            if (Random.Next(variation.OneIn) == 0 && variation.Apply(this))
                _drawn.Add(variation.Name);
        }

        Settle();
        limit?.Invoke(this);
        Tree = new RandomTree(this).Make();
        foreach (Action<ExtRandomCase, DirectoryInode> addition in Additions)
            addition(this, Tree.MakeDirectory("/additions"));
    }

    internal int Seed { get; }

    public Random Random { get; }

    public int BlockSize => Options.BlockSize;

    public bool HasAcls => true;

    internal ExtOptions Options { get; set; } = ExtImage.Options with { Profile = ExtProfile.Default };

    internal FileTree Tree { get; }

    internal IReadOnlyList<string> Drawn => _drawn;

    /// <summary>The largest file, holes included.</summary>
    public long LargestFile { get; set; } = 1L << 40;

    /// <summary>Bytes that the value of one attribute, and all of an inode's together, may have.</summary>
    public int LargestXattr { get; set; } = 120;

    public int MostXattrs { get; set; } = 4;

    /// <summary>Whether device numbers go beyond a byte each.</summary>
    public bool HasLargeDevices { get; set; } = true;

    public long EarliestTime { get; set; } = int.MinValue;

    public long LatestTime { get; set; } = int.MaxValue + (2L << 32);

    public bool HasNanoseconds { get; set; } = true;

    /// <summary>Whether names are of any bytes, not of letters alone.</summary>
    public bool HasNamesOfAnyBytes { get; set; } = true;

    /// <summary>Whether the size is that which the planner finds, asked for as an exact one.</summary>
    internal bool IsExactlyFull { get; set; }

    /// <summary>
    /// The extra work of a variation on the tree, after everything else: what its feature is for.
    /// </summary>
    internal List<Action<ExtRandomCase, DirectoryInode>> Additions { get; } = [];

    /// <summary>
    /// The kernel mounts no blocks that are larger than its pages, and not every kernel is made with casefold and verity.
    /// </summary>
    internal bool IsMountable => Options is { BlockSize: <= 4096, CasefoldedDirectories.Count: 0, VerityFiles.Count: 0 };

    /// <summary>Changes features, where what is drawn already allows it.</summary>
    internal bool Change(params string[] features)
    {
        try
        {
            Options = Options with { Profile = Options.Profile.With(features) };
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    internal bool With(Func<ExtOptions, ExtOptions> change)
    {
        Options = change(Options);
        return true;
    }

    internal bool Do(Action change)
    {
        change();
        return true;
    }

    /// <summary>Leaves out what does not go with the rest, and sets the limits that follow from the options.</summary>
    private void Settle()
    {
        ExtFeatures features = Options.Profile.Features;
        if (Options.JournalSize < 1024L * Options.BlockSize)
            Options = Options with { JournalSize = null };
        if (Options.InodeSize == 128)
            (LatestTime, HasNanoseconds) = (int.MaxValue, false);
        if (!features.Has(ExtFeature.Extent))
            LargestFile = Math.Min(LargestFile, ExtPointerMap.MaximumFileBlocks(Options.BlockSize) * Options.BlockSize);
        if (!features.Has(ExtFeature.LargeFile))
            LargestFile = Math.Min(LargestFile, int.MaxValue);
        if (!features.Has(ExtFeature.ExtAttr))
            MostXattrs = 0;
        HasLargeDevices = Options.Creator != ExtCreator.Hurd;
        HasNamesOfAnyBytes &= IsMountable;
        // Whatever is left, as a feature that inodes are too small for.
        try
        {
            Options.Check();
        }
        catch (UnrepresentableException)
        {
            _drawn.Clear();
            Options = ExtImage.Options;
        }
    }

    /// <summary>The plan; where the size that was drawn is too small, which must be said, that of the smallest.</summary>
    internal ExtPlan Plan()
    {
        ExtPlan plan = PlanWithRoot();
        // The root is then as the options say.
        Tree.Root.Mode = Options.RootMode ?? Tree.Root.Mode;
        if (Options.RootOwner is { } owner)
            (Tree.Root.Uid, Tree.Root.Gid) = (owner.Uid, owner.Gid);
        return plan;
    }

    private ExtPlan PlanWithRoot()
    {
        if (IsExactlyFull)
        {
            ExtPlan smallest = ExtFileSystem.Plan(Tree, Options with { Size = null });
            Options = Options with { Size = smallest.Length, InodeCount = smallest.InodeCount };
            return ExtFileSystem.Plan(Tree, Options);
        }

        try
        {
            return ExtFileSystem.Plan(Tree, Options);
        }
        catch (DoesNotFitException fault) when (Options.Size is { } size)
        {
            Assert.Contains(size.ToString(CultureInfo.InvariantCulture), fault.Message, StringComparison.Ordinal);
            Options = Options with { Size = null };
            return ExtFileSystem.Plan(Tree, Options);
        }
    }

    public override string ToString() => $"seed {Seed} ({Options.Profile}, blocks of {Options.BlockSize}): {string.Join("; ", _drawn)}";
}

/// <summary>One thing that a random case may have.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="OneIn">It is drawn once in so many cases.</param>
/// <param name="Apply">Sets it and says whether that could be done.</param>
internal sealed record ExtVariation(string Name, int OneIn, Func<ExtRandomCase, bool> Apply);
