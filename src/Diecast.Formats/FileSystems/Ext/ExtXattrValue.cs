namespace Diecast.Formats.FileSystems.Ext;

/// <summary>
/// A value of an attribute that is an inode of its own, shared by every attribute with that value
/// (attributes.rst, "Attribute Inodes").
/// </summary>
/// <param name="value">The bytes.</param>
/// <param name="hash">Their CRC-32C, begun with the checksum seed, whether or not there are other checksums.</param>
/// <param name="place">The place of its inode.</param>
internal sealed class ExtXattrValue(ReadOnlyMemory<byte> value, uint hash, int place)
{
    internal ReadOnlyMemory<byte> Value => value;

    internal uint Hash => hash;

    internal int Place => place;

    /// <summary>Entries that lead here; one in a shared block counts once.</summary>
    internal int References { get; set; }
}
