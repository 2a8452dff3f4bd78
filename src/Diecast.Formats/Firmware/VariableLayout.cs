using System.Buffers.Binary;

namespace Diecast.Formats.Firmware;

/// <summary>
/// Firmware volumes and the variable stores in them, all little-endian (UEFI Platform Initialization 1.8 volume 3 section 3.2.1;
/// edk2, MdeModulePkg/Include/Guid/VariableFormat.h and SystemNvDataGuid.h).
/// </summary>
internal static class VariableLayout
{
    // EFI_FIRMWARE_VOLUME_HEADER.
    internal const int VolumeHeaderLength = 72;
    internal const int VolumeTypeAt = 16;
    internal const int VolumeLengthAt = 32;
    internal const int VolumeSignatureAt = 40;
    internal const int VolumeAttributesAt = 44;
    internal const int HeaderLengthAt = 48;
    internal const int HeaderSumAt = 50;
    internal const int VolumeRevisionAt = 55;
    internal const int BlockCountAt = 56;
    internal const int BlockLengthAt = 60;
    internal const int LeastHeaderLength = 56;

    // VARIABLE_STORE_HEADER.
    internal const int StoreHeaderLength = 28;
    internal const int StoreLengthAt = 16;
    internal const int StoreFormatAt = 20;
    internal const int StoreStateAt = 21;
    internal const byte Formatted = 0x5a;
    internal const byte Healthy = 0xfe;

    // VARIABLE_HEADER and AUTHENTICATED_VARIABLE_HEADER.
    internal const ushort StartId = 0x55aa;
    internal const int StateAt = 2;
    internal const int AttributesAt = 4;
    internal const int PlainHeaderLength = 32;
    internal const int PlainNameLengthAt = 8;
    internal const int AuthenticatedHeaderLength = 60;
    internal const int CountAt = 8;
    internal const int TimeAt = 16;
    internal const int KeyIndexAt = 32;
    internal const int AuthenticatedNameLengthAt = 36;
    internal const int Alignment = 4;

    internal const byte Added = 0x3f;

    /// <summary>Being replaced; it counts while there is no new one.</summary>
    internal const byte AddedInTransition = 0x3e;

    internal const byte Erased = 0xff;

    /// <summary>What a volume of variables is (EFI_SYSTEM_NV_DATA_FV_GUID).</summary>
    internal static readonly Guid VariableVolume = new("fff12b8d-7696-4c8b-a985-2747075b4f50");
    internal static readonly Guid AuthenticatedStore = new("aaf32c78-947b-439a-a180-2e144ec37792");
    internal static readonly Guid PlainStore = new("ddcf3616-3275-4164-98b6-fe85707ffe7d");

    internal static ReadOnlySpan<byte> VolumeSignature => "_FVH"u8;

    internal static ushort UInt16(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    internal static uint UInt32(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]);

    internal static ulong UInt64(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);

    internal static void Set16(Span<byte> bytes, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[offset..], value);

    internal static void Set32(Span<byte> bytes, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[offset..], value);

    internal static void Set64(Span<byte> bytes, int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[offset..], value);

    /// <summary>The sum of a header's 16-bit words, which is zero.</summary>
    internal static ushort Sum(ReadOnlySpan<byte> header)
    {
        int sum = 0;
        for (int i = 0; i + 1 < header.Length; i += sizeof(ushort))
            sum = (sum + UInt16(header, i)) & ushort.MaxValue;
        return (ushort)sum;
    }
}
