using System.Globalization;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>Options that no one chose and a tree that fits them, both of one seed.</summary>
internal sealed class ExtRandomCase
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

        limit?.Invoke(this);
        Tree = new ExtRandomTree(this).Make();
    }

    internal int Seed { get; }

    internal Random Random { get; }

    internal ExtOptions Options { get; set; } = ExtImage.Options with { Profile = ExtProfile.Default };

    internal FileTree Tree { get; }

    internal IReadOnlyList<string> Drawn => _drawn;

    /// <summary>The largest file, holes included.</summary>
    internal long LargestFile { get; set; } = 1L << 40;

    /// <summary>Bytes that the value of one attribute, and all of an inode's together, may have.</summary>
    internal int LargestXattr { get; set; } = 120;

    internal int MostXattrs { get; set; } = 4;

    internal long EarliestTime { get; set; } = int.MinValue;

    internal long LatestTime { get; set; } = int.MaxValue + (2L << 32);

    internal bool HasNanoseconds { get; set; } = true;

    /// <summary>Whether names are of any bytes, not of letters alone.</summary>
    internal bool HasNamesOfAnyBytes { get; set; } = true;

    /// <summary>Whether the size is that which the planner finds, asked for as an exact one.</summary>
    internal bool IsExactlyFull { get; set; }

    /// <summary>
    /// The extra work of a variation on the tree, after everything else: what its feature is for.
    /// </summary>
    internal List<Action<ExtRandomCase, DirectoryInode>> Additions { get; } = [];

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

    /// <summary>The plan; where the size that was drawn is too small, which must be said, that of the smallest.</summary>
    internal ExtPlan Plan()
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
