using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Reads metadata onwards from a place, through the blocks as if they were one.</summary>
internal struct SquashfsCursor
{
    private readonly SquashfsVolume _volume;
    private SquashfsCachedBlock? _block;
    private long _place;
    private int _offset;

    /// <param name="volume">The image.</param>
    /// <param name="place">A metadata block's place in the image.</param>
    /// <param name="offset">A byte of it, not compressed.</param>
    internal SquashfsCursor(SquashfsVolume volume, long place, int offset)
    {
        _volume = volume;
        _place = place;
        _offset = offset;
    }

    /// <summary>Where the next byte is: a block's place in the image, and a byte of it.</summary>
    internal readonly (long Place, int Offset) Position => (_place, _offset);

    internal void Read(Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            _block ??= _volume.Metadata(_place);
            if (_offset == _block.Bytes.Length)
            {
                _place = _block.End;
                _offset = 0;
                _block = null;
                continue;
            }

            if (_offset > _block.Bytes.Length)
                throw SquashfsSuperblock.Invalid($"the metadata block at {_place} has {_block.Bytes.Length} bytes, of which {_offset} is none");
            int count = Math.Min(destination.Length, _block.Bytes.Length - _offset);
            _block.Bytes.AsSpan(_offset, count).CopyTo(destination);
            _offset += count;
            destination = destination[count..];
        }
    }

    internal uint ReadUInt32()
    {
        Span<byte> number = stackalloc byte[sizeof(uint)];
        Read(number);
        return BinaryPrimitives.ReadUInt32LittleEndian(number);
    }

    internal ulong ReadUInt64()
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        Read(number);
        return BinaryPrimitives.ReadUInt64LittleEndian(number);
    }
}
