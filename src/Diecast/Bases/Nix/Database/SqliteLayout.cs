using System.Buffers.Binary;

namespace Diecast.Bases.Nix.Database;

/// <summary>The structures of SQLite's file format (sqlite.org/fileformat2.html), as far as a database is written at once.</summary>
internal static class SqliteLayout
{
    internal const int PageSize = 4096;

    /// <summary>1.3: the database's header stands before that of the first page.</summary>
    internal const int FileHeaderSize = 100;

    internal const int LeafHeaderSize = 8;
    internal const int InteriorHeaderSize = 12;
    internal const int CellPointerSize = 2;
    internal const int PageNumberSize = 4;

    /// <summary>Room of an overflow page behind the number of the next.</summary>
    internal const int OverflowRoom = PageSize - PageNumberSize;

    /// <summary>1.6: the most of a payload that is in a page of a table, the least of one that overflows, and the most in an index.</summary>
    internal const int MostInTable = PageSize - 35;

    internal const int LeastInPage = ((PageSize - 12) * 32 / 255) - 23;
    internal const int MostInIndex = ((PageSize - 12) * 64 / 255) - 23;

    internal const byte InteriorIndex = 2;
    internal const byte InteriorTable = 5;
    internal const byte LeafIndex = 10;
    internal const byte LeafTable = 13;

    /// <summary>The version that is said to have written the file: one for all, so that the bytes are the same with each library.</summary>
    private const int WriterVersion = 3_040_001;

    private const byte RollbackJournal = 1;
    private const int SchemaFormat = 4;
    private const int Utf8 = 1;

    /// <summary>1.3: the header; the change counter and the version-valid-for number are the same, so that the page count counts.</summary>
    internal static void WriteFileHeader(Span<byte> header, int pages)
    {
        "SQLite format 3\0"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16BigEndian(header[16..], PageSize);
        header[18] = RollbackJournal;
        header[19] = RollbackJournal;
        header[21] = 64;
        header[22] = 32;
        header[23] = 32;
        BinaryPrimitives.WriteInt32BigEndian(header[24..], 1);
        BinaryPrimitives.WriteInt32BigEndian(header[28..], pages);
        BinaryPrimitives.WriteInt32BigEndian(header[40..], 1);
        BinaryPrimitives.WriteInt32BigEndian(header[44..], SchemaFormat);
        BinaryPrimitives.WriteInt32BigEndian(header[56..], Utf8);
        BinaryPrimitives.WriteInt32BigEndian(header[92..], 1);
        BinaryPrimitives.WriteInt32BigEndian(header[96..], WriterVersion);
    }

    /// <summary>1.5: the header of a page; the cells stand at its end, in order, the first the lowest.</summary>
    internal static void WritePageHeader(Span<byte> header, byte type, int cells, int firstCell, int rightChild)
    {
        header[0] = type;
        BinaryPrimitives.WriteUInt16BigEndian(header[3..], (ushort)cells);
        BinaryPrimitives.WriteUInt16BigEndian(header[5..], (ushort)firstCell);
        if (type is InteriorIndex or InteriorTable)
            BinaryPrimitives.WriteInt32BigEndian(header[8..], rightChild);
    }

    /// <summary>1.6: a number of seven bits a byte, the highest first; numbers here have at most 56 bits.</summary>
    internal static void AppendVarint(List<byte> bytes, long value)
    {
        int shift = 0;
        while (shift < 49 && value >> (shift + 7) != 0)
            shift += 7;
        for (; shift > 0; shift -= 7)
            bytes.Add((byte)(((value >> shift) & 0x7f) | 0x80));
        bytes.Add((byte)(value & 0x7f));
    }
}
