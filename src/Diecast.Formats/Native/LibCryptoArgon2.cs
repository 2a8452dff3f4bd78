using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Native;

/// <summary>Argon2 as libcrypto has it from 3.2 on (EVP_KDF-ARGON2(7)).</summary>
internal static partial class LibCryptoArgon2
{
    private const string Library = "libcrypto.so.3";

    // OSSL_PARAM's types (openssl/core.h).
    private const uint UnsignedInteger = 2;
    private const uint OctetString = 5;

    /// <summary>Derives a key; false where the library, or this derivation in it, is not there.</summary>
    /// <exception cref="CryptographicException">The library refuses the costs, or gets no memory.</exception>
    internal static unsafe bool TryDerive(Argon2Variant variant, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Costs costs, Span<byte> key)
    {
        try
        {
            using SafeKdfHandle kdf = Fetch(0, variant == Argon2Variant.Argon2id ? "ARGON2ID" : "ARGON2I", null);
            if (kdf.IsInvalid)
                return false;
            using SafeKdfContext context = NewContext(kdf);
            if (context.IsInvalid)
                throw new InsufficientMemoryException("libcrypto got no memory");
            (uint passes, uint memory, uint lanes) = ((uint)costs.Passes, (uint)costs.MemoryKib, (uint)costs.Lanes);
            byte nothing = 0;
            fixed (byte* word = password, salted = salt, to = key)
            fixed (byte* pass = "pass\0"u8, saltName = "salt\0"u8, iter = "iter\0"u8, memcost = "memcost\0"u8, laneName = "lanes\0"u8)
            {
                Parameter* parameters = stackalloc Parameter[6];
                parameters[0] = new Parameter(pass, OctetString, word is null ? &nothing : word, (nuint)password.Length);
                parameters[1] = new Parameter(saltName, OctetString, salted, (nuint)salt.Length);
                parameters[2] = new Parameter(iter, UnsignedInteger, &passes, sizeof(uint));
                parameters[3] = new Parameter(memcost, UnsignedInteger, &memory, sizeof(uint));
                parameters[4] = new Parameter(laneName, UnsignedInteger, &lanes, sizeof(uint));
                parameters[5] = default;
                if (DeriveKey(context, to, (nuint)key.Length, parameters) != 1)
                    throw new CryptographicException($"libcrypto's {variant} with {costs}");
            }

            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_KDF_fetch", StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeKdfHandle Fetch(nint libraryContext, string algorithm, string? properties);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_free")]
    internal static partial void Free(nint kdf);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_CTX_new")]
    private static partial SafeKdfContext NewContext(SafeKdfHandle kdf);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_CTX_free")]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_KDF_derive")]
    private static unsafe partial int DeriveKey(SafeKdfContext context, byte* key, nuint length, Parameter* parameters);

    /// <summary>OSSL_PARAM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly unsafe struct Parameter(byte* name, uint type, void* data, nuint length)
    {
        private readonly byte* _name = name;
        private readonly uint _type = type;
        private readonly void* _data = data;
        private readonly nuint _length = length;
        private readonly nuint _returned = 0;
    }
}

internal sealed class SafeKdfHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCryptoArgon2.Free(handle);
        return true;
    }
}

internal sealed class SafeKdfContext() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle()
    {
        LibCryptoArgon2.FreeContext(handle);
        return true;
    }
}
