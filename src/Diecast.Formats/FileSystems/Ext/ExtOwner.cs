namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Who owns an inode.</summary>
/// <param name="Uid">The user.</param>
/// <param name="Gid">The group.</param>
public readonly record struct ExtOwner(uint Uid, uint Gid);
