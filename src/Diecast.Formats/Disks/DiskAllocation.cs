namespace Diecast.Formats.Disks;

/// <summary>Whether a disk's file has room for all of the disk from the start.</summary>
public enum DiskAllocation
{
    /// <summary>Blocks that are all hole are not in the file.</summary>
    Dynamic = 0,

    /// <summary>Every block is in the file; what is a hole of the disk is one of the file.</summary>
    Fixed = 1,
}
