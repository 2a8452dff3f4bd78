namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Why features that mke2fs knows by name are not made.</summary>
internal static class ExtRefusals
{
    /// <summary>What to tell someone who asks for a feature that is not made.</summary>
    internal static string Of(string name) => name switch
    {
        "fast_commit" => "the ext4 feature 'fast_commit' is not made: the kernel sets it when it is mounted with the option fast_commit",
        "mmp" => "the ext4 feature 'mmp' is not made: tune2fs -O mmp sets it on the device that several hosts share",
        "bigalloc" => "the ext4 feature 'bigalloc' is not made: its clusters would hold one small file each",
        "journal_dev" => "the ext4 feature 'journal_dev' is that of a journal on a device of its own, not of a file system",
        "needs_recovery" => "the ext4 feature 'needs_recovery' says that a journal is due; what is made here is complete",
        "orphan_present" => "the ext4 feature 'orphan_present' says that there are orphans; what is made here has none",
        "encrypted" or "encryption" => "the ext4 feature of encryption is called 'encrypt'",
        "dirdata" => "the ext4 feature 'dirdata' is Lustre's; Linux does not mount it",
        "compression" => "the ext4 feature 'compression' was never finished; Linux does not mount it",
        "shared_blocks" => "the ext4 feature 'shared_blocks' is Android's; Linux mounts it for reading only",
        "snapshot_bitmap" or "snapshot" or "replica" or "exclude_bitmap" =>
            $"the ext4 feature '{name}' is of snapshots, which never came to Linux",
        "dir_prealloc" or "imagic_inodes" or "lazy_bg" or "btree_dir" or "uninit_groups" or "fname_encoding" =>
            $"the ext4 feature '{name}' is of no file system in use",
        "read-only" => "the ext4 feature 'read-only' is a mark for good: tune2fs -O read-only sets it on what is complete",
        _ => $"the ext4 feature '{name}' cannot be made",
    };
}
