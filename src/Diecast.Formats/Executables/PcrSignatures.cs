using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>
/// Signatures of the values that PCR 11 will have, by which a key that is sealed to the signer and not to a value is unsealed
/// (systemd-measure(1); the JSON of the <c>.pcrsig</c> section).
/// </summary>
public static class PcrSignatures
{
    /// <summary>The parts of an image with signatures for each of its profiles, and with the public key where none is given.</summary>
    /// <param name="parts">The parts.</param>
    /// <param name="key">The key that signs; RSA.</param>
    /// <param name="phases">Paths of phases, each of which gets a signature. Default: <see cref="PcrPrediction.DefaultPhases"/>.</param>
    /// <exception cref="InvalidImageException">The stub or the kernel is no PE file; so are the others of <see cref="UnifiedKernelImage.Assemble"/>.</exception>
    public static UkiParts Sign(UkiParts parts, RSA key, IReadOnlyList<string>? phases = null)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(key);
        UkiParts unsigned = parts with
        {
            PcrPublicKey = parts.PcrPublicKey ?? (key.ExportSubjectPublicKeyInfoPem() + "\n"),
            PcrSignature = null,
            Profiles = [.. parts.Profiles.Select(profile => profile with { PcrSignature = null })],
        };
        Blob image = UnifiedKernelImage.Assemble(unsigned);
        return unsigned with
        {
            PcrSignature = Sign(image, 0, key, phases),
            Profiles = [.. unsigned.Profiles.Select((profile, i) => profile with { PcrSignature = Sign(image, i + 1, key, phases) })],
        };
    }

    /// <summary>The JSON text for one profile of an image: a signature for each path of phases, and for each device tree to choose from.</summary>
    /// <param name="image">The image, with its public key and all else that is measured.</param>
    /// <param name="profile">The profile; 0 is the base.</param>
    /// <param name="key">The key that signs; RSA.</param>
    /// <param name="phases">Paths of phases. Default: <see cref="PcrPrediction.DefaultPhases"/>.</param>
    /// <exception cref="InvalidImageException">The image is no PE file, or has no kernel or no such profile.</exception>
    public static string Sign(Blob image, int profile, RSA key, IReadOnlyList<string>? phases = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Write(image, profile, key, data => key.SignData(data.Span, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), phases);
    }

    /// <summary>The same with signatures that something else makes, or none, which leaves the policies' digests to be signed later.</summary>
    /// <param name="image">The image, with its public key and all else that is measured.</param>
    /// <param name="profile">The profile; 0 is the base.</param>
    /// <param name="publicKey">The public key.</param>
    /// <param name="maker">Signs a policy's digest, or null.</param>
    /// <param name="phases">Paths of phases. Default: <see cref="PcrPrediction.DefaultPhases"/>.</param>
    /// <exception cref="InvalidImageException">The image is no PE file, or has no kernel or no such profile.</exception>
    public static string Write(Blob image, int profile, RSA publicKey, SignatureMaker? maker, IReadOnlyList<string>? phases = null)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        int trees = UkiProfiles.CountDeviceTrees(PeFile.Read(image), profile);
        IEnumerable<int?> choices = trees == 0 ? [null] : Enumerable.Range(0, trees).Select(tree => (int?)tree);
        string fingerprint = Convert.ToHexStringLower(SHA256.HashData(publicKey.ExportRSAPublicKey()));
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("sha256");
            foreach (int? tree in choices)
            {
                byte[] sections = PcrPrediction.Sections(image, "", new UkiChoice(profile, tree));
                foreach (string path in phases ?? PcrPrediction.DefaultPhases)
                    WriteEntry(json, fingerprint, PcrPrediction.EnterPhases(sections, path), maker);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteEntry(Utf8JsonWriter json, string fingerprint, byte[] value, SignatureMaker? maker)
    {
        byte[] policy = PcrPrediction.PolicyDigest(PcrPrediction.SectionsRegister, value);
        json.WriteStartObject();
        json.WriteStartArray("pcrs");
        json.WriteNumberValue(PcrPrediction.SectionsRegister);
        json.WriteEndArray();
        json.WriteString("pkfp", fingerprint);
        json.WriteString("pol", Convert.ToHexStringLower(policy));
        if (maker is not null)
            json.WriteBase64String("sig", maker(policy));
        json.WriteEndObject();
    }
}
