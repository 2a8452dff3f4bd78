namespace Diecast.Formats.FileSystems.Ext;

/// <summary>What the kernel does when it finds the file system damaged (s_errors, which counts from one).</summary>
public enum ExtErrors
{
    /// <summary>It goes on.</summary>
    Continue,

    /// <summary>It mounts the file system for reading only.</summary>
    RemountReadOnly,

    /// <summary>It halts the machine.</summary>
    Panic,
}
