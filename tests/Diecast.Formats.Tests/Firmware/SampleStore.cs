using System.Buffers.Binary;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Tests.Firmware;

/// <summary>An empty volume of variables of 16 KiB: a store of 8 KiB, and an area behind it that is nobody's.</summary>
internal static class SampleStore
{
    private const int Length = 16 << 10;
    private const int StoreLength = (8 << 10) - 72;

    internal static Blob Make(bool authenticated)
    {
        byte[] file = new byte[Length];
        file.AsSpan(100).Fill(0xff);
        file.AsSpan(9000, 100).Fill(0x5a);
        new Guid("fff12b8d-7696-4c8b-a985-2747075b4f50").TryWriteBytes(file.AsSpan(16));
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(32), Length);
        "_FVH"u8.CopyTo(file.AsSpan(40));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(44), 0x0004feff);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(48), 72);
        file[55] = 2;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(56), Length / 4096);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(60), 4096);
        ushort sum = 0;
        for (int i = 0; i < 72; i += 2)
            sum = unchecked((ushort)(sum + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(i))));
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(50), unchecked((ushort)-sum));
        new Guid(authenticated ? "aaf32c78-947b-439a-a180-2e144ec37792" : "ddcf3616-3275-4164-98b6-fe85707ffe7d").TryWriteBytes(file.AsSpan(72));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(88), StoreLength);
        file[92] = 0x5a;
        file[93] = 0xfe;
        return Blob.FromMemory(file);
    }
}
