using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

internal sealed partial class ErofsPack
{
    /// <summary>Larger fragments are not looked for among others.</summary>
    private const int LargestComparedFragment = 1 << 20;

    private readonly BlobBuilder _fragments = new();
    private readonly Dictionary<Hash, long> _fragmentsByContent = [];
    private readonly byte[] _zeros = new byte[1 << ErofsFormat.MaximumBlockBits];

    private void Report(long bytes)
    {
        _read += bytes;
        _packing.Progress?.Report(_read);
    }

    /// <summary>Puts all of a file into the packed inode.</summary>
    private void AddWholeFragment(int place, Blob content)
    {
        _packing.Cancellation.ThrowIfCancellationRequested();
        long at;
        if (content.Length <= LargestComparedFragment)
        {
            at = AddFragment(content.ToArray(), content);
        }
        else
        {
            at = _fragments.End;
            _fragments.Append(content);
        }

        Commit(place, new ErofsStored
        {
            Extents = [],
            Owner = place,
            SpoolOffset = 0,
            Blocks = 0,
            Indexes = _compression.Indexes,
            End = ErofsEnd.Fragment,
            EndOffset = at,
        });
    }

    /// <summary>Puts bytes into the packed inode, once, and returns where they are.</summary>
    private long AddFragment(ReadOnlySpan<byte> bytes, Blob content)
    {
        Hash hash = Digest(bytes);
        if (_fragmentsByContent.TryGetValue(hash, out long known))
            return known;
        long at = _fragments.End;
        _fragmentsByContent.Add(hash, at);
        _fragments.Append(content);
        return at;
    }

    /// <summary>Makes the packed inode, which is a file of no name, and compresses it.</summary>
    private void PackFragments()
    {
        if (_fragments.End == 0)
            return;
        Blob content = _fragments.ToBlob();
        PackedInode = _tree.AddUnnamed(content);
        using var run = new ErofsPackRun(this, packsFragments: false);
        run.Add(PackedInode, content);
        run.Complete();
    }

    private int MapSize(ErofsStored stored, in ErofsNode node, int head) =>
        stored.MapSize(head, ErofsFormat.DivideUp(node.Size, _blockSize), _options.BlockBits);

    private void Commit(int place, ErofsStored stored)
    {
        _stored.Add(stored);
        ref ErofsNode node = ref _tree.Nodes[place];
        int map = MapSize(stored, node, _tree.HeadSize(node));
        node.Store = _stored.Count;
        node.MapSize = map;
        node.Layout = stored.Indexes == ErofsIndexes.Full ? ErofsDataLayout.CompressedFull : ErofsDataLayout.CompressedCompact;
        node.TailSize = stored.EndSize;
        node.Blocks = stored.Blocks;
    }

    /// <summary>Makes a file have the blocks of another with the same content.</summary>
    private void Share(int place, int owner)
    {
        ref ErofsNode node = ref _tree.Nodes[place];
        ref ErofsNode first = ref _tree.Nodes[owner];
        node.SharedWith = owner + 1;
        if (first.Store == 0)
            return;
        ErofsStored stored = _stored[first.Store - 1];
        int head = _tree.HeadSize(node);
        int map = MapSize(stored, node, head);
        if (stored.End == ErofsEnd.Inline && !ErofsPlacer.CanHold(head + map, stored.EndSize, _blockSize))
        {
            node.SharedWith = 0;
            return;
        }

        node.Store = first.Store;
        node.MapSize = map;
        node.Layout = first.Layout;
        node.TailSize = first.TailSize;
        node.Blocks = first.Blocks;
    }
}
