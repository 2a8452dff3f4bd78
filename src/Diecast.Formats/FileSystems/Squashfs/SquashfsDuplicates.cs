using System.Buffers.Binary;
using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// Finds files that are equal. Only files of a length that several have are read for it, and only their digests are
/// compared: those are SHA-256.
/// </summary>
internal sealed class SquashfsDuplicates : ISquashfsBlocks, IDisposable
{
    private readonly Dictionary<long, bool> _isShared = [];
    private readonly Dictionary<Key, SquashfsFileData> _known = [];
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _room;
    private readonly SquashfsBlockSink _sink;
    private long _block;

    internal SquashfsDuplicates(IEnumerable<SquashfsDirectory> directories, int blockSize, HostDirectoryCursor cursor, CancellationToken cancellation)
    {
        _room = new byte[blockSize];
        _sink = new SquashfsBlockSink(blockSize, this, cursor, cancellation);
        foreach (SquashfsDirectory directory in directories)
        {
            foreach (SquashfsNode node in directory.Children)
            {
                if (node.Inode is FileInode { Content.Length: > 0 and var length })
                    _isShared[length] = _isShared.ContainsKey(length);
            }
        }
    }

    /// <summary>Whether another file may be equal to one of this length.</summary>
    internal bool MayRepeat(long length) => _isShared.TryGetValue(length, out bool isShared) && isShared;

    /// <summary>The digest of content that is in memory and smaller than a block.</summary>
    internal static Key KeyOf(ReadOnlySpan<byte> content)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, digest);
        return new Key(content.Length, digest);
    }

    /// <summary>
    /// The digest of content of a block or more: of the blocks that are not zeros, each with its number, so that it is the
    /// same whether zeros are holes or not.
    /// </summary>
    internal Key KeyOf(Blob content)
    {
        _block = 0;
        content.Emit(_sink);
        _sink.Complete();
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _digest.GetHashAndReset(digest);
        return new Key(content.Length, digest);
    }

    /// <summary>Where equal content is already, or null.</summary>
    internal SquashfsFileData? Find(Key key) => _known.GetValueOrDefault(key);

    internal void Add(Key key, SquashfsFileData data) => _known.Add(key, data);

    public void Dispose() => _digest.Dispose();

    Span<byte> ISquashfsBlocks.Room => _room;

    void ISquashfsBlocks.Block(int count)
    {
        long number = _block++;
        if (!_room.AsSpan(0, count).ContainsAnyExcept((byte)0))
            return;
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _digest.AppendData(bytes);
        _digest.AppendData(_room.AsSpan(0, count));
    }

    void ISquashfsBlocks.Holes(long count) => _block += count;

    /// <summary>What stands for content.</summary>
    internal readonly record struct Key(long Length, UInt128 First, UInt128 Second)
    {
        internal Key(long length, ReadOnlySpan<byte> digest)
            : this(length, BinaryPrimitives.ReadUInt128LittleEndian(digest), BinaryPrimitives.ReadUInt128LittleEndian(digest[16..]))
        {
        }
    }
}
