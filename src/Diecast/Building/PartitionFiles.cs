using System.Globalization;
using Diecast.Bases;
using Diecast.Bases.Nix;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>
/// What a definition puts into a partition beside its content. It is read before the system is, and laid into the partition's
/// tree when that is whole: owners are told by name there. What would replace a file is refused.
/// </summary>
internal sealed class PartitionFiles : IDisposable
{
    private readonly Partition _partition;
    private readonly string _key;
    private readonly DefinitionOrigins _origins;
    private readonly List<(ContentFile File, string Place, FileName? Name, Inode Inode)> _files = [];
    private StoreClosure? _store;

    private PartitionFiles(Partition partition, string key, DefinitionOrigins origins)
    {
        _partition = partition;
        _key = key;
        _origins = origins;
    }

    /// <summary>The newest time among what was read, in seconds; null where there is none.</summary>
    internal long? NewestTime { get; private set; }

    /// <summary>Reads what is declared, or null where nothing is.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="index">Its place in the definition's list.</param>
    /// <param name="origins">Where the definition's values come from, for messages.</param>
    /// <param name="options">Where paths start, and where what is compressed is unpacked.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="BuildException">A source is not there or cannot be read.</exception>
    internal static PartitionFiles? Read(Partition partition, int index, DefinitionOrigins origins, BaseResolveOptions options, CancellationToken cancellation)
    {
        string directory = options.Directory;
        if (partition is { Contents: [], Directories: [], Symlinks: [], StorePaths: [] })
            return null;
        var files = new PartitionFiles(partition, string.Create(CultureInfo.InvariantCulture, $"image.partitions[{index}]"), origins);
        for (int i = 0; i < partition.Contents.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            files.Read(partition.Contents[i], files.Place("contents", i), directory, cancellation);
        }

        if (partition.StorePaths.Count > 0)
        {
            files._store = StoreClosure.Resolve(
                new StoreRequest
                {
                    Paths = partition.StorePaths,
                    Source = partition.Store ?? new StoreSource(),
                    Directory = directory,
                    CacheDirectory = options.CacheDirectory,
                    Describe = partition.StoreRegistration is not null,
                },
                cancellation);
            files.NewestTime = Math.Max(files.NewestTime ?? long.MinValue, StoreClosure.Time.Seconds);
        }

        return files;
    }

    /// <summary>Closes what the files refer to.</summary>
    public void Dispose() => _store?.Dispose();

    /// <summary>Lays all of it into a tree.</summary>
    /// <param name="tree">The partition's tree.</param>
    /// <param name="accounts">What names of owners mean.</param>
    /// <param name="epoch">The time of what is made, and the latest of what is copied.</param>
    /// <exception cref="BuildException">Something is there already, or an owner is not in the image.</exception>
    internal void Apply(FileTree tree, TreeAccounts accounts, Timestamp epoch)
    {
        if (_store is not null)
            ApplyStore(tree, _store, epoch);
        foreach ((int i, ContentDirectory directory) in _partition.Directories.Index())
            ApplyDirectory(tree, directory, accounts, epoch, Place("directories", i));
        foreach ((ContentFile file, string place, FileName? name, Inode inode) in _files)
        {
            Own(inode, file.Mode, accounts.Uid(file.User, place), accounts.Gid(file.Group, place));
            string target = name is { } below ? $"{file.Target.TrimEnd('/')}/{below}" : file.Target;
            Put(tree, target, name, inode, place, epoch);
        }

        foreach ((int i, ContentSymlink link) in _partition.Symlinks.Index())
            Put(tree, link.Target, null, new SymlinkInode(link.To) { ModifiedTime = epoch }, Place("symlinks", i), epoch);
        Timestamps.Clamp(tree, epoch);
    }

    /// <summary>A value's path in the definition, behind its line where that is known.</summary>
    private string Place(string key, int? index = null)
    {
        string path = index is { } i ? string.Create(CultureInfo.InvariantCulture, $"{_key}.{key}[{i}]") : $"{_key}.{key}";
        return _origins.Nearest(path) is { } position ? $"{position}: {path}" : path;
    }

    private void Read(ContentFile file, string place, string directory, CancellationToken cancellation)
    {
        if (file.Text is { } text)
        {
            _files.Add((file, place, null, new FileInode(Blob.FromText(text), Modes.File)));
            return;
        }

        try
        {
            string source = file.Source!;
            if (!PathGlob.IsPattern(source))
            {
                Add(null, Path.GetFullPath(Path.Combine(directory, source)));
                return;
            }

            IReadOnlyList<string> found = PathGlob.Expand(directory, source);
            if (found.Count == 0)
                throw new BuildException($"{place}: nothing matches {source}", "correct the pattern, or make what it is to find");
            foreach (string path in found)
                Add(Path.GetFileName(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"{place}: {exception.Message}", inner: exception);
        }

        void Add(string? name, string path)
        {
            Inode inode = ReadHost(path, isMatch: name is not null, file, place, cancellation);
            if (inode is DirectoryInode below && file.Exclude.Count > 0)
                Exclude(below, [.. file.Exclude.Select(PathGlob.Matcher)]);
            foreach (Inode read in All(inode))
                NewestTime = Math.Max(NewestTime ?? long.MinValue, read.ModifiedTime.Seconds);
            _files.Add((file, place, name is null ? default(FileName?) : new FileName(name), inode));
        }
    }

    /// <summary>A file or directory of the host. A link is followed where it is named, and copied where a pattern found it.</summary>
    private static Inode ReadHost(string path, bool isMatch, ContentFile file, string place, CancellationToken cancellation)
    {
        if (isMatch && new FileInfo(path).LinkTarget is { } target)
            return new SymlinkInode(target);
        HostXattrs xattrs = file.Xattrs switch
        {
            ContentXattrs.None => HostXattrs.None,
            ContentXattrs.All => HostXattrs.All,
            _ => HostXattrs.Portable,
        };
        if (Directory.Exists(path))
            return HostDirectoryReader.Read(path, new HostDirectoryOptions { Xattrs = xattrs }, cancellation).Root;
        if (!File.Exists(path))
            throw new BuildException($"{place}: {path} is not there", "correct the path; it starts from the definition's directory");
        return HostFiles.ReadFile(path, xattrs);
    }

    private static void Exclude(DirectoryInode root, Predicate<string>[] patterns)
    {
        var pending = new Stack<(string Path, DirectoryInode Directory)>();
        pending.Push(("", root));
        while (pending.TryPop(out (string Path, DirectoryInode Directory) next))
        {
            next.Directory.RemoveAll(entry => Array.Exists(patterns, pattern => pattern($"{next.Path}/{entry.Name}")));
            foreach (DirectoryEntry entry in next.Directory.Entries)
            {
                if (entry.Inode is DirectoryInode below)
                    pending.Push(($"{next.Path}/{entry.Name}", below));
            }
        }
    }

    private void ApplyStore(FileTree tree, StoreClosure store, Timestamp epoch)
    {
        store.Place(MakeDirectory(tree, _partition.StorePrefix ?? store.Store, epoch, Place("storePrefix")));
        if (_partition.StoreRegistration is not { } path)
            return;
        string text = Registration.Write(store.Describe());
        Put(tree, path, null, new FileInode(Blob.FromText(text)) { ModifiedTime = epoch }, Place("storeRegistration"), epoch);
    }

    private static void ApplyDirectory(FileTree tree, ContentDirectory declared, TreeAccounts accounts, Timestamp epoch, string place)
    {
        bool isThere = tree.Find(declared.Path) is not null;
        DirectoryInode directory = MakeDirectory(tree, declared.Path, epoch, place);
        if (declared.Mode is { } mode)
            directory.Mode = mode;
        if (isThere && declared is { User: "root", Group: "root" })
            return;
        directory.Uid = accounts.Uid(declared.User, place);
        directory.Gid = accounts.Gid(declared.Group, place);
    }

    /// <summary>Puts an inode at a path: a directory's entries into one that is there, all else where nothing is.</summary>
    private static void Put(FileTree tree, string target, FileName? name, Inode inode, string place, Timestamp epoch)
    {
        int slash = target.LastIndexOf('/');
        Inode? there = tree.Find(target);
        if (inode is DirectoryInode source && target == "/")
        {
            // The first that is put at the top is what the top is like, as it is where it came from.
            if (tree.Root.Count == 0)
            {
                tree.Root.Mode = source.Mode;
                tree.Root.CopyMetadata(source);
            }

            Merge(tree.Root, source, "", place);
            return;
        }

        if (there is null)
        {
            MakeDirectory(tree, target[..Math.Max(slash, 1)], epoch, place).Set(name ?? target[(slash + 1)..], inode);
            return;
        }

        if (there is not DirectoryInode into || inode is not DirectoryInode from)
            throw Occupied(target, place);
        Merge(into, from, target, place);
    }

    private static void Merge(DirectoryInode into, DirectoryInode from, string path, string place)
    {
        var pending = new Stack<(DirectoryInode Into, DirectoryInode From, string Path)>();
        pending.Push((into, from, path));
        while (pending.TryPop(out (DirectoryInode Into, DirectoryInode From, string Path) next))
        {
            foreach (DirectoryEntry entry in next.From.Entries.ToArray())
            {
                string below = $"{next.Path}/{entry.Name}";
                switch (next.Into.Find(entry.Name))
                {
                    case null:
                        next.Into.Set(entry.Name, entry.Inode);
                        break;
                    case DirectoryInode known when entry.Inode is DirectoryInode directory:
                        pending.Push((known, directory, below));
                        break;
                    default:
                        throw Occupied(below, place);
                }
            }
        }
    }

    private static BuildException Occupied(string path, string place) =>
        new($"{place}: {path} is there already", "exclude it from one of them, or change the target");

    /// <summary>A directory, made with its parents where it is missing: root's, 0755, of the epoch's time.</summary>
    private static DirectoryInode MakeDirectory(FileTree tree, string path, Timestamp epoch, string place)
    {
        DirectoryInode current = tree.Root;
        foreach (FileName name in FileTree.Split(path))
        {
            switch (current.Find(name))
            {
                case DirectoryInode directory:
                    current = directory;
                    break;
                case null:
                    var made = new DirectoryInode { ModifiedTime = epoch };
                    current.Set(name, made);
                    current = made;
                    break;
                default:
                    throw new BuildException($"{place}: {name} in {path} is no directory", "change the path, or name what it leads to");
            }
        }

        return current;
    }

    private static void Own(Inode inode, int? mode, uint uid, uint gid)
    {
        foreach (Inode each in All(inode))
        {
            (each.Uid, each.Gid) = (uid, gid);
            if (mode is { } given && each is not SymlinkInode)
                each.Mode = each is DirectoryInode ? Modes.WithSearch(given) : given;
        }
    }

    private static IEnumerable<Inode> All(Inode inode) =>
        inode is DirectoryInode directory ? new FileTree(directory).Walk().Select(entry => entry.Inode).Prepend(inode) : [inode];
}
