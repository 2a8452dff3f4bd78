namespace Diecast.Repart.Content;

/// <summary>How large verity hash partitions are made before their data is known.</summary>
internal static class VeritySizes
{
    /// <summary>systemd's bound: the superblock's block, one for the top level, and every level below it.</summary>
    internal static long HashLength(long dataLength, int dataBlock, int hashBlock)
    {
        const int DigestLength = 32;
        long perBlock = hashBlock / DigestLength;
        long blocks = dataLength / dataBlock;
        long sum = 0;
        while (blocks > perBlock)
        {
            blocks = (blocks + perBlock - 1) / perBlock;
            sum += blocks;
        }

        return (2 + sum) * hashBlock;
    }
}
