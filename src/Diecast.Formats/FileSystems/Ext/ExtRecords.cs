using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

/// <summary>An inode of the file system; its number is its place in the list plus one.</summary>
internal struct ExtNode
{
    /// <summary>What it is made of; null for the reserved inodes that hold nothing.</summary>
    internal Inode? Source;

    /// <summary>Bytes, as i_size.</summary>
    internal long Size;

    /// <summary>Names that lead here, directories' own and their children's included.</summary>
    internal int Links;

    /// <summary>The blocks of content, by logical number.</summary>
    internal int FirstRun;
    internal int RunCount;

    /// <summary>The blocks of content by place, and after them those of the map that leads to them.</summary>
    internal int FirstExtent;
    internal int ExtentCount;
    internal int MapCount;

    /// <summary>The directory's record plus one, or zero.</summary>
    internal int Directory;

    /// <summary>The attribute block's record plus one, or zero.</summary>
    internal int XattrBlock;

    /// <summary>The attribute's value that it is plus one, or zero.</summary>
    internal int XattrValue;

    /// <summary>Bits of i_flags that do not follow from the rest.</summary>
    internal uint Flags;

    /// <summary>The project it belongs to.</summary>
    internal uint Project;
}

/// <summary>Logical blocks of a file that have content.</summary>
internal readonly record struct ExtRun(uint Logical, uint Blocks);

/// <summary>Logical blocks and the place that they have.</summary>
internal readonly record struct ExtExtent(uint Logical, int Blocks, long Physical);

/// <summary>A block of extended attributes, shared by all inodes with the same ones.</summary>
internal struct ExtXattrBlock
{
    internal ExtXattrs Xattrs;
    internal int References;
    internal long Physical;
}

/// <summary>A passive translator of the Hurd.</summary>
/// <param name="Place">The place of its inode.</param>
/// <param name="Value">Its command: words that end with NUL.</param>
internal sealed record ExtTranslator(int Place, ReadOnlyMemory<byte> Value)
{
    /// <summary>The block that holds it.</summary>
    internal long Physical { get; set; }
}

/// <summary>A directory's entries.</summary>
internal struct ExtDirectory
{
    /// <summary>The place of its inode in the list of inodes.</summary>
    internal int Node;

    /// <summary>The place of its parent's inode in the list of inodes.</summary>
    internal int Parent;

    /// <summary>Where the places of its entries' inodes begin, in the order of the entries.</summary>
    internal int FirstChild;

    internal int Count;

    internal int Subdirectories;

    /// <summary>Blocks of which it consists.</summary>
    internal int Blocks;

    /// <summary>How its entries spread over blocks; null when there is one that holds them all.</summary>
    internal ExtDirectoryLayout? Layout;
}

/// <summary>An array that grows, with its items in reach of a reference.</summary>
internal sealed class ExtList<T>
{
    private T[] _items = [];

    internal int Count { get; private set; }

    internal ref T this[int index] => ref _items.AsSpan(0, Count)[index];

    internal ReadOnlySpan<T> Span => _items.AsSpan(0, Count);

    internal int Add(T item)
    {
        Reserve(1);
        _items[Count] = item;
        return Count++;
    }

    /// <summary>Adds default items and returns the place of the first.</summary>
    internal int AddDefaults(int count)
    {
        Reserve(count);
        int first = Count;
        Count += count;
        return first;
    }

    internal void Clear() => Count = 0;

    /// <summary>Orders the items from one on.</summary>
    internal void Sort(int first, Comparison<T> comparison) => _items.AsSpan(first, Count - first).Sort(comparison);

    internal void RemoveLast() => Count--;

    private void Reserve(int count)
    {
        int needed = Count + count;
        if (needed > _items.Length)
            Array.Resize(ref _items, (int)Math.Min(Array.MaxLength, Math.Max(Math.Max(16, needed), Count * 2L)));
    }
}
