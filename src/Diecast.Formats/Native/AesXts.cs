using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>
/// AES in XTS mode over sectors, numbered as dm-crypt's <c>plain64</c> does, by libcrypto (openssl/evp.h, the same since
/// 1.1); .NET has no such mode. Safe to use from several threads at once.
/// </summary>
internal sealed partial class AesXts
{
    private const string Library = "libcrypto.so.3";
    private const string Package = "libssl3";
    private const int IvSize = 16;

    /// <summary>Bytes that a thread takes at once.</summary>
    private const int JobSize = 64 * 1024;

    /// <summary>As much as the single pass asks for at once; those who read less at once do so in threads of their own.</summary>
    private const int LeastForThreads = 512 * 1024;

    private readonly byte[] _key;
    private readonly bool _encrypts;
    private readonly ConcurrentBag<SafeCipherContext> _contexts = [];

    /// <summary>Prepares a direction.</summary>
    /// <param name="key">Both halves: 32 bytes for AES-128, 64 for AES-256.</param>
    /// <param name="encrypts">Whether it encrypts; else it decrypts.</param>
    /// <exception cref="CryptographicException">The key has another length, or two equal halves, which no one has by accident.</exception>
    /// <exception cref="MissingLibraryException">libcrypto is not installed.</exception>
    internal AesXts(ReadOnlySpan<byte> key, bool encrypts)
    {
        if (key.Length is not (32 or 64))
            throw new CryptographicException($"a key of {key.Length} bytes; AES-XTS has 32 or 64");
        if (key[..(key.Length / 2)].SequenceEqual(key[(key.Length / 2)..]))
            throw new CryptographicException("the halves of the key are equal, with which XTS protects nothing");
        _key = key.ToArray();
        _encrypts = encrypts;
        _contexts.Add(Open());
    }

    /// <summary>Transforms whole sectors in place, on all cores where they are many.</summary>
    /// <param name="sectors">The sectors.</param>
    /// <param name="sectorSize">Bytes of one.</param>
    /// <param name="first">The first one's number, in units of 512 bytes, whatever a sector has.</param>
    internal unsafe void Transform(Span<byte> sectors, int sectorSize, ulong first)
    {
        if (sectors.Length % sectorSize != 0)
            throw new ArgumentException($"{sectors.Length} bytes are no whole sectors of {sectorSize}", nameof(sectors));
        fixed (byte* at = sectors)
        {
            if (sectors.Length < LeastForThreads)
            {
                Transform(at, sectors.Length, sectorSize, first);
                return;
            }

            (nint start, int length, int jobSize) = ((nint)at, sectors.Length, Math.Max(JobSize, sectorSize));
            _ = Parallel.For(0, (length + jobSize - 1) / jobSize, job =>
            {
                int offset = job * jobSize;
                Transform((byte*)start + offset, Math.Min(jobSize, length - offset), sectorSize, unchecked(first + (ulong)(offset / 512)));
            });
        }
    }

    private unsafe void Transform(byte* sectors, int length, int sectorSize, ulong number)
    {
        if (!_contexts.TryTake(out SafeCipherContext? context))
            context = Open();
        byte* iv = stackalloc byte[IvSize];
        for (int offset = 0; offset < length; offset += sectorSize)
        {
            // The number's 64 bits, little-endian, whatever the machine is.
            for (int i = 0; i < IvSize; i++)
                iv[i] = i < sizeof(ulong) ? unchecked((byte)(number >> (8 * i))) : (byte)0;
            int written;
            Check(CipherInit(context, 0, 0, null, iv, -1));
            Check(CipherUpdate(context, sectors + offset, &written, sectors + offset, sectorSize));
            if (written != sectorSize)
                throw new CryptographicException($"libcrypto gave {written} bytes for a sector of {sectorSize}");
            number = unchecked(number + (ulong)(sectorSize / 512));
        }

        _contexts.Add(context);
    }

    private unsafe SafeCipherContext Open()
    {
        try
        {
            SafeCipherContext context = NewContext();
            if (context.IsInvalid)
                throw new InsufficientMemoryException("libcrypto got no memory");
            fixed (byte* key = _key)
                Check(CipherInit(context, _key.Length == 64 ? Aes256Xts() : Aes128Xts(), 0, key, null, _encrypts ? 1 : 0));
            return context;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new MissingLibraryException(Library, Package, exception);
        }
    }

    private static void Check(int result)
    {
        if (result != 1)
            throw new CryptographicException($"libcrypto's AES-XTS ended with {result}");
    }

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_new")]
    private static partial SafeCipherContext NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_CIPHER_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_aes_128_xts")]
    private static partial nint Aes128Xts();

    [LibraryImport(Library, EntryPoint = "EVP_aes_256_xts")]
    private static partial nint Aes256Xts();

    [LibraryImport(Library, EntryPoint = "EVP_CipherInit_ex")]
    private static unsafe partial int CipherInit(SafeCipherContext context, nint cipher, nint engine, byte* key, byte* iv, int encrypts);

    [LibraryImport(Library, EntryPoint = "EVP_CipherUpdate")]
    private static unsafe partial int CipherUpdate(SafeCipherContext context, byte* output, int* written, byte* input, int length);
}

/// <summary>A context of libcrypto's, with a key in it, which it clears when it is freed.</summary>
internal sealed class SafeCipherContext() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        AesXts.FreeContext(handle);
        return true;
    }
}
