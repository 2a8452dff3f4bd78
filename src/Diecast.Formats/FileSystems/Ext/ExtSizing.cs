namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Finds the smallest file system that holds a tree.</summary>
internal static class ExtSizing
{
    /// <summary>The geometry of the size that was asked for.</summary>
    internal static ExtGeometry Exact(ExtOptions options, long size, long content, long usedInodes)
    {
        long blocks = size / options.BlockSize;
        CheckBlocks(options, blocks);
        CheckInodes(options, content, usedInodes);
        long least = 1 + (options.BlockSize == 1024 ? 1 : 0);
        if (blocks <= least)
            throw DoesNotFit(options, content + least, blocks, usedInodes, 0);
        var geometry = ExtGeometry.WithoutSmallLastGroup(options, blocks, content, usedInodes);
        CheckHeads(options, geometry);
        if (geometry.Room < content || !geometry.InodesFit || geometry.LastGroupShortfall > 0)
            throw DoesNotFit(options, content, geometry.Room, usedInodes, geometry.Inodes);
        return geometry;
    }

    /// <summary>The smallest geometry with room for <paramref name="content"/> blocks and what is to stay free.</summary>
    /// <remarks>
    /// While the number of groups stays the same, one more block never brings more than one block of room, because
    /// everything that depends on the size only grows with it. So a size that lacks n blocks can be raised by n at
    /// once without jumping over one that suffices. At a new group the search starts anew.
    /// </remarks>
    internal static ExtGeometry Smallest(ExtOptions options, long content, long usedInodes)
    {
        CheckInodes(options, content, usedInodes);
        int blocksPerGroup = ExtGeometry.BlocksInGroup(options.BlockSize);
        int firstDataBlock = options.BlockSize == 1024 ? 1 : 0;
        long floor = Math.Max(
            Units.Divide(options.MinimumSize, options.BlockSize),
            content + Units.Divide(options.FreeBytes, options.BlockSize) + firstDataBlock + 1);
        for (long group = (floor - firstDataBlock - 1) / blocksPerGroup; ; group++)
        {
            long blocks = Math.Max(floor, firstDataBlock + (group * blocksPerGroup) + 1);
            long last = firstDataBlock + ((group + 1) * blocksPerGroup);
            CheckBlocks(options, blocks);
            while (blocks <= last)
            {
                var geometry = new ExtGeometry(options, blocks, content, usedInodes);
                if (!geometry.InodesFit)
                    break;
                CheckHeads(options, geometry);
                long lacking = Math.Max(geometry.LastGroupShortfall, content + FreeBlocks(options, geometry) - geometry.Room);
                if (lacking <= 0)
                    return geometry;
                blocks += lacking;
            }
        }
    }

    /// <summary>The fault of a tree that is larger than the size asked for.</summary>
    internal static DoesNotFitException DoesNotFit(ExtOptions options, long needed, long available, long usedInodes, long inodes)
    {
        long neededBytes = needed * options.BlockSize;
        long availableBytes = Math.Max(0, available) * options.BlockSize;
        string size = options.Size is { } bytes ? $"a file system of {bytes} bytes" : "the file system";
        string missing = neededBytes > availableBytes || inodes < usedInodes ? "" : "; its own tables leave no room";
        string message = $"the tree needs {neededBytes} bytes and {usedInodes} inodes; "
            + $"{size} has room for {availableBytes} bytes and {inodes} inodes{missing}";
        return new DoesNotFitException(ExtFormat.Name, neededBytes, availableBytes, message);
    }

    /// <summary>Blocks that must stay free so that df shows the room asked for.</summary>
    private static long FreeBlocks(ExtOptions options, ExtGeometry geometry) =>
        options.FreeBytes == 0
            ? 0
            : Units.Divide(options.FreeBytes, options.BlockSize) + geometry.ReservedBlocks
                + ExtSizes.KernelReserve(geometry.Blocks);

    private static void CheckInodes(ExtOptions options, long content, long usedInodes)
    {
        if (options.InodeCount is { } inodes && inodes < usedInodes)
            throw DoesNotFit(options, content, content, usedInodes, inodes);
    }

    /// <summary>Without meta_bg the descriptors of all groups are in one.</summary>
    private static void CheckHeads(ExtOptions options, ExtGeometry geometry)
    {
        if (geometry.HeadBlocks(0) < geometry.BlocksPerGroup)
            return;
        throw new UnrepresentableException(
            ExtFormat.Name, null, $"a file system of {geometry.Blocks} blocks of {options.BlockSize} bytes: the descriptors of {geometry.Groups} groups do not fit one group; meta_bg spreads them");
    }

    private static void CheckBlocks(ExtOptions options, long blocks)
    {
        long limit = options.Profile.Features.Has(ExtFeature.SixtyFourBit)
            ? ExtFormat.MaximumGroups * ExtGeometry.BlocksInGroup(options.BlockSize)
            : ExtFormat.MaximumBlocks;
        if (blocks > limit)
        {
            throw new UnrepresentableException(
                ExtFormat.Name, null, $"a file system of {blocks} blocks of {options.BlockSize} bytes; {limit} are possible");
        }
    }
}
