using System.Runtime.InteropServices;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Native;

/// <summary>The names in a directory, sorted by their bytes. One listing serves many directories, one after the other.</summary>
/// <remarks>The C library's own listing takes two more calls to the kernel and a call for every name.</remarks>
internal sealed class HostListing
{
    // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, then the name with its NUL (getdents64(2)).
    private const int LengthOffset = 16;
    private const int NameOffset = 19;

    private const int CallSize = 32 * 1024;

    private readonly List<Range> _names = [];
    private byte[] _records = new byte[CallSize];

    /// <summary>The number of names, without . and ..</summary>
    internal int Count => _names.Count;

    /// <summary>Takes the names of an open directory in place of those of the one before.</summary>
    internal unsafe void Read(int descriptor, HostEntry display)
    {
        int length = 0;
        while (true)
        {
            if (_records.Length - length < CallSize)
                Array.Resize(ref _records, _records.Length * 2);
            nint count;
            fixed (byte* p = _records)
                count = Libc.SystemCall(Libc.ListDirectoryNumber, descriptor, p + length, _records.Length - length, null, 0);
            if (count < 0)
                throw FileDescriptor.Error("list", display.ToString(), Marshal.GetLastPInvokeError());
            if (count == 0)
                break;
            length += (int)count;
        }

        _names.Clear();
        for (int at = 0; at < length;)
        {
            ReadOnlySpan<byte> record = _records.AsSpan(at);
            record = record[..MemoryMarshal.Read<ushort>(record[LengthOffset..])];
            ReadOnlySpan<byte> name = record[NameOffset..];
            name = name[..name.IndexOf((byte)0)];
            int start = at + NameOffset;
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                _names.Add(start..(start + name.Length + 1));
            at += record.Length;
        }

        byte[] records = _records;
        _names.Sort((a, b) => records.AsSpan(a).SequenceCompareTo(records.AsSpan(b)));
    }

    /// <summary>A name with its NUL; good until the next directory is read.</summary>
    internal ReadOnlySpan<byte> Terminated(int index) => _records.AsSpan(_names[index]);
}
