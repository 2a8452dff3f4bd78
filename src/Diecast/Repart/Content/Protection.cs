using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Repart.Definitions;

namespace Diecast.Repart.Content;

/// <summary>Encrypts partitions and signs root hashes.</summary>
internal sealed class Protection(RepartContext context, FileSystemMaker maker)
{
    private const int LargestSector = 4096;

    private VeritySigner? _signer;

    /// <summary>Encrypts a partition's content. The volume key is random: no two images with one are alike.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="content">What is in it, as long as there is room for.</param>
    internal Blob Encrypt(RepartPartition partition, Blob content)
    {
        PartitionSettings settings = partition.Settings;
        byte[] volumeKey = RandomNumberGenerator.GetBytes(Luks2Options.VolumeKeySize);
        if (settings.EncryptedVolume is { FixateVolumeKey: true } volume)
        {
            string name = volume.Name ?? $"luks-{partition.LuksId}";
            partition.VolumeKeyDigest = Convert.ToHexStringLower(HMACSHA256.HashData(volumeKey, Encoding.UTF8.GetBytes($"cryptsetup:{name}:{partition.LuksId}")));
        }

        try
        {
            return Luks2.Encrypt(content, new Luks2Options
            {
                Slots = Slots(settings),
                VolumeKey = volumeKey,
                SectorSize = Math.Min(maker.SectorOf(partition), LargestSector),
                Uuid = partition.LuksId,
                Label = settings.VolumeLabel ?? $"luks-{partition.Label}",
                AllowDiscards = settings.Discard ?? true,
                Length = partition.Size,
            });
        }
        catch (Exception exception) when (exception is UnrepresentableException or DoesNotFitException or CryptographicException)
        {
            throw new BuildException($"{settings.Path}: {exception.Message}", null, null, exception);
        }
    }

    private List<Luks2Slot> Slots(PartitionSettings settings)
    {
        var slots = new List<Luks2Slot>();
        if (settings.Encrypt is EncryptMode.KeyFile or EncryptMode.KeyFileAndTpm2)
        {
            string? file = context.Options.KeyFile ?? settings.KeyFile;
            byte[] key = file is null ? [] : File.ReadAllBytes(file);
            // systemd-repart takes the empty passphrase too, for a key that is enrolled on the machine in its place.
            if (key.Length == 0)
                context.Log.Warning($"{settings.Path}: Encrypt={(settings.Encrypt == EncryptMode.KeyFile ? "key-file" : "key-file+tpm2")} without a key: anyone opens it by an empty passphrase until another takes its place");
            slots.Add(new Luks2Slot(key) { Kdf = KdfOf(settings.EncryptKdf) });
        }

        if (settings.Encrypt is EncryptMode.Tpm2 or EncryptMode.KeyFileAndTpm2)
            slots.Add(Enrol(settings));
        return slots;
    }

    /// <summary>A slot for the TPM of the machine that the image is for, which is told by its public key alone.</summary>
    private Luks2Slot Enrol(PartitionSettings settings)
    {
        const int KernelBoot = 11;
        RepartOptions options = context.Options;
        try
        {
            int[] signed = [.. options.TpmSignedRegisters.Select(register => register.Number)];
            return new TpmEnrolment
            {
                StorageKey = TpmPublicKey.ReadStorageKey(File.ReadAllBytes(options.TpmDeviceKey!)),
                Handle = options.TpmHandle == 0 ? TpmSealing.StorageRootKey : options.TpmHandle,
                Registers = TpmRegisterValue.Complete(options.TpmRegisters.Count > 0 ? options.TpmRegisters : settings.TpmRegisters),
                SignerPem = options.TpmPublicKey is { } path ? File.ReadAllText(path) : null,
                SignedRegisters = signed.Length > 0 ? signed : [KernelBoot],
                SignedReference = options.TpmSignedReference,
            }.Enrol();
        }
        catch (Exception exception) when (exception is InvalidImageException or FormatException or CryptographicException or ArgumentException)
        {
            throw new BuildException($"{settings.Path}: Encrypt=tpm2: {exception.Message}", null, null, exception);
        }
    }

    /// <summary>Says before anything is written that there is nothing to sign with.</summary>
    /// <exception cref="BuildException">There is neither a signature made elsewhere nor a key.</exception>
    internal void CheckSigner(RepartPartition partition)
    {
        if (context.Options.JoinedSignatures.Count > 0)
            return;
        try
        {
            Signer(partition);
        }
        catch (CryptographicException exception)
        {
            throw new BuildException($"{partition.Settings.Path}: {exception.Message}", null, null, exception);
        }
    }

    /// <summary>The signature of a root hash: one made elsewhere where there is one for these partitions, or one by the key given.</summary>
    /// <exception cref="BuildException">There is neither.</exception>
    internal Blob Sign(RepartPartition partition)
    {
        RepartPartition data = partition.Siblings[VerityMode.Data];
        RepartPartition hash = partition.Siblings[VerityMode.Hash];
        try
        {
            JoinedSignature? joined = context.Options.JoinedSignatures.FirstOrDefault(signature => IsOf(signature.RootHash, data.Id, hash.Id));
            if (joined is not null)
                return VeritySignature.Join(Convert.FromHexString(joined.RootHash), Certificate(), joined.Signature);
            string rootHash = hash.RootHash ?? throw new BuildException(
                $"{partition.Settings.Path}: no root hash was made, and no --join-signature= is for the partitions {data.Id} and {hash.Id}");
            return VeritySignature.Create(Convert.FromHexString(rootHash), Signer(partition));
        }
        catch (Exception exception) when (exception is CryptographicException or DoesNotFitException)
        {
            throw new BuildException($"{partition.Settings.Path}: {exception.Message}", null, null, exception);
        }
    }

    private static Luks2Kdf KdfOf(string? name) => name switch
    {
        "pbkdf2" => Luks2Kdf.Pbkdf2(),
        "minimal" => Luks2Kdf.Pbkdf2(Luks2Kdf.Minimal.Iterations, "sha512"),
        _ => Luks2Kdf.Default,
    };

    /// <summary>The halves of a root hash are the ids of the partitions that it is of.</summary>
    private static bool IsOf(string rootHash, Guid data, Guid hash) =>
        rootHash.Length == 64 && rootHash[..32] == data.ToString("N", CultureInfo.InvariantCulture) && rootHash[32..] == hash.ToString("N", CultureInfo.InvariantCulture);

    private X509Certificate2 Certificate() => X509Certificate2.CreateFromPem(File.ReadAllText(
        context.Options.Certificate ?? throw new BuildException("a verity signature is to be made, and there is no --certificate=")));

    private VeritySigner Signer(RepartPartition partition)
    {
        if (_signer is not null)
            return _signer;
        RepartOptions options = context.Options;
        if (options.PrivateKey is not { } key || options.Certificate is not { } certificate)
        {
            throw new BuildException(
                $"{partition.Settings.Path}: a verity signature is to be made, and there is no {(options.PrivateKey is null ? "--private-key=" : "--certificate=")}",
                "name both, or leave it for later with --defer-partitions= and sign elsewhere: --join-signature=");
        }

        return _signer = VeritySigner.FromPem(File.ReadAllText(certificate), File.ReadAllText(key));
    }
}
