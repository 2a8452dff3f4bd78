using System.Buffers;

namespace Diecast.Bases.Nix;

/// <summary>A path of a store, as in <c>/nix/store/HASH-name</c>: the store's directory, and a name of one part in it.</summary>
internal static class StoreItemName
{
    /// <summary>Digits of the hash that a name begins with (Nix, protocol "store-path": 160 bits, five each).</summary>
    internal const int HashLength = 32;

    private const int LongestName = 211;

    private static readonly SearchValues<char> HashDigits = SearchValues.Create("0123456789abcdfghijklmnpqrsvwxyz");
    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+-._?=");

    /// <summary>Whether a text is an absolute path of a store.</summary>
    internal static bool IsPath(string text)
    {
        int slash = text.LastIndexOf('/');
        return slash > 0 && text[0] == '/' && IsDirectory(text[..slash]) && IsName(text.AsSpan(slash + 1));
    }

    /// <summary>Whether a text is a name in a store.</summary>
    internal static bool IsName(ReadOnlySpan<char> text) =>
        text.Length is > HashLength + 1 and <= HashLength + 1 + LongestName
        && text[HashLength] == '-'
        && !text[..HashLength].ContainsAnyExcept(HashDigits)
        && !text[(HashLength + 1)..].ContainsAnyExcept(NameCharacters);

    /// <summary>The store that a path is in, as in <c>/nix/store</c>.</summary>
    internal static string StoreOf(string path) => path[..path.LastIndexOf('/')];

    /// <summary>The last part of a path.</summary>
    internal static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>The hash part of a path, which names it in a binary cache.</summary>
    internal static string HashOf(string path) => NameOf(path)[..HashLength];

    private static bool IsDirectory(string directory) =>
        directory.Length > 1 && directory.Split('/').Skip(1).All(part => part is not ("" or "." or "..") && !part.Contains('\0', StringComparison.Ordinal));
}
