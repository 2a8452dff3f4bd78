using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Diecast.Formats.Integrity;

/// <summary>A key slot that a TPM elsewhere opens, as systemd-cryptenroll and systemd-repart make it (token <c>systemd-tpm2</c>).</summary>
internal sealed record TpmEnrolment
{
    private const int SecretLength = 32;

    /// <summary>The TPM's storage key.</summary>
    internal required TpmPublicKey StorageKey { get; init; }

    /// <summary>Where the TPM keeps it. Default: the storage root key's place.</summary>
    internal uint Handle { get; init; } = TpmSealing.StorageRootKey;

    /// <summary>Registers with the values that they must have, ascending, all of one bank. Default: none.</summary>
    internal IReadOnlyList<TpmRegister> Registers { get; init; } = [];

    /// <summary>The key that signs what other registers may have, in PEM. Default: null, none.</summary>
    internal string? SignerPem { get; init; }

    /// <summary>The registers that it signs for.</summary>
    internal IReadOnlyList<int> SignedRegisters { get; init; } = [];

    /// <summary>What its signatures are told apart by. Default: null, nothing.</summary>
    internal string? SignedReference { get; init; }

    /// <summary>A slot with a random key, which the TPM alone gives out.</summary>
    /// <exception cref="CryptographicException">The signer's key is none that a TPM has.</exception>
    internal Luks2Slot Enrol()
    {
        byte[] secret = RandomNumberGenerator.GetBytes(SecretLength);
        // The reference of a policy is bytes; of a text it is the hash.
        byte[] reference = SignedReference is { } text ? SHA256.HashData(Encoding.UTF8.GetBytes(text)) : [];
        byte[] policy = TpmPolicy.Sealing(Registers, SignerPem is null ? null : TpmPublicKey.FromPem(SignerPem), reference);
        byte[] blob = TpmSealing.Seal(StorageKey, secret, policy);
        // What is typed is text, so that systemd takes the secret as text too.
        return new Luks2Slot(Encoding.ASCII.GetBytes(Convert.ToBase64String(secret)))
        {
            Kdf = Luks2Kdf.Pbkdf2(Luks2Kdf.Minimal.Iterations, "sha512"),
            Token = new Luks2Token("systemd-tpm2", json => Write(json, blob, policy)),
        };
    }

    private void Write(Utf8JsonWriter json, byte[] blob, byte[] policy)
    {
        json.WriteBase64String("tpm2-blob", blob);
        WriteNumbers(json, "tpm2-pcrs", Registers.Select(register => register.Number));
        if (Registers.Count > 0)
            json.WriteString("tpm2-pcr-bank", Registers[0].Hash.Name);
        json.WriteString("tpm2-policy-hash", Convert.ToHexStringLower(policy));
        if (SignerPem is { } pem)
        {
            WriteNumbers(json, "tpm2_pubkey_pcrs", SignedRegisters);
            json.WriteBase64String("tpm2_pubkey", Encoding.UTF8.GetBytes(pem));
            if (SignedReference is { } reference)
                json.WriteString("tpm2_pubkey_ref", reference);
        }

        json.WriteBase64String("tpm2_srk", TpmSealing.Describe(StorageKey, Handle));
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<int> numbers)
    {
        json.WriteStartArray(name);
        foreach (int number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }
}
