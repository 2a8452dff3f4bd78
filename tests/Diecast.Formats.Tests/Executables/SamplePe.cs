using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Formats.Tests.Executables;

/// <summary>PE files made of nothing but headers and bytes: a stub, a kernel.</summary>
internal sealed record SamplePe
{
    internal const int PeOffset = 0x40;
    internal const string Release = "6.12.1-sample+1";

    internal const string StubSbat = "sbat,1,SBAT Version,sbat,1,https://github.com/rhboot/shim/blob/main/SBAT.md\nsystemd-stub,1,The systemd Developers,systemd,257,https://systemd.io/\n";

    internal int Machine { get; init; } = 0x8664;

    internal bool IsWide { get; init; } = true;

    internal int HeadersLength { get; init; } = 0x600;

    internal int FirstAddress { get; init; } = 0x1000;

    internal int Subsystem { get; init; } = 10;

    internal int DllCharacteristics { get; init; } = 0x160;

    internal int SectionAlignment { get; init; } = 0x1000;

    internal int FileAlignment { get; init; } = 0x200;

    /// <summary>Names and contents, each from the next page.</summary>
    internal IReadOnlyList<(string Name, byte[] Content)> Sections { get; init; } =
        [(".text", Bytes(0x2345, 1)), (".sbat", Encoding.UTF8.GetBytes(StubSbat)), (".sdmagic", "#### LoaderInfo: systemd-stub 257 ####"u8.ToArray())];

    /// <summary>Bytes behind the sections.</summary>
    internal byte[] Tail { get; init; } = [];

    internal static SamplePe Kernel { get; } = new() { Sections = [(".text", KernelText()), (".data", Bytes(700, 3))], HeadersLength = 0x400, DllCharacteristics = 0x100 };

    internal static SamplePe Addon { get; } = new() { Sections = [(".text", Bytes(11, 1)), (".sdmagic", "#### LoaderInfo: systemd-addon 257 ####"u8.ToArray())], HeadersLength = 0x400 };

    internal static byte[] Bytes(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    internal static byte[] KernelText()
    {
        byte[] text = Bytes(300_000, 2);
        Encoding.ASCII.GetBytes("\0Linux version %s (%s)\0Linux version " + Release + " (builder@host) (gcc) #1 SMP\n\0").CopyTo(text, 262_100);
        return text;
    }

    internal Blob ToBlob() => Blob.FromMemory(ToArray());

    internal byte[] ToArray()
    {
        int optional = IsWide ? 240 : 224;
        int length = HeadersLength + Sections.Sum(section => Up(section.Content.Length, FileAlignment)) + Tail.Length;
        byte[] file = new byte[length];
        "MZ"u8.CopyTo(file);
        Set32(0x3c, PeOffset);
        "PE\0\0"u8.CopyTo(file.AsSpan(PeOffset));
        Set16(PeOffset + 4, Machine);
        Set16(PeOffset + 6, Sections.Count);
        Set16(PeOffset + 20, optional);
        Set16(PeOffset + 22, 0x22);
        int at = PeOffset + 24;
        Set16(at, IsWide ? 0x20b : 0x10b);
        Set32(at + 16, FirstAddress);
        Set32(at + 32, SectionAlignment);
        Set32(at + 36, FileAlignment);
        Set32(at + 60, HeadersLength);
        Set16(at + 68, Subsystem);
        Set16(at + 70, DllCharacteristics);
        Set32(at + (IsWide ? 108 : 92), 16);
        int address = FirstAddress;
        int place = HeadersLength;
        for (int i = 0; i < Sections.Count; i++)
        {
            (string name, byte[] content) = Sections[i];
            int header = at + optional + (40 * i);
            Encoding.ASCII.GetBytes(name).CopyTo(file, header);
            Set32(header + 8, content.Length);
            Set32(header + 12, address);
            Set32(header + 16, Up(content.Length, FileAlignment));
            Set32(header + 20, place);
            Set32(header + 36, 0x40000040);
            content.CopyTo(file, place);
            address += Up(content.Length, 0x1000);
            place += Up(content.Length, FileAlignment);
        }

        Set32(at + 56, address);
        Tail.CopyTo(file, place);
        return file;

        void Set16(int offset, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), (ushort)value);

        void Set32(int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(offset), value);
    }

    internal static string Text(PeFile file, string section) => Encoding.UTF8.GetString(file.Find(section)!.Content.ToArray());

    private static int Up(int value, int alignment) => (value + alignment - 1) / alignment * alignment;
}
