using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// Writes the content of files: blocks, compressed on all cores, and fragments, which small files share. Everything is
/// decided in the order of the tree by the one thread that reads it, so that the image is the same from any number of
/// cores.
/// </summary>
internal sealed class SquashfsContent : IBlockConsumer, ISquashfsBlocks, IDisposable
{
    /// <summary>What compressors of xz, with the blocks that each has waiting, may take together.</summary>
    private const long XzMemory = 200 << 20;
    private const long BuffersEach = 6;

    private static readonly BlockCodec Nothing = new("", static _ => 0, static () => new NoCompressor());

    private readonly SquashfsOptions _options;
    private readonly SquashfsImage _image;
    private readonly PackOptions _run;
    private readonly int _blockSize;
    private readonly bool _dataIsStored;
    private readonly bool _fragmentsAreStored;
    private readonly HostDirectoryCursor _cursor = new();
    private readonly ParallelBlocks _blocks;
    private readonly SquashfsBlockSink _blockSink;
    private readonly SquashfsSmallFile _small;
    private readonly SquashfsDuplicates? _duplicates;
    private readonly Queue<Pending> _pending = new();
    private readonly byte[] _fragment;
    private readonly List<Blob> _fragmentParts = [];
    private int _fragmentFilled;
    private SquashfsFileData _file = SquashfsFileData.Empty;
    private Blob _fileContent = Blob.Empty;
    private long _nextBlock;
    private long _read;

    internal SquashfsContent(
        SquashfsOptions options, SquashfsImage image, BlockCodec? codec, IReadOnlyList<SquashfsDirectory> directories, PackOptions run)
    {
        _options = options;
        _image = image;
        _run = run;
        _blockSize = options.BlockSize;
        _dataIsStored = options.Stored.HasFlag(SquashfsUncompressed.Data);
        _fragmentsAreStored = options.Stored.HasFlag(SquashfsUncompressed.Fragments);
        _fragment = new byte[_blockSize];
        bool compresses = codec is not null && !(_dataIsStored && _fragmentsAreStored);
        // A result as large as the block is of no use, so there is no room for it.
        _blocks = new ParallelBlocks(compresses ? codec! : Nothing, _blockSize, compresses ? _blockSize : 0, this, Workers(codec), run.Cancellation);
        _blockSink = new SquashfsBlockSink(_blockSize, this, _cursor, run.Cancellation);
        _small = new SquashfsSmallFile(_blockSize, _cursor);
        _duplicates = options.Duplicates ? new SquashfsDuplicates(directories, _blockSize, _cursor, run.Cancellation) : null;
    }

    /// <summary>The fragments' places and sizes, as the table has them.</summary>
    internal List<(long Start, uint Size)> Fragments { get; } = [];

    /// <summary>Writes the content of every file below the directories.</summary>
    internal void Write(IReadOnlyList<SquashfsDirectory> directories)
    {
        foreach (SquashfsDirectory directory in directories)
        {
            foreach (SquashfsNode node in directory.Children)
            {
                // Another name may have been first.
                if (node is { Inode: FileInode file, Data: null })
                    node.Data = Add(file.Content);
            }

            _run.Cancellation.ThrowIfCancellationRequested();
        }

        FlushFragment();
        _blocks.Complete();
    }

    public void Dispose()
    {
        _blocks.Dispose();
        _duplicates?.Dispose();
        _cursor.Dispose();
    }

    /// <summary>xz takes much memory for large blocks, and so much time that more of it is well spent.</summary>
    private int? Workers(BlockCodec? codec) => _run.Workers ?? (_options.Compression == SquashfsCompression.Xz && codec is not null
        ? (int)Math.Clamp(XzMemory / (codec.Memory(_blockSize) + (BuffersEach * _blockSize)), 1, Environment.ProcessorCount)
        : null);

    private SquashfsFileData Add(Blob content)
    {
        if (content.Length == 0)
            return SquashfsFileData.Empty;
        SquashfsFileData data = content.Length < _blockSize && _options.Fragments != SquashfsFragments.None ? AddSmall(content) : AddLarge(content);
        _read += content.Length;
        _run.Progress?.Report(_read);
        return data;
    }

    private SquashfsFileData AddSmall(Blob content)
    {
        ReadOnlySpan<byte> bytes = _small.Read(content);
        SquashfsDuplicates.Key key = default;
        bool mayRepeat = _duplicates?.MayRepeat(content.Length) == true;
        if (mayRepeat)
        {
            key = SquashfsDuplicates.KeyOf(bytes);
            if (_duplicates!.Find(key) is { } known)
                return known;
        }

        var data = new SquashfsFileData(content.Length);
        AddFragment(data, content, bytes);
        if (mayRepeat)
            _duplicates!.Add(key, data);
        return data;
    }

    private SquashfsFileData AddLarge(Blob content)
    {
        SquashfsDuplicates.Key key = default;
        bool mayRepeat = _duplicates?.MayRepeat(content.Length) == true;
        if (mayRepeat)
        {
            key = _duplicates!.KeyOf(content);
            if (_duplicates.Find(key) is { } known)
                return known;
        }

        var data = new SquashfsFileData(content.Length);
        int tail = _options.Fragments == SquashfsFragments.TailEnds ? (int)(content.Length % _blockSize) : 0;
        long whole = content.Length - tail;
        data.Blocks = new uint[(whole + _blockSize - 1) / _blockSize];
        _file = data;
        _fileContent = content;
        _nextBlock = 0;
        content.Emit(0, whole, _blockSink);
        _blockSink.Complete();
        if (tail > 0)
        {
            Blob end = content.Slice(whole, tail);
            AddFragment(data, end, _small.Read(end));
        }

        if (mayRepeat)
            _duplicates!.Add(key, data);
        return data;
    }

    /// <summary>Puts the rest of a file, or a small one, into the fragment, and begins another where it does not fit.</summary>
    private void AddFragment(SquashfsFileData data, Blob content, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _blockSize - _fragmentFilled)
            FlushFragment();
        data.Fragment = (uint)Fragments.Count;
        data.FragmentOffset = (uint)_fragmentFilled;
        bytes.CopyTo(_fragment.AsSpan(_fragmentFilled));
        _fragmentFilled += bytes.Length;
        if (_fragmentsAreStored)
            _fragmentParts.Add(content);
    }

    private void FlushFragment()
    {
        if (_fragmentFilled == 0)
            return;
        int number = Fragments.Count;
        Fragments.Add(default);
        if (_fragmentsAreStored)
        {
            _pending.Enqueue(new Pending(null, number, 0, [.. _fragmentParts]));
            _fragmentParts.Clear();
        }
        else
        {
            _pending.Enqueue(new Pending(null, number, 0, null));
        }

        _fragment.AsSpan(0, _fragmentFilled).CopyTo(_blocks.Fill());
        _blocks.Submit(_fragmentFilled, _fragmentsAreStored ? BlockHandling.Store : BlockHandling.Compress);
        _fragmentFilled = 0;
    }

    Span<byte> ISquashfsBlocks.Room => _blocks.Fill();

    void ISquashfsBlocks.Block(int count)
    {
        Blob[]? parts = _dataIsStored ? [_fileContent.Slice(_nextBlock * _blockSize, count)] : null;
        _pending.Enqueue(new Pending(_file, 0, _nextBlock++, parts));
        _blocks.Submit(count, _dataIsStored ? BlockHandling.Store : BlockHandling.CompressUnlessZero);
        _run.Progress?.Report(_read + ((_nextBlock - 1) * _blockSize));
    }

    void ISquashfsBlocks.Holes(long count)
    {
        _pending.Enqueue(new Pending(_file, 0, _nextBlock, null));
        _nextBlock += count;
        _blocks.Skip(count);
    }

    void IBlockConsumer.Block(FinishedBlock block)
    {
        Pending pending = _pending.Dequeue();
        if (pending.File is not { } file)
        {
            Fragments[pending.Fragment] = (_image.Length, Append(block, pending.Parts));
            return;
        }

        if (pending.Block == 0)
            file.Start = _image.Length;
        if (block.IsZero)
            file.Sparse += block.Input.Length;
        else
            file.Blocks[pending.Block] = Append(block, pending.Parts);
    }

    void IBlockConsumer.Holes(long first, long count)
    {
        Pending pending = _pending.Dequeue();
        SquashfsFileData file = pending.File!;
        if (pending.Block == 0)
            file.Start = _image.Length;
        file.Sparse += count * _blockSize;
    }

    /// <summary>Appends a block and returns its size as readers have it.</summary>
    private uint Append(FinishedBlock block, Blob[]? parts)
    {
        if (parts is not null)
        {
            // What is stored as it is stays where it is.
            foreach (Blob part in parts)
                _image.Append(part);
            return (uint)block.Input.Length | SquashfsLayout.StoredData;
        }

        if (block.Output.Length > 0 && block.Output.Length < block.Input.Length)
        {
            _image.Append(block.Output);
            return (uint)block.Output.Length;
        }

        _image.Append(block.Input);
        return (uint)block.Input.Length | SquashfsLayout.StoredData;
    }

    /// <summary>What a block that is being compressed is for.</summary>
    /// <param name="File">The file; null for a fragment.</param>
    /// <param name="Fragment">The fragment's number.</param>
    /// <param name="Block">The block's number in the file.</param>
    /// <param name="Parts">What it consists of, where it is stored by reference.</param>
    private readonly record struct Pending(SquashfsFileData? File, int Fragment, long Block, Blob[]? Parts);

    private sealed class NoCompressor : IBlockCompressor
    {
        public int Compress(ReadOnlySpan<byte> input, Span<byte> output) => 0;

        public void Dispose()
        {
        }
    }
}
