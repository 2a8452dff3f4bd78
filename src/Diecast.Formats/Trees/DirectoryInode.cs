using System.Runtime.ExceptionServices;

namespace Diecast.Formats.Trees;

/// <summary>A name in a directory and the inode that it stands for.</summary>
/// <param name="Name">The name.</param>
/// <param name="Inode">The inode; shared by all its hard links.</param>
public readonly record struct DirectoryEntry(FileName Name, Inode Inode);

/// <summary>A directory: entries in ascending byte order of their names.</summary>
/// <remarks>
/// Adding names in ascending order costs nothing but the append, which is what sorted archives and sorted listings
/// give. Names in other orders go through an index that lives until the entries are next listed.
/// A directory of an image is read when something first asks for its entries; any member but those of
/// <see cref="Inode"/> may then throw what reading the image throws, and throws the same from then on.
/// </remarks>
/// <param name="mode">Permissions; default 0755.</param>
public sealed class DirectoryInode(int mode = 0b111_101_101) : Inode(mode)
{
    private const int IndexThreshold = 32;

    private DirectoryEntry[] _entries = [];
    private int _count;
    private int _sorted;
    private Dictionary<FileName, int>? _index;
    private Loader? _loader;

    /// <summary>A directory whose entries are read when they are first asked for.</summary>
    /// <param name="mode">Permissions.</param>
    /// <param name="load">Called once, whichever thread comes first; names valid and each of them once, in any order.</param>
    internal DirectoryInode(int mode, Func<DirectoryEntry[]> load)
        : this(mode) => _loader = new Loader(load);

    /// <inheritdoc/>
    public override InodeType Type => InodeType.Directory;

    /// <summary>The number of entries.</summary>
    public int Count
    {
        get
        {
            Load();
            return _count;
        }
    }

    /// <summary>The entries, sorted by name. The list is a view, valid until the directory next changes.</summary>
    public ReadOnlySpan<DirectoryEntry> Entries
    {
        get
        {
            Load();
            Sort();
            return _entries.AsSpan(0, _count);
        }
    }

    /// <summary>The inode of a name, or null.</summary>
    public Inode? Find(FileName name)
    {
        Load();
        int at = IndexOf(name);
        return at < 0 ? null : _entries[at].Inode;
    }

    /// <summary>Adds a name, or makes an existing one stand for another inode.</summary>
    /// <exception cref="ArgumentException">The name is empty, <c>.</c>, <c>..</c>, or holds a slash or NUL.</exception>
    public void Set(FileName name, Inode inode)
    {
        if (!name.IsValidEntry)
            throw new ArgumentException($"'{name}' cannot be a name in a directory", nameof(name));
        Load();
        if (_count == 0 || (_sorted == _count && _entries[_count - 1].Name.CompareTo(name) < 0))
        {
            Append(name, inode);
            _sorted = _count;
            _index?.Add(name, _count - 1);
            return;
        }

        int at = IndexOf(name);
        if (at >= 0)
        {
            _entries[at] = new DirectoryEntry(_entries[at].Name, inode);
            return;
        }

        Append(name, inode);
        _index?.Add(name, _count - 1);
    }

    /// <summary>Makes room for as many entries in all.</summary>
    internal void EnsureCapacity(int count)
    {
        Load();
        if (count > _entries.Length)
            Array.Resize(ref _entries, count);
    }

    /// <summary>Removes a name and returns its inode, or null if there is none.</summary>
    public Inode? Remove(FileName name)
    {
        Load();
        Sort();
        int at = IndexOf(name);
        if (at < 0)
            return null;
        Inode inode = _entries[at].Inode;
        Array.Copy(_entries, at + 1, _entries, at, _count - at - 1);
        _entries[--_count] = default;
        _sorted = _count;
        _index = null;
        return inode;
    }

    /// <summary>Removes every name that a condition holds for.</summary>
    internal void RemoveAll(Predicate<DirectoryEntry> condition)
    {
        Load();
        Sort();
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (!condition(_entries[i]))
                _entries[kept++] = _entries[i];
        }

        Array.Clear(_entries, kept, _count - kept);
        _count = _sorted = kept;
        _index = null;
    }

    private void Load()
    {
        if (Volatile.Read(ref _loader) is not { } loader)
            return;
        lock (loader)
        {
            if (_loader is null)
                return;
            DirectoryEntry[] entries = loader.Run();
            entries.AsSpan().Sort(static (a, b) => a.Name.CompareTo(b.Name));
            _entries = entries;
            _count = _sorted = entries.Length;
            Volatile.Write(ref _loader, null);
        }
    }

    private void Append(FileName name, Inode inode)
    {
        if (_count == _entries.Length)
            Array.Resize(ref _entries, Math.Max(4, _count + (_count >> 1)));
        _entries[_count++] = new DirectoryEntry(name, inode);
    }

    private void Sort()
    {
        if (_sorted == _count)
            return;
        _entries.AsSpan(0, _count).Sort(static (a, b) => a.Name.CompareTo(b.Name));
        _sorted = _count;
        _index = null;
    }

    private int IndexOf(FileName name)
    {
        if (_index is not null)
            return _index.TryGetValue(name, out int found) ? found : -1;
        int low = 0;
        int high = _sorted - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = _entries[middle].Name.CompareTo(name);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        if (_count - _sorted > IndexThreshold)
        {
            _index = new Dictionary<FileName, int>(_count * 2);
            for (int i = 0; i < _count; i++)
                _index.Add(_entries[i].Name, i);
            return _index.TryGetValue(name, out int found) ? found : -1;
        }

        for (int i = _sorted; i < _count; i++)
        {
            if (_entries[i].Name == name)
                return i;
        }

        return -1;
    }

    /// <summary>What is to be called once, and what came of it where it failed.</summary>
    private sealed class Loader(Func<DirectoryEntry[]> load)
    {
        private ExceptionDispatchInfo? _failure;

        internal DirectoryEntry[] Run()
        {
            _failure?.Throw();
            try
            {
                return load();
            }
            catch (Exception e)
            {
                _failure = ExceptionDispatchInfo.Capture(e);
                throw;
            }
        }
    }
}
