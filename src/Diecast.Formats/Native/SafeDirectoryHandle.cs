using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>An open directory: its names, and a place that calls on its entries start from.</summary>
internal sealed class SafeDirectoryHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    // struct dirent of 64-bit Linux: inode 8, offset 8, record length 2, type 1, then the name.
    private const int NameOffset = 19;

    private readonly int _descriptor;

    private SafeDirectoryHandle(nint stream, int descriptor)
        : base(ownsHandle: true)
    {
        _descriptor = descriptor;
        SetHandle(stream);
    }

    /// <summary>The directory's descriptor, good while the handle is open.</summary>
    internal int Descriptor => _descriptor;

    /// <summary>Takes over a descriptor of a directory.</summary>
    internal static SafeDirectoryHandle FromDescriptor(int descriptor, string display)
    {
        nint stream = Libc.OpenDirectoryStream(descriptor);
        if (stream != 0)
            return new SafeDirectoryHandle(stream, descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = Libc.Close(descriptor);
        throw FileDescriptor.Error("list", display, error);
    }

    /// <summary>All names but . and .., sorted by their bytes.</summary>
    internal unsafe List<byte[]> ReadNames(string display)
    {
        var names = new List<byte[]>();
        while (true)
        {
            byte* entry = Libc.ReadDirectoryEntry(this);
            if (entry is null)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != 0)
                    throw FileDescriptor.Error("list", display, error);
                break;
            }

            ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset);
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                names.Add(name.ToArray());
        }

        names.Sort(static (a, b) => a.AsSpan().SequenceCompareTo(b));
        return names;
    }

    protected override bool ReleaseHandle() => Libc.CloseDirectoryStream(handle) == 0;
}
