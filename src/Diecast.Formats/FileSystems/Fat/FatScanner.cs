using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Turns a tree into FAT's files and directories: names, times and sizes, no places yet.</summary>
internal sealed class FatScanner(FatOptions options, bool labelled)
{
    private const long MaximumFileSize = uint.MaxValue;
    private const int MaximumEntries = 65536;
    private const int AnyWriteBit = 0b010_010_010;

    /// <summary>The directories, breadth first, so that they lie together at the start of the data area.</summary>
    internal List<FatDirectory> Directories { get; } = [];

    /// <summary>The files in the order of their directories.</summary>
    internal List<FatFile> Files { get; } = [];

    internal void Scan(FileTree tree)
    {
        Directories.Add(new FatDirectory(null, default, Time(tree.Root), tree.Root, "/"));
        for (int i = 0; i < Directories.Count; i++)
            Scan(Directories[i]);
    }

    private void Scan(FatDirectory directory)
    {
        var entries = new List<DirectoryEntry>();
        var names = new List<string>();
        var folded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DirectoryEntry entry in directory.Inode.Entries)
        {
            string Path() => directory.Path + entry.Name;
            if (entry.Inode is not (FileInode or DirectoryInode))
            {
                if (options.UnsupportedFiles == FatUnsupportedFiles.Skip)
                    continue;
                throw Refuse(Path(), $"a {entry.Inode.Type}; FAT holds files and directories only");
            }

            string name = FatName.Decode(entry.Name, Path);
            if (!folded.TryAdd(name.ToUpperInvariant(), name))
                throw Refuse(Path(), $"it is the same name as {folded[name.ToUpperInvariant()]}; FAT does not tell case apart");
            if (entry.Inode is FileInode { Content.Length: > MaximumFileSize } large)
                throw Refuse(Path(), $"a file of {large.Content.Length} bytes; the limit is {MaximumFileSize}");
            entries.Add(entry);
            names.Add(name);
        }

        FatName[] assigned = FatNamer.Assign(names, FatCharacters.Of(options.CodePage));
        directory.Children = new FatNode[entries.Count];
        // Dot and dot-dot, or the label in the root.
        long slots = directory.Parent is null ? (labelled ? 1 : 0) : 2;
        for (int i = 0; i < entries.Count; i++)
        {
            slots += assigned[i].Entries;
            directory.Children[i] = Make(directory, entries[i], assigned[i]);
        }

        if (slots > MaximumEntries)
            throw Refuse(directory.Path, $"a directory of {slots} entries, long names included; the limit is {MaximumEntries}");
        directory.Bytes = slots * FatLayout.EntryLength;
    }

    private FatNode Make(FatDirectory parent, DirectoryEntry entry, FatName name)
    {
        if (entry.Inode is DirectoryInode inode)
        {
            var directory = new FatDirectory(parent, name, Time(inode), inode, $"{parent.Path}{entry.Name}/");
            Directories.Add(directory);
            return directory;
        }

        var inodeOfFile = (FileInode)entry.Inode;
        var file = new FatFile(parent, name, Time(inodeOfFile), inodeOfFile.Content)
        {
            Bytes = inodeOfFile.Content.Length,
            IsReadOnly = options.ReadOnlyFiles == FatReadOnlyFiles.ByMode && (inodeOfFile.Mode & AnyWriteBit) == 0,
        };
        Files.Add(file);
        return file;
    }

    private FatTime Time(Inode inode) => FatTime.From(options.LatestTime is { } latest ? inode.ModifiedTime.ClampTo(latest) : inode.ModifiedTime);

    private static UnrepresentableException Refuse(string path, FormattableString message) =>
        new(FatFileSystem.Format, path, FormattableString.Invariant(message));
}
