using System.Buffers.Binary;
using System.Text;

namespace Diecast.Formats.Executables;

/// <summary>Headers of PE files (Microsoft PE/COFF specification, sections 3 and 4), all little-endian.</summary>
internal static class PeLayout
{
    internal const int DosHeaderLength = 64;
    internal const int PeOffsetAt = 0x3c;
    internal const int SignatureLength = 4;

    /// <summary>The COFF header with the signature before it.</summary>
    internal const int CoffLength = 24;
    internal const int SectionLength = 40;
    internal const int SectionNameLength = 8;
    internal const int CertificateHeaderLength = 8;

    // From the signature.
    internal const int MachineAt = 4;
    internal const int SectionCountAt = 6;
    internal const int SymbolTableAt = 12;
    internal const int SymbolCountAt = 16;
    internal const int OptionalLengthAt = 20;
    internal const int CharacteristicsAt = 22;

    // From the optional header; the same in both of its kinds.
    internal const int InitializedDataAt = 8;
    internal const int SectionAlignmentAt = 32;
    internal const int FileAlignmentAt = 36;
    internal const int ImageLengthAt = 56;
    internal const int HeadersLengthAt = 60;
    internal const int CheckSumAt = 64;
    internal const int SubsystemAt = 68;
    internal const int DllCharacteristicsAt = 70;

    internal const ushort Pe32 = 0x10b;
    internal const ushort Pe32Plus = 0x20b;
    internal const int DirectoryCountAtPe32 = 92;
    internal const int DirectoryCountAtPe32Plus = 108;
    internal const int DirectoryLength = 8;
    internal const int CertificateDirectory = 4;
    internal const int DebugDirectory = 6;

    internal const ushort LocalSymbolsStripped = 0x0008;
    internal const ushort NxCompatible = 0x0100;
    internal const uint Code = 0x00000020;
    internal const uint InitializedData = 0x00000040;
    internal const uint Readable = 0x40000000;

    /// <summary>A certificate that is a PKCS #7 SignedData (UEFI 2.10 section 32.2.4.1, WIN_CERTIFICATE).</summary>
    internal const ushort CertificateRevision = 0x0200;
    internal const ushort PkcsSignedData = 0x0002;

    /// <summary>Certificates, and the file's end before the first, stand at multiples of this.</summary>
    internal const int CertificateAlignment = 8;

    internal static ReadOnlySpan<byte> DosMagic => "MZ"u8;

    internal static ReadOnlySpan<byte> Signature => "PE\0\0"u8;

    internal static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    internal static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    internal static void Set16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    internal static void Set32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    /// <summary>The next multiple of a power of two.</summary>
    internal static long RoundUp(long value, long alignment) => (value + alignment - 1) & ~(alignment - 1);

    /// <summary>A section's header.</summary>
    internal readonly record struct Section(string Name, uint VirtualLength, uint VirtualAddress, uint RawLength, uint RawOffset, uint Characteristics)
    {
        internal long VirtualEnd => (long)VirtualAddress + VirtualLength;

        internal long RawEnd => (long)RawOffset + RawLength;

        internal static Section Read(ReadOnlySpan<byte> header)
        {
            ReadOnlySpan<byte> name = header[..SectionNameLength];
            return new Section(
                Encoding.Latin1.GetString(name.TrimEnd((byte)0)),
                UInt32(header, 8),
                UInt32(header, 12),
                UInt32(header, 16),
                UInt32(header, 20),
                UInt32(header, 36));
        }

        /// <summary>Writes the fields; relocations and line numbers, which images have none of, stay as they are.</summary>
        internal void Write(Span<byte> header)
        {
            header[..SectionNameLength].Clear();
            Encoding.Latin1.GetBytes(Name, header);
            Set32(header, 8, VirtualLength);
            Set32(header, 12, VirtualAddress);
            Set32(header, 16, RawLength);
            Set32(header, 20, RawOffset);
            Set32(header, 36, Characteristics);
        }
    }
}
