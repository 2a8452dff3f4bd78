using System.Numerics;

namespace Diecast.Formats.FileSystems.Ext;

// For whom the file system is, and how it lies on the device.
public sealed partial record ExtOptions
{
    /// <summary>For whom the file system is. Default: the profile's, which is Linux but for <c>hurd</c>.</summary>
    public ExtCreator Creator
    {
        get => _creator ?? Profile.Creator;
        init => _creator = value;
    }

    /// <summary>How translators are stored where <see cref="Creator"/> is the Hurd. Default: in blocks.</summary>
    public ExtTranslators Translators { get; init; }

    /// <summary>The revision of the format. Default: dynamic.</summary>
    public ExtRevision Revision { get; init; } = ExtRevision.Dynamic;

    /// <summary>With flex_bg: groups whose tables stand together, a power of two up to 65536. Default: 16, as mke2fs has it.</summary>
    public int GroupsPerFlex { get; init; } = ExtFormat.GroupsPerFlex;

    /// <summary>
    /// Blocks that a RAID writes to one disk before it goes on to the next, up to 65535; the kernel's allocator goes by
    /// it, no block has another place. Default: 0, not known.
    /// </summary>
    public int Stride { get; init; }

    /// <summary>Blocks that a RAID writes to all disks before it comes back to the first. Default: 0, not known.</summary>
    public int StripeWidth { get; init; }

    private void CheckFormat()
    {
        if (!Enum.IsDefined(Creator) || !Enum.IsDefined(Translators) || !Enum.IsDefined(Revision))
            throw Refused($"the creator {Creator}, translators {Translators}, revision {Revision}");
        if (Profile.Features.Has(ExtFeature.FlexGroups) && (GroupsPerFlex is < 1 or > 65536 || !BitOperations.IsPow2(GroupsPerFlex)))
            throw Refused($"{GroupsPerFlex} groups with their tables together; powers of two up to 65536 are possible");
        if (Stride is < 0 or > ushort.MaxValue || StripeWidth < 0)
            throw Refused($"a stride of {Stride} and a stripe of {StripeWidth} blocks; up to 65535 and 2147483647 are possible");
        if (Creator == ExtCreator.Hurd)
            CheckHurd();
        if (Revision == ExtRevision.Original && (Profile.Features != default || InodeSize != ExtFormat.OldInodeSize))
            throw Refused("the original revision has no features and inodes of 128 bytes: use a profile with none");
        // Its size is that of all it could reach: of 4 GiB and more.
        if (Profile.Features.Has(ExtFeature.ResizeInode) && !Profile.Features.Has(ExtFeature.LargeFile) && BlockSize >= 4096)
            throw Refused($"the feature resize_inode with blocks of {BlockSize} bytes needs the feature large_file");
    }

    /// <summary>What mke2fs or Linux refuses, and what the Hurd's inode has no room for.</summary>
    private void CheckHurd()
    {
        foreach (ExtFeature feature in (ReadOnlySpan<ExtFeature>)
            [ExtFeature.FileType, ExtFeature.HugeFile, ExtFeature.MetadataChecksum, ExtFeature.SixtyFourBit, ExtFeature.XattrInodes])
        {
            if (Profile.Features.Has(feature))
                throw Refused($"the Hurd does not have the feature {feature.Name}: use the profile hurd");
        }
    }
}
