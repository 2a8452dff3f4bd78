namespace Diecast.Formats.Disks;

/// <summary>How large the tables of an image are, and whether QEMU reads them.</summary>
internal static class Qcow2Sizes
{
    /// <summary>The entries of the L1 table. A disk of no bytes has a table of one entry, as a table must be somewhere.</summary>
    internal static long L1Entries(long virtualSize, int cluster, long entriesPerTable)
    {
        const long Most = Qcow2Layout.MaximumL1Bytes / Qcow2Layout.TableEntryBytes;
        long entries = Math.Max(1, Units.Divide(Units.Divide(virtualSize, cluster), entriesPerTable));
        return entries <= Most
            ? entries
            : throw Qcow2Faults.Refuse($"a disk of {virtualSize} bytes needs {entries} L1 entries with clusters of {cluster}; QEMU reads {Most}, so use larger clusters");
    }

    /// <summary>
    /// The clusters that refcounts need for a number of others. They count their own clusters too: the least fixed point
    /// from below.
    /// </summary>
    internal static Refcounts CountRefcounts(long others, int cluster, int bits)
    {
        long blocks = 0;
        long table = 0;
        while (true)
        {
            long nextBlocks = Units.Divide((others + blocks + table) * bits, cluster * 8L);
            long nextTable = Units.Divide(nextBlocks * Qcow2Layout.TableEntryBytes, cluster);
            if (nextBlocks == blocks && nextTable == table)
                break;
            (blocks, table) = (nextBlocks, nextTable);
        }

        if (table * cluster > Qcow2Layout.MaximumRefcountTableBytes)
            throw Qcow2Faults.Refuse($"{others} clusters of {cluster} bytes need a refcount table of {table * cluster} bytes; QEMU reads {Qcow2Layout.MaximumRefcountTableBytes}, so use larger clusters");
        return new Refcounts(blocks, table);
    }

    /// <summary>Clusters of refcount blocks and of the table of those.</summary>
    internal readonly record struct Refcounts(long Blocks, long TableClusters);
}
