using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Diecast.Formats.Blobs;
using Diecast.Formats.Inspection;
using Diecast.Formats.Integrity;
using Diecast.Formats.Tests.Integrity;

namespace Diecast.Formats.Tests.Inspection;

public sealed class ProtectionProbeTests
{
    private static readonly Guid Id = Guid.Parse("0d1c2b3a-4958-6776-8594-a3b2c1d0e0f0");

    [ToolFact("blkid")]
    public void An_encrypted_device_tells_what_it_is_as_blkid_does()
    {
        using var directory = new TempDirectory();
        byte[] device = Luks2.Encrypt(Blob.Zeros(8192), Options()).ToArray();
        File.WriteAllBytes(directory["device"], device);

        FoundContent found = FoundContent.Find(Blob.FromMemory(device))!;

        Assert.Contains($"VERSION=\"2\" LABEL=\"home\" UUID=\"{Id}\"", Fields(Tool.Check("blkid", "-p", directory["device"])), StringComparison.Ordinal);
        Assert.Equal(("crypto_LUKS", "2", "home", Id.ToString(), true), (found.Type, found.Version, found.Label, found.Id, found.IsClean));
        Assert.Equal(
            ["cipher=aes-xts-plain64", "sector=4096 bytes", "data at=16777216 bytes", "key slot 0=pbkdf2, sha256, 1000 iterations", "flags=allow-discards"],
            found.Facts.Select(fact => $"{fact.Name}={fact.Value}"));

        device[0] = 0;
        Assert.Equal(("crypto_LUKS", false), (FoundContent.Find(Blob.FromMemory(device))!.Type, FoundContent.Find(Blob.FromMemory(device))!.IsClean));
        device[16384] = 0;
        Assert.Null(FoundContent.Find(Blob.FromMemory(device)));
    }

    [ToolFact("blkid")]
    public void A_hash_area_tells_what_it_is_as_blkid_does()
    {
        using var directory = new TempDirectory();
        byte[] area = DmVerity.Build(Blob.Zeros(1 << 20), new DmVerityOptions { Uuid = Id, Salt = new byte[] { 0xAB, 0xCD } }).Hash.ToArray();
        File.WriteAllBytes(directory["hash"], area);

        FoundContent found = FoundContent.Find(Blob.FromMemory(area))!;

        string said = Tool.Check("blkid", "-p", directory["hash"]);
        Assert.Contains("TYPE=\"DM_verity_hash\"", said, StringComparison.Ordinal);
        Assert.Contains(Id.ToString(), said, StringComparison.Ordinal);
        Assert.Equal(("DM_verity_hash", "1", Id.ToString(), area.Length), (found.Type, found.Version, found.Id, found.Length));
        Assert.Equal(["hash=sha256, type 1", "data=256 blocks of 4096 bytes", "hash block=4096 bytes", "salt=abcd"], found.Facts.Select(fact => $"{fact.Name}={fact.Value}"));
        area[8] = 9;
        Assert.False(FoundContent.Find(Blob.FromMemory(area))!.IsClean);
    }

    [Fact]
    public void A_signature_tells_the_root_hash_and_the_certificate()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=diecast", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        byte[] root = RandomData.Bytes(32, 71);

        FoundContent found = FoundContent.Find(VeritySignature.Create(root, certificate, key))!;

        Assert.Equal("verity_signature", found.Type);
        Assert.Equal(
            [$"root hash={Convert.ToHexStringLower(root)}", $"certificate={certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()}"],
            found.Facts.Select(fact => $"{fact.Name}={fact.Value}"));
        Assert.Null(FoundContent.Find(Blob.FromText("{\"name\": \"something else\"}")));
    }

    private static Luks2Options Options() => new()
    {
        Slots = [Luks2Slot.FromPassphrase("secret") with { Kdf = Luks2Kdf.Minimal }],
        Uuid = Id,
        Label = "home",
        AllowDiscards = true,
    };

    /// <summary>Version, label and UUID in one order, whatever blkid's is.</summary>
    private static string Fields(string line) => string.Join(
        ' ', ((string[])["VERSION", "LABEL", "UUID"]).Select(name => line.Split(' ', StringSplitOptions.TrimEntries).First(field => field.StartsWith(name + "=", StringComparison.Ordinal))));
}
