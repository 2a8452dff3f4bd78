using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>
/// Direct positional reads and writes. The base library's file API costs half as much again on small files
/// (a handle, a strategy and two more system calls for each), and images are made of small files.
/// </summary>
internal static class FileDescriptor
{
    /// <summary>Opens an existing file for reading. <paramref name="path"/> is NUL-terminated.</summary>
    internal static unsafe SafeFileHandle OpenRead(ReadOnlySpan<byte> path, string display)
    {
        int descriptor = OpenReadRaw(path);
        return descriptor >= 0
            ? new SafeFileHandle(descriptor, ownsHandle: true)
            : throw Error("open", display, Marshal.GetLastPInvokeError());
    }

    /// <summary>Opens for reading and returns the bare descriptor, or a negative number with the error set.</summary>
    internal static unsafe int OpenReadRaw(ReadOnlySpan<byte> path)
    {
        fixed (byte* p = path)
        {
            int descriptor;
            do
            {
                descriptor = Libc.Open(p, Libc.ReadOnly | Libc.CloseOnExec, 0);
            }
            while (descriptor < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            return descriptor;
        }
    }

    /// <summary>Reads until the buffer is full or the file ends; returns the bytes read.</summary>
    internal static unsafe int Read(int descriptor, long offset, Span<byte> buffer, string display)
    {
        int done = 0;
        fixed (byte* p = buffer)
        {
            while (done < buffer.Length)
            {
                nint count = Libc.PositionalRead(descriptor, p + done, (nuint)(buffer.Length - done), offset + done);
                if (count == 0)
                    break;
                if (count < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error == Libc.EINTR)
                        continue;
                    throw Error("read", display, error);
                }

                done += (int)count;
            }
        }

        return done;
    }

    /// <summary>Writes all of the buffer.</summary>
    internal static unsafe void Write(int descriptor, long offset, ReadOnlySpan<byte> buffer, string display)
    {
        int done = 0;
        fixed (byte* p = buffer)
        {
            while (done < buffer.Length)
            {
                nint count = Libc.PositionalWrite(descriptor, p + done, (nuint)(buffer.Length - done), offset + done);
                if (count < 0)
                {
                    int error = Marshal.GetLastPInvokeError();
                    if (error == Libc.EINTR)
                        continue;
                    throw Error("write", display, error);
                }

                done += (int)count;
            }
        }
    }

    /// <summary>
    /// Makes a range of the target share the blocks of a range of the source. Offsets and length must be whole blocks of
    /// the file system that both are on.
    /// </summary>
    internal static unsafe CloneOutcome TryClone(int source, long sourceOffset, int target, long targetOffset, long length)
    {
        var range = new FileCloneRange
        {
            Source = source,
            SourceOffset = (ulong)sourceOffset,
            Length = (ulong)length,
            TargetOffset = (ulong)targetOffset,
        };
        int error;
        do
        {
            if (Libc.Control(target, Libc.CloneRange, &range) == 0)
                return CloneOutcome.Shared;
            error = Marshal.GetLastPInvokeError();
        }
        while (error == Libc.EINTR);

        return error is Libc.EOPNOTSUPP or Libc.ENOTTY or Libc.ENOSYS or Libc.EPERM ? CloneOutcome.Never : CloneOutcome.NotThis;
    }

    /// <summary>The descriptor of a file that fs-verity protects (struct fsverity_descriptor); null for other files.</summary>
    internal static unsafe byte[]? ReadVerityDescriptor(int file, int size, string display)
    {
        byte[] descriptor = new byte[size];
        fixed (byte* buffer = descriptor)
        {
            var request = new VerityMetadataRequest { Type = VerityMetadataRequest.Descriptor, Length = (ulong)size, Buffer = (ulong)buffer };
            int count;
            do
                count = Libc.Control(file, Libc.ReadVerityMetadata, &request);
            while (count < 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
            if (count == size)
                return descriptor;
            if (count >= 0)
                throw new IOException($"the fs-verity descriptor of {display} has {count} bytes where {size} belong");
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Libc.ENODATA ? null : throw Error("read the fs-verity descriptor of", display, error);
    }

    /// <summary>
    /// Whether writing to a file costs less where its blocks are allocated before: on ext4 a third less processor time, as
    /// the kernel need not account for each block by itself. tmpfs takes a sixth more, and file systems that share blocks
    /// or compress have other plans for theirs.
    /// </summary>
    internal static unsafe bool GainsByReserving(int descriptor)
    {
        // struct statfs takes 120 bytes at most.
        nint* status = stackalloc nint[32];
        return Libc.FileSystemStatus(descriptor, status) == 0 && status[0] == Libc.ExtMagic;
    }

    /// <summary>Has blocks allocated for a range, which reads as zeros until it is written; the file grows to its end.</summary>
    /// <returns>False when that is not to be had. It is no fault: writing says what is wrong, as that the disk is full.</returns>
    internal static bool TryReserve(int descriptor, long offset, long length)
    {
        int result;
        do
            result = Libc.Allocate(descriptor, 0, offset, length);
        while (result != 0 && Marshal.GetLastPInvokeError() == Libc.EINTR);
        return result == 0;
    }

    /// <summary>The offset of the end; pipes have none.</summary>
    internal static long MeasureLength(int descriptor, string display)
    {
        long end = Libc.Seek(descriptor, 0, Libc.SeekEnd);
        return end >= 0 ? end : throw Error("measure", display, Marshal.GetLastPInvokeError());
    }

    /// <summary>Bytes that the file system stores for an open file, which for a sparse one is less than its length.</summary>
    internal static unsafe long AllocatedBytes(int descriptor, string display)
    {
        const int StoredBlock = 512;
        FileStatus status;
        byte empty = 0;
        return Libc.Stat(descriptor, &empty, Libc.EmptyPath, Libc.StatBasic, &status) == 0
            ? status.Blocks * StoredBlock
            : throw Error("examine", display, Marshal.GetLastPInvokeError());
    }

    /// <summary>Whether two paths lead to one file that is there.</summary>
    internal static bool IsSameFile(string one, string other) =>
        TryStat(one) is { } first && TryStat(other) is { } second
        && first.InodeNumber == second.InodeNumber
        && first.FileSystemMajor == second.FileSystemMajor
        && first.FileSystemMinor == second.FileSystemMinor;

    /// <summary>What the kernel says of a path, links followed; null where there is nothing.</summary>
    internal static unsafe FileStatus? TryStat(string path)
    {
        const int FromCurrentDirectory = -100;
        FileStatus status;
        fixed (byte* p = System.Text.Encoding.UTF8.GetBytes(path + '\0'))
            return Libc.Stat(FromCurrentDirectory, p, 0, Libc.StatBasic, &status) == 0 ? status : null;
    }

    internal static void SetLength(int descriptor, long length, string display)
    {
        if (Libc.SetLength(descriptor, length) != 0)
            throw Error("set the length of", display, Marshal.GetLastPInvokeError());
    }

    internal static IOException Error(string verb, string display, int error)
    {
        string reason = Marshal.GetPInvokeErrorMessage(error);
        string message = $"cannot {verb} {display}: {reason}";
        return error switch
        {
            Libc.ENOENT => new FileNotFoundException(message, display),
            _ => new IOException(message, HResultOf(error)),
        };
    }

    /// <summary>The error number travels in the HResult so that callers can tell a full disk from other faults.</summary>
    private static int HResultOf(int error) => unchecked((int)0x80070000) | (error & 0xffff);

    internal static bool IsDiskFull(IOException exception) =>
        (exception.HResult & 0xffff) is Libc.ENOSPC or Libc.EDQUOT
        && (exception.HResult & unchecked((int)0xffff0000)) == unchecked((int)0x80070000);
}

/// <summary>What came of asking the kernel to share blocks.</summary>
internal enum CloneOutcome
{
    /// <summary>They are shared.</summary>
    Shared,

    /// <summary>Not of this range: the source is on another file system, its blocks are larger, the file is in use.</summary>
    NotThis,

    /// <summary>Not to this target: its file system or the kernel does not have it.</summary>
    Never,
}
