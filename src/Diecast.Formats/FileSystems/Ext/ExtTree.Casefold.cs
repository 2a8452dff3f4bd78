using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtTree
{
    private readonly HashSet<Inode> _casefolded = new(ReferenceEqualityComparer.Instance);

    private void FindCasefolded()
    {
        foreach (string path in _options.CasefoldedDirectories)
        {
            if (_tree.Find(path) is not DirectoryInode directory)
                throw new UnrepresentableException(ExtFormat.Name, path, "there is no directory here that could ignore case");
            _casefolded.Add(directory);
        }
    }

    /// <summary>Whether all names have a form without case; e2fsck cannot check the hash of others.</summary>
    private static bool AllFold(ReadOnlySpan<DirectoryEntry> entries)
    {
        foreach (DirectoryEntry entry in entries)
        {
            if (ExtCasefold.Fold(entry.Name.Span) is null)
                return false;
        }

        return true;
    }

    /// <summary>The flag of a directory that is declared to ignore case, or is within one; its names are checked.</summary>
    private uint CasefoldFlag(DirectoryInode source, int parent)
    {
        if (_casefolded.Count == 0)
            return 0;
        DirectoryInode key = Nodes[parent].Source is null ? _tree.Root : source;
        if ((Nodes[parent].Flags & ExtInodeFlags.Casefolded) == 0 && !_casefolded.Contains(key))
            return 0;
        var names = new Dictionary<FileName, FileName>(source.Count);
        foreach (DirectoryEntry entry in source.Entries)
        {
            byte[]? folded = ExtCasefold.Fold(entry.Name.Span);
            if (folded is null && _options.CasefoldStrict)
                throw Refused(entry.Inode, "the name is not UTF-8, in a directory that ignores case, strictly");
            var form = new FileName(folded ?? entry.Name.Span.ToArray());
            if (!names.TryAdd(form, entry.Name))
                throw Refused(entry.Inode, $"the directory ignores case and has '{names[form]}' already");
        }

        return ExtInodeFlags.Casefolded;
    }
}
