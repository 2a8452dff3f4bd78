using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Erofs;

internal sealed partial class ErofsPack
{
    /// <summary>Larger fragments are not looked for among others.</summary>
    private const int LargestComparedFragment = 1 << 20;

    private readonly BlobBuilder _fragments = new();
    private readonly List<(int Place, Hash? Hash, Blob Content)> _waiting = [];
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
        Hash? hash = content.Length <= LargestComparedFragment ? Digest(content.ToArray()) : null;
        Report(content.Length);
        AddFragment(place, hash, content);
        Commit(place, new ErofsStored
        {
            Extents = [],
            Owner = place,
            SpoolOffset = 0,
            Blocks = 0,
            Indexes = _compression.Indexes,
            End = ErofsEnd.Fragment,
        });
    }

    /// <summary>Remembers the end of a file, or all of it, for the packed inode.</summary>
    private void AddFragment(int place, Hash? hash, Blob content) => _waiting.Add((place, hash, content));

    /// <summary>
    /// Gives fragments their places, in the order of the tree: it is not that in which they came, since some had to wait for
    /// the compressor. Equal ones are stored once.
    /// </summary>
    private void PlaceFragments()
    {
        _waiting.Sort(static (a, b) => a.Place.CompareTo(b.Place));
        foreach ((int place, Hash? hash, Blob content) in _waiting)
        {
            if (hash is not { } key || !_fragmentsByContent.TryGetValue(key, out long at))
            {
                at = _fragments.End;
                _fragments.Append(content);
                if (hash is { } added)
                    _fragmentsByContent.Add(added, at);
            }

            ref ErofsNode node = ref _tree.Nodes[place];
            ErofsStored stored = _stored[node.Store - 1];
            // A compact index has four bytes for the place.
            bool isFull = stored.Indexes == ErofsIndexes.Full || (at > uint.MaxValue && !stored.IsWholeFragment);
            _stored[node.Store - 1] = stored.WithEnd(at, isFull ? ErofsIndexes.Full : ErofsIndexes.Compact);
            Describe(ref node, _stored[node.Store - 1]);
        }
    }

    /// <summary>Makes the packed inode, which is a file of no name, and compresses it.</summary>
    private void PackFragments()
    {
        PlaceFragments();
        if (_fragments.End == 0)
            return;
        Blob content = _fragments.ToBlob();
        PackedInode = _tree.AddUnnamed(content);
        using var run = new ErofsPackRun(this, packsFragments: false);
        run.Add(PackedInode, content);
        run.Complete();
    }

    private int MapSize(ErofsStored stored, in ErofsNode node, int head) =>
        stored.MapSize(head, Units.Divide(node.Size, _blockSize), _options.BlockBits);

    private void Commit(int place, ErofsStored stored)
    {
        _stored.Add(stored);
        ref ErofsNode node = ref _tree.Nodes[place];
        node.Store = _stored.Count;
        Describe(ref node, stored);
    }

    private void Describe(ref ErofsNode node, ErofsStored stored)
    {
        node.MapSize = 0;
        node.MapSize = MapSize(stored, node, _tree.HeadSize(node));
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
