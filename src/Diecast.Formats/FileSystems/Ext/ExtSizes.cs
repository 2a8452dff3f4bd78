namespace Diecast.Formats.FileSystems.Ext;

/// <summary>The rules by which mke2fs sizes what depends on the file system's size.</summary>
internal static class ExtSizes
{
    /// <summary>JBD2_MIN_JOURNAL_BLOCKS.</summary>
    internal const long LeastJournalBlocks = 1024;

    private const long Kibi = 1024;
    private const long Mebi = 1024 * 1024;

    /// <summary>Blocks of the journal for a file system of so many blocks (ext2fs_default_journal_size).</summary>
    internal static long JournalBlocks(long blocks) => blocks switch
    {
        < 2 * Kibi => 0,
        < 32 * Kibi => 1024,
        < 256 * Kibi => 4096,
        < 512 * Kibi => 8192,
        < 4 * Mebi => 16384,
        < 8 * Mebi => 32768,
        < 16 * Mebi => 65536,
        < 32 * Mebi => 131072,
        _ => 262144,
    };

    /// <summary>Blocks of the orphan file for a file system of so many blocks (ext2fs_default_orphan_file_blocks).</summary>
    internal static long OrphanBlocks(long blocks) => blocks switch
    {
        < 128 * Kibi => 32,
        < 2 * Mebi => blocks / 4096,
        _ => 512,
    };

    /// <summary>
    /// Blocks that the kernel keeps from everyone so that delayed writes find metadata blocks: a fiftieth, up to 4096
    /// (ext4_calculate_resv_clusters).
    /// </summary>
    internal static long KernelReserve(long blocks) => Math.Min(blocks / 50, 4096);

}
