using System.Security.Cryptography;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Formats.Tests.Executables;

public sealed class AuthenticodeTests
{
    private static readonly DateTimeOffset Time = new(2026, 3, 1, 12, 30, 15, TimeSpan.Zero);

    private static readonly AuthenticodeSigner Signer = new() { Certificate = SampleKeys.Signer, SigningTime = Time };

    /// <summary>Not a multiple of eight, so that the signature stands behind padding.</summary>
    private static readonly Blob Program = (SamplePe.Kernel with { Tail = [1, 2, 3] }).ToBlob();

    [Fact]
    public void What_is_signed_is_verified_and_read_back()
    {
        Blob signed = Authenticode.Sign(Program, Signer, SampleKeys.SignerKey);

        AuthenticodeSignature signature = Assert.Single(Authenticode.Read(signed));
        Assert.True(signature.IsIntact);
        Assert.Equal(Time, signature.SigningTime);
        Assert.Equal("CN=Sample Signer, O=Samples", signature.Signer!.Subject);
        Assert.Equal(Authenticode.Digest(Program), signature.Digest.ToArray());
        Assert.Equal(Authenticode.Digest(Program), Authenticode.Digest(signed));
        Assert.True(Authenticode.Verify(signed, [SampleKeys.Root]));
        Assert.True(Authenticode.Verify(signed, [SampleKeys.Other, SampleKeys.Signer]));
        Assert.False(Authenticode.Verify(signed, [SampleKeys.Other]));
        Assert.False(Authenticode.Verify(Program, [SampleKeys.Root]));
        Assert.Equal(0, signed.Length % 8);
    }

    [Fact]
    public void Signing_again_gives_the_same_bytes_and_elsewhere_too()
    {
        byte[] first = Authenticode.Sign(Program, Signer, SampleKeys.SignerKey).ToArray();
        Assert.Equal(first, Authenticode.Sign(Program, Signer, SampleKeys.SignerKey).ToArray());

        byte[] attributes = Authenticode.SignedAttributes(Program, Signer);
        byte[] signature = SampleKeys.SignerKey.SignData(attributes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Assert.Equal(first, Authenticode.Attach(Program, Signer, signature).ToArray());
        Assert.Null(Assert.Single(Authenticode.Read(Authenticode.Sign(Program, Signer with { SigningTime = null }, SampleKeys.SignerKey))).SigningTime);
    }

    [Fact]
    public void Several_sign_and_each_is_removed()
    {
        Blob one = Authenticode.Sign(Program, Signer, SampleKeys.SignerKey);
        Blob both = Authenticode.Sign(one, new AuthenticodeSigner { Certificate = SampleKeys.Other }, SampleKeys.OtherKey);

        Assert.Equal(2, Authenticode.Read(both).Count(signature => signature.IsIntact));
        Assert.True(Authenticode.Verify(both, [SampleKeys.Other]));
        Assert.True(Authenticode.Verify(both, [SampleKeys.Root]));
        Assert.Equal(one.ToArray(), Authenticode.Remove(both, 1).ToArray());
        Assert.False(Authenticode.Verify(Authenticode.Remove(both, 0), [SampleKeys.Root]));
        Assert.Empty(Authenticode.Read(Authenticode.Remove(both)));
        Assert.Equal(Authenticode.Remove(one).ToArray(), Authenticode.Remove(both).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => Authenticode.Remove(both, 2));
    }

    [Fact]
    public void A_chain_goes_with_the_signature()
    {
        AuthenticodeSigner signer = AuthenticodeSigner.FromPem(SampleKeys.Signer.ExportCertificatePem() + "\n" + SampleKeys.Root.ExportCertificatePem());
        AuthenticodeSignature signature = Assert.Single(Authenticode.Read(Authenticode.Sign(Program, signer, SampleKeys.SignerKey)));
        Assert.Equal(2, signature.Certificates.Count);
        Assert.Equal(SampleKeys.Signer, signature.Signer);
    }

    [Fact]
    public void A_change_of_any_byte_that_counts_is_seen()
    {
        byte[] signed = Authenticode.Sign(Program, Signer, SampleKeys.SignerKey).ToArray();
        foreach (int place in new[] { 0x10, 0x39, 0x3ff, 0x400, 300_000, (int)Program.Length - 1, (int)Program.Length })
        {
            byte[] changed = [.. signed];
            changed[place] ^= 1;
            Assert.False(Authenticode.Verify(Blob.FromMemory(changed), [SampleKeys.Root]), $"byte {place}");
        }

        // The check sum is none of them.
        signed[SamplePe.PeOffset + 24 + 64] ^= 1;
        Assert.True(Authenticode.Verify(Blob.FromMemory(signed), [SampleKeys.Root]));
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused() => Assert.Contains(
        "is not that of the key of the certificate 'CN=Sample Signer",
        Assert.Throws<UnrepresentableException>(() => Authenticode.Sign(Program, Signer, SampleKeys.OtherKey)).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Hostile_signatures_are_read_or_refused()
    {
        byte[] original = Authenticode.Sign(Program, Signer with { Chain = [SampleKeys.Root] }, SampleKeys.SignerKey).ToArray();
        int start = (int)Program.Length + 7 & ~7;
        byte[] file = [.. original];
        var random = new Random(30);
        int intact = 0;
        for (int i = 0; i < 2000; i++)
        {
            int at = random.Next(start, file.Length);
            file[at] = (byte)random.Next(256);
            try
            {
                if (Authenticode.Read(Blob.FromMemory(file)) is [{ IsIntact: true }])
                    intact++;
            }
            catch (InvalidImageException)
            {
            }

            file[at] = original[at];
        }

        // What is not signed may change: certificates beside the signer's, padding, versions.
        Assert.InRange(intact, 1, 1500);
    }

    [ToolFact("sbsign", "sbverify", "sbattach", "/usr/lib/systemd/boot/efi/linuxx64.efi.stub")]
    public void Sbverify_accepts_ours_and_we_accept_sbsign()
    {
        using var directory = new TempDirectory();
        Blob image = UnifiedKernelImage.Assemble(new UkiParts
        {
            Stub = Blob.FromMemory(File.ReadAllBytes("/usr/lib/systemd/boot/efi/linuxx64.efi.stub")),
            Kernel = SamplePe.Kernel.ToBlob(),
            CommandLine = "quiet",
        });
        File.WriteAllText(directory["key.pem"], SampleKeys.SignerKey.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(directory["cert.pem"], SampleKeys.Signer.ExportCertificatePem());
        File.WriteAllText(directory["root.pem"], SampleKeys.Root.ExportCertificatePem());
        File.WriteAllText(directory["other.pem"], SampleKeys.Other.ExportCertificatePem());
        File.WriteAllBytes(directory["plain.efi"], image.ToArray());
        byte[] ours = Authenticode.Sign(image, Signer, SampleKeys.SignerKey).ToArray();
        File.WriteAllBytes(directory["ours.efi"], ours);

        Assert.Contains("Signature verification OK", Tool.Check("sbverify", "--cert", directory["root.pem"], directory["ours.efi"]), StringComparison.Ordinal);
        Assert.NotEqual(0, Tool.Run("sbverify", "--cert", directory["other.pem"], directory["ours.efi"]).ExitCode);
        Tool.Check("sbsign", "--key", directory["key.pem"], "--cert", directory["cert.pem"], "--output", directory["theirs.efi"], directory["plain.efi"]);
        byte[] theirs = File.ReadAllBytes(directory["theirs.efi"]);
        Assert.True(Authenticode.Verify(Blob.FromMemory(theirs), [SampleKeys.Root]));
        AuthenticodeSignature signature = Assert.Single(Authenticode.Read(Blob.FromMemory(theirs)));
        Assert.Equal(Authenticode.Digest(image), signature.Digest.ToArray());

        // What sbattach takes off is what was put on.
        Tool.Check("sbattach", "--detach", directory["ours.p7"], directory["ours.efi"]);
        Assert.Equal(PeFile.Read(Blob.FromMemory(ours)).Certificates[0].Content.ToArray().AsSpan().TrimEnd((byte)0), File.ReadAllBytes(directory["ours.p7"]).AsSpan().TrimEnd((byte)0));
        Tool.Check("sbattach", "--remove", directory["ours.efi"]);
        Assert.Equal(Authenticode.Digest(image), Authenticode.Digest(Blob.FromMemory(File.ReadAllBytes(directory["ours.efi"]))));

        // One behind the other's.
        Blob both = Authenticode.Sign(Blob.FromMemory(theirs), new AuthenticodeSigner { Certificate = SampleKeys.Other }, SampleKeys.OtherKey);
        File.WriteAllBytes(directory["both.efi"], both.ToArray());
        Tool.Check("sbverify", "--cert", directory["other.pem"], directory["both.efi"]);
        Tool.Check("sbverify", "--cert", directory["root.pem"], directory["both.efi"]);
    }

    [ToolFact("osslsigncode")]
    public void Osslsigncode_accepts_it()
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["ours.efi"], Authenticode.Sign(SamplePe.Kernel.ToBlob(), Signer, SampleKeys.SignerKey).ToArray());
        File.WriteAllText(directory["root.pem"], SampleKeys.Root.ExportCertificatePem());
        string output = Tool.Check("osslsigncode", "verify", "-CAfile", directory["root.pem"], "-in", directory["ours.efi"]);
        Assert.Contains("Signature verification: ok", output, StringComparison.Ordinal);
        Assert.DoesNotContain("MISMATCH", output, StringComparison.OrdinalIgnoreCase);
    }

    [ToolFact("openssl")]
    public void A_program_signs_what_it_is_given()
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["key.pem"], SampleKeys.SignerKey.ExportPkcs8PrivateKeyPem());
        Blob signed = Authenticode.Sign(Program, Signer, data =>
        {
            File.WriteAllBytes(directory["data"], data.ToArray());
            Tool.Check("openssl", "dgst", "-sha256", "-sign", directory["key.pem"], "-out", directory["signature"], directory["data"]);
            return File.ReadAllBytes(directory["signature"]);
        });
        Assert.Equal(Authenticode.Sign(Program, Signer, SampleKeys.SignerKey).ToArray(), signed.ToArray());
    }
}
