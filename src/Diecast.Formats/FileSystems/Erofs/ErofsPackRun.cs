using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Erofs;

internal sealed partial class ErofsPack
{
    private readonly Dictionary<Hash, (int Owner, uint Offset)> _extentsByContent = [];

    /// <summary>Some files through the compressor, and what becomes of each.</summary>
    private sealed class ErofsPackRun : IBlockConsumer, IDisposable
    {
        private readonly ErofsPack _pack;
        private readonly bool _packsFragments;
        private readonly ParallelBlocks _blocks;
        private readonly Queue<(int Place, Blob Content, long Offset, bool IsLast)> _segments = new();
        private readonly Dictionary<Hash, int> _filesByContent = [];
        private readonly SortedDictionary<int, int> _copies = [];
        private readonly List<ErofsStoredExtent> _extents = [];
        private readonly List<(Hash Content, uint Offset)> _newExtents = [];
        private readonly int _segmentSize;
        private byte[] _zeroResult = [];
        private IBlockCompressor? _zeroCompressor;
        private long _spoolStart;
        private uint _ownBlocks;
        private FileEnd? _end;

        internal ErofsPackRun(ErofsPack pack, bool packsFragments)
        {
            _pack = pack;
            _packsFragments = packsFragments;
            _segmentSize = ErofsEncoder.SegmentSize(pack._clusterSize);
            _blocks = new ParallelBlocks(
                pack._codec, _segmentSize, null, this, pack._packing.Workers, pack._packing.Cancellation);
        }

        /// <summary>Hands a file to the compressor.</summary>
        internal void Add(int place, Blob content)
        {
            using IncrementalHash? digest = _pack._compression.Deduplicate ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
            for (long at = 0; at < content.Length; at += _segmentSize)
            {
                int count = (int)Math.Min(_segmentSize, content.Length - at);
                bool isLast = at + count == content.Length;
                Span<byte> bytes = _blocks.Fill(count)[..count];
                content.Read(at, bytes);
                _pack.Report(count);
                if (digest is not null)
                {
                    digest.AppendData(bytes);
                    // A copy of one segment need not be compressed; of a longer one the first have been by now.
                    if (isLast && IsCopy(place, digest) && at == 0)
                        return;
                }

                _segments.Enqueue((place, content, at, isLast));
                _blocks.Submit(count);
            }
        }

        /// <summary>Waits for everything.</summary>
        /// <returns>The files that are copies, each with that whose blocks it has, in the order of the tree.</returns>
        internal SortedDictionary<int, int> Complete()
        {
            _blocks.Complete();
            return _copies;
        }

        public void Block(FinishedBlock block)
        {
            (int place, Blob content, long offset, bool isLast) = _segments.Dequeue();
            if (offset == 0)
                Begin();
            ReadOnlySpan<byte> result = block.IsZero ? CompressZeros(block.Input) : block.Output;
            List<ErofsEncoded> extents = ErofsEncoder.Parse(result, block.Input.Length, _pack._blockSize, out int dataAt);
            ReadOnlySpan<byte> input = block.Input;
            for (int i = 0; i < extents.Count; i++)
            {
                (int length, int size) = extents[i];
                ReadOnlySpan<byte> data = size == 0 ? input[..length] : result.Slice(dataAt, size);
                AddExtent(input[..length], data, isRaw: size == 0, isEnd: isLast && i == extents.Count - 1);
                input = input[length..];
                dataAt += size;
            }

            if (isLast)
                Commit(place, content);
        }

        public void Holes(long first, long count)
        {
            // Holes of a file are read as zeros: every extent of it has to be somewhere.
        }

        public void Dispose()
        {
            _blocks.Dispose();
            _zeroCompressor?.Dispose();
        }

        private bool IsCopy(int place, IncrementalHash digest)
        {
            var content = new Hash(digest.GetHashAndReset());
            if (_filesByContent.TryAdd(content, place))
                return false;
            _copies.Add(place, _filesByContent[content]);
            return true;
        }

        private void Begin()
        {
            _extents.Clear();
            _newExtents.Clear();
            _spoolStart = _pack._spool.Length;
            _ownBlocks = 0;
            _end = null;
        }

        private ReadOnlySpan<byte> CompressZeros(ReadOnlySpan<byte> zeros)
        {
            if (_zeroResult.Length == 0)
                _zeroResult = new byte[_pack._codec.Bound(_segmentSize)];
            _zeroCompressor ??= _pack._codec.Open();
            return _zeroResult.AsSpan(0, _zeroCompressor.Compress(zeros, _zeroResult));
        }

        private void AddExtent(ReadOnlySpan<byte> input, ReadOnlySpan<byte> data, bool isRaw, bool isEnd)
        {
            if (isEnd && _pack._compression.TailPacking && data.Length < _pack._blockSize)
            {
                _end = new FileEnd(ErofsEnd.Inline, data.ToArray(), input.Length, isRaw);
                return;
            }

            if (isEnd && _packsFragments && data.Length < _pack._clusterSize)
            {
                // A fragment is kept as it is, and compressed with others.
                _end = new FileEnd(ErofsEnd.Fragment, input.ToArray(), input.Length, isRaw);
                return;
            }

            bool pays = !isRaw && Units.RoundUp(data.Length, _pack._blockSize) < input.Length;
            AddBlocks(pays ? data : input, input.Length, !pays);
        }

        private void AddBlocks(ReadOnlySpan<byte> data, int length, bool isRaw)
        {
            int blocks = (int)Units.Divide(data.Length, _pack._blockSize);
            if (_pack._compression.Deduplicate)
            {
                // What is stored tells what it decompresses to, but not whether it is compressed.
                Hash content = Digest(data) with { D = (Digest(data).D & ~1UL) | (isRaw ? 1UL : 0) };
                if (_pack._extentsByContent.TryGetValue(content, out (int Owner, uint Offset) known))
                {
                    _extents.Add(new ErofsStoredExtent(length, blocks, isRaw, known.Owner, known.Offset));
                    return;
                }

                _newExtents.Add((content, _ownBlocks));
            }

            _extents.Add(new ErofsStoredExtent(length, blocks, isRaw, -1, _ownBlocks));
            _ownBlocks += (uint)blocks;
            int padding = (blocks * _pack._blockSize) - data.Length;
            if (!isRaw)
                _pack._spool.Append(_pack._zeros.AsSpan(0, padding));
            _pack._spool.Append(data);
            if (isRaw)
                _pack._spool.Append(_pack._zeros.AsSpan(0, padding));
        }

        private void Commit(int place, Blob content)
        {
            if (_copies.ContainsKey(place))
                return;
            ErofsNode node = _pack._tree.Nodes[place];
            int head = _pack._tree.HeadSize(node);
            ErofsStored stored = Store(place, node);
            int map = _pack.MapSize(stored, node, head);
            if (stored.End == ErofsEnd.Inline && !ErofsPlacer.CanHold(head + map, stored.EndSize, _pack._blockSize))
            {
                MoveEnd(content);
                stored = Store(place, node);
                map = _pack.MapSize(stored, node, head);
            }

            long cost = (stored.Blocks * _pack._blockSize) + map + (_end?.Bytes.Length ?? 0);
            if (cost >= node.Size)
                return;
            if (_end is { } end)
            {
                if (stored.End == ErofsEnd.Fragment)
                {
                    _pack.AddFragment(place, Digest(end.Bytes), content.Slice(content.Length - end.Length, end.Length));
                }
                else
                {
                    stored = stored.WithEnd(_pack._spool.Length, stored.Indexes);
                    _pack._spool.Append(end.Bytes);
                }
            }

            foreach ((Hash hash, uint offset) in _newExtents)
                _pack._extentsByContent.TryAdd(hash, (place, offset));
            _pack.Commit(place, stored);
        }

        /// <summary>An end that has no room behind its inode becomes a fragment, or blocks of its own.</summary>
        private void MoveEnd(Blob content)
        {
            FileEnd end = _end!;
            _end = null;
            if (_packsFragments)
                _end = end with { Kind = ErofsEnd.Fragment, Bytes = content.Slice(content.Length - end.Length).ToArray() };
            else if (!end.IsRaw && end.Length > _pack._blockSize)
                AddBlocks(end.Bytes, end.Length, isRaw: false);
            else
                AddBlocks(end.IsRaw ? end.Bytes : content.Slice(content.Length - end.Length).ToArray(), end.Length, isRaw: true);
        }

        private ErofsStored Store(int place, in ErofsNode node)
        {
            bool isShared = _extents.Exists(static e => e.Owner >= 0);
            ErofsEnd kind = _end?.Kind ?? ErofsEnd.Blocks;
            ErofsStoredExtent[] extents = _end is { } end
                ? [.. _extents, new ErofsStoredExtent(end.Length, 0, end.IsRaw && kind == ErofsEnd.Inline, -1, _ownBlocks)]
                : [.. _extents];
            return new ErofsStored
            {
                Extents = kind == ErofsEnd.Fragment && extents.Length == 1 && extents[0].Length == node.Size ? [] : extents,
                Owner = place,
                SpoolOffset = _spoolStart,
                Blocks = _ownBlocks,
                Indexes = isShared ? ErofsIndexes.Full : _pack._compression.Indexes,
                End = kind,
                EndSize = kind == ErofsEnd.Inline ? _end!.Bytes.Length : 0,
            };
        }

        /// <summary>The end of a file, which is not in blocks of its own.</summary>
        /// <param name="Kind">Where it goes.</param>
        /// <param name="Bytes">What goes there.</param>
        /// <param name="Length">Bytes of the file that it is.</param>
        /// <param name="IsRaw">Whether it is not compressed.</param>
        private sealed record FileEnd(ErofsEnd Kind, byte[] Bytes, int Length, bool IsRaw);
    }
}
