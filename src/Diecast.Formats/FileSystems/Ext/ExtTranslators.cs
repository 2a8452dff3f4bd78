namespace Diecast.Formats.FileSystems.Ext;

/// <summary>How passive translators, the attributes <c>gnu.translator</c>, are stored for the Hurd.</summary>
public enum ExtTranslators
{
    /// <summary>In a block of their own that the inode points at: every version of the Hurd reads it.</summary>
    Block,

    /// <summary>As extended attributes: the Hurd reads them since 0.9 of 2016, Linux shows them.</summary>
    Xattr,
}
