using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;
using Diecast.Formats.Tests.FileSystems;
using Diecast.Testing;

namespace Diecast.Formats.Tests.Integrity;

public sealed class VeritySignatureTests
{
    private const string Hex = "13d7b8138d83d34121b2dd55f3e8879433fa11030816bed969c279a74f68f492";

    private static readonly byte[] Root = Convert.FromHexString(Hex);

    [ToolFact("openssl")]
    public void The_signature_is_openssls_byte_for_byte()
    {
        using var directory = new TempDirectory();
        VeritySigner signer = MakeKey(directory, "rsa:2048");
        Tool.Check("openssl", "smime", "-sign", "-binary", "-noattr", "-md", "sha256", "-in", directory["root"], "-outform", "DER", "-out", directory["theirs"], "-signer", directory["cert"], "-inkey", directory["key"]);

        byte[] ours = VeritySignature.Pkcs7(Root, signer);

        Assert.Equal(File.ReadAllBytes(directory["theirs"]), ours);
        Assert.Equal(ours, VeritySignature.Pkcs7(Root, signer));
        Tool.Check("openssl", "smime", "-sign", "-nocerts", "-binary", "-noattr", "-md", "sha256", "-in", directory["root"], "-outform", "DER", "-out", directory["bare"], "-signer", directory["cert"], "-inkey", directory["key"]);
        Assert.Equal(File.ReadAllBytes(directory["bare"]), DetachedPkcs7.Create(Encoding.ASCII.GetBytes(Hex), signer, withCertificate: false));
    }

    [ToolTheory("openssl")]
    [InlineData("rsa:3072")]
    [InlineData("P-256")]
    [InlineData("P-521")]
    public void Openssl_verifies_it(string kind)
    {
        using var directory = new TempDirectory();
        VeritySigner signer = MakeKey(directory, kind);
        Blob partition = VeritySignature.Create(Root, signer);
        VeritySignatureInfo info = VeritySignature.Read(partition);
        File.WriteAllBytes(directory["p7"], info.Pkcs7.ToArray());

        foreach (string command in (string[])["smime", "cms"])
            Tool.Check("openssl", command, "-verify", "-binary", "-inform", "DER", "-in", directory["p7"], "-content", directory["root"], "-CAfile", directory["cert"], "-purpose", "any", "-out", directory["out"]);
        Assert.Null(VeritySignature.Verify(partition, Root, signer.Certificate));
    }

    [Fact]
    public void The_partition_is_json_of_16_kib()
    {
        VeritySigner signer = MakeKey();
        Blob partition = VeritySignature.Create(Root, signer);

        Assert.Equal(16384, partition.Length);
        string text = Encoding.ASCII.GetString(partition.ToArray()).TrimEnd('\0');
        string fingerprint = Convert.ToHexStringLower(SHA256.HashData(signer.Certificate.RawData));
        Assert.Equal(
            $"{{\"rootHash\":\"{Hex}\",\"certificateFingerprint\":\"{fingerprint}\",\"signature\":\"{Convert.ToBase64String(VeritySignature.Pkcs7(Root, signer))}\"}}", text);
        VeritySignatureInfo info = VeritySignature.Read(partition);
        Assert.Equal(Root, info.RootHash.ToArray());
        Assert.Equal(fingerprint, Convert.ToHexStringLower(info.CertificateFingerprint.Span));
    }

    [ToolTheory("openssl")]
    [InlineData("rsa:2048", "-noattr", "sha256")]
    [InlineData("rsa:2048", "-binary", "sha512")]
    [InlineData("P-256", "-binary", "sha384")]
    public void A_signature_from_elsewhere_is_checked_and_joined(string kind, string attributes, string hash)
    {
        using var directory = new TempDirectory();
        X509Certificate2 certificate = MakeKey(directory, kind).Certificate;
        Tool.Check("openssl", "smime", "-sign", "-binary", attributes, "-md", hash, "-in", directory["root"], "-outform", "DER", "-out", directory["p7"], "-signer", directory["cert"], "-inkey", directory["key"]);
        byte[] pkcs7 = File.ReadAllBytes(directory["p7"]);

        Blob partition = VeritySignature.Join(Root, certificate, pkcs7);

        Assert.Null(VeritySignature.Verify(partition, Root, certificate));
        Assert.Contains("it is of the root hash", VeritySignature.Verify(partition, new byte[32], certificate), StringComparison.Ordinal);
        Assert.Contains("it is by the certificate", VeritySignature.Verify(partition, Root, MakeKey().Certificate), StringComparison.Ordinal);
        Assert.Contains("something else", Assert.Throws<CryptographicException>(() => VeritySignature.Join(new byte[32], certificate, pkcs7)).Message, StringComparison.Ordinal);
        Assert.Contains("another certificate", Assert.Throws<CryptographicException>(() => VeritySignature.Join(Root, MakeKey().Certificate, pkcs7)).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", Assert.Throws<CryptographicException>(() => VeritySignature.Join(Root, certificate, pkcs7.AsMemory(0, 40))).Message, StringComparison.Ordinal);
        pkcs7[^5] ^= 1;
        Assert.Throws<CryptographicException>(() => VeritySignature.Join(Root, certificate, pkcs7));
    }

    [Fact]
    public void A_key_elsewhere_gets_a_digest_and_gives_a_signature()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate = Certify(key);
        byte[]? asked = null;
        var signer = VeritySigner.External(certificate, digest =>
        {
            asked = digest.ToArray();
            return key.SignHash(asked, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        });

        byte[] pkcs7 = VeritySignature.Pkcs7(Root, signer);

        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(Hex)), asked);
        Assert.Equal(VeritySignature.Pkcs7(Root, VeritySigner.FromKey(certificate, key)), pkcs7);
        var wrong = VeritySigner.External(certificate, _ => new byte[256]);
        Assert.Contains("not by the key", Assert.Throws<CryptographicException>(() => VeritySignature.Pkcs7(Root, wrong)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_come_from_pem_with_and_without_a_password()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate = Certify(key);
        string pem = certificate.ExportCertificatePem();
        byte[] expected = VeritySignature.Pkcs7(Root, VeritySigner.FromKey(certificate, key));

        Assert.Equal(expected, VeritySignature.Pkcs7(Root, VeritySigner.FromPem(pem, key.ExportPkcs8PrivateKeyPem())));
        string encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        Assert.Equal(expected, VeritySignature.Pkcs7(Root, VeritySigner.FromPem(pem, encrypted, "secret")));
        Assert.Throws<CryptographicException>(() => VeritySigner.FromPem(pem, encrypted, "wrong"));
        Assert.Throws<CryptographicException>(() => VeritySigner.FromPem(pem, encrypted));
        Assert.Throws<CryptographicException>(() => VeritySigner.FromPem(pem, "nothing"));
    }

    [Fact]
    public void Spoiled_partitions_are_refused_or_found_out()
    {
        VeritySigner signer = MakeKey();
        byte[] partition = VeritySignature.Create(Root, signer).ToArray();
        byte[] original = [.. partition];
        int end = partition.AsSpan().IndexOf((byte)0);
        var changes = new RandomChanges(partition, (0, 160), (160, end - 160));
        var random = new Random(41);
        int refused = 0;
        int found = 0;
        for (int i = 0; i < 20_000; i++)
        {
            foreach ((int place, byte[] bytes) in changes.Draw(random))
                bytes.CopyTo(partition.AsSpan(place));
            try
            {
                if (VeritySignature.Verify(Blob.FromMemory(partition), Root, signer.Certificate) is not null)
                    found++;
            }
            catch (InvalidImageException)
            {
                refused++;
            }

            original.CopyTo(partition, 0);
        }

        Assert.InRange(refused, 10_000, 19_990);
        Assert.InRange(found, 200, 19_990);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"rootHash\":\"00\"}")]
    [InlineData("{\"rootHash\":5,\"signature\":\"\"}")]
    [InlineData("{\"rootHash\":\"0\",\"signature\":\"\"}")]
    [InlineData("{\"rootHash\":\"\\ud800\",\"signature\":\"\"}")]
    [InlineData("{\"rootHash\":\"00\",\"signature\":\"&\"}")]
    [InlineData("[[[[[[[[[[[[[[[[")]
    public void What_is_no_signature_is_refused(string text) =>
        Assert.Throws<InvalidImageException>(() => VeritySignature.Read(Blob.Concat(Blob.FromText(text), Blob.Zeros(100))));

    private static VeritySigner MakeKey()
    {
        RSA key = RSA.Create(2048);
        return VeritySigner.FromKey(Certify(key), key);
    }

    private static X509Certificate2 Certify(RSA key) =>
        new CertificateRequest("CN=diecast", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .Create(
                new X500DistinguishedName("CN=diecast"),
                X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
                new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
                new DateTimeOffset(2120, 1, 1, 0, 0, 0, TimeSpan.Zero),
                [0x10, 0xF1]);

    private static VeritySigner MakeKey(TempDirectory directory, string kind)
    {
        File.WriteAllText(directory["root"], Hex);
        string[] key = kind.StartsWith("rsa", StringComparison.Ordinal) ? ["-newkey", kind] : ["-newkey", "ec", "-pkeyopt", $"ec_paramgen_curve:{kind}"];
        Tool.Check("openssl", ["req", "-x509", .. key, "-nodes", "-keyout", directory["key"], "-out", directory["cert"], "-days", "3650", "-subj", "/O=Diecast/CN=verity", "-set_serial", "0x00f1"]);
        return VeritySigner.FromPem(File.ReadAllText(directory["cert"]), File.ReadAllText(directory["key"]));
    }
}
