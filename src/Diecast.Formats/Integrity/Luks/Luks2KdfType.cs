namespace Diecast.Formats.Integrity;

/// <summary>Functions that make keys of passphrases.</summary>
public enum Luks2KdfType
{
    /// <summary>PBKDF2 (RFC 8018).</summary>
    Pbkdf2,

    /// <summary>Argon2i (RFC 9106).</summary>
    Argon2i,

    /// <summary>Argon2id (RFC 9106).</summary>
    Argon2id,
}
