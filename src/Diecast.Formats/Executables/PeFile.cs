using Diecast.Formats.Blobs;
using static System.FormattableString;

namespace Diecast.Formats.Executables;

/// <summary>A PE file: an EFI program, a kernel with an EFI stub, a unified kernel image.</summary>
/// <remarks>
/// Only headers are read, and nothing in them is believed before it is known to lie in the file. The file may come from anyone.
/// </remarks>
public sealed class PeFile
{
    internal const string Format = "pe";

    /// <summary>Headers are a few pages; a file that says otherwise is no program.</summary>
    private const int MaximumHeadersLength = 1 << 20;

    /// <summary>Signatures are kilobytes; what says more is not read.</summary>
    private const int MaximumCertificatesLength = 1 << 24;

    private readonly byte[] _headers;

    private PeFile(Blob content, byte[] headers, int peOffset, int optionalLength)
    {
        Content = content;
        _headers = headers;
        PeOffset = peOffset;
        OptionalLength = optionalLength;
    }

    /// <summary>All of the file.</summary>
    public Blob Content { get; }

    /// <summary>What it runs on; <see cref="PeMachine.Unknown"/> for what has no name here.</summary>
    public PeMachine Machine => Enum.IsDefined((PeMachine)MachineNumber) ? (PeMachine)MachineNumber : PeMachine.Unknown;

    /// <summary>What it runs on, as the number in the header.</summary>
    public int MachineNumber => PeLayout.UInt16(_headers, PeOffset + PeLayout.MachineAt);

    /// <summary>Its sections in the order of their headers.</summary>
    public IReadOnlyList<PeSection> Sections { get; private set; } = [];

    /// <summary>The certificate table's entries, that is the signatures; empty for a file that is not signed.</summary>
    public IReadOnlyList<PeCertificate> Certificates { get; private set; } = [];

    /// <summary>What it is for: 10 is an EFI application.</summary>
    public int Subsystem => PeLayout.UInt16(_headers, OptionalOffset + PeLayout.SubsystemAt);

    /// <summary>Whether it says that it runs with memory that is not both written and executed.</summary>
    public bool IsNxCompatible => (DllCharacteristics & PeLayout.NxCompatible) != 0;

    /// <summary>The check sum in the header; 0 says none, and firmware does not look.</summary>
    public long CheckSum => PeLayout.UInt32(_headers, OptionalOffset + PeLayout.CheckSumAt);

    /// <summary>Bytes that it takes in memory.</summary>
    public long ImageLength => PeLayout.UInt32(_headers, OptionalOffset + PeLayout.ImageLengthAt);

    /// <summary>What sections' addresses are multiples of.</summary>
    public long SectionAlignment => PeLayout.UInt32(_headers, OptionalOffset + PeLayout.SectionAlignmentAt);

    /// <summary>What sections' places in the file are multiples of.</summary>
    public long FileAlignment => PeLayout.UInt32(_headers, OptionalOffset + PeLayout.FileAlignmentAt);

    /// <summary>Bytes of the headers, with the padding.</summary>
    public long HeadersLength => PeLayout.UInt32(_headers, OptionalOffset + PeLayout.HeadersLengthAt);

    internal int PeOffset { get; }

    internal int OptionalOffset => PeOffset + PeLayout.CoffLength;

    internal int OptionalLength { get; }

    internal int SectionTableOffset => OptionalOffset + OptionalLength;

    internal ushort DllCharacteristics => PeLayout.UInt16(_headers, OptionalOffset + PeLayout.DllCharacteristicsAt);

    /// <summary>Where the certificate table's directory entry stands; 0 when the header has none.</summary>
    internal int CertificateDirectoryOffset { get; private set; }

    /// <summary>Where the certificate table stands, and its length; zeros for none.</summary>
    internal (long Offset, long Length) CertificateTable => Directory(CertificateDirectoryOffset);

    /// <summary>The bytes up to the end of the section table, not to be changed.</summary>
    internal ReadOnlySpan<byte> Headers => _headers;

    /// <summary>Whether a file begins as a PE file does.</summary>
    public static bool IsPe(Blob file)
    {
        if (!Starts(file, out long offset))
            return false;
        Span<byte> signature = stackalloc byte[PeLayout.SignatureLength];
        file.Read(offset, signature);
        return signature.SequenceEqual(PeLayout.Signature);
    }

    /// <summary>Reads the headers of a PE file.</summary>
    /// <exception cref="InvalidImageException">It is none, or its headers lead out of it.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static PeFile Read(Blob file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!Starts(file, out long start) || !IsPe(file))
            throw Invalid("it is no PE file");
        byte[] coff = file.Slice(start, PeLayout.CoffLength).ToArray();
        int optionalLength = PeLayout.UInt16(coff, PeLayout.OptionalLengthAt);
        int count = PeLayout.UInt16(coff, PeLayout.SectionCountAt);
        long end = start + PeLayout.CoffLength + optionalLength + ((long)count * PeLayout.SectionLength);
        if (end > file.Length || end > MaximumHeadersLength)
            throw Invalid(Invariant($"the headers end at {end}, beyond the file's {file.Length} bytes"));
        byte[] headers = file.Slice(0, end).ToArray();
        var pe = new PeFile(file, headers, (int)start, optionalLength);
        pe.ReadOptional();
        pe.Sections = [.. Enumerable.Range(0, count).Select(i => pe.ReadSection(pe.SectionHeader(i)))];
        pe.Certificates = [.. pe.ReadCertificates()];
        return pe;
    }

    /// <summary>The first section of a name; null when there is none.</summary>
    public PeSection? Find(string name) => Sections.FirstOrDefault(section => section.Name == name);

    internal PeLayout.Section SectionHeader(int index) =>
        PeLayout.Section.Read(_headers.AsSpan(SectionTableOffset + (index * PeLayout.SectionLength)));

    /// <summary>A directory's place and length, 0 and 0 where the header has no such.</summary>
    internal (long Offset, long Length) Directory(int offset) =>
        offset == 0 ? (0, 0) : (PeLayout.UInt32(_headers, offset), PeLayout.UInt32(_headers, offset + sizeof(uint)));

    /// <summary>Where a directory's entry stands; 0 when the header is too short for it.</summary>
    internal int DirectoryOffset(int index)
    {
        bool wide = PeLayout.UInt16(_headers, OptionalOffset) == PeLayout.Pe32Plus;
        int countAt = wide ? PeLayout.DirectoryCountAtPe32Plus : PeLayout.DirectoryCountAtPe32;
        if (OptionalLength < countAt + sizeof(uint) || PeLayout.UInt32(_headers, OptionalOffset + countAt) <= index)
            return 0;
        int at = countAt + sizeof(uint) + (index * PeLayout.DirectoryLength);
        return at + PeLayout.DirectoryLength <= OptionalLength ? OptionalOffset + at : 0;
    }

    private static bool Starts(Blob file, out long offset)
    {
        offset = 0;
        if (file.Length < PeLayout.DosHeaderLength)
            return false;
        Span<byte> dos = stackalloc byte[PeLayout.DosHeaderLength];
        file.Read(0, dos);
        offset = PeLayout.UInt32(dos, PeLayout.PeOffsetAt);
        return dos.StartsWith(PeLayout.DosMagic) && offset <= Math.Min(file.Length, MaximumHeadersLength) - PeLayout.CoffLength;
    }

    private void ReadOptional()
    {
        const int Least = PeLayout.DllCharacteristicsAt + sizeof(ushort);
        if (OptionalLength < Least)
            throw Invalid(Invariant($"the optional header has {OptionalLength} bytes, less than {Least}"));
        ushort magic = PeLayout.UInt16(_headers, OptionalOffset);
        if (magic is not (PeLayout.Pe32 or PeLayout.Pe32Plus))
            throw Invalid(Invariant($"the optional header is of kind {magic:x}, neither PE32 nor PE32+"));
        if (!long.IsPow2(SectionAlignment) || !long.IsPow2(FileAlignment))
            throw Invalid(Invariant($"the alignments {SectionAlignment} and {FileAlignment} are not both powers of two"));
        CertificateDirectoryOffset = DirectoryOffset(PeLayout.CertificateDirectory);
    }

    private PeSection ReadSection(PeLayout.Section header)
    {
        bool stored = header.RawLength > 0;
        if (stored && header.RawEnd > Content.Length)
            throw Invalid(Invariant($"the section {header.Name} ends at {header.RawEnd}, beyond the file's {Content.Length} bytes"));
        return new PeSection
        {
            Name = header.Name,
            VirtualAddress = header.VirtualAddress,
            VirtualLength = header.VirtualLength,
            Offset = stored ? header.RawOffset : 0,
            Length = header.RawLength,
            Characteristics = header.Characteristics,
            Content = stored ? Content.Slice(header.RawOffset, Math.Min(header.RawLength, header.VirtualLength)) : Blob.Empty,
        };
    }

    private List<PeCertificate> ReadCertificates()
    {
        var found = new List<PeCertificate>();
        (long offset, long length) = CertificateTable;
        if (length == 0)
            return found;
        if (offset > Content.Length - length)
            throw Invalid(Invariant($"the certificate table of {length} bytes at {offset} is not inside the file's {Content.Length}"));
        if (length > MaximumCertificatesLength)
            throw Invalid(Invariant($"the certificate table has {length} bytes, more than {MaximumCertificatesLength}"));
        byte[] table = Content.Slice(offset, length).ToArray();
        for (long at = 0; at < table.Length;)
        {
            // What follows the last whole entry is padding.
            if (table.Length - at < PeLayout.CertificateHeaderLength)
                break;
            ReadOnlySpan<byte> header = table.AsSpan((int)at);
            long entry = PeLayout.UInt32(header, 0);
            if (entry < PeLayout.CertificateHeaderLength || entry > table.Length - at)
                throw Invalid(Invariant($"the certificate at {offset + at} has {entry} bytes, which the table does not hold"));
            found.Add(new PeCertificate
            {
                Revision = PeLayout.UInt16(header, 4),
                Type = PeLayout.UInt16(header, 6),
                Content = table.AsMemory((int)at + PeLayout.CertificateHeaderLength, (int)entry - PeLayout.CertificateHeaderLength),
            });
            at = PeLayout.RoundUp(at + entry, PeLayout.CertificateAlignment);
        }

        return found;
    }

    private static InvalidImageException Invalid(string message) => new(Format, message);
}
