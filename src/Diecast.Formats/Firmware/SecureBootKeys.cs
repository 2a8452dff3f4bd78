using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Firmware;

/// <summary>The keys of UEFI Secure Boot, and what may start by them (UEFI 2.10 section 32).</summary>
public sealed record SecureBootKeys
{
    /// <summary>PK: whose key changes the others. With it the firmware leaves its setup mode.</summary>
    public required X509Certificate2 PlatformKey { get; init; }

    /// <summary>KEK: whose keys change db and dbx.</summary>
    public required IReadOnlyList<X509Certificate2> KeyExchangeKeys { get; init; }

    /// <summary>db: whose signatures start programs.</summary>
    public required IReadOnlyList<X509Certificate2> Allowed { get; init; }

    /// <summary>More of db: SHA-256 digests (Authenticode's) of programs that start without a signature.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> AllowedDigests { get; init; } = [];

    /// <summary>dbx: whose signatures no longer start anything.</summary>
    public IReadOnlyList<X509Certificate2> Revoked { get; init; } = [];

    /// <summary>More of dbx: SHA-256 digests of programs that do not start whoever signed them.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> RevokedDigests { get; init; } = [];

    /// <summary>Whose entries these are. Default: an id that is derived from the platform key's certificate.</summary>
    public Guid? Owner { get; init; }

    /// <summary>The time of the variables; a later change is signed with a later time. Default: the start of 2015.</summary>
    public DateTimeOffset Time { get; init; } = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);
}
