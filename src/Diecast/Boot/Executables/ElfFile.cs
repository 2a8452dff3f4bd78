using System.Buffers.Binary;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;

namespace Diecast.Boot;

/// <summary>What the dynamic loader needs to know of an ELF program or library.</summary>
internal sealed class ElfFile
{
    private const string Format = "ELF";

    // Real programs have under twenty segments, under a hundred dynamic entries and paths of at most 4096 bytes.
    private const int MaximumSegments = 512;
    private const int MaximumDynamicBytes = 64 * 1024;
    private const int MaximumString = 4096;

    private readonly Blob _file;
    private readonly bool _wide;
    private readonly List<Segment> _segments = [];

    private ElfFile(Blob file)
    {
        _file = file;
        byte[] header = Bytes(0, 64, "header");
        Architecture = MachineOf(header);
        if (!header.AsSpan().StartsWith("\u007fELF"u8))
            throw new InvalidImageException(Format, "the file does not begin with the ELF magic number");
        if (header[ElfLayout.Data] != ElfLayout.LittleEndian || header[ElfLayout.Class] is not (ElfLayout.Class32 or ElfLayout.Class64))
            throw new InvalidImageException(Format, "only little-endian files of 32 or 64 bits are read");
        _wide = header[ElfLayout.Class] == ElfLayout.Class64;
        if (BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(ElfLayout.Type)) is not (ElfLayout.Executable or ElfLayout.SharedObject))
            throw new InvalidImageException(Format, "the file is neither a program nor a shared library");
        ReadSegments(header);
        ReadInterpreter();
        ReadDynamic();
    }

    /// <summary>The machine it runs on.</summary>
    internal Architecture Architecture { get; }

    /// <summary>The dynamic loader that it names, or null.</summary>
    internal string? Interpreter { get; private set; }

    /// <summary>The libraries that it needs, in its own order.</summary>
    internal IReadOnlyList<string> Needed { get; private set; } = [];

    /// <summary>Directories that it wants searched first (DT_RUNPATH, else DT_RPATH), as they are written.</summary>
    internal IReadOnlyList<string> SearchPath { get; private set; } = [];

    /// <summary>Whether it runs without a loader and without libraries.</summary>
    internal bool IsStatic => Interpreter is null && Needed.Count == 0;

    /// <summary>Reads a program or library.</summary>
    /// <exception cref="InvalidImageException">It is none, or damaged.</exception>
    internal static ElfFile Read(Blob file) => new(file);

    /// <summary>The architecture by the start of a file; unknown when it is no ELF file.</summary>
    internal static Architecture MachineOf(ReadOnlySpan<byte> header)
    {
        if (header.Length < ElfLayout.Machine + 2 || !header.StartsWith("\u007fELF"u8) || header[ElfLayout.Data] != ElfLayout.LittleEndian)
            return Architecture.Unknown;
        bool wide = header[ElfLayout.Class] == ElfLayout.Class64;
        return BinaryPrimitives.ReadUInt16LittleEndian(header[ElfLayout.Machine..]) switch
        {
            ElfLayout.MachineX8664 when wide => Architecture.Amd64,
            ElfLayout.Machine386 => Architecture.I386,
            ElfLayout.MachineAarch64 when wide => Architecture.Arm64,
            ElfLayout.MachineArm => Architecture.Arm,
            ElfLayout.MachineRiscV when wide => Architecture.RiscV64,
            ElfLayout.MachineLoongArch when wide => Architecture.LoongArch64,
            ElfLayout.MachinePpc64 when wide => Architecture.Ppc64El,
            _ => Architecture.Unknown,
        };
    }

    private void ReadSegments(byte[] header)
    {
        ulong table = _wide
            ? BinaryPrimitives.ReadUInt64LittleEndian(header.AsSpan(32))
            : BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(28));
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(_wide ? 54 : 42));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header.AsSpan(_wide ? 56 : 44));
        int least = _wide ? 56 : 32;
        if (count > 0 && (size < least || count > MaximumSegments))
            throw new InvalidImageException(Format, $"{count} program headers of {size} bytes are refused");
        for (int i = 0; i < count; i++)
        {
            byte[] entry = Bytes(table + ((ulong)i * (ulong)size), least, "program headers");
            _segments.Add(_wide
                ? new Segment(
                    BinaryPrimitives.ReadUInt32LittleEndian(entry),
                    BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(8)),
                    BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(16)),
                    BinaryPrimitives.ReadUInt64LittleEndian(entry.AsSpan(32)))
                : new Segment(
                    BinaryPrimitives.ReadUInt32LittleEndian(entry),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(4)),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(8)),
                    BinaryPrimitives.ReadUInt32LittleEndian(entry.AsSpan(16))));
        }
    }

    private void ReadInterpreter()
    {
        foreach (Segment segment in _segments.Where(s => s.Type == ElfLayout.SegmentInterpreter))
            Interpreter = Text(segment.Offset, segment.Length, "interpreter");
    }

    private void ReadDynamic()
    {
        Segment dynamic = _segments.FirstOrDefault(s => s.Type == ElfLayout.SegmentDynamic);
        if (dynamic.Length == 0)
            return;
        if (dynamic.Length > MaximumDynamicBytes)
            throw new InvalidImageException(Format, $"a dynamic section of {dynamic.Length} bytes is refused");
        byte[] section = Bytes(dynamic.Offset, (int)dynamic.Length, "dynamic section");
        var needed = new List<ulong>();
        ulong strings = 0, stringsLength = 0;
        ulong? runpath = null, rpath = null;
        int width = _wide ? 16 : 8;
        for (int at = 0; at <= section.Length - width; at += width)
        {
            (long tag, ulong value) = _wide
                ? (BinaryPrimitives.ReadInt64LittleEndian(section.AsSpan(at)), BinaryPrimitives.ReadUInt64LittleEndian(section.AsSpan(at + 8)))
                : (BinaryPrimitives.ReadInt32LittleEndian(section.AsSpan(at)), (ulong)BinaryPrimitives.ReadUInt32LittleEndian(section.AsSpan(at + 4)));
            if (tag == ElfLayout.TagNull)
                break;
            switch (tag)
            {
                case ElfLayout.TagNeeded: needed.Add(value); break;
                case ElfLayout.TagStringTable: strings = value; break;
                case ElfLayout.TagStringTableSize: stringsLength = value; break;
                case ElfLayout.TagRpath: rpath = value; break;
                case ElfLayout.TagRunpath: runpath = value; break;
                default: break;
            }
        }

        if (needed.Count == 0)
            return;
        ulong start = OffsetOf(strings);
        Needed = [.. needed.Select(name => String(start, stringsLength, name))];
        if ((runpath ?? rpath) is { } path)
            SearchPath = [.. String(start, stringsLength, path).Split(':', StringSplitOptions.RemoveEmptyEntries)];
    }

    private string String(ulong table, ulong tableLength, ulong index) =>
        index < tableLength
            ? Text(unchecked(table + index), tableLength - index, "string table")
            : throw new InvalidImageException(Format, $"string {index} is outside the string table of {tableLength} bytes");

    /// <summary>The place in the file of an address in memory.</summary>
    private ulong OffsetOf(ulong address)
    {
        foreach (Segment segment in _segments)
        {
            if (segment.Type == ElfLayout.SegmentLoad && address >= segment.Address && address - segment.Address < segment.Length)
                return unchecked(segment.Offset + (address - segment.Address));
        }

        throw new InvalidImageException(Format, $"no segment holds the address 0x{address:x} of the string table");
    }

    private string Text(ulong offset, ulong room, string what)
    {
        if (offset > (ulong)_file.Length)
            throw new InvalidImageException(Format, $"the {what} at {offset} is outside the file of {_file.Length} bytes");
        int length = (int)Math.Min(Math.Min(room, MaximumString), (ulong)_file.Length - offset);
        byte[] bytes = Bytes(offset, length, what);
        int end = bytes.AsSpan().IndexOf((byte)0);
        return end > 0
            ? Encoding.UTF8.GetString(bytes.AsSpan(0, end))
            : throw new InvalidImageException(Format, $"the {what} at {offset} holds no name that ends within {MaximumString} bytes");
    }

    private byte[] Bytes(ulong offset, int length, string what)
    {
        if (offset > (ulong)_file.Length || (ulong)length > (ulong)_file.Length - offset)
            throw new InvalidImageException(Format, $"the {what}, {length} bytes at {offset}, is outside the file of {_file.Length} bytes");
        byte[] bytes = new byte[length];
        _file.Read((long)offset, bytes);
        return bytes;
    }

    private readonly record struct Segment(uint Type, ulong Offset, ulong Address, ulong Length);
}
