using System.Buffers.Binary;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks;

/// <summary>Right checksums for a VHDX that a test has changed.</summary>
internal static class VhdxSeal
{
    internal static void All(byte[] image)
    {
        Sum(image.AsSpan(0x10000, 4096));
        Sum(image.AsSpan(0x20000, 4096));
        Sum(image.AsSpan(0x30000, 0x10000));
        Sum(image.AsSpan(0x40000, 0x10000));
    }

    internal static void Sum(Span<byte> bytes) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], VhdxLayout.Checksum(bytes));
}
