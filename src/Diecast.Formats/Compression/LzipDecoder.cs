using Diecast.Formats.Checksums;
using Diecast.Formats.Native;

namespace Diecast.Formats.Compression;

/// <summary>
/// Members of lzip one after the other. liblzma decodes lzip itself since 5.4; here it decodes the data alone, which every version
/// of it can, and frames, checksums and lengths are checked around it.
/// </summary>
internal sealed class LzipDecoder : ICodec
{
    private const string Format = "lzip";

    private readonly byte[] _frame = new byte[LzipLayout.TrailerSize];
    private readonly SafeLzmaHandle _stream = Lzma.OpenAloneDecoder();
    private State _state = State.Header;
    private int _filled;
    private int _members;
    private uint _crc;
    private ulong _length;
    private ulong _memberLength;

    private enum State
    {
        Header,
        Data,
        Trailer,
    }

    public bool Process(ref ReadOnlySpan<byte> input, ref Span<byte> output, bool isLast)
    {
        while (true)
        {
            switch (_state)
            {
                case State.Header:
                    if (!Fill(ref input, LzipLayout.HeaderSize))
                        return _members > 0 && _filled == 0;
                    Begin();
                    break;
                case State.Data:
                    if (!Decode(ref input, ref output))
                        return false;
                    break;
                default:
                    if (!Fill(ref input, LzipLayout.TrailerSize))
                        return false;
                    End();
                    break;
            }
        }
    }

    public void Dispose() => _stream.Dispose();

    private bool Fill(ref ReadOnlySpan<byte> input, int size)
    {
        int count = Math.Min(size - _filled, input.Length);
        input[..count].CopyTo(_frame.AsSpan(_filled));
        input = input[count..];
        _filled += count;
        return _filled == size;
    }

    private void Begin()
    {
        ReadOnlySpan<byte> header = LzipLayout.LzmaHeader(_frame.AsSpan(0, LzipLayout.HeaderSize));
        if (_members > 0)
            Lzma.RestartAlone(_stream);
        // Without room for output liblzma takes no input, and a header gives none.
        Span<byte> room = new byte[1];
        while (!header.IsEmpty)
        {
            int before = header.Length;
            Check(Lzma.Code(_stream, ref header, ref room, isLast: false));
            if (header.Length == before)
                throw new InvalidImageException(Format, "liblzma does not take the member's header");
        }

        (_state, _filled, _crc, _length, _memberLength) = (State.Data, 0, 0, 0, LzipLayout.HeaderSize);
    }

    /// <summary>One step; says whether the data has ended.</summary>
    private bool Decode(ref ReadOnlySpan<byte> input, ref Span<byte> output)
    {
        Span<byte> target = output;
        int available = input.Length;
        int result = Lzma.Code(_stream, ref input, ref output, isLast: false);
        Check(result);
        ReadOnlySpan<byte> decoded = target[..(target.Length - output.Length)];
        _crc = Crc32.Append(_crc, decoded);
        _length += (ulong)decoded.Length;
        _memberLength += (ulong)(available - input.Length);
        if (result != Lzma.StreamEnd)
            return false;
        _state = State.Trailer;
        return true;
    }

    private void End()
    {
        (uint crc, ulong length, ulong memberLength) = LzipLayout.Trailer(_frame);
        if (crc != _crc)
            throw new InvalidImageException(Format, "the checksum of a member is wrong");
        if (length != _length || memberLength != _memberLength + LzipLayout.TrailerSize)
            throw new InvalidImageException(Format, "the length of a member is another than it says");
        (_state, _filled) = (State.Header, 0);
        _members++;
    }

    private static void Check(int result)
    {
        switch (result)
        {
            case Lzma.Ok or Lzma.StreamEnd or Lzma.BufferError:
                return;
            case Lzma.MemoryLimitError:
                throw new InvalidImageException(Format, $"the stream needs more than {Lzma.MemoryLimit} bytes of memory");
            case Lzma.MemoryError:
                throw new InsufficientMemoryException("liblzma got no memory");
            default:
                throw new InvalidImageException(Format, "the stream is damaged");
        }
    }
}
