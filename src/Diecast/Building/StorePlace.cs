using Diecast.Bases.Nix;
using Diecast.Boot;
using Diecast.Formats;
using Diecast.Formats.Trees;

namespace Diecast.Building;

/// <summary>
/// Where an image holds the store of a system. A system may mount it from a directory of another file system, as one whose store is
/// below a protected <c>/usr</c> does: then it is put into that directory, and the system's own fstab says which.
/// </summary>
internal sealed class StorePlace
{
    private readonly ValueList<Partition> _partitions;
    private readonly BootPlaces _places;
    private readonly string _store;
    private readonly string _held;
    private readonly int? _holder;

    private StorePlace(ValueList<Partition> partitions, BootPlaces places, string store, string held)
    {
        _partitions = partitions;
        _places = places;
        _store = store;
        _held = held;
        _holder = places.HolderOf(held);
    }

    /// <summary>Finds it.</summary>
    /// <param name="generation">The system.</param>
    /// <param name="definition">The definition, completed by its image type.</param>
    /// <param name="places">Its partitions.</param>
    /// <exception cref="BuildException">No partition has it, or one has something else there.</exception>
    internal static StorePlace Of(SystemGeneration generation, Definition definition, BootPlaces places)
    {
        ValueList<Partition> partitions = definition.Image.Partitions;
        string store = StoreItemName.StoreOf(generation.Path);
        GenerationMount? bind = generation.Mounts
            .Where(mount => mount.IsBind && mount.MountPoint != "/" && mount.Source.StartsWith('/') && IsWithin(store, mount.MountPoint))
            .MaxBy(mount => mount.MountPoint.Length);
        // A partition that is mounted nearer to the store is what the system sees.
        if (bind is not null && places.HolderOf(store) is { } nearer && partitions[nearer].MountPoint!.Length > bind.MountPoint.Length)
            bind = null;
        if (bind is not null && partitions.Any(partition => partition.MountPoint == bind.MountPoint && partition.FileSystem is not null))
        {
            throw new BuildException(
                $"the system mounts {bind.Source} at {bind.MountPoint}, and the image has a partition there", $"leave the partition's mountPoint out, or remove fileSystems.\"{bind.MountPoint}\"");
        }

        var place = new StorePlace(partitions, places, store, bind is null ? store : bind.Source.TrimEnd('/') + store[bind.MountPoint.Length..]);
        if (place._holder is null)
        {
            throw new BuildException(
                $"no partition with a file system has {place._held}, where the system finds its store",
                "give a partition the mountPoint that it is below: /usr for a store that fileSystems.\"/nix/store\" binds from /usr/nix/store, /nix for one that is kept by itself");
        }

        place.CheckStorePaths(generation.Path, definition.Directory);
        return place;
    }

    /// <summary>A path of the system as its partitions have it.</summary>
    internal string PathOf(string path) => IsWithin(path, _store) ? _held + path[_store.Length..] : path;

    /// <summary>The partition that a path of the system is on: that of the longest mount point above it; null where it is on none.</summary>
    internal int? HolderOf(string path) => _places.HolderOf(PathOf(path));

    /// <summary>Puts the store where the system mounts it from.</summary>
    /// <param name="tree">The system's tree, whose kernels have been read.</param>
    /// <param name="epoch">Time of the directories above it.</param>
    internal void Apply(FileTree tree, Timestamp epoch)
    {
        if (_held == _store || tree.Find(_store) is not DirectoryInode store)
            return;
        var left = new DirectoryInode(store.Mode);
        left.CopyMetadata(store);
        tree.Set(_store, left);
        if (HasOwnPaths)
            return;
        string above = "";
        foreach (FileName name in FileTree.Split(_held).SkipLast(1))
        {
            above += "/" + name;
            if (tree.Find(above) is null)
                tree.MakeDirectory(above).ModifiedTime = epoch;
        }

        tree.Set(_held, store);
    }

    /// <summary>Whether the partition is declared to have store paths just there, which stand for the system's own.</summary>
    private bool HasOwnPaths => _held != _store && _partitions[_holder!.Value] is { StorePaths.Count: > 0 } holder
        && holder.MountPoint!.TrimEnd('/') + (holder.StorePrefix ?? _store) == _held;

    private void CheckStorePaths(string system, string directory)
    {
        if (HasOwnPaths && !_partitions[_holder!.Value].StorePaths.Any(path => path.Closure && StoreClosure.Locate(path.Path, Path.GetFullPath(directory)) == system))
        {
            throw new BuildException(
                $"the store paths of partition {_holder + 1} are the system's store, and {system} is not among them",
                "add it to them, or leave storePaths out: the system's closure is put there by itself");
        }
    }

    private static bool IsWithin(string path, string directory) =>
        directory == "/" || path == directory || path.StartsWith(directory + "/", StringComparison.Ordinal);
}
