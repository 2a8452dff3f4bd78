using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>Decompresses a frame to exactly as many bytes as it is to have.</summary>
/// <exception cref="InvalidImageException">It is damaged, or has more or fewer.</exception>
internal delegate void FrameDecoder(int number, ReadOnlySpan<byte> frame, Span<byte> destination);

/// <summary>A frame of a compressed file.</summary>
/// <param name="Place">Where it begins in the file.</param>
/// <param name="Start">Where its content begins in what is compressed.</param>
internal readonly record struct Frame(long Place, long Start);

/// <summary>
/// What is compressed in frames of their own whose places are known, read in place: a frame is decompressed when some of it
/// is asked for. 64 MiB of them are kept at most.
/// </summary>
internal sealed class FramesBlob : Blob
{
    /// <summary>A file with a larger frame is not worth reading in place, and would take the memory of many.</summary>
    internal const int LargestFrame = 16 << 20;

    /// <summary>A file with more frames is not read in place: their places alone would be 16 MiB.</summary>
    internal const int MostFrames = 1 << 20;

    private const int KeptBytes = 64 << 20;
    private const int LeastKept = 4;
    private const int MostKept = 16;

    /// <summary>A frame this much smaller than its content may be of zeros.</summary>
    private const int ZeroRatio = 1024;

    private const int ZeroOverhead = 64;
    private const int MostTrials = 64;

    private readonly Blob _file;
    private readonly Frame[] _frames;
    private readonly bool[] _isZero;
    private readonly FrameDecoder _decode;
    private readonly PageCache _kept;

    /// <summary>A file's frames; the last of the array is the end of the others.</summary>
    internal FramesBlob(Blob file, Frame[] frames, FrameDecoder decode)
        : base(frames[^1].Start)
    {
        _file = file;
        _frames = frames;
        _decode = decode;
        int largest = 1;
        for (int i = 0; i < Count; i++)
            largest = Math.Max(largest, SizeOf(i));
        _kept = new PageCache(Math.Clamp(KeptBytes / largest, LeastKept, MostKept), index => Load((int)index));
        _isZero = FindZeros();
        MayHaveHoles = Array.IndexOf(_isZero, true) >= 0;
    }

    /// <summary>How many frames there are.</summary>
    internal int Count => _frames.Length - 1;

    public override bool MayHaveHoles { get; }

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        for (int i = FrameAt(offset); destination.Length > 0; i++)
        {
            int skip = (int)(offset - _frames[i].Start);
            int count = Math.Min(destination.Length, SizeOf(i) - skip);
            if (_isZero[i])
                destination[..count].Clear();
            else if (count > 0)
                _kept.Get(i).Slice(skip, count).CopyTo(destination);
            offset += count;
            destination = destination[count..];
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        long end = offset + length;
        for (int i = FrameAt(offset); offset < end; i++)
        {
            long next = Math.Min(end, _frames[i + 1].Start);
            if (next == offset)
                continue;
            if (_isZero[i])
                sink.Hole(next - offset);
            else
                sink.Generated(this, offset, next - offset);
            offset = next;
        }
    }

    private int SizeOf(int frame) => (int)(_frames[frame + 1].Start - _frames[frame].Start);

    private int FrameAt(long offset)
    {
        int low = 0;
        int high = Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) >>> 1;
            if (_frames[middle].Start <= offset)
                low = middle;
            else
                high = middle - 1;
        }

        return low;
    }

    private byte[] Load(int frame)
    {
        byte[] bytes = new byte[SizeOf(frame)];
        _decode(frame, Compressed(frame), bytes);
        return bytes;
    }

    private byte[] Compressed(int frame) => _file.Slice(_frames[frame].Place, _frames[frame + 1].Place - _frames[frame].Place).ToArray();

    /// <summary>
    /// A sparse disk has the same frame of zeros many times. It is decompressed once, and known by its bytes from then on.
    /// </summary>
    private bool[] FindZeros()
    {
        bool[] zeros = new bool[Count];
        byte[] known = [];
        int knownSize = -1;
        int trials = 0;
        for (int i = 0; i < zeros.Length; i++)
        {
            int size = SizeOf(i);
            if (size == 0 || _frames[i + 1].Place - _frames[i].Place > (size / ZeroRatio) + ZeroOverhead)
                continue;
            byte[] compressed = Compressed(i);
            if (size == knownSize && compressed.AsSpan().SequenceEqual(known))
            {
                zeros[i] = true;
            }
            else if (trials++ < MostTrials)
            {
                zeros[i] = !_kept.Get(i).ContainsAnyExcept((byte)0);
                if (zeros[i])
                    (known, knownSize) = (compressed, size);
            }
        }

        return zeros;
    }
}
