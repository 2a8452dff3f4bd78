using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Repart.Sources;

/// <summary>The file systems of an image, each where the system has it mounted; they are read once something is asked of them.</summary>
/// <param name="image">What the image is called.</param>
/// <param name="read">Reads its system.</param>
internal sealed class ImageRoot(string image, Func<FileTree> read) : FileRoot
{
    private readonly Lazy<FileTree> _tree = new(read);

    internal override string Path => image;

    private FileTree Tree => _tree.Value;

    internal override FoundFile? Find(string path) => Tree.Resolve(path) is { } inode ? new ImageFound(Tree, Tree.RealPath(path)!, inode) : null;

    internal override IReadOnlyList<string> Names(string directory)
    {
        var names = new List<string>();
        if (Tree.Resolve(directory) is DirectoryInode found)
        {
            foreach (DirectoryEntry entry in found.Entries)
            {
                if (Tree.Resolve($"{directory}/{entry.Name}") is not DirectoryInode)
                    names.Add(entry.Name.ToString());
            }
        }

        return names;
    }

    internal override bool IsMask(string path)
    {
        int slash = path.LastIndexOf('/');
        return (Tree.Resolve(path[..slash]) as DirectoryInode)?.Find(path[(slash + 1)..]) is SymlinkInode link && link.Target.ToString() == "/dev/null"
            || Tree.Resolve(path) is FileInode { Content.Length: 0 };
    }
}

/// <summary>A file of an image.</summary>
internal sealed class ImageFound(FileTree tree, string path, Inode inode) : FoundFile
{
    internal Inode Inode => inode;

    internal override bool IsDirectory => inode is DirectoryInode;

    internal override object Key => inode;

    internal override IEnumerable<object> KeysAbove
    {
        get
        {
            DirectoryInode current = tree.Root;
            yield return current;
            foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries)[..^1])
            {
                current = (DirectoryInode)current.Find(name)!;
                yield return current;
            }
        }
    }

    internal override byte[] ReadBytes() => inode is FileInode file
        ? file.Content.ToArray()
        : throw new BuildException($"{path} in the image is no regular file");

    internal override Inode Describe() => Copy(inode, null);

    internal override Inode Read(IReadOnlyDictionary<object, HostOmission> omitted, VerityFiles? verity, CancellationToken cancellation)
    {
        if (inode is not DirectoryInode top)
            return Copy(inode, verity);
        var linked = new Dictionary<Inode, Inode>(ReferenceEqualityComparer.Instance);
        var copy = (DirectoryInode)Copy(top, null);
        var pending = new Stack<(DirectoryInode From, DirectoryInode To)>();
        if (!omitted.ContainsKey(top))
            pending.Push((top, copy));
        while (pending.TryPop(out (DirectoryInode From, DirectoryInode To) at))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (DirectoryEntry entry in at.From.Entries)
            {
                bool isOmitted = omitted.TryGetValue(entry.Inode, out HostOmission omission);
                if (isOmitted && omission == HostOmission.All)
                    continue;
                if (!linked.TryGetValue(entry.Inode, out Inode? made))
                    linked.Add(entry.Inode, made = Copy(entry.Inode, verity));
                at.To.Set(entry.Name, made);
                if (entry.Inode is DirectoryInode below && !isOmitted)
                    pending.Push((below, (DirectoryInode)made));
            }
        }

        return copy;
    }

    /// <summary>An inode like another; of a directory without its entries.</summary>
    private static Inode Copy(Inode source, VerityFiles? verity)
    {
        Inode copy = source switch
        {
            FileInode file => new FileInode(file.Content, file.Mode),
            DirectoryInode => new DirectoryInode(source.Mode),
            SymlinkInode link => new SymlinkInode(link.Target),
            SpecialInode special => new SpecialInode(special.Type, special.Mode, special.Device),
            _ => throw new InvalidOperationException($"an inode of type {source.Type}"),
        };
        copy.CopyMetadata(source);
        if (copy is FileInode made)
            verity?.Take(made);
        return copy;
    }
}
