using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Firmware;

/// <summary>Enrols the keys of UEFI Secure Boot in a store of variables, so that it is on when the machine starts for the first time.</summary>
public static class SecureBoot
{
    private const EfiVariableAttributes Authenticated = EfiVariableAttributes.Global | EfiVariableAttributes.TimeAuthenticated;
    private const EfiVariableAttributes Switch = EfiVariableAttributes.NonVolatile | EfiVariableAttributes.BootServices;

    private const int GuidLength = 16;

    /// <summary>The store with keys in the place of those that it has, and with Secure Boot on.</summary>
    /// <remarks>The firmware must be one that is built for it (<c>OVMF_CODE_4M.secboot.fd</c>) on a machine with SMM.</remarks>
    /// <exception cref="UnrepresentableException">The store has no place for keys, or a digest is not of SHA-256.</exception>
    /// <exception cref="DoesNotFitException">There is no room for them.</exception>
    public static EfiVariableStore WithSecureBoot(this EfiVariableStore store, SecureBootKeys keys)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(keys);
        Guid owner = keys.Owner ?? DeriveOwner(keys.PlatformKey);
        store = Enroll(store, "db", EfiVendors.SecurityDatabase, SignatureDatabase.Write(keys.Allowed, keys.AllowedDigests, owner), keys.Time);
        store = Enroll(store, "dbx", EfiVendors.SecurityDatabase, SignatureDatabase.Write(keys.Revoked, keys.RevokedDigests, owner), keys.Time);
        store = Enroll(store, "KEK", EfiVendors.Global, SignatureDatabase.Write(keys.KeyExchangeKeys, [], owner), keys.Time);
        store = Enroll(store, "PK", EfiVendors.Global, SignatureDatabase.Write([keys.PlatformKey], [], owner), keys.Time);
        return store
            .With(new EfiVariable { Name = "SecureBootEnable", Vendor = EfiVendors.SecureBootEnable, Attributes = Switch, Data = (byte[])[1] })
            .With(new EfiVariable { Name = "CustomMode", Vendor = EfiVendors.CustomMode, Attributes = Switch, Data = (byte[])[0] });
    }

    private static EfiVariableStore Enroll(EfiVariableStore store, string name, Guid vendor, byte[] lists, DateTimeOffset time) => lists.Length == 0
        ? store.Without(name, vendor)
        : store.With(new EfiVariable { Name = name, Vendor = vendor, Attributes = Authenticated, Data = lists, Time = time });

    /// <summary>An id of version 8 (RFC 9562): of the certificate's digest.</summary>
    private static Guid DeriveOwner(X509Certificate2 certificate)
    {
        Span<byte> id = SHA256.HashData(certificate.RawDataMemory.Span).AsSpan(0, GuidLength);
        id[6] = (byte)(0x80 | (id[6] & 0x0f));
        id[8] = (byte)(0x80 | (id[8] & 0x3f));
        return new Guid(id, bigEndian: true);
    }
}
