using System.Buffers.Binary;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>
/// The image as it grows. What is made goes into the spool; what is stored as it is in the tree is only referred to.
/// </summary>
internal sealed class SquashfsImage
{
    /// <summary>The image stands on blocks of the spool, so that a disk's file may share them.</summary>
    private const int SpoolAlignment = 4096;

    private readonly ContentSpool _spool;
    private readonly BlobBuilder _pieces = new();
    private readonly long _superblock;
    private long _from;
    private long _referred;

    internal SquashfsImage(ContentSpool spool)
    {
        _spool = spool;
        spool.Append(new byte[-spool.Length & (SpoolAlignment - 1)]);
        _superblock = _from = spool.Length;
        spool.Append(new byte[SquashfsLayout.Superblock.Size]);
    }

    /// <summary>Bytes so far.</summary>
    internal long Length => _spool.Length - _superblock + _referred;

    internal void Append(ReadOnlySpan<byte> bytes) => _spool.Append(bytes);

    /// <summary>Appends content by reference.</summary>
    internal void Append(Blob content)
    {
        EndRun();
        _pieces.Append(content);
        _referred += content.Length;
    }

    /// <summary>Appends the places of a table's blocks.</summary>
    /// <param name="blocks">Each block's place in the table.</param>
    /// <param name="table">The table's place.</param>
    internal void AppendPlaces(IReadOnlyList<long> blocks, long table)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        foreach (long block in blocks)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, table + block);
            Append(number);
        }
    }

    /// <summary>Appends a table and the places of its blocks, and returns where those begin.</summary>
    internal long AppendTable(ReadOnlySpan<byte> entries, IBlockCompressor? compressor)
    {
        var metadata = new SquashfsMetadata(compressor);
        metadata.Write(entries);
        long table = Length;
        Append(metadata.Finish());
        long places = Length;
        AppendPlaces(metadata.Blocks, table);
        return places;
    }

    /// <summary>Puts the superblock in its place and ends the image.</summary>
    internal Blob Finish(ReadOnlySpan<byte> superblock, long length)
    {
        _spool.Overwrite(_superblock, superblock);
        _spool.Append(new byte[length - Length]);
        _spool.Flush();
        EndRun();
        return _pieces.ToBlob();
    }

    private void EndRun()
    {
        if (_spool.Length > _from)
            _pieces.Append(Blob.FromFile(_spool.File, _from, _spool.Length - _from));
        _from = _spool.Length;
    }
}
