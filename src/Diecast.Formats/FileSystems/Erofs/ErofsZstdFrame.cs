using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>The header of a Zstandard frame and those of its blocks (RFC 8878, 3.1.1).</summary>
internal static class ErofsZstdFrame
{
    private const uint Magic = 0xFD2FB528;
    private const int BlockHeader = 3;
    private const int RepeatedByte = 1;
    private const byte SingleSegment = 1 << 5;
    private const int LeastWindowLog = 10;

    /// <summary>Most bytes of a header that <see cref="WriteHeader"/> writes.</summary>
    internal const int LongestHeader = 10;

    /// <summary>Bytes of the header that a frame begins with.</summary>
    internal static int HeaderLength(ReadOnlySpan<byte> frame)
    {
        byte descriptor = frame[sizeof(uint)];
        bool isSingle = (descriptor & SingleSegment) != 0;
        int sizeField = (descriptor >> 6) switch { 0 => isSingle ? 1 : 0, 1 => 2, 2 => 4, _ => 8 };
        int dictionaryField = (descriptor & 3) switch { 3 => 4, var bytes => bytes };
        return sizeof(uint) + 1 + (isSingle ? 0 : 1) + dictionaryField + sizeField;
    }

    /// <summary>
    /// Writes a header with the content's size, which readers ask for. What fits the window is a single segment, as of
    /// frames that are compressed at once.
    /// </summary>
    /// <returns>Its bytes.</returns>
    internal static int WriteHeader(Span<byte> header, int contentSize, int windowLog)
    {
        bool isSingle = contentSize <= 1 << windowLog;
        (int code, int sizeField) = contentSize switch
        {
            < 256 when isSingle => (0, 1),
            >= 256 and < 256 + (1 << 16) => (1, 2),
            _ => (2, 4),
        };
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        int at = sizeof(uint);
        header[at++] = (byte)((code << 6) | (isSingle ? SingleSegment : 0));
        if (!isSingle)
            header[at++] = (byte)((windowLog - LeastWindowLog) << 3);
        if (sizeField == 1)
            header[at] = (byte)contentSize;
        else if (sizeField == 2)
            BinaryPrimitives.WriteUInt16LittleEndian(header[at..], (ushort)(contentSize - 256));
        else
            BinaryPrimitives.WriteUInt32LittleEndian(header[at..], (uint)contentSize);
        return at + sizeField;
    }

    /// <summary>Makes the last of some blocks the last of the frame.</summary>
    internal static void End(Span<byte> blocks)
    {
        for (int at = 0; ;)
        {
            int header = blocks[at] | (blocks[at + 1] << 8) | (blocks[at + 2] << 16);
            int stored = ((header >> 1) & 3) == RepeatedByte ? 1 : header >> 3;
            int next = at + BlockHeader + stored;
            if (next >= blocks.Length)
            {
                blocks[at] |= 1;
                return;
            }

            at = next;
        }
    }
}
