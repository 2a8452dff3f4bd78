namespace Diecast.Formats.Firmware;

/// <summary>A partition of a disk with a GPT, as firmware finds it again: by its id.</summary>
/// <param name="Id">The partition's own id (not its type).</param>
/// <param name="Number">Its number, from 1.</param>
/// <param name="FirstLba">Its first block.</param>
/// <param name="BlockCount">Its blocks.</param>
public sealed record EfiPartition(Guid Id, int Number, long FirstLba, long BlockCount);
