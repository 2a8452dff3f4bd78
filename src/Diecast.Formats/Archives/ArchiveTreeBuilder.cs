using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>
/// Puts the entries of an archive into a tree as extracting them into an empty directory would, except that no path
/// leads out: a symbolic link on the way is followed inside the tree.
/// </summary>
internal class ArchiveTreeBuilder(string format, FileTree? tree = null)
{
    private const int MaximumLinks = 40;

    // As many as fit in Linux's PATH_MAX; deeper trees cannot be used, only cost.
    private const int MaximumDepth = 2048;

    private byte[] _lastParentPath = [];
    private DirectoryInode? _lastParent;

    internal FileTree Tree { get; } = tree ?? new FileTree();

    /// <summary>The directory at a path: made, or kept with its entries. A link of that name is replaced, as tar does.</summary>
    internal DirectoryInode MakeDirectory(ReadOnlySpan<byte> path, long offset)
    {
        (DirectoryInode parent, byte[]? name) = Locate(path, offset);
        if (name is null)
            return Tree.Root;
        Added(parent, new FileName(name));
        if (parent.Find(new FileName(name)) is DirectoryInode there)
            return there;
        var made = new DirectoryInode();
        Set(parent, name, made);
        return made;
    }

    /// <summary>Adds what is no directory; an earlier entry of that name gives way unless it is a directory with entries.</summary>
    internal void Add(ReadOnlySpan<byte> path, Inode inode, long offset)
    {
        (DirectoryInode parent, byte[]? name) = Locate(path, offset);
        if (name is null)
            throw Invalid(offset, $"the root is a {inode.Type}, not a directory");
        if (TryTake(parent, name, inode, offset))
            return;
        if (parent.Find(new FileName(name)) is DirectoryInode { Count: > 0 } directory && !MayReplace(directory))
            throw Invalid(offset, $"{Display(path)} is a {inode.Type} over a directory that is not empty");
        Set(parent, name, inode);
        Added(parent, new FileName(name));
    }

    /// <summary>Whether an entry is no file of the tree but says something about it, and has been heard.</summary>
    private protected virtual bool TryTake(DirectoryInode parent, ReadOnlySpan<byte> name, Inode inode, long offset) => false;

    /// <summary>Whether a directory with entries gives way to what is none.</summary>
    private protected virtual bool MayReplace(DirectoryInode directory) => false;

    /// <summary>Told of each name that the archive has, or has a directory made for.</summary>
    private protected virtual void Added(DirectoryInode parent, FileName name)
    {
    }

    /// <summary>Forgets where it was last: directories were taken out of the tree.</summary>
    private protected void Removed() => _lastParent = null;

    /// <summary>Gives another name to an entry that is already there.</summary>
    internal void Link(ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, long offset)
    {
        (DirectoryInode targetParent, byte[]? targetName) = Locate(target, offset);
        Inode? inode = targetName is null ? Tree.Root : targetParent.Find(new FileName(targetName));
        if (inode is null)
            throw Invalid(offset, $"{Display(path)} is a hard link to {Display(target)}, which is not in the archive before it");
        if (inode is DirectoryInode)
            throw Invalid(offset, $"{Display(path)} is a hard link to a directory, {Display(target)}");
        Add(path, inode, offset);
    }

    private void Set(DirectoryInode parent, byte[] name, Inode inode)
    {
        int count = parent.Count;
        parent.Set(new FileName(name), inode);
        // What gave way may have been on the way to the directory that is remembered.
        if (parent.Count == count)
            _lastParent = null;
    }

    /// <summary>The directory that a path's last name belongs to, and that name; no name for the root.</summary>
    private (DirectoryInode Parent, byte[]? Name) Locate(ReadOnlySpan<byte> path, long offset)
    {
        path = path.TrimEnd((byte)'/');
        // "a/." is "a", and "." is the root.
        while (path.EndsWith("/."u8))
            path = path[..^2].TrimEnd((byte)'/');
        int slash = path.LastIndexOf((byte)'/');
        ReadOnlySpan<byte> name = path[(slash + 1)..];
        if (name.SequenceEqual(".."u8))
            throw Outside(path, offset);
        ReadOnlySpan<byte> parentPath = path[..Math.Max(slash, 0)];
        if (_lastParent is null || !parentPath.SequenceEqual(_lastParentPath))
        {
            _lastParent = Parent(parentPath, offset);
            _lastParentPath = parentPath.ToArray();
        }

        return (_lastParent, name.IsEmpty || name.SequenceEqual("."u8) ? null : name.ToArray());
    }

    private DirectoryInode Parent(ReadOnlySpan<byte> path, long offset)
    {
        DirectoryInode current = Tree.Root;
        int start = 0;
        int depth = 0;
        while (start < path.Length)
        {
            int length = path[start..].IndexOf((byte)'/');
            if (length < 0)
                length = path.Length - start;
            ReadOnlySpan<byte> step = path.Slice(start, length);
            start += length + 1;
            if (step.IsEmpty || step.SequenceEqual("."u8))
                continue;
            if (step.SequenceEqual(".."u8))
                throw Outside(path, offset);
            if (++depth > MaximumDepth)
                throw TooDeep(offset);
            var name = new FileName(step.ToArray());
            switch (current.Find(name))
            {
                case DirectoryInode directory:
                    current = directory;
                    break;
                case null:
                    current = Make(current, name);
                    break;
                case SymlinkInode:
                    return Follow(path, offset);
                case { } other:
                    throw Invalid(offset, $"{Display(path)} goes through {name}, which is a {other.Type}");
            }
        }

        return current;
    }

    /// <summary>As <see cref="Parent"/> where links are met. Absolute targets start at the root, ".." at the root stays there.</summary>
    private DirectoryInode Follow(ReadOnlySpan<byte> path, long offset)
    {
        var trail = new List<DirectoryInode> { Tree.Root };
        var pending = new Stack<FileName>();
        Push(pending, path);
        int links = 0;
        while (pending.TryPop(out FileName step))
        {
            if (step.Span.SequenceEqual(".."u8))
            {
                if (trail.Count > 1)
                    trail.RemoveAt(trail.Count - 1);
                continue;
            }

            if (trail.Count > MaximumDepth)
                throw TooDeep(offset);
            switch (trail[^1].Find(step))
            {
                case DirectoryInode directory:
                    trail.Add(directory);
                    break;
                case null:
                    trail.Add(Make(trail[^1], step));
                    break;
                case SymlinkInode link:
                    if (++links > MaximumLinks)
                        throw Invalid(offset, $"{Display(path)} goes through more than {MaximumLinks} symbolic links");
                    if (link.Target.Span.StartsWith("/"u8))
                        trail.RemoveRange(1, trail.Count - 1);
                    Push(pending, link.Target.Span);
                    break;
                case { } other:
                    throw Invalid(offset, $"{Display(path)} goes through {step}, which is a {other.Type}");
            }
        }

        return trail[^1];
    }

    private static void Push(Stack<FileName> pending, ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            int slash = path.LastIndexOf((byte)'/');
            ReadOnlySpan<byte> step = path[(slash + 1)..];
            if (!step.IsEmpty && !step.SequenceEqual("."u8))
                pending.Push(new FileName(step.ToArray()));
            path = path[..Math.Max(slash, 0)];
        }
    }

    private DirectoryInode Make(DirectoryInode parent, FileName name)
    {
        var made = new DirectoryInode();
        parent.Set(name, made);
        Added(parent, name);
        return made;
    }

    private InvalidImageException Outside(ReadOnlySpan<byte> path, long offset) =>
        Invalid(offset, $"'{Display(path)}' holds '..', which could lead out of the tree");

    private InvalidImageException TooDeep(long offset) =>
        Invalid(offset, $"directories more than {MaximumDepth} deep are not supported");

    private protected InvalidImageException Invalid(long offset, string what) => new(format, $"at offset {offset}: {what}");

    private static string Display(ReadOnlySpan<byte> path) => Encoding.UTF8.GetString(path[..Math.Min(path.Length, 300)]);
}
