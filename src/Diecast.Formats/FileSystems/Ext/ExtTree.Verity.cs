using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtTree
{
    private readonly Dictionary<FileInode, ExtVerityFile> _verity = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a protected file has beyond its end, or null.</summary>
    internal ExtVerityFile? VerityOf(Inode? inode) => inode is FileInode file ? _verity.GetValueOrDefault(file) : null;

    /// <summary>What is at a path of the tree.</summary>
    internal Inode? Find(string path) => _tree.Find(path);

    private void FindVerity()
    {
        AddVerityInodes();
        if (_options.VerityFiles.Count == 0)
            return;
        var hash = new VerityHash(_options.Verity, _options.Verity.BlockSizeIn(_options.BlockSize));
        var directories = new HashSet<DirectoryInode>(ReferenceEqualityComparer.Instance);
        foreach (string path in _options.VerityFiles)
        {
            switch (_tree.Find(path))
            {
                case FileInode file:
                    AddVerity(file, path, hash);
                    break;
                case DirectoryInode directory:
                    AddVerity(directory, path.TrimEnd('/'), hash, directories);
                    break;
                default:
                    throw new UnrepresentableException(ExtFormat.Name, path, "there is no file or directory here that fs-verity could protect");
            }
        }
    }

    /// <summary>Files that bring their protection along: each has parameters of its own.</summary>
    private void AddVerityInodes()
    {
        if (_options.VerityInodes is not { IsEmpty: false } files)
            return;
        foreach (TreeEntry entry in _tree.Walk())
        {
            if (entry.Inode is not FileInode file || !files.TryFind(file, out VerityOptions? options))
                continue;
            if (options.Fault(_options.BlockSize) is { } fault)
                throw new UnrepresentableException(ExtFormat.Name, entry.Path, fault);
            AddVerity(file, entry.Path, new VerityHash(options, options.BlockSizeIn(_options.BlockSize)));
        }
    }

    /// <summary>Adds the files below a directory, in the order of a walk; those of one that was seen are there already.</summary>
    private void AddVerity(DirectoryInode root, string rootPath, VerityHash hash, HashSet<DirectoryInode> seen)
    {
        var stack = new Stack<(Inode Inode, string Path)>();
        stack.Push((root, rootPath));
        while (stack.TryPop(out (Inode Inode, string Path) at))
        {
            if (at.Inode is FileInode file)
                AddVerity(file, at.Path, hash);
            if (at.Inode is not DirectoryInode directory || !seen.Add(directory))
                continue;
            ReadOnlySpan<DirectoryEntry> entries = directory.Entries;
            for (int i = entries.Length - 1; i >= 0; i--)
            {
                if (entries[i].Inode is FileInode or DirectoryInode)
                    stack.Push((entries[i].Inode, $"{at.Path}/{entries[i].Name}"));
            }
        }
    }

    private void AddVerity(FileInode file, string path, VerityHash hash)
    {
        if (_verity.ContainsKey(file))
            return;
        ReadOnlyMemory<byte> signature = _options.Verity.Signature?.Invoke(path) ?? default;
        if (signature.Length > VerityOptions.MaximumSignatureSize)
        {
            throw new UnrepresentableException(
                ExtFormat.Name, path, $"its signature has {signature.Length} bytes; fs-verity has up to {VerityOptions.MaximumSignatureSize}");
        }

        var shape = new VerityShape(file.Content.Length, hash.BlockSize, hash.Size);
        if (shape.Fault is { } fault)
            throw new UnrepresentableException(ExtFormat.Name, path, fault);
        _verity.Add(file, new ExtVerityFile(new VerityTree(file.Content, shape, hash), signature, _options.BlockSize));
    }

    /// <summary>Adds the blocks beyond a file's end, in the order in which they are placed.</summary>
    private void AddVerityRuns(FileInode file, ref ExtNode node)
    {
        if (VerityOf(file) is not { } verity)
            return;
        if (verity.End / _options.BlockSize > ExtFormat.MaximumFileBlocks)
            throw Refused(file, $"its hash tree ends at {verity.End} bytes; {ExtFormat.MaximumFileBlocks} blocks of {_options.BlockSize} are possible");
        node.Flags |= ExtInodeFlags.Verity;
        long first = verity.Offset / _options.BlockSize;
        AddRun(first + verity.UpperBlocks, verity.End / _options.BlockSize);
        AddRun(first, first + verity.UpperBlocks);
    }
}
