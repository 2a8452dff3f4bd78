using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Boot;

/// <summary>Small files and trees with just what boot code reads of them.</summary>
internal static class BootTrees
{
    public static FileInode Text(string text) => new(Blob.FromText(text));

    public static FileTree Of(params (string Path, Inode Inode)[] files)
    {
        var tree = new FileTree();
        foreach ((string path, Inode inode) in files)
            tree.Set(path, inode);
        return tree;
    }

    public static FileInode File(params ReadOnlySpan<(int At, byte[] Bytes)> fields)
    {
        byte[] bytes = new byte[1024];
        foreach ((int at, byte[] field) in fields)
            field.CopyTo(bytes, at);
        return new FileInode(Blob.FromMemory(bytes));
    }

    public static FileInode X86Kernel(bool wide = true) =>
        File((0x202, "HdrS"u8.ToArray()), (0x206, [0x0f, 0x02]), (0x236, [(byte)(wide ? 1 : 0)]));

    public static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    /// <summary>A 64-bit program or library with the given dynamic section; static when it names nothing.</summary>
    public static byte[] Elf(string? interpreter = null, string[]? needed = null, string? runpath = null, ushort machine = 62)
    {
        const int Headers = 64, Interpreter = 0x200, Dynamic = 0x300, Strings = 0x600;
        byte[] file = new byte[0x1000];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        U16(file, 16, 3);
        U16(file, 18, machine);
        U64(file, 32, Headers);
        U16(file, 54, 56);
        int count = 0;
        void Segment(uint type, ulong offset, ulong length)
        {
            int at = Headers + (count++ * 56);
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), type);
            U64(file, at + 8, offset);
            U64(file, at + 16, offset + 0x400000);
            U64(file, at + 32, length);
        }

        Segment(1, 0, (ulong)file.Length);
        if (interpreter is not null)
        {
            Ascii(interpreter).CopyTo(file, Interpreter);
            Segment(3, Interpreter, (ulong)interpreter.Length + 1);
        }

        if (needed is { Length: > 0 })
        {
            int entry = Dynamic, text = Strings + 1;
            void Entry(ulong tag, ulong value)
            {
                U64(file, entry, tag);
                U64(file, entry + 8, value);
                entry += 16;
            }

            ulong String(string value)
            {
                int at = text;
                Ascii(value).CopyTo(file, at);
                text += value.Length + 1;
                return (ulong)(at - Strings);
            }

            foreach (string name in needed)
                Entry(1, String(name));
            if (runpath is not null)
                Entry(29, String(runpath));
            Entry(5, Strings + 0x400000);
            Entry(10, (ulong)(text - Strings));
            Segment(2, Dynamic, (ulong)(entry + 16 - Dynamic));
        }

        U16(file, 56, (ushort)count);
        return file;
    }

    public static FileInode Program(byte[] bytes) => new(Blob.FromMemory(bytes), 0b111_101_101);

    private static void U16(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);

    private static void U64(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
