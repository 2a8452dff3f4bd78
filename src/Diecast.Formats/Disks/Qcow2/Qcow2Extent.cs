namespace Diecast.Formats.Disks;

/// <summary>What a part of the virtual disk is.</summary>
internal enum Qcow2Kind
{
    /// <summary>Not in this image: the backing file's bytes, or zeros.</summary>
    Unallocated,

    /// <summary>Zeros, whatever the backing file has.</summary>
    Zero,

    /// <summary>Bytes as they are.</summary>
    Plain,

    /// <summary>Within compressed clusters.</summary>
    Compressed,
}

/// <summary>A part of the virtual disk of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Place">Where plain bytes start in the file.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct Qcow2Extent(Qcow2Kind Kind, long Place, long Length)
{
    /// <summary>Whether the next one goes on where this one ends.</summary>
    internal bool GoesOnWith(Qcow2Extent next) =>
        next.Kind == Kind && (Kind != Qcow2Kind.Plain || next.Place == Place + Length);
}
