using System.Security.Cryptography;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Integrity.Signatures;
using Diecast.Native;

namespace Diecast.Bases.Nix;

/// <summary>Public keys that a binary cache's paths must be signed by: Nix's, Ed25519 each with its name, and Guix's, S-expressions.</summary>
internal sealed class CacheKeys
{
    private const int KeySize = 32;
    private const int SignatureSize = 64;
    private const int LargestFile = 1 << 20;

    private readonly Dictionary<string, List<byte[]>> _keys = new(StringComparer.Ordinal);
    private readonly List<byte[]> _guixKeys = [];

    /// <summary>
    /// Reads keys, each Nix's <c>name:base64</c>, Guix's <c>(public-key …)</c> or a whole list of authorized ones, <c>(acl …)</c>, or the
    /// path of a file that holds one of them.
    /// </summary>
    /// <param name="keys">The keys.</param>
    /// <param name="directory">Where paths start.</param>
    /// <exception cref="BuildException">One of them is none.</exception>
    internal CacheKeys(IEnumerable<string> keys, string directory)
    {
        foreach (string key in keys)
        {
            if (IsFile(key))
                Add(ReadFile(key, directory), key);
            else
                Add(key, key);
        }
    }

    /// <summary>Whether there is none, and so nothing to be signed.</summary>
    internal bool IsEmpty => _keys.Count == 0 && _guixKeys.Count == 0;

    /// <summary>Whether a text is the path of a file with keys, rather than a key.</summary>
    internal static bool IsFile(string key) => !key.Contains(':', StringComparison.Ordinal) && !key.TrimStart().StartsWith('(');

    /// <summary>Whether one of the keys has made one of a path's signatures.</summary>
    internal bool HaveSigned(NarInfo info) => HaveSignedAsNix(info) || HaveSignedAsGuix(info);

    private bool HaveSignedAsNix(NarInfo info)
    {
        byte[] message = Encoding.UTF8.GetBytes(info.Fingerprint);
        byte[] signature = new byte[SignatureSize];
        foreach (string signed in info.Item.Signatures)
        {
            if (Split(signed, signature) is { } name && _keys.TryGetValue(name, out List<byte[]>? keys)
                && keys.Exists(key => LibCrypto.VerifyEd25519(key, message, signature)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary><c>1;HOST;BASE64</c>, of all that stands before it (Guix, guix/narinfo.scm).</summary>
    private bool HaveSignedAsGuix(NarInfo info)
    {
        if (_guixKeys.Count == 0 || info.GuixSignature is not { } text || text.Split(';') is not ["1", _, var encoded])
            return false;
        try
        {
            var signature = SExpression.Parse(Convert.FromBase64String(encoded.Trim()));
            byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(info.GuixSigned));
            return GcryptSignature.Verify(signature, digest, key => _guixKeys.Exists(trusted => key.Span.SequenceEqual(trusted)));
        }
        catch (Exception exception) when (exception is FormatException or InvalidImageException)
        {
            return false;
        }
    }

    private void Add(string text, string given)
    {
        if (text.TrimStart().StartsWith('('))
        {
            AddGuix(text, given);
            return;
        }

        byte[] bytes = new byte[KeySize];
        if (Split(text.Trim(), bytes) is not { } name)
            throw Wrong(given);
        if (!_keys.TryGetValue(name, out List<byte[]>? same))
            _keys.Add(name, same = []);
        same.Add(bytes);
    }

    /// <summary>A key alone, or those of a list that may sign what is imported (Guix, guix/pki.scm).</summary>
    private void AddGuix(string text, string given)
    {
        try
        {
            var read = SExpression.Parse(Encoding.UTF8.GetBytes(text));
            SExpression[] keys = read.Name switch
            {
                "public-key" => [read],
                "acl" => [.. read.Items.Where(IsForImport).Select(entry => entry.Find("public-key")).OfType<SExpression>()],
                _ => [],
            };
            if (keys.Length == 0)
                throw Wrong(given);
            _guixKeys.AddRange(keys.Select(key => key.ToCanonical()));
        }
        catch (InvalidImageException exception)
        {
            throw new BuildException($"{given} is no public key of Guix: {exception.Message}", "copy all of /etc/guix/signing-key.pub or /etc/guix/acl", inner: exception);
        }
    }

    private static bool IsForImport(SExpression entry) =>
        entry.Name == "entry" && entry.Find("tag") is { Items: [_, { Name: "guix", Items: [_, { Text: "import" }] }] };

    private static string ReadFile(string path, string directory)
    {
        string full = Path.GetFullPath(Path.Combine(directory, path));
        try
        {
            return new FileInfo(full).Length <= LargestFile ? File.ReadAllText(full) : throw Wrong(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"the file of trusted keys {path}: {exception.Message}", inner: exception);
        }
    }

    private static BuildException Wrong(string given) =>
        new($"{given} is no public key of a binary cache", "copy the line of the .pub file, or name a file with a key of Nix or Guix, or Guix's acl");

    private static string? Split(string text, byte[] bytes)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Convert.TryFromBase64String(text[(colon + 1)..], bytes, out int count) && count == bytes.Length ? text[..colon] : null;
    }
}
