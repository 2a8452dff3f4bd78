namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// A named set of features. What a file system needs of its readers is a choice that outlives it, so the sets are
/// fixed for ever under their names.
/// </summary>
public sealed class ExtProfile : IEquatable<ExtProfile>
{
    private const int DefaultInodeSize = 256;

    private ExtProfile(string name, ExtFeatures features, ExtCreator creator = ExtCreator.Linux, int inodeSize = DefaultInodeSize)
    {
        Name = name;
        Features = features;
        Creator = creator;
        InodeSize = inodeSize;
    }

    /// <summary>What mke2fs of Debian 12 makes; kernels from 3.18 on write it, GRUB 2.06 reads it.</summary>
    public static ExtProfile Default { get; } = new("default", ExtFeatures.Of(
        ExtFeature.HasJournal, ExtFeature.ExtAttr, ExtFeature.ResizeInode, ExtFeature.DirIndex, ExtFeature.FileType,
        ExtFeature.Extent, ExtFeature.SixtyFourBit, ExtFeature.FlexGroups, ExtFeature.SparseSuper,
        ExtFeature.LargeFile, ExtFeature.HugeFile, ExtFeature.DirNlink, ExtFeature.ExtraInodeSize,
        ExtFeature.MetadataChecksum));

    /// <summary>
    /// The default with metadata_csum_seed (the UUID may be changed while mounted) and orphan_file, as e2fsprogs 1.47
    /// makes it. GRUB before 2.12 refuses the first.
    /// </summary>
    public static ExtProfile Modern { get; } = new(
        "modern", Default.Features.With(ExtFeature.ChecksumSeed).With(ExtFeature.OrphanFile));

    /// <summary>The default without 64bit and metadata_csum, for syslinux, old U-Boot and old kernels.</summary>
    public static ExtProfile Compat { get; } = new(
        "compat", Default.Features.Without(ExtFeature.SixtyFourBit).Without(ExtFeature.MetadataChecksum));

    /// <summary>What <c>mke2fs -t ext2</c> of Debian 12 makes: block pointers, and no journal.</summary>
    public static ExtProfile Ext2 { get; } = new("ext2", ExtFeatures.Of(
        ExtFeature.ExtAttr, ExtFeature.ResizeInode, ExtFeature.DirIndex, ExtFeature.FileType, ExtFeature.SparseSuper,
        ExtFeature.LargeFile));

    /// <summary>What <c>mke2fs -t ext3</c> of Debian 12 makes: ext2 with a journal.</summary>
    public static ExtProfile Ext3 { get; } = new("ext3", Ext2.Features.With(ExtFeature.HasJournal));

    /// <summary>
    /// What <c>mke2fs -t ext2 -o hurd</c> of Debian 12 makes: ext2 for GNU/Hurd, without filetype and with inodes of
    /// 128 bytes.
    /// </summary>
    public static ExtProfile Hurd { get; } = new(
        "hurd", Ext2.Features.Without(ExtFeature.FileType), ExtCreator.Hurd, ExtFormat.OldInodeSize);

    /// <summary>The name, as in <c>default</c>; with the changes made to it, as in <c>default,^resize_inode</c>.</summary>
    public string Name { get; }

    /// <summary>The features' names as mke2fs spells them, in the order in which dumpe2fs lists them.</summary>
    public IReadOnlyList<string> FeatureNames =>
        [.. ExtFeature.Supported.Where(f => Features.Has(f)).Select(f => f.Name)];

    internal ExtFeatures Features { get; }

    /// <summary>For whom file systems of the profile are, unless the options say otherwise.</summary>
    internal ExtCreator Creator { get; }

    /// <summary>Bytes in an inode, unless the options say otherwise.</summary>
    internal int InodeSize { get; }

    /// <summary>
    /// The profile of a name: <c>default</c>, <c>modern</c>, <c>compat</c>, <c>ext2</c>, <c>ext3</c> or <c>hurd</c>;
    /// null if there is none.
    /// </summary>
    public static ExtProfile? Find(string name) =>
        new[] { Default, Modern, Compat, Ext2, Ext3, Hurd }.FirstOrDefault(p => p.Name == name);

    /// <summary>The profile with features added, or removed where the name begins with <c>^</c>.</summary>
    /// <param name="changes">Names as mke2fs spells them, as in <c>^resize_inode</c>; <c>none</c> removes all.</param>
    /// <exception cref="ArgumentException">
    /// A feature that this writer does not make, one that needs another, or two that exclude each other.
    /// </exception>
    public ExtProfile With(params IEnumerable<string> changes)
    {
        ExtFeatures features = Features;
        string name = Name;
        foreach (string change in changes)
        {
            name += "," + change;
            if (change == "none")
            {
                features = default;
                continue;
            }

            string bare = change.TrimStart('^');
            ExtFeature feature = ExtFeature.Supported.FirstOrDefault(f => f.Name == bare);
            if (feature.Name is null)
                throw new ArgumentException(ExtRefusals.Of(bare), nameof(changes));
            features = change.StartsWith('^') ? features.Without(feature) : features.With(feature);
        }

        return new ExtProfile(name, Checked(features), Creator, InodeSize);
    }

    /// <inheritdoc/>
    public bool Equals(ExtProfile? other) => other is not null && other.Name == Name && other.Features == Features;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExtProfile);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Features);

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What mke2fs, e2fsck and the kernel ask of features, whatever the options are.</summary>
    private static ExtFeatures Checked(ExtFeatures features)
    {
        foreach ((ExtFeature feature, ExtFeature needed) in (ReadOnlySpan<(ExtFeature, ExtFeature)>)
        [
            (ExtFeature.SixtyFourBit, ExtFeature.Extent),
            (ExtFeature.ChecksumSeed, ExtFeature.MetadataChecksum),
            (ExtFeature.OrphanFile, ExtFeature.HasJournal),
            (ExtFeature.ResizeInode, ExtFeature.SparseSuper),
            (ExtFeature.LargeDir, ExtFeature.DirIndex),
            (ExtFeature.XattrInodes, ExtFeature.ExtAttr),
            (ExtFeature.InlineData, ExtFeature.ExtAttr),
        ])
        {
            if (features.Has(feature) && !features.Has(needed))
                throw new ArgumentException($"{feature.Name} needs {needed.Name}", nameof(features));
        }

        foreach ((ExtFeature one, ExtFeature other) in (ReadOnlySpan<(ExtFeature, ExtFeature)>)
        [
            (ExtFeature.MetadataChecksum, ExtFeature.UninitGroups),
            (ExtFeature.ResizeInode, ExtFeature.MetaGroups),
        ])
        {
            if (features.Has(one) && features.Has(other))
                throw new ArgumentException($"{one.Name} and {other.Name} exclude each other", nameof(features));
        }

        return features;
    }
}
