using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Store;

namespace Diecast.Bases.Nix;

/// <summary>Paths of a store with all that was asked for with them, as they are in a store: root's, of the time 1, read-only.</summary>
internal sealed class StoreClosure : IDisposable
{
    private const int ReadOnlyFile = 0b100_100_100;
    private const int Executable = 0b101_101_101;
    private const int OwnerExecutes = 0b001_000_000;

    // Neither links among a store's files nor attributes of its file system are part of what is in it: the links are an accident
    // of what else that store holds (nix-store --optimise).
    private static readonly HostDirectoryOptions HostOptions =
        new() { Owner = HostOwner.Root, HardLinks = HostHardLinks.Ignore, Xattrs = HostXattrs.None };

    private readonly BinaryCache? _cache;

    private StoreClosure(string store, IReadOnlyList<StoreItem> items, BinaryCache? cache = null)
    {
        Store = store;
        Items = items;
        _cache = cache;
    }

    /// <summary>The time of everything in a store (Nix and Guix, canonical metadata).</summary>
    internal static Timestamp Time { get; } = new(1);

    /// <summary>The store's directory, as in <c>/nix/store</c>.</summary>
    internal string Store { get; }

    /// <summary>The paths, in byte order.</summary>
    internal IReadOnlyList<StoreItem> Items { get; }

    /// <summary>Finds out what belongs to the paths, and reads where it is. Contents are not read but for hashes that are wanted.</summary>
    /// <exception cref="BuildException">A path is none of a store, is not there, or is not known.</exception>
    internal static StoreClosure Resolve(StoreRequest request, CancellationToken cancellation)
    {
        StorePath[] paths = [.. request.Paths.Select(path => path with { Path = Locate(path.Path, request.Directory) })];
        string store = StoreItemName.StoreOf(paths[0].Path);
        if (paths.FirstOrDefault(path => StoreItemName.StoreOf(path.Path) != store) is { } other)
            throw new BuildException($"{other.Path} is in another store than {paths[0].Path}", "put them into partitions of their own");
        if (request.Source.BinaryCache is { } binaryCache)
            return Fetch(store, paths, binaryCache, request, cancellation);
        string directory = request.Source.Directory is { } given ? Path.GetFullPath(Path.Combine(request.Directory, given)) : store;
        IReadOnlyList<StoreItemInfo> infos = request.Source.Registration is { } registration
            ? Registered(paths, Path.GetFullPath(Path.Combine(request.Directory, registration)), request.Describe)
            : Asked(store, paths, request.Describe, cancellation);
        var items = new List<StoreItem>(infos.Count);
        foreach (StoreItemInfo info in infos.OrderBy(info => info.Path, StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            Inode inode = ReadHost(Path.Combine(directory, StoreItemName.NameOf(info.Path)), cancellation);
            Canonicalize(inode);
            items.Add(new StoreItem(request.Describe ? Complete(info, inode, isClaimed: request.Source.Registration is not null, cancellation) : info, inode));
        }

        return new StoreClosure(store, items);
    }

    /// <summary>Closes what the contents refer to.</summary>
    public void Dispose() => _cache?.Dispose();

    /// <summary>Puts the paths into a directory of a tree.</summary>
    /// <exception cref="BuildException">One of them is there already.</exception>
    internal void Place(DirectoryInode directory)
    {
        foreach (StoreItem item in Items)
        {
            FileName name = StoreItemName.NameOf(item.Info.Path);
            if (directory.Find(name) is not null)
                throw new BuildException($"{item.Info.Path} is to be put where there is something already", "change storePrefix, or leave one of them out");
            directory.Set(name, item.Inode);
        }
    }

    /// <summary>What is known of each path.</summary>
    /// <exception cref="BuildException">A path refers to one that is not among them, which no database may hold.</exception>
    internal IEnumerable<StoreItemInfo> Describe()
    {
        var known = Items.Select(item => item.Info.Path).ToHashSet(StringComparer.Ordinal);
        foreach (StoreItem item in Items)
        {
            if (item.Info.References.FirstOrDefault(reference => !known.Contains(reference)) is { } missing)
                throw new BuildException($"{item.Info.Path} refers to {missing}, which is not in the image, and so cannot be registered", "take its closure, or leave the registration out");
        }

        return Items.Select(item => item.Info);
    }

    /// <summary>The path that a text names: a path of a store itself, or a link of the host to one.</summary>
    internal static string Locate(string path, string directory)
    {
        if (StoreItemName.IsPath(path))
            return path;
        string full = Path.GetFullPath(Path.Combine(directory, path));
        string? target;
        try
        {
            target = new FileInfo(full).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? new FileInfo(full).LinkTarget;
        }
        catch (IOException)
        {
            // It leads to a store that this machine does not have.
            target = new FileInfo(full).LinkTarget;
        }

        return target is not null && StoreItemName.IsPath(target)
            ? target
            : throw new BuildException($"{path} is no path of a store, and no link to one", "write it as in /nix/store/…-name, without anything below it");
    }

    /// <summary>Makes of what was read what a store has: root's, of the time 1, nobody may write, no attributes.</summary>
    internal static void Canonicalize(Inode inode)
    {
        Set(inode);
        if (inode is not DirectoryInode directory)
            return;
        foreach (TreeEntry entry in new FileTree(directory).Walk())
            Set(entry.Inode);

        static void Set(Inode inode)
        {
            if (inode is SpecialInode)
                throw new BuildException($"a store's path holds a {inode.Type}, which no store has", "remove it");
            if (inode is not SymlinkInode)
                inode.Mode = inode is DirectoryInode || (inode.Mode & OwnerExecutes) != 0 ? Executable : ReadOnlyFile;
            (inode.Uid, inode.Gid) = (0, 0);
            inode.Xattrs = Xattrs.None;
            inode.ModifiedTime = Time;
        }
    }

    /// <summary>The hash and size of a path, which a store knows and a file may only claim.</summary>
    private static StoreItemInfo Complete(StoreItemInfo info, Inode inode, bool isClaimed, CancellationToken cancellation)
    {
        if (info is { NarHash: not null, NarSize: not null } && !isClaimed)
            return info;
        (NixHash hash, long size) = NixHash.OfNar(inode, cancellation);
        return info.NarHash is null || info.NarHash.Equals(hash)
            ? info with { NarHash = hash, NarSize = size }
            : throw new BuildException($"the hash of {info.Path} is {hash}, and it is registered with {info.NarHash}", "make the registration again, or the copy of the store");
    }

    private static StoreClosure Fetch(string store, StorePath[] paths, string binaryCache, StoreRequest request, CancellationToken cancellation)
    {
        string directory = BinaryCache.DirectoryOf(binaryCache, request.Directory);
        BinaryCache cache = BinaryCache.Open(directory, new CacheKeys(request.Source.TrustedKeys, request.Directory), CacheStore.Open(request.CacheDirectory).Root);
        try
        {
            if (cache.Store != store)
                throw new BuildException($"{paths[0].Path} is not of the store {cache.Store}, which {directory} has paths of", "name another binary cache");
            var known = new Dictionary<string, NarInfo>(StringComparer.Ordinal);
            IReadOnlyList<StoreItemInfo> infos = Follow(paths, path => Find(path).Item);
            var items = new List<StoreItem>(infos.Count);
            foreach (StoreItemInfo info in infos.OrderBy(info => info.Path, StringComparer.Ordinal))
            {
                Inode inode = cache.Read(known[info.Path], cancellation);
                Canonicalize(inode);
                items.Add(new StoreItem(info, inode));
            }

            cache.Finish();
            return new StoreClosure(store, items, cache);

            NarInfo Find(string path)
            {
                cancellation.ThrowIfCancellationRequested();
                if (!known.TryGetValue(path, out NarInfo? info))
                    known.Add(path, info = cache.Find(path));
                return info;
            }
        }
        catch
        {
            cache.Dispose();
            throw;
        }
    }

    /// <summary>The paths, and what those refer to that are to bring it, as far as that goes.</summary>
    private static IReadOnlyList<StoreItemInfo> Follow(StorePath[] paths, Func<string, StoreItemInfo> find)
    {
        var found = new Dictionary<string, StoreItemInfo>(StringComparer.Ordinal);
        var followed = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>();
        foreach (StorePath path in paths)
            Take(path.Path, path.Closure);
        while (pending.TryPop(out string? next))
        {
            foreach (string reference in found[next].References)
                Take(reference, follow: true);
        }

        return [.. found.Values];

        void Take(string path, bool follow)
        {
            if (!found.ContainsKey(path))
                found.Add(path, find(path));
            if (follow && followed.Add(path))
                pending.Push(path);
        }
    }

    private static IReadOnlyList<StoreItemInfo> Asked(string store, StorePath[] paths, bool describe, CancellationToken cancellation)
    {
        string[] roots = [.. paths.Where(path => path.Closure).Select(path => path.Path)];
        IEnumerable<string> closure = roots.Length == 0 ? [] : StoreTool.Closure(store, roots, cancellation);
        string[] all = [.. closure.Concat(paths.Select(path => path.Path)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return describe ? StoreTool.Describe(store, all, cancellation) : [.. all.Select(path => new StoreItemInfo { Path = path })];
    }

    private static IReadOnlyList<StoreItemInfo> Registered(StorePath[] paths, string file, bool describe)
    {
        if (Directory.Exists(file))
            file = Path.Combine(file, "registration");
        Dictionary<string, StoreItemInfo> known;
        try
        {
            known = Registration.Parse(File.ReadAllText(file), file).ToDictionary(item => item.Path, StringComparer.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"{file}: {exception.Message}", inner: exception);
        }

        // What is taken without its references may be in no registration, unless one is to be written.
        HashSet<string> alone = describe ? [] : [.. paths.Where(path => !path.Closure).Select(path => path.Path)];
        return Follow(paths, path => known.GetValueOrDefault(path) ?? (alone.Contains(path)
            ? new StoreItemInfo { Path = path }
            : throw new BuildException($"{path} is not in {file}, and belongs to the closure", "make it again, with all of the closure")));
    }

    private static Inode ReadHost(string path, CancellationToken cancellation)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is { } target)
                return new SymlinkInode(target);
            if (Directory.Exists(path))
                return HostDirectoryReader.Read(path, HostOptions, cancellation).Root;
            if (!file.Exists)
                throw new BuildException($"{path} is not there, and belongs to what is to be in the image", "build it, or give store: with the directory that holds it");
            return new FileInode(Blob.FromFile(HostFile.FromPath(path), 0, file.Length), (int)File.GetUnixFileMode(path) & 0xfff);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"{path} cannot be read: {exception.Message}", inner: exception);
        }
    }
}
