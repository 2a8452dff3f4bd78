namespace Diecast.Formats.Disks;

/// <summary>
/// A bounded number of pages, each made by <paramref name="load"/> when it is asked for and dropped when another takes
/// its slot. It is safe to use from several threads; two that miss at once both load.
/// </summary>
internal sealed class PageCache(int slots, Func<long, byte[]> load)
{
    private readonly Page?[] _pages = new Page?[slots];

    /// <summary>The bytes of a page.</summary>
    internal ReadOnlySpan<byte> Get(long index)
    {
        ref Page? slot = ref _pages[(int)(index % _pages.Length)];
        Page? page = Volatile.Read(ref slot);
        if (page is null || page.Index != index)
        {
            page = new Page(index, load(index));
            Volatile.Write(ref slot, page);
        }

        return page.Bytes;
    }

    private sealed record Page(long Index, byte[] Bytes);
}
