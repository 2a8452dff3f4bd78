namespace Diecast.Formats.FileSystems.Ext;

/// <summary>The operating system for which a file system is made (s_creator_os); inodes differ with it.</summary>
public enum ExtCreator
{
    /// <summary>Linux.</summary>
    Linux,

    /// <summary>
    /// GNU/Hurd: inodes have an author, and may have a passive translator. Without filetype, huge_file, 64bit and
    /// metadata_csum, which the Hurd does not have, and with devices up to 255:255.
    /// </summary>
    Hurd,
}
