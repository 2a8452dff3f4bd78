using System.Text;

namespace Diecast.Formats.Integrity;

/// <summary>A key slot: a passphrase, or the content of a key file, that opens the device.</summary>
/// <param name="Key">The bytes, all of which count, an end of line among them.</param>
public sealed record Luks2Slot(ReadOnlyMemory<byte> Key)
{
    /// <summary>cryptsetup's limit for passphrases that are typed; key files have up to 8 MiB.</summary>
    internal const int MostKeyBytes = 8 << 20;

    /// <summary>How the key becomes the slot's. Default: <see cref="Luks2Kdf.Default"/>.</summary>
    public Luks2Kdf Kdf { get; init; } = Luks2Kdf.Default;

    /// <summary>What says where the key is to be had; null where nothing does.</summary>
    internal Luks2Token? Token { get; init; }

    /// <summary>A slot that a passphrase opens, in UTF-8.</summary>
    public static Luks2Slot FromPassphrase(string passphrase) => new(Encoding.UTF8.GetBytes(passphrase));
}
