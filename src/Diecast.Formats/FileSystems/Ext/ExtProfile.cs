namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// A named set of features. What a file system needs of its readers is a choice that outlives it, so the sets are
/// fixed for ever under their names.
/// </summary>
public sealed class ExtProfile : IEquatable<ExtProfile>
{
    private ExtProfile(string name, ExtFeatures features)
    {
        Name = name;
        Features = features;
    }

    /// <summary>What mke2fs of Debian 12 makes; kernels from 3.18 on write it, GRUB 2.06 reads it.</summary>
    public static ExtProfile Default { get; } = new("default", ExtFeatures.Of(
        ExtFeature.HasJournal, ExtFeature.ExtAttr, ExtFeature.ResizeInode, ExtFeature.DirIndex, ExtFeature.FileType,
        ExtFeature.Extent, ExtFeature.SixtyFourBit, ExtFeature.FlexGroups, ExtFeature.SparseSuper,
        ExtFeature.LargeFile, ExtFeature.HugeFile, ExtFeature.DirNlink, ExtFeature.ExtraInodeSize,
        ExtFeature.MetadataChecksum));

    /// <summary>
    /// The default with metadata_csum_seed (the UUID may be changed while mounted) and orphan_file, as e2fsprogs 1.47
    /// makes it. GRUB before 2.12 refuses the first; kernels before 5.15 write no orphan file.
    /// </summary>
    public static ExtProfile Modern { get; } = new(
        "modern", Default.Features.With(ExtFeature.ChecksumSeed).With(ExtFeature.OrphanFile));

    /// <summary>The default without 64bit and metadata_csum, for syslinux, old U-Boot and old kernels.</summary>
    public static ExtProfile Compat { get; } = new(
        "compat", Default.Features.Without(ExtFeature.SixtyFourBit).Without(ExtFeature.MetadataChecksum));

    /// <summary>The name, as in <c>default</c>; with the changes made to it, as in <c>default,^resize_inode</c>.</summary>
    public string Name { get; }

    /// <summary>The features' names as mke2fs spells them, in the order in which dumpe2fs lists them.</summary>
    public IReadOnlyList<string> FeatureNames =>
        [.. ExtFeature.Supported.Where(f => Features.Has(f)).Select(f => f.Name)];

    internal ExtFeatures Features { get; }

    /// <summary>The profile of a name: <c>default</c>, <c>modern</c> or <c>compat</c>; null if there is none.</summary>
    public static ExtProfile? Find(string name) =>
        new[] { Default, Modern, Compat }.FirstOrDefault(p => p.Name == name);

    /// <summary>The profile with features added, or removed where the name begins with <c>^</c>.</summary>
    /// <param name="changes">Names as mke2fs spells them, as in <c>^resize_inode</c>.</param>
    /// <exception cref="ArgumentException">
    /// A feature that this writer does not make, one that cannot be left out, or two that exclude each other.
    /// </exception>
    public ExtProfile With(params IEnumerable<string> changes)
    {
        ExtFeatures features = Features;
        string name = Name;
        foreach (string change in changes)
        {
            string bare = change.TrimStart('^');
            ExtFeature feature = ExtFeature.Supported.FirstOrDefault(f => f.Name == bare);
            if (feature.Name is null)
                throw new ArgumentException($"the ext4 feature '{bare}' cannot be made", nameof(changes));
            features = change.StartsWith('^') ? features.Without(feature) : features.With(feature);
            name += "," + change;
        }

        return new ExtProfile(name, Checked(features));
    }

    /// <inheritdoc/>
    public bool Equals(ExtProfile? other) => other is not null && other.Name == Name && other.Features == Features;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ExtProfile);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Features);

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static ExtFeatures Checked(ExtFeatures features)
    {
        foreach (ExtFeature needed in (ReadOnlySpan<ExtFeature>)
            [ExtFeature.Extent, ExtFeature.FileType, ExtFeature.SparseSuper, ExtFeature.LargeFile, ExtFeature.ExtAttr])
        {
            if (!features.Has(needed))
                throw new ArgumentException($"the ext4 feature '{needed.Name}' cannot be left out", nameof(features));
        }

        if (features.Has(ExtFeature.MetadataChecksum) && features.Has(ExtFeature.UninitGroups))
            throw new ArgumentException("metadata_csum and uninit_bg exclude each other", nameof(features));
        if (features.Has(ExtFeature.ChecksumSeed) && !features.Has(ExtFeature.MetadataChecksum))
            throw new ArgumentException("metadata_csum_seed needs metadata_csum", nameof(features));
        if (features.Has(ExtFeature.OrphanFile) && !features.Has(ExtFeature.HasJournal))
            throw new ArgumentException("orphan_file needs has_journal", nameof(features));
        return features;
    }
}
