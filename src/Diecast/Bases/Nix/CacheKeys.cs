using System.Text;
using Diecast.Native;

namespace Diecast.Bases.Nix;

/// <summary>Public keys that a binary cache's paths must be signed by: Ed25519, each with its name.</summary>
internal sealed class CacheKeys
{
    private const int KeySize = 32;
    private const int SignatureSize = 64;

    private readonly Dictionary<string, List<byte[]>> _keys = new(StringComparer.Ordinal);

    /// <summary>Reads keys, each <c>name:base64</c>.</summary>
    /// <exception cref="BuildException">One of them is none.</exception>
    internal CacheKeys(IEnumerable<string> keys)
    {
        foreach (string key in keys)
        {
            byte[] bytes = new byte[KeySize];
            if (Split(key, bytes) is not { } name)
                throw new BuildException($"{key} is no public key of a binary cache", "copy the line of the .pub file");
            if (!_keys.TryGetValue(name, out List<byte[]>? same))
                _keys.Add(name, same = []);
            same.Add(bytes);
        }
    }

    /// <summary>Whether there is none, and so nothing to be signed.</summary>
    internal bool IsEmpty => _keys.Count == 0;

    /// <summary>Whether one of the keys has made one of a path's signatures.</summary>
    internal bool HaveSigned(NarInfo info)
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

    private static string? Split(string text, byte[] bytes)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Convert.TryFromBase64String(text[(colon + 1)..], bytes, out int count) && count == bytes.Length ? text[..colon] : null;
    }
}
