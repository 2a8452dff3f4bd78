namespace Diecast.Formats.FileSystems.Ext;

// What the kernel and e2fsck find in the superblock, and the root.
public sealed partial record ExtOptions
{
    /// <summary>The root's owner. Default: null, the tree's.</summary>
    public ExtOwner? RootOwner { get; init; }

    /// <summary>The root's permissions, 0 to 07777. Default: null, the tree's.</summary>
    public int? RootMode { get; init; }

    /// <summary>
    /// Options with which the kernel mounts the file system unless told otherwise, under the names of tune2fs: debug,
    /// bsdgroups, user_xattr, acl, uid16, journal_data, journal_data_ordered, journal_data_writeback, nobarrier,
    /// block_validity, discard, nodelalloc. Default: user_xattr and acl, as mke2fs of Debian has it; none in the original
    /// revision.
    /// </summary>
    public IReadOnlyList<string>? DefaultMountOptions { get; init; }

    /// <summary>
    /// More of them as text, with commas between, up to 63 bytes; ext4 takes it from Linux 2.6.36 on. Those with which
    /// Linux refuses to mount are refused, such as <c>commit=30</c> without a journal; those that it does not know it
    /// passes over, and the rest with them. Default: none.
    /// </summary>
    public string MountOptions { get; init; } = "";

    /// <summary>What the kernel does when it finds damage. Default: it goes on.</summary>
    public ExtErrors Errors { get; init; } = ExtErrors.Continue;

    /// <summary>Mounts after which e2fsck checks, up to 32767. Default: 0, however many there are.</summary>
    public int MaxMountCount { get; init; }

    /// <summary>Time after which e2fsck checks, in whole seconds up to 2^32 - 1. Default: 0, however long it is.</summary>
    public TimeSpan CheckInterval { get; init; }

    /// <summary>s_default_mount_opts.</summary>
    internal uint DefaultMountOptionBits => DefaultMountOptions is { } names ? ExtMountOptions.Encode(names, out _)
        : Revision == ExtRevision.Original ? 0u
        : ExtFormat.DefaultMountXattrUser | ExtFormat.DefaultMountAcl;

    /// <summary>Refuses options as text with which the kernel does not mount.</summary>
    internal void CheckMountOptions(bool hasJournal)
    {
        if (ExtMountOptions.Fault(MountOptions, DefaultMountOptionBits, hasJournal) is { } fault)
            throw Refused(fault);
    }

    private void CheckMount()
    {
        if (RootMode is < 0 or > 0xfff)
            throw Refused($"the root's permissions {RootMode}; 0 to 4095 are possible");
        if (DefaultMountOptions is not null)
        {
            ExtMountOptions.Encode(DefaultMountOptions, out string? error);
            if (error is not null)
                throw Refused(error);
        }

        if (!Fits(MountOptions, ExtSuperblockLayout.MountOptions.Width - 1))
            throw Refused($"the mount options '{MountOptions}' are longer than 63 bytes or hold NUL");
        if (!Enum.IsDefined(Errors))
            throw Refused($"the behaviour on errors {Errors}");
        if (MaxMountCount is < 0 or > short.MaxValue)
            throw Refused($"a check after {MaxMountCount} mounts; up to {short.MaxValue} are possible");
        if (CheckInterval < TimeSpan.Zero || CheckInterval.Ticks % TimeSpan.TicksPerSecond != 0
            || CheckInterval.Ticks / TimeSpan.TicksPerSecond > uint.MaxValue)
            throw Refused($"a check after {CheckInterval}; whole seconds up to {uint.MaxValue} are possible");
    }
}
