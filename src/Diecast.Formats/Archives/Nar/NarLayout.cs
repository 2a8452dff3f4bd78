using System.Buffers.Binary;

namespace Diecast.Formats.Archives.Nar;

/// <summary>
/// The words of the Nix archive (Nix manual, protocols, "Nix Archive (NAR) format"): every word is a string, its length in eight
/// bytes, little-endian, then its bytes, then zeros up to a multiple of eight.
/// </summary>
/// <remarks>
/// archive = magic node; node = "(" "type" ("regular" ["executable" ""] "contents" bytes | "symlink" "target" bytes
/// | "directory" ("entry" "(" "name" bytes "node" node ")")*) ")".
/// </remarks>
internal static class NarLayout
{
    internal const string Format = "nar";
    internal const int LengthSize = 8;
    internal const int Alignment = 8;

    /// <summary>Longest word that is no content: a link's target has at most 4095 bytes on Linux, a name 255.</summary>
    internal const int LongestTarget = 4095;

    internal const int LongestName = 255;

    internal static ReadOnlySpan<byte> Magic => "nix-archive-1"u8;

    internal static ReadOnlySpan<byte> Open => "("u8;

    internal static ReadOnlySpan<byte> Close => ")"u8;

    internal static ReadOnlySpan<byte> Type => "type"u8;

    internal static ReadOnlySpan<byte> Regular => "regular"u8;

    internal static ReadOnlySpan<byte> Executable => "executable"u8;

    internal static ReadOnlySpan<byte> Contents => "contents"u8;

    internal static ReadOnlySpan<byte> Symlink => "symlink"u8;

    internal static ReadOnlySpan<byte> Target => "target"u8;

    internal static ReadOnlySpan<byte> Directory => "directory"u8;

    internal static ReadOnlySpan<byte> Entry => "entry"u8;

    internal static ReadOnlySpan<byte> Name => "name"u8;

    internal static ReadOnlySpan<byte> Node => "node"u8;

    /// <summary>Zeros behind a word of a length.</summary>
    internal static int Padding(long length) => (int)(-length & (Alignment - 1));

    internal static void WriteLength(Span<byte> destination, long length) => BinaryPrimitives.WriteInt64LittleEndian(destination, length);

    internal static ulong ReadLength(ReadOnlySpan<byte> source) => BinaryPrimitives.ReadUInt64LittleEndian(source);
}
