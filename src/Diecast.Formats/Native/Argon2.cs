using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Diecast.Formats.Compression;

namespace Diecast.Formats.Native;

/// <summary>Argon2 1.3 (RFC 9106) by libargon2 (argon2.h), or by libcrypto from 3.2 on where that is not installed.</summary>
internal static partial class Argon2
{
    private const string Library = "libargon2.so.1";
    private const string Package = "libargon2-1";

    /// <summary>Derives a key.</summary>
    /// <param name="variant">Which Argon2.</param>
    /// <param name="password">The password.</param>
    /// <param name="salt">The salt, of 8 bytes or more.</param>
    /// <param name="costs">Passes, memory and lanes.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="MissingLibraryException">Neither library has it.</exception>
    /// <exception cref="CryptographicException">The library refuses the costs, or gets no memory.</exception>
    internal static unsafe void Derive(Argon2Variant variant, ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, Argon2Costs costs, Span<byte> key)
    {
        byte nothing = 0;
        fixed (byte* from = password)
        fixed (byte* salted = salt)
        fixed (byte* to = key)
        {
            // Not null, which the library takes for a mistake.
            byte* word = from is null ? &nothing : from;
            int result;
            try
            {
                result = variant == Argon2Variant.Argon2id
                    ? HashId((uint)costs.Passes, (uint)costs.MemoryKib, (uint)costs.Lanes, word, (nuint)password.Length, salted, (nuint)salt.Length, to, (nuint)key.Length)
                    : HashI((uint)costs.Passes, (uint)costs.MemoryKib, (uint)costs.Lanes, word, (nuint)password.Length, salted, (nuint)salt.Length, to, (nuint)key.Length);
            }
            catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
            {
                if (LibCryptoArgon2.TryDerive(variant, password, salt, costs, key))
                    return;
                throw new MissingLibraryException(Library, Package, exception);
            }

            if (result != 0)
                throw new CryptographicException($"libargon2: {Marshal.PtrToStringUTF8(ErrorMessage(result))}");
        }
    }

    [LibraryImport(Library, EntryPoint = "argon2id_hash_raw")]
    private static unsafe partial int HashId(
        uint passes, uint memory, uint lanes, byte* password, nuint passwordLength, byte* salt, nuint saltLength, byte* key, nuint keyLength);

    [LibraryImport(Library, EntryPoint = "argon2i_hash_raw")]
    private static unsafe partial int HashI(
        uint passes, uint memory, uint lanes, byte* password, nuint passwordLength, byte* salt, nuint saltLength, byte* key, nuint keyLength);

    [LibraryImport(Library, EntryPoint = "argon2_error_message")]
    private static partial nint ErrorMessage(int result);
}

/// <summary>Variants of Argon2.</summary>
internal enum Argon2Variant
{
    Argon2i,
    Argon2id,
}

/// <summary>What a derivation by Argon2 costs.</summary>
/// <param name="Passes">Passes over the memory.</param>
/// <param name="MemoryKib">The memory, in KiB.</param>
/// <param name="Lanes">Lanes, which may be computed at once.</param>
internal readonly record struct Argon2Costs(int Passes, int MemoryKib, int Lanes);
