namespace Diecast.Formats.FileSystems.Ext;

public sealed partial record ExtOptions
{
    /// <summary>
    /// By whom usage is counted; it needs the feature <c>quota</c>. Default: null, with that feature by owner and group,
    /// and by project where there is the feature <c>project</c>, as mke2fs has it.
    /// </summary>
    public ExtQuotaTypes? QuotaTypes { get; init; }

    /// <summary>
    /// The projects that parts of the tree belong to; the one with the longest path counts, and one for <c>/</c> is
    /// for all the rest. It needs the feature <c>project</c>. Default: none.
    /// </summary>
    public IReadOnlyList<ExtProject> Projects { get; init; } = [];

    /// <summary>The types in use.</summary>
    internal ExtQuotaTypes EffectiveQuotaTypes
    {
        get
        {
            if (!Profile.Features.Has(ExtFeature.Quota))
                return ExtQuotaTypes.None;
            ExtQuotaTypes usual = ExtQuotaTypes.User | ExtQuotaTypes.Group;
            return QuotaTypes ?? (Profile.Features.Has(ExtFeature.Project) ? usual | ExtQuotaTypes.Project : usual);
        }
    }

    private void CheckQuotas()
    {
        // Both use the upper half of i_version (ext4_fill_super).
        if (Creator == ExtCreator.Hurd && Profile.Features.Has(ExtFeature.XattrInodes))
            throw Refused("ea_inode is not for the Hurd: Linux does not mount it");
        bool hasProjects = Profile.Features.Has(ExtFeature.Project);
        if (hasProjects && InodeSize == ExtFormat.OldInodeSize)
            throw Refused("inodes of 128 bytes have no project: leave out project");
        if (Projects.Count > 0 && !hasProjects)
            throw Refused("projects need the feature project");
        if (Projects.FirstOrDefault(p => p.Id == uint.MaxValue) is { } invalid)
            throw Refused($"the project {invalid.Id} of {invalid.Path}; Linux takes it for none");
        if (QuotaTypes is { } types)
        {
            if (types != ExtQuotaTypes.None && !Profile.Features.Has(ExtFeature.Quota))
                throw Refused("types of quota need the feature quota");
            if (types.HasFlag(ExtQuotaTypes.Project) && !hasProjects)
                throw Refused("quotas by project need the feature project");
        }
    }
}
