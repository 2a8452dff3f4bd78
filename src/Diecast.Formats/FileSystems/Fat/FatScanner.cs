using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Turns a tree into FAT's files and directories: names, times and sizes, no places yet.</summary>
internal sealed class FatScanner(FatOptions options, bool labelled)
{
    private const long MaximumFileSize = uint.MaxValue;
    private const int MaximumEntries = 65536;
    private const int AnyWriteBit = 0b010_010_010;

    private readonly (FatPattern Pattern, FatAttributeRule Rule)[] _rules = [.. options.Attributes.Select(r => (new FatPattern(r.Path), r))];
    private readonly UnrepresentableFaults _faults = new(FatFileSystem.Format);

    /// <summary>The directories, breadth first, so that they lie together at the start of the data area.</summary>
    internal List<FatDirectory> Directories { get; } = [];

    /// <summary>The files in the order of their directories.</summary>
    internal List<FatFile> Files { get; } = [];

    internal void Scan(FileTree tree)
    {
        Directories.Add(new FatDirectory(null, default, Time(tree.Root), tree.Root, "/"));
        for (int i = 0; i < Directories.Count; i++)
            Scan(Directories[i]);
        _faults.Check();
    }

    private void Scan(FatDirectory directory)
    {
        var entries = new List<DirectoryEntry>();
        var names = new List<string>();
        var folded = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DirectoryEntry entry in directory.Inode.Entries)
        {
            if (entry.Inode is not (FileInode or DirectoryInode))
            {
                if (options.UnsupportedFiles != FatUnsupportedFiles.Skip)
                    _faults.Add($"{directory.Path}{entry.Name}", $"a {entry.Inode.Type}; FAT holds files and directories only");
                continue;
            }

            if (FatName.Decode(entry.Name, out string name) is { } wrong)
            {
                _faults.Add($"{directory.Path}{entry.Name}", $"{wrong}");
                continue;
            }

            if (!folded.TryAdd(name.ToUpperInvariant(), name))
            {
                _faults.Add($"{directory.Path}{entry.Name}", $"it is the same name as {folded[name.ToUpperInvariant()]}; FAT does not tell case apart");
                continue;
            }

            if (entry.Inode is FileInode { Content.Length: > MaximumFileSize } large)
                _faults.Add($"{directory.Path}{entry.Name}", $"a file of {large.Content.Length} bytes; the limit is {MaximumFileSize}");
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
            _faults.Add(directory.Path, $"a directory of {slots} entries, long names included; the limit is {MaximumEntries}");
        directory.Bytes = slots * FatLayout.EntryLength;
    }

    private FatNode Make(FatDirectory parent, DirectoryEntry entry, FatName name)
    {
        if (entry.Inode is DirectoryInode inode)
        {
            var directory = new FatDirectory(parent, name, Time(inode), inode, $"{parent.Path}{entry.Name}/")
            {
                Attributes = Attributes(inode, FatAttributes.None, parent, entry),
            };
            Directories.Add(directory);
            return directory;
        }

        var inodeOfFile = (FileInode)entry.Inode;
        var file = new FatFile(parent, name, Time(inodeOfFile), inodeOfFile.Content)
        {
            Bytes = inodeOfFile.Content.Length,
            Attributes = Attributes(inodeOfFile, FatAttributes.Archive, parent, entry),
        };
        Files.Add(file);
        return file;
    }

    private FatTime Time(Inode inode) => FatTime.From(options.LatestTime is { } latest ? inode.ModifiedTime.ClampTo(latest) : inode.ModifiedTime);

    private FatAttributes Attributes(Inode inode, FatAttributes usual, FatDirectory parent, DirectoryEntry entry)
    {
        FatAttributes attributes = FatDosAttribute.Find(inode) ?? usual;
        if (options.ReadOnlyFiles == FatReadOnlyFiles.ByMode && inode is FileInode && (inode.Mode & AnyWriteBit) == 0)
            attributes |= FatAttributes.ReadOnly;
        if (_rules.Length == 0)
            return attributes;
        string path = $"{parent.Path}{entry.Name}";
        foreach ((FatPattern pattern, FatAttributeRule rule) in _rules)
        {
            if (pattern.Matches(path))
                attributes = (attributes | rule.Set) & ~rule.Clear;
        }

        return attributes;
    }
}
