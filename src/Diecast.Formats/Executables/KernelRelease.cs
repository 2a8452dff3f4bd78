using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Executables;

/// <summary>Finds the release, what <c>uname -r</c> gives, in a kernel image.</summary>
internal static class KernelRelease
{
    // Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".
    private const int X86MagicAt = 0x202;
    private const int X86VersionAt = 0x20e;
    private const int X86VersionBase = 0x200;
    private const int X86VersionLength = 128;

    // drivers/firmware/efi/libstub/zboot-header.S: an EFI program that unpacks the kernel in it.
    private const int ZbootMagicAt = 4;
    private const int ZbootPayloadAt = 8;

    private const int ChunkLength = 1 << 18;
    private const int LongestRelease = 128;

    /// <summary>Kernels are tens of megabytes; what unpacks to more is none.</summary>
    private const long MaximumUnpacked = 1L << 30;

    private static ReadOnlySpan<byte> Banner => "Linux version "u8;

    /// <summary>The release; null when none is found.</summary>
    /// <exception cref="InvalidImageException">What the kernel is packed with is damaged.</exception>
    internal static string? Find(Blob kernel)
    {
        byte[] start = kernel.Slice(0, Math.Min(kernel.Length, 0x400)).ToArray();
        if (start.Length == 0x400 && start.AsSpan(X86MagicAt).StartsWith("HdrS"u8))
            return FindX86(kernel, start);
        if (start.Length == 0x400 && start.AsSpan(ZbootMagicAt).StartsWith("zimg"u8))
        {
            long offset = PeLayout.UInt32(start, ZbootPayloadAt);
            long length = PeLayout.UInt32(start, ZbootPayloadAt + sizeof(uint));
            if (offset > kernel.Length - length)
                throw new InvalidImageException("kernel", "the packed kernel in it leads out of the file");
            Blob payload = kernel.Slice(offset, length);
            byte[] magic = payload.Slice(0, Math.Min(length, 6)).ToArray();
            if (magic is [0x04, 0x22, 0x4d, 0x18, ..] or [(byte)'B', (byte)'Z', (byte)'h', ..])
                return null;
            using Stream unpacked = Decompression.Open(payload.OpenRead());
            return FindBanner(unpacked);
        }

        using Stream stream = kernel.OpenRead();
        return FindBanner(stream);
    }

    private static string? FindX86(Blob kernel, byte[] start)
    {
        long offset = X86VersionBase + PeLayout.UInt16(start, X86VersionAt);
        if (offset >= kernel.Length)
            return null;
        byte[] text = kernel.Slice(offset, Math.Min(X86VersionLength, kernel.Length - offset)).ToArray();
        int end = text.AsSpan().IndexOfAny((byte)' ', (byte)0);
        return end < 0 ? null : Release(text.AsSpan(0, end));
    }

    private static string? FindBanner(Stream stream)
    {
        byte[] buffer = new byte[ChunkLength + LongestRelease + Banner.Length];
        int held = 0;
        for (long total = 0; total < MaximumUnpacked;)
        {
            int count = stream.ReadAtLeast(buffer.AsSpan(held), buffer.Length - held, throwOnEndOfStream: false);
            total += count;
            ReadOnlySpan<byte> text = buffer.AsSpan(0, held + count);
            bool last = held + count < buffer.Length;
            // A banner that begins in the part which stays is looked at with the next chunk.
            for (int at; (at = text.IndexOf(Banner)) >= 0; text = text[(at + 1)..])
            {
                ReadOnlySpan<byte> rest = text[(at + Banner.Length)..];
                int end = rest.IndexOf((byte)' ');
                if (end is > 0 and <= LongestRelease && char.IsAsciiDigit((char)rest[0]) && rest[(end + 1)..] is [(byte)'(', ..] && Release(rest[..end]) is { } release)
                    return release;
            }

            if (last)
                return null;
            held = Math.Min(LongestRelease + Banner.Length + 2, held + count);
            buffer.AsSpan(buffer.Length - held).CopyTo(buffer);
        }

        return null;
    }

    private static string? Release(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)c) && c is not ((byte)'.' or (byte)'_' or (byte)'+' or (byte)'-' or (byte)'~'))
                return null;
        }

        return text.IsEmpty ? null : Encoding.ASCII.GetString(text);
    }
}
