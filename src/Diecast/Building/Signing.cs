using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.Integrity;
using Diecast.Processes;

namespace Diecast.Building;

/// <summary>What a build signs with: the keys that its definition names, read once.</summary>
internal sealed class Signing : IDisposable
{
    private readonly string _directory;
    private readonly CancellationToken _cancellation;
    private readonly List<IDisposable> _held = [];

    internal Signing(Definition definition, Timestamp epoch, CancellationToken cancellation)
    {
        _directory = definition.Directory;
        _cancellation = cancellation;
        if (definition.Image.SecureBoot is { } program)
            (Program, ProgramRoom) = SignerOf(program, epoch);
        if (definition.Image.VeritySignature is { } hash)
            RootHash = HashSignerOf(hash);
        if (definition.System?.Bootloader?.Uki?.PcrKey is { } path)
        {
            RSA key = ReadRsa(path);
            Measurements = parts => PcrSignatures.Sign(parts, key);
        }
    }

    /// <summary>Adds the signatures of the expected values of PCR 11, or null where no key is named.</summary>
    internal Func<UkiParts, UkiParts>? Measurements { get; }

    /// <summary>Signs a program for Secure Boot, or null where no key is named.</summary>
    internal Func<Blob, Blob>? Program { get; }

    /// <summary>Makes a program as long as it is when it is signed, or null where no key is named. No key is asked.</summary>
    internal Func<Blob, Blob>? ProgramRoom { get; }

    /// <summary>Signs a root hash, or null where no key is named.</summary>
    internal Func<ReadOnlyMemory<byte>, Blob>? RootHash { get; }

    public void Dispose()
    {
        foreach (IDisposable held in _held)
            held.Dispose();
    }

    private (Func<Blob, Blob> Sign, Func<Blob, Blob> MakeRoom) SignerOf(SigningKey key, Timestamp epoch)
    {
        AuthenticodeSigner signer = Read(key.Certificate, AuthenticodeSigner.FromPem) with { SigningTime = DateTimeOffset.FromUnixTimeSeconds(epoch.Seconds) };
        _held.Add(signer.Certificate);
        _held.AddRange(signer.Chain);
        Func<Blob, Blob> room = blob => Authenticode.MakeRoom(blob, signer);
        if (key.Key is null)
            return (blob => Authenticode.Sign(blob, signer, data => Command(key, SHA256.HashData(data.Span))), room);
        RSA secret = ReadRsa(key.Key);
        return (blob => Authenticode.Sign(blob, signer, secret), room);
    }

    private RSA ReadRsa(string path)
    {
        RSA key = Read(path, text =>
        {
            var rsa = RSA.Create();
            rsa.ImportFromPem(text);
            return rsa;
        });
        _held.Add(key);
        return key;
    }

    private Func<ReadOnlyMemory<byte>, Blob> HashSignerOf(SigningKey key)
    {
        X509Certificate2 certificate = Read(key.Certificate, text => X509Certificate2.CreateFromPem(text));
        _held.Add(certificate);
        VeritySigner signer = key.Key is null
            ? VeritySigner.External(certificate, digest => Command(key, digest.Span))
            : Read(key.Key, text => VeritySigner.FromPem(certificate.ExportCertificatePem(), text));
        return hash => VeritySignature.Create(hash, signer);
    }

    private byte[] Command(SigningKey key, ReadOnlySpan<byte> digest) => SigningCommand.Sign(key.Command, _directory, digest, _cancellation);

    private T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(File.ReadAllText(Path.Combine(_directory, path)));
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new BuildException($"{path} is no certificate or key as it is needed: {exception.Message}", "give a PEM file, with a key that is not encrypted", null, exception);
        }
    }
}
