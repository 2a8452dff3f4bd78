using System.Text;

namespace Diecast.Formats.Trees;

/// <summary>
/// An in-memory tree of inodes. File contents are blobs, so a tree of any size costs under 300 bytes an inode.
/// </summary>
/// <remarks>
/// Paths are absolute or relative to the root, with <c>/</c> between names; <c>.</c> and empty parts are skipped and
/// <c>..</c> is refused. Symbolic links on the way are not followed unless a member says so.
/// A tree may be read by several threads while none changes it.
/// </remarks>
public sealed class FileTree
{
    private const int MaximumLinks = 40;

    /// <summary>A tree with an empty root directory of mode 0755.</summary>
    public FileTree()
        : this(new DirectoryInode())
    {
    }

    /// <summary>A tree over an existing root.</summary>
    public FileTree(DirectoryInode root) => Root = root;

    /// <summary>The root directory.</summary>
    public DirectoryInode Root { get; }

    /// <summary>The inode at a path, or null. Links are not followed.</summary>
    /// <exception cref="ArgumentException">The path holds <c>..</c> or NUL.</exception>
    public Inode? Find(string path)
    {
        Inode current = Root;
        foreach (FileName name in Split(path))
        {
            if (current is not DirectoryInode directory || directory.Find(name) is not { } next)
                return null;
            current = next;
        }

        return current;
    }

    /// <summary>The inode that a path leads to when every symbolic link is followed inside the tree, or null.</summary>
    /// <remarks>Absolute targets start at the tree's root, and <c>..</c> at the root stays there.</remarks>
    public Inode? Resolve(string path)
    {
        int links = 0;
        return Resolve(path, ref links) is { Count: > 0 } trail ? trail[^1].Inode : null;
    }

    /// <summary>The path, without links, that a path leads to, or null when it leads nowhere.</summary>
    public string? RealPath(string path)
    {
        int links = 0;
        return Resolve(path, ref links) is { } trail
            ? "/" + string.Join('/', trail.Skip(1).Select(step => step.Name.ToString()))
            : null;
    }

    /// <summary>The regular file that a path leads to, links followed, or null.</summary>
    public FileInode? ResolveFile(string path) => Resolve(path) as FileInode;

    /// <summary>The text of the regular file that a path leads to, links followed, or null.</summary>
    public string? ReadText(string path) =>
        ResolveFile(path) is { } file ? Encoding.UTF8.GetString(file.Content.ToArray()) : null;

    /// <summary>Adds or replaces what stands at a path; missing parents are made with mode 0755.</summary>
    /// <exception cref="InvalidOperationException">A parent is there and no directory.</exception>
    public void Set(string path, Inode inode)
    {
        FileName[] names = Split(path);
        if (names.Length == 0)
            throw new ArgumentException("the root cannot be replaced", nameof(path));
        Parent(names, path).Set(names[^1], inode);
    }

    /// <summary>The directory at a path, made with its parents where it is missing.</summary>
    /// <param name="path">The path.</param>
    /// <param name="mode">Permissions of the directory if it is made; parents that are made get 0755.</param>
    /// <exception cref="InvalidOperationException">Something on the way is there and no directory.</exception>
    public DirectoryInode MakeDirectory(string path, int mode = 0b111_101_101)
    {
        FileName[] names = Split(path);
        if (names.Length == 0)
            return Root;
        DirectoryInode parent = Parent(names, path);
        switch (parent.Find(names[^1]))
        {
            case DirectoryInode there:
                return there;
            case null:
                var made = new DirectoryInode(mode);
                parent.Set(names[^1], made);
                return made;
            case { } other:
                throw new InvalidOperationException($"{path} is a {other.Type}, not a directory");
        }
    }

    /// <summary>Removes a name, with all that is below it, and returns its inode, or null if there is none.</summary>
    public Inode? Remove(string path)
    {
        FileName[] names = Split(path);
        if (names.Length == 0)
            throw new ArgumentException("the root cannot be removed", nameof(path));
        Inode current = Root;
        foreach (FileName name in names.AsSpan(0, names.Length - 1))
        {
            if (current is not DirectoryInode directory || directory.Find(name) is not { } next)
                return null;
            current = next;
        }

        return (current as DirectoryInode)?.Remove(names[^1]);
    }

    /// <summary>
    /// Every entry below the root, depth first, each directory before its entries, in byte order of names. A hard link
    /// is listed once for each of its names.
    /// </summary>
    public IEnumerable<TreeEntry> Walk()
    {
        var stack = new Stack<(string Path, DirectoryEntry[] Entries, int Next)>();
        stack.Push(("", Root.Entries.ToArray(), 0));
        while (stack.Count > 0)
        {
            (string parent, DirectoryEntry[] entries, int next) = stack.Pop();
            if (next == entries.Length)
                continue;
            stack.Push((parent, entries, next + 1));
            DirectoryEntry entry = entries[next];
            string path = parent + "/" + entry.Name;
            yield return new TreeEntry(path, entry.Name, entry.Inode);
            if (entry.Inode is DirectoryInode directory)
                stack.Push((path, directory.Entries.ToArray(), 0));
        }
    }

    internal static FileName[] Split(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("a path cannot hold NUL", nameof(path));
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var names = new List<FileName>(parts.Length);
        foreach (string part in parts)
        {
            if (part == ".")
                continue;
            if (part == "..")
                throw new ArgumentException($"'{path}' must not hold '..'", nameof(path));
            names.Add(new FileName(part));
        }

        return [.. names];
    }

    private DirectoryInode Parent(FileName[] names, string path)
    {
        DirectoryInode current = Root;
        foreach (FileName name in names.AsSpan(0, names.Length - 1))
        {
            switch (current.Find(name))
            {
                case DirectoryInode directory:
                    current = directory;
                    break;
                case null:
                    var made = new DirectoryInode { ModifiedTime = current.ModifiedTime };
                    current.Set(name, made);
                    current = made;
                    break;
                case { } other:
                    throw new InvalidOperationException($"{name} in {path} is a {other.Type}, not a directory");
            }
        }

        return current;
    }

    private List<(FileName Name, Inode Inode)>? Resolve(string path, ref int links)
    {
        var trail = new List<(FileName Name, Inode Inode)> { (default, Root) };
        var pending = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        while (pending.TryPop(out string? part))
        {
            if (trail[^1].Inode is not DirectoryInode directory)
                return null;
            if (part == ".")
                continue;
            if (part == "..")
            {
                if (trail.Count > 1)
                    trail.RemoveAt(trail.Count - 1);
                continue;
            }

            if (directory.Find(part) is not { } next)
                return null;
            if (next is SymlinkInode link)
            {
                if (++links > MaximumLinks)
                    return null;
                string target = link.Target.ToString();
                if (target.StartsWith('/'))
                    trail.RemoveRange(1, trail.Count - 1);
                foreach (string step in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    pending.Push(step);
                continue;
            }

            trail.Add((part, next));
        }

        return trail;
    }
}

/// <summary>An entry met on a walk of a tree.</summary>
/// <param name="Path">The absolute path as text, for messages and lookups.</param>
/// <param name="Name">The last name, exact.</param>
/// <param name="Inode">The inode.</param>
public readonly record struct TreeEntry(string Path, FileName Name, Inode Inode);
