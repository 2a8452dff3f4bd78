using System.Runtime.InteropServices;
using Diecast.Formats.Compression;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Native;

/// <summary>What of OpenSSL's libcrypto .NET has no class for; .NET itself needs the library on Linux.</summary>
internal static partial class LibCrypto
{
    private const string Library = "libcrypto.so.3";
    private const string Package = "libssl3";

    /// <summary>NID_ED25519 (openssl/obj_mac.h), the same number as EVP_PKEY_ED25519.</summary>
    private const int Ed25519 = 1087;

    /// <summary>Whether a signature of 64 bytes is a key's, which has 32 bytes (RFC 8032).</summary>
    /// <exception cref="MissingLibraryException">The library is not installed.</exception>
    internal static bool VerifyEd25519(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        try
        {
            using SafeKey key = NewPublicKey(Ed25519, 0, publicKey, (nuint)publicKey.Length);
            using SafeContext context = NewContext();
            // Bytes that are no point of the curve are no key, and have signed nothing.
            return !key.IsInvalid && VerifyInit(context, 0, 0, 0, key) == 1
                && Verify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new MissingLibraryException(Library, Package, exception);
        }
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    private static partial SafeKey NewPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    private static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    private static partial SafeContext NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    private static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    private static partial int VerifyInit(SafeContext context, nint keyContext, nint digest, nint engine, SafeKey key);

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    private static partial int Verify(SafeContext context, ReadOnlySpan<byte> signature, nuint signatureLength, ReadOnlySpan<byte> message, nuint messageLength);

    private sealed class SafeKey() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    private sealed class SafeContext() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
    {
        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
