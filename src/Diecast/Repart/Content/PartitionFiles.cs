using Diecast.Formats;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Content;

/// <summary>Puts together what goes into a file system: copies, then directories, then links, then what systemd-validatefs checks.</summary>
/// <param name="context">The run.</param>
/// <param name="all">All its partitions.</param>
/// <param name="verity">Gathers the files that stay protected by fs-verity.</param>
/// <param name="cancellation">Ends the reading.</param>
internal sealed class PartitionFiles(RepartContext context, IReadOnlyList<RepartPartition> all, VerityFiles verity, CancellationToken cancellation)
{
    private Timestamp Time => context.SourceEpoch ?? Timestamp.Epoch;

    /// <summary>The files of a partition.</summary>
    /// <exception cref="BuildException">A line cannot be done.</exception>
    /// <exception cref="IOException">Something cannot be read.</exception>
    internal FileTree Build(RepartPartition partition)
    {
        var tree = new FileTree();
        tree.Root.ModifiedTime = Time;
        CopyFiles[] lines = [.. partition.Contents.SelectMany(settings => settings.CopyFiles)];
        if (lines.FirstOrDefault(IsRootDirectory) is { } root)
            Describe(tree.Root, context.CopyRoot.Find(root.Source)!.Describe());
        foreach (CopyFiles line in lines)
            Copy(tree, partition, line);
        foreach (string path in partition.Contents.SelectMany(settings => settings.MakeDirectories).Distinct(StringComparer.Ordinal))
            EnsureDirectory(tree, path, partition);
        foreach ((string path, string target) in partition.Settings.MakeSymlinks)
            Link(tree, partition, path, target);
        if (partition.Settings.ValidatesFs)
            Mark(tree.Root, partition);
        if (context.SourceEpoch is { } epoch)
            Clamp(tree, epoch);
        return tree;
    }

    /// <summary>No time is later than SOURCE_DATE_EPOCH, as mke2fs and mkfs.fat have it too.</summary>
    private static void Clamp(FileTree tree, Timestamp epoch)
    {
        tree.Root.ModifiedTime = tree.Root.ModifiedTime.ClampTo(epoch);
        foreach (TreeEntry entry in tree.Walk())
            entry.Inode.ModifiedTime = entry.Inode.ModifiedTime.ClampTo(epoch);
    }

    private bool IsRootDirectory(CopyFiles line) =>
        line.Target == "/" && context.CopyRoot.Find(line.Source) is { IsDirectory: true };

    private void Copy(FileTree tree, RepartPartition partition, CopyFiles line)
    {
        if (CopyOmissions.Of(partition, line, all, context.CopyRoot) is not { } omissions)
            return;
        if (context.CopyRoot.Find(line.Source) is not { } found)
        {
            context.Log.Notice($"{partition.Settings.Path}: CopyFiles={line.Source}: there is no such file below {context.CopyRoot.Path}, left out");
            return;
        }

        if (!found.IsDirectory && omissions.Holds(found))
            return;
        if (!found.IsDirectory && line.Target == "/")
            throw Refuse(partition, $"CopyFiles={line.Source}:{line.Target}: a file cannot become the root directory");
        Inode read = found.Read(omissions.Map, line.KeepVerity ? verity : null, cancellation);
        if (read is DirectoryInode source && tree.Resolve(line.Target) is DirectoryInode there)
        {
            Merge(source, there, line.Target, partition);
            return;
        }

        (string parent, string name) = Cut(line.Target);
        Place(EnsureDirectory(tree, parent, partition), name, read, line.Target, partition);
    }

    /// <summary>Adds a directory's entries to one that is there, whose own description stays.</summary>
    private static void Merge(DirectoryInode source, DirectoryInode target, string path, RepartPartition partition)
    {
        foreach (DirectoryEntry entry in source.Entries.ToArray())
        {
            string name = $"{path.TrimEnd('/')}/{entry.Name}";
            switch (target.Find(entry.Name), entry.Inode)
            {
                case (DirectoryInode there, DirectoryInode added):
                    Merge(added, there, name, partition);
                    break;
                case (DirectoryInode, _):
                    throw Refuse(partition, $"CopyFiles=: {name} is a directory already, and what is copied there is none");
                case (not null, DirectoryInode):
                    throw Refuse(partition, $"CopyFiles=: {name} is there already and no directory, and what is copied there is one");
                default:
                    target.Set(entry.Name, entry.Inode);
                    break;
            }
        }
    }

    private static void Place(DirectoryInode directory, string name, Inode inode, string path, RepartPartition partition)
    {
        if (directory.Find(name) is not null)
            throw Refuse(partition, $"CopyFiles=: {path} is there already");
        directory.Set(name, inode);
    }

    /// <summary>The directory at a path of the tree, links followed; what is missing is made.</summary>
    private DirectoryInode EnsureDirectory(FileTree tree, string path, RepartPartition partition)
    {
        DirectoryInode current = tree.Root;
        string real = "/";
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = real == "/" ? real + name : $"{real}/{name}";
            if (tree.Resolve(next) is DirectoryInode there)
            {
                (current, real) = (there, tree.RealPath(next)!);
                continue;
            }

            if (current.Find(name) is not null)
                throw Refuse(partition, $"{next} is there already and no directory");
            var made = new DirectoryInode { ModifiedTime = Time };
            current.Set(name, made);
            (current, real) = (made, next);
        }

        return current;
    }

    private void Link(FileTree tree, RepartPartition partition, string path, string target)
    {
        (string parent, string name) = Cut(path);
        if (tree.Resolve(parent) is not DirectoryInode directory)
            throw Refuse(partition, $"MakeSymlinks={path}: there is no directory {parent}");
        if (directory.Find(name) is not null)
            throw Refuse(partition, $"MakeSymlinks={path}: it is there already");
        directory.Set(name, new SymlinkInode(target) { ModifiedTime = Time });
    }

    /// <summary>What systemd-validatefs@.service compares with the partition that the file system is found in.</summary>
    private static void Mark(DirectoryInode root, RepartPartition partition)
    {
        IEnumerable<RepartPartition> set = [partition, .. partition.Siblings.OrderBy(sibling => sibling.Key).Select(sibling => sibling.Value)];
        MountChecks.Mark(
            root,
            set.Select(member => member.Label),
            set.Select(member => member.Type.Guid!.Value),
            partition.Settings.MountPoints is { Count: > 0 } points ? points.Select(point => point.Where) : RepartTypes.MountPoints(partition.Type));
    }

    private static void Describe(DirectoryInode root, Inode source)
    {
        root.Mode = source.Mode;
        root.CopyMetadata(source);
    }

    private static (string Parent, string Name) Cut(string path)
    {
        int slash = path.LastIndexOf('/');
        return (slash == 0 ? "/" : path[..slash], path[(slash + 1)..]);
    }

    private static BuildException Refuse(RepartPartition partition, string message) => new($"{partition.Settings.Path}: {message}");
}
