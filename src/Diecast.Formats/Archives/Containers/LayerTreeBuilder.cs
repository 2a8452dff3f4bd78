using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>Puts a layer over the tree of the layers below it: entries replace what is there, whiteouts take it away.</summary>
/// <remarks>
/// A whiteout stands for what lower layers have, wherever it is in the archive: what its own layer adds stays (OCI image
/// specification, layer.md, Whiteouts).
/// </remarks>
internal sealed class LayerTreeBuilder(FileTree below) : ArchiveTreeBuilder("layer", below)
{
    /// <summary>Names that this layer has.</summary>
    private readonly HashSet<(DirectoryInode Parent, FileName Name)> _added = [];

    /// <summary>Directories in which nothing is left that only lower layers have.</summary>
    private readonly HashSet<DirectoryInode> _cleared = [];

    private protected override void Added(DirectoryInode parent, FileName name) => _added.Add((parent, name));

    private protected override bool MayReplace(DirectoryInode directory) => true;

    private protected override bool TryTake(DirectoryInode parent, ReadOnlySpan<byte> name, Inode inode, long offset)
    {
        if (!name.StartsWith(ContainerLayout.Whiteout))
            return false;
        if (name.SequenceEqual(ContainerLayout.OpaqueWhiteout))
        {
            Clear(parent);
            Removed();
            return true;
        }

        if (name.StartsWith(ContainerLayout.WhiteoutMetadata))
            return true;
        var target = new FileName(name[ContainerLayout.Whiteout.Length..].ToArray());
        if (!target.IsValidEntry)
            throw Invalid(offset, $"the whiteout {new FileName(name.ToArray())} names no file");
        if (parent.Find(target) is { } there && !Stays(parent, target, there))
            parent.Remove(target);
        Removed();
        return true;
    }

    /// <summary>Whether this layer has a name, or something below it; what else is below it goes.</summary>
    private bool Stays(DirectoryInode parent, FileName name, Inode inode)
    {
        bool hasSome = inode is DirectoryInode directory && Clear(directory);
        return hasSome || _added.Contains((parent, name));
    }

    /// <summary>Takes everything out of a directory that only lower layers have, and says whether something is left.</summary>
    /// <remarks>Each directory is gone through once: what comes into it later is this layer's. Paths are of limited depth.</remarks>
    private bool Clear(DirectoryInode directory)
    {
        if (_cleared.Add(directory))
            directory.RemoveAll(entry => !Stays(directory, entry.Name, entry.Inode));
        return directory.Count > 0;
    }
}
