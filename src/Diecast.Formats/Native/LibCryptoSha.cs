using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Diecast.Formats.Native;

/// <summary>
/// libcrypto's hash functions by their oldest interface (openssl/sha.h): a state is plain memory, so that one which has
/// seen a salt is copied for each block.
/// </summary>
/// <remarks>
/// A block of 4096 bytes after a salt costs a seventh less than through .NET, which joins salt and block and asks
/// OpenSSL for a context each time. The functions are deprecated, and a build of OpenSSL may leave them out:
/// <see cref="IsAvailable"/> tells.
/// </remarks>
internal static partial class LibCryptoSha
{
    /// <summary>64-bit words of a state; SHA512_CTX is the largest with 27.</summary>
    internal const int StateWords = 32;

    private const string Library = "libcrypto.so.3";

    /// <summary>Whether the library and its functions are there.</summary>
    internal static bool IsAvailable { get; } = Try();

    /// <summary>Begins a hash.</summary>
    internal static unsafe void Begin(ShaFunction function, Span<ulong> state)
    {
        CheckState(state);
        state.Clear();
        fixed (ulong* at = state)
        {
            _ = function switch
            {
                ShaFunction.Sha1 => Sha1Init(at),
                ShaFunction.Sha256 => Sha256Init(at),
                ShaFunction.Sha384 => Sha384Init(at),
                _ => Sha512Init(at),
            };
        }
    }

    /// <summary>Adds bytes to a hash.</summary>
    internal static unsafe void Add(ShaFunction function, Span<ulong> state, ReadOnlySpan<byte> bytes)
    {
        CheckState(state);
        if (bytes.IsEmpty)
            return;
        fixed (ulong* at = state)
        fixed (byte* from = bytes)
        {
            _ = function switch
            {
                ShaFunction.Sha1 => Sha1Update(at, from, (nuint)bytes.Length),
                ShaFunction.Sha256 => Sha256Update(at, from, (nuint)bytes.Length),
                ShaFunction.Sha384 => Sha384Update(at, from, (nuint)bytes.Length),
                _ => Sha512Update(at, from, (nuint)bytes.Length),
            };
        }
    }

    /// <summary>Ends a hash; the state is worth nothing afterwards.</summary>
    internal static unsafe void End(ShaFunction function, Span<ulong> state, Span<byte> digest)
    {
        CheckState(state);
        ArgumentOutOfRangeException.ThrowIfLessThan(digest.Length, SizeOf(function));
        fixed (ulong* at = state)
        fixed (byte* to = digest)
        {
            _ = function switch
            {
                ShaFunction.Sha1 => Sha1Final(to, at),
                ShaFunction.Sha256 => Sha256Final(to, at),
                ShaFunction.Sha384 => Sha384Final(to, at),
                _ => Sha512Final(to, at),
            };
        }
    }

    /// <summary>Bytes of a digest.</summary>
    internal static int SizeOf(ShaFunction function) => function switch
    {
        ShaFunction.Sha1 => 20,
        ShaFunction.Sha256 => 32,
        ShaFunction.Sha384 => 48,
        _ => 64,
    };

    private static void CheckState(Span<ulong> state, [CallerArgumentExpression(nameof(state))] string name = "") =>
        ArgumentOutOfRangeException.ThrowIfLessThan(state.Length, StateWords, name);

    private static bool Try()
    {
        try
        {
            Span<ulong> state = stackalloc ulong[StateWords];
            Span<byte> digest = stackalloc byte[SizeOf(ShaFunction.Sha512)];
            foreach (ShaFunction function in (ReadOnlySpan<ShaFunction>)[ShaFunction.Sha1, ShaFunction.Sha256, ShaFunction.Sha384, ShaFunction.Sha512])
            {
                Begin(function, state);
                Add(function, state, "diecast"u8);
                End(function, state, digest);
            }

            return true;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    [LibraryImport(Library, EntryPoint = "SHA1_Init")]
    private static unsafe partial int Sha1Init(ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA1_Update")]
    private static unsafe partial int Sha1Update(ulong* state, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "SHA1_Final")]
    private static unsafe partial int Sha1Final(byte* digest, ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA256_Init")]
    private static unsafe partial int Sha256Init(ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA256_Update")]
    private static unsafe partial int Sha256Update(ulong* state, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "SHA256_Final")]
    private static unsafe partial int Sha256Final(byte* digest, ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA384_Init")]
    private static unsafe partial int Sha384Init(ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA384_Update")]
    private static unsafe partial int Sha384Update(ulong* state, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "SHA384_Final")]
    private static unsafe partial int Sha384Final(byte* digest, ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA512_Init")]
    private static unsafe partial int Sha512Init(ulong* state);

    [LibraryImport(Library, EntryPoint = "SHA512_Update")]
    private static unsafe partial int Sha512Update(ulong* state, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "SHA512_Final")]
    private static unsafe partial int Sha512Final(byte* digest, ulong* state);
}

/// <summary>Hash functions that libcrypto has.</summary>
internal enum ShaFunction
{
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}
