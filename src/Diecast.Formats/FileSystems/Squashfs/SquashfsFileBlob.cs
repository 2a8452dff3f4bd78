using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>The content of a file: blocks, zeros among them, and perhaps a part of a fragment at the end.</summary>
internal sealed class SquashfsFileBlob : Blob
{
    private readonly SquashfsVolume _volume;
    private readonly SquashfsFragmentTable _fragments;
    private readonly SquashfsBlockList _blocks;
    private readonly long _count;
    private readonly uint _fragment;
    private readonly uint _fragmentOffset;

    internal SquashfsFileBlob(
        SquashfsVolume volume, SquashfsFragmentTable fragments, SquashfsBlockList blocks, long length, long count, uint fragment, uint fragmentOffset)
        : base(length)
    {
        _volume = volume;
        _fragments = fragments;
        _blocks = blocks;
        _count = count;
        _fragment = fragment;
        _fragmentOffset = fragmentOffset;
    }

    /// <summary>Only a file with blocks may have some of zeros, which the list alone knows.</summary>
    public override bool MayHaveHoles => _count > 0;

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        int blockSize = _volume.Superblock.BlockSize;
        while (destination.Length > 0)
        {
            long number = offset / blockSize;
            int skip = (int)(offset % blockSize);
            int there = (int)Math.Min(blockSize, Length - (number * blockSize));
            int count = Math.Min(there - skip, destination.Length);
            Span<byte> part = destination[..count];
            if (number == _count)
                ReadFragment(skip, part);
            else
                ReadBlock(number, skip, part);
            offset += count;
            destination = destination[count..];
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        int blockSize = _volume.Superblock.BlockSize;
        long end = offset + length;
        while (offset < end)
        {
            bool isHole = IsHole(offset / blockSize);
            long next = offset;
            do
                next = Math.Min(end, (next / blockSize * blockSize) + blockSize);
            while (next < end && IsHole(next / blockSize) == isHole);
            if (isHole)
                sink.Hole(next - offset);
            else
                sink.Generated(this, offset, next - offset);
            offset = next;
        }
    }

    private bool IsHole(long block) => block < _count && _blocks.Find(block).Size == 0;

    private void ReadBlock(long number, int skip, Span<byte> part)
    {
        (long place, uint size) = _blocks.Find(number);
        if (size == 0)
        {
            part.Clear();
            return;
        }

        if (part.Length == _volume.Superblock.BlockSize)
        {
            _volume.ReadWhole(place, size, part);
            return;
        }

        Copy(_volume.Data(place, size).Bytes, skip, part);
    }

    private void ReadFragment(int skip, Span<byte> part)
    {
        (long place, uint size) = _fragments.Find(_fragment);
        byte[] bytes = _volume.Data(place, size).Bytes;
        long start = _fragmentOffset + (long)skip;
        if (start + part.Length > bytes.Length)
            throw SquashfsSuperblock.Invalid($"the fragment {_fragment} has {bytes.Length} bytes; a file has {part.Length} of them at {start}");
        bytes.AsSpan((int)start, part.Length).CopyTo(part);
    }

    /// <summary>A block may come out short; the rest of it is zeros.</summary>
    private static void Copy(byte[] bytes, int skip, Span<byte> part)
    {
        ReadOnlySpan<byte> there = bytes.AsSpan(Math.Min(skip, bytes.Length));
        there = there[..Math.Min(there.Length, part.Length)];
        there.CopyTo(part);
        part[there.Length..].Clear();
    }
}
