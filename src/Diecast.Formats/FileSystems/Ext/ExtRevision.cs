namespace Diecast.Formats.FileSystems.Ext;

/// <summary>The revision of the format (s_rev_level).</summary>
public enum ExtRevision
{
    /// <summary>Inodes of 128 bytes and no feature at all, as Linux before 2.2 has it: use a profile with <c>none</c>.</summary>
    Original,

    /// <summary>With features and inodes of any size.</summary>
    Dynamic,
}
