using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Compresses files by zisofs, on all cores, into a spool. A file that does not become smaller stays as it is.</summary>
internal sealed class IsoPacker : IBlockConsumer
{
    private readonly IsoOptions _options;
    private readonly ContentSpool _spool;
    private readonly PackOptions _run;
    private readonly BlockCodec? _codec;
    private readonly Queue<PackedFile> _files = new();
    private readonly Dictionary<Inode, IsoContent> _packed = new(ReferenceEqualityComparer.Instance);

    internal IsoPacker(IsoOptions options, ContentSpool spool, PackOptions run)
    {
        (_options, _spool, _run) = (options, spool, run);
        _codec = options.Zisofs is { } zisofs ? BlockCodecs.Zlib(zisofs.Level) : null;
    }

    /// <summary>Identity of the codec, if anything has been compressed.</summary>
    internal string? Codec => _packed.Count > 0 ? _codec?.Identity : null;

    private int BlockSize => _options.Zisofs!.BlockSize;

    internal Dictionary<Inode, IsoContent> Pack(FileTree tree)
    {
        if (_codec is null)
            return _packed;
        using var blocks = new ParallelBlocks(_codec, BlockSize, null, this, _run.Workers, _run.Cancellation);
        long done = 0;
        foreach (FileInode file in Files(tree))
        {
            _files.Enqueue(new PackedFile(file, _spool.Length, BlockSize));
            for (long at = 0; at < file.Content.Length; at += BlockSize)
            {
                int count = (int)Math.Min(BlockSize, file.Content.Length - at);
                file.Content.Read(at, blocks.Fill()[..count]);
                blocks.Submit(count);
            }

            done += file.Content.Length;
            _run.Progress?.Report(done);
        }

        blocks.Complete();
        _spool.Flush();
        return _packed;
    }

    public void Block(FinishedBlock block)
    {
        PackedFile file = _files.Peek();
        if (file.Add(block.Output.Length, _spool.Length))
            _spool.Append(block.Output);
        if (!file.IsComplete)
            return;
        _ = _files.Dequeue();
        if (file.Finish(_spool) is { } content)
            _packed.Add(file.Inode, content);
    }

    public void Holes(long first, long count)
    {
        for (; count > 0; count--)
            Block(default);
    }

    /// <summary>The files that are compressed, each once, in the order of the tree.</summary>
    private List<FileInode> Files(FileTree tree)
    {
        var seen = new HashSet<Inode>(ReferenceEqualityComparer.Instance);
        var files = new List<FileInode>();
        foreach (IsoBootEntry entry in _options.Boot)
        {
            if (entry.Path is { } path && tree.ResolveFile(path) is { } image)
                seen.Add(image);
        }

        foreach (TreeEntry entry in tree.Walk())
        {
            // A name that is excluded is so under its other names too.
            if (entry.Inode is FileInode file && IsExcluded(entry))
                seen.Add(file);
        }

        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is FileInode { Content.Length: > IsoFormat.SectorSize and <= uint.MaxValue } file && seen.Add(file))
                files.Add(file);
        }

        return files;
    }

    private bool IsExcluded(TreeEntry entry)
    {
        string name = entry.Name.ToString();
        foreach (string pattern in _options.Zisofs!.Exclude)
        {
            bool matches = pattern.StartsWith('/')
                ? entry.Path == pattern || entry.Path.StartsWith(pattern.TrimEnd('/') + "/", StringComparison.Ordinal)
                : pattern.StartsWith('.') ? name.EndsWith(pattern, StringComparison.Ordinal) : name == pattern;
            if (matches)
                return true;
        }

        return false;
    }

    /// <summary>A file on its way to the spool.</summary>
    private sealed class PackedFile
    {
        private readonly int _blockSize;
        private readonly byte[] _head;
        private readonly int _blocks;
        private long _start;
        private int _done;
        private long _end;

        internal PackedFile(FileInode inode, long start, int blockSize)
        {
            (Inode, _start, _blockSize) = (inode, start, blockSize);
            _blocks = (int)((inode.Content.Length + blockSize - 1) / blockSize);
            _head = new byte[IsoZisofsLayout.HeaderLength + (sizeof(uint) * (_blocks + 1))];
            _end = _head.Length;
        }

        internal FileInode Inode { get; }

        internal bool IsComplete => _done == _blocks;

        /// <summary>Records a block, and says whether it is worth keeping.</summary>
        internal bool Add(int length, long spooled)
        {
            if (_done == 0)
                _start = spooled;
            BinaryPrimitives.WriteUInt32LittleEndian(Pointer(_done++), (uint)Math.Min(_end, uint.MaxValue));
            _end += length;
            return _end <= Inode.Content.Length;
        }

        internal IsoContent? Finish(ContentSpool spool)
        {
            if (IsoFormat.Sectors(_end) >= IsoFormat.Sectors(Inode.Content.Length))
                return null;
            BinaryPrimitives.WriteUInt32LittleEndian(Pointer(_blocks), (uint)_end);
            int shift = BitOperations.Log2((uint)_blockSize);
            IsoZisofsLayout.Magic.CopyTo(_head);
            IsoZisofsLayout.Size.Set(_head, Inode.Content.Length);
            IsoZisofsLayout.Header.Set(_head, IsoZisofsLayout.HeaderLength / 4);
            IsoZisofsLayout.Shift.Set(_head, shift);
            Blob body = Blob.FromFile(spool.File, _start, _end - _head.Length);
            return new IsoContent(Blob.Concat(Blob.FromMemory(_head), body)) { Compressed = new IsoCompressed(Inode.Content.Length, shift) };
        }

        private Span<byte> Pointer(int index) => _head.AsSpan(IsoZisofsLayout.HeaderLength + (sizeof(uint) * index), sizeof(uint));
    }
}
