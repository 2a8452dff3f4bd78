using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>
/// Edits a tree as a process inside it would: links on the way to a name are followed, and what is made or changed,
/// with the directory that holds it, carries the source epoch. It also gathers the errors of a run.
/// </summary>
internal sealed class TreeEditor(FileTree tree, Timestamp epoch)
{
    private const int MaximumLinks = 40;

    private readonly List<SystemConfigurationError> _errors = [];

    internal FileTree Tree => tree;

    internal Timestamp Epoch => epoch;

    /// <summary>Days since 1970-01-01, as shadow(5) counts.</summary>
    internal long EpochDay => Math.Max(0, epoch.Seconds / 86400);

    internal IReadOnlyList<SystemConfigurationError> Errors => _errors;

    internal void Error(string message, string fix)
    {
        var error = new SystemConfigurationError(message, fix);
        if (!_errors.Contains(error))
            _errors.Add(error);
    }

    internal void ThrowIfErrors()
    {
        if (_errors.Count > 0)
            throw new SystemConfigurationException([.. _errors]);
    }

    internal bool Exists(string path) => tree.Resolve(path) is not null;

    /// <summary>What stands at a path: links on the way are followed, the last name is not.</summary>
    internal Inode? Find(string path)
    {
        (string parent, string name) = SplitLast(path);
        return (tree.Resolve(parent) as DirectoryInode)?.Find(name);
    }

    internal FileInode WriteText(string path, string text, int mode = Modes.File) =>
        WriteFile(path, Encoding.UTF8.GetBytes(text), mode);

    internal FileInode WriteFile(string path, byte[] bytes, int mode = Modes.File)
    {
        var file = new FileInode(Blob.FromMemory(bytes), mode);
        Put(path, file);
        return file;
    }

    /// <summary>Writes new content with owner, permissions and attributes of the file that is there, if one is.</summary>
    internal FileInode Rewrite(string path, byte[] bytes, int mode = Modes.File)
    {
        var file = new FileInode(Blob.FromMemory(bytes), mode);
        if (Find(path) is FileInode old)
        {
            file.CopyMetadata(old);
            file.Mode = old.Mode;
        }

        Put(path, file);
        return file;
    }

    internal void Link(string path, string target)
    {
        if (Find(path) is SymlinkInode there && there.Target == new FileName(target))
            return;
        Put(path, new SymlinkInode(target));
    }

    /// <summary>Puts an inode at a path in place of what is there, and gives it the epoch's time.</summary>
    /// <exception cref="SystemConfigurationException">A directory is there, or something on the way is none.</exception>
    internal void Put(string path, Inode inode)
    {
        (string parent, string name) = SplitLast(path);
        Put(MakeDirectory(parent), name, inode, path);
    }

    /// <summary>As the other, with the directory and the name's bytes; the path is for messages.</summary>
    internal void Put(DirectoryInode directory, FileName name, Inode inode, string path)
    {
        if (directory.Find(name) is DirectoryInode)
            throw new SystemConfigurationException($"{path} is a directory in the base, and a file or link is to be there", "choose another path");
        if (inode is DirectoryInode && directory.Find(name) is not null)
            throw new SystemConfigurationException($"{path} is no directory in the base, and one is to be there", "choose another path");
        inode.ModifiedTime = epoch;
        directory.Set(name, inode);
        directory.ModifiedTime = epoch;
    }

    /// <summary>The directory that a path leads to; what is missing on the way is made, root's, 0755.</summary>
    /// <exception cref="SystemConfigurationException">Something on the way is no directory, or the links go in a circle.</exception>
    internal DirectoryInode MakeDirectory(string path, int mode = Modes.Directory)
    {
        var trail = new List<DirectoryInode> { tree.Root };
        var pending = new Stack<string>(Parts(path));
        int links = 0;
        while (pending.TryPop(out string? part))
        {
            if (part == ".")
                continue;
            if (part == "..")
            {
                if (trail.Count > 1)
                    trail.RemoveAt(trail.Count - 1);
                continue;
            }

            DirectoryInode current = trail[^1];
            switch (current.Find(part))
            {
                case DirectoryInode directory:
                    trail.Add(directory);
                    break;
                case SymlinkInode link:
                    if (++links > MaximumLinks)
                        throw new SystemConfigurationException($"the symbolic links on the way to {path} go in a circle", "repair the base");
                    string target = link.Target.ToString();
                    if (target.StartsWith('/'))
                        trail.RemoveRange(1, trail.Count - 1);
                    foreach (string step in Parts(target))
                        pending.Push(step);
                    break;
                case null:
                    var made = new DirectoryInode(pending.Count == 0 ? mode : Modes.Directory) { ModifiedTime = epoch };
                    current.Set(part, made);
                    current.ModifiedTime = epoch;
                    trail.Add(made);
                    break;
                case { } other:
                    throw new SystemConfigurationException($"{part} on the way to {path} is a {other.Type} in the base, not a directory", "choose another path");
            }
        }

        return trail[^1];
    }

    /// <summary>Removes what stands at a path, with all below it. Nothing happens when it is not there.</summary>
    internal void Remove(string path)
    {
        (string parent, string name) = SplitLast(path);
        if (tree.Resolve(parent) is DirectoryInode directory && directory.Remove(name) is not null)
            directory.ModifiedTime = epoch;
    }

    /// <summary>Removes those entries of a directory that a rule names. Nothing happens when it is not there.</summary>
    internal void RemoveEntries(string path, Func<DirectoryEntry, bool> rule)
    {
        if (tree.Resolve(path) is not DirectoryInode directory)
            return;
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            if (!rule(entry))
                continue;
            directory.Remove(entry.Name);
            directory.ModifiedTime = epoch;
        }
    }

    /// <summary>Empties a regular file and leaves its owner and permissions. Nothing happens when it is not there.</summary>
    internal void Truncate(string path)
    {
        if (tree.ResolveFile(path) is not { } file)
            return;
        file.Content = Blob.Empty;
        file.ModifiedTime = epoch;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse();

    private static (string Parent, string Name) SplitLast(string path)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        return (trimmed[..(slash + 1)], trimmed[(slash + 1)..]);
    }
}
