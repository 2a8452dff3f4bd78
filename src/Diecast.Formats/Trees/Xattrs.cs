using System.Collections;

namespace Diecast.Formats.Trees;

/// <summary>One extended attribute.</summary>
/// <param name="Name">With its namespace: <c>user.…</c>, <c>security.capability</c>, <c>system.posix_acl_access</c>.</param>
/// <param name="Value">The value as getxattr gives it; the memory must not change afterwards.</param>
public readonly record struct Xattr(FileName Name, ReadOnlyMemory<byte> Value);

/// <summary>The extended attributes of an inode: immutable, sorted by name, without repeats.</summary>
public sealed class Xattrs : IReadOnlyList<Xattr>, IEquatable<Xattrs>
{
    private readonly Xattr[] _items;

    private Xattrs(Xattr[] items) => _items = items;

    /// <summary>No attributes.</summary>
    public static Xattrs None { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <inheritdoc/>
    public Xattr this[int index] => _items[index];

    /// <summary>Sorts the attributes; of two with the same name the later one counts.</summary>
    public static Xattrs Create(IEnumerable<Xattr> items)
    {
        var byName = new SortedDictionary<FileName, Xattr>();
        foreach (Xattr item in items)
            byName[item.Name] = item;
        return byName.Count == 0 ? None : new Xattrs([.. byName.Values]);
    }

    /// <summary>The value of an attribute, or null.</summary>
    public ReadOnlyMemory<byte>? Find(FileName name)
    {
        foreach (Xattr item in _items)
        {
            if (item.Name == name)
                return item.Value;
        }

        return null;
    }

    /// <summary>The same attributes with one added or replaced.</summary>
    public Xattrs With(FileName name, ReadOnlyMemory<byte> value) => Create([.. _items, new Xattr(name, value)]);

    /// <summary>The same attributes without one.</summary>
    public Xattrs Without(FileName name) => Create(_items.Where(item => item.Name != name));

    /// <inheritdoc/>
    public bool Equals(Xattrs? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other.Count != Count)
            return false;
        for (int i = 0; i < _items.Length; i++)
        {
            if (_items[i].Name != other._items[i].Name || !_items[i].Value.Span.SequenceEqual(other._items[i].Value.Span))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Xattrs);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (Xattr item in _items)
        {
            hash.AddBytes(item.Name.Span);
            hash.AddBytes(item.Value.Span);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public IEnumerator<Xattr> GetEnumerator() => ((IEnumerable<Xattr>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
