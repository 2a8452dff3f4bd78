using System.Text;
using Diecast.Formats.Integrity.Signatures;

namespace Diecast.Formats.Tests.Integrity.Signatures;

/// <summary>Signatures that libgcrypt has made, in gcrypt-signatures.txt; gcrypt-signatures.py makes such ones.</summary>
public sealed class GcryptSignatureTests
{
    private static readonly string[][] Made =
        [.. File.ReadAllLines(Checkout.PathOf("tests/Diecast.Formats.Tests/Integrity/Signatures/gcrypt-signatures.txt")).Select(line => line.Split(' '))];

    public static TheoryData<string> Names => [.. Made.Select(fields => fields[0])];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_libgcrypt_signed_is_signed_and_by_no_other_key(string name)
    {
        (byte[] key, byte[] digest, byte[] signature) = Read(name);
        byte[] trusted = SExpression.Parse(key).ToCanonical();

        Assert.True(Verify(signature, digest, trusted));
        Assert.False(Verify(signature, digest, SExpression.Parse(Read(name == "ones" ? "zeros" : "ones").Key).ToCanonical()));
        Assert.False(Verify(signature, [.. digest[..^1], (byte)(digest[^1] ^ 8)], trusted));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_changed_signature_is_none(string name)
    {
        (byte[] key, byte[] digest, byte[] signature) = Read(name);
        byte[] trusted = SExpression.Parse(key).ToCanonical();
        var expression = SExpression.Parse(signature);
        byte[] canonical = expression.ToCanonical();
        byte[] value = expression.Find("sig-val")!.ToCanonical();
        int start = canonical.AsSpan().IndexOf(value);
        foreach (int at in (int[])[value.Length - 3, value.Length - 20, value.Length / 2])
        {
            byte[] changed = [.. canonical];
            changed[start + at] ^= 1;
            Assert.False(Accepts(changed, digest, trusted));
        }
    }

    /// <summary>r and s beyond the order would be taken for what they are modulo it.</summary>
    [Theory]
    [InlineData("r", "0")]
    [InlineData("s", "0")]
    [InlineData("r", "order")]
    [InlineData("s", "order")]
    [InlineData("r", "more")]
    [InlineData("s", "more")]
    public void Numbers_out_of_range_are_refused(string number, string what)
    {
        (byte[] key, byte[] digest, byte[] signature) = Read("text-1");
        var expression = SExpression.Parse(signature);
        string own = Convert.ToHexString(expression.Find("sig-val")!.Items[1].Find(number)!.Items[1].Bytes);
        var value = new System.Numerics.BigInteger(Convert.FromHexString(own), isUnsigned: true, isBigEndian: true);
        value = what switch { "0" => 0, "order" => EdwardsPoint.Order, _ => value + EdwardsPoint.Order };
        string other = Convert.ToHexString(value.ToByteArray(isUnsigned: true, isBigEndian: true));
        string r = number == "r" ? other : Hex("r"), s = number == "s" ? other : Hex("s");
        string text = $"(signature (data (flags rfc6979) (hash sha256 #{Convert.ToHexString(digest)}#)) (sig-val (ecdsa (r #{r}#) (s #{s}#))) {Encoding.ASCII.GetString(key)})";

        Assert.False(Verify(Encoding.ASCII.GetBytes(text), digest, SExpression.Parse(key).ToCanonical()));

        string Hex(string name) => Convert.ToHexString(expression.Find("sig-val")!.Items[1].Find(name)!.Items[1].Bytes);
    }

    [Theory]
    [InlineData("()")]
    [InlineData("(signature)")]
    [InlineData("(signature (data (hash sha256 #00#)) (sig-val) (public-key))")]
    [InlineData("(signature (data (hash md5 @)) (sig-val (ecdsa (r #01#) (s #01#))) (public-key (ecc (curve Ed25519) (q #00#))))")]
    [InlineData("(signature (data (hash sha256 @)) (sig-val (ecdsa (r #01#) (s #01#))) (public-key (ecc (curve Ed25519) (q #00#))))")]
    [InlineData("(signature (data (hash sha256 @)) (sig-val (ecdsa (r #01#) (s #01#))) (public-key (ecc (curve \"NIST P-256\") (q #00#))))")]
    [InlineData("(signature (data (hash sha256 @)) (sig-val (rsa (s #01#))) (public-key (rsa (n #0F#) (e #03#))))")]
    [InlineData("(signature (data (hash sha256 @)) (sig-val (rsa (s #01#))) (public-key (ecc (curve Ed25519) (q #00#))))")]
    [InlineData("(signature (data (hash sha256 @)) (sig-val (ecdsa (r (1)) (s (1)))) (public-key (ecc (curve Ed25519) (q (#00#)))))")]
    public void What_is_no_signature_verifies_nothing(string text) =>
        Assert.False(GcryptSignature.Verify(SExpression.Parse(Encoding.ASCII.GetBytes(text.Replace("@", $"#{new string('0', 64)}#", StringComparison.Ordinal))), new byte[32], _ => true));

    [Fact]
    public void Points_that_are_not_on_the_curve_are_none()
    {
        Assert.NotNull(EdwardsPoint.Decode(Convert.FromHexString("5866666666666666666666666666666666666666666666666666666666666666")));
        Assert.Null(EdwardsPoint.Decode(Convert.FromHexString("0200000000000000000000000000000000000000000000000000000000000000")));
        Assert.Null(EdwardsPoint.Decode(Convert.FromHexString("EDFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF7F")));
        Assert.Null(EdwardsPoint.Decode(new byte[31]));
        // x of zero has no odd form (RFC 8032, 5.1.3).
        Assert.Null(EdwardsPoint.Decode(Convert.FromHexString("0100000000000000000000000000000000000000000000000000000000000080")));
    }

    private static (byte[] Key, byte[] Digest, byte[] Signature) Read(string name)
    {
        string[] fields = Made.Single(made => made[0] == name);
        return (Convert.FromBase64String(fields[1]), Convert.FromBase64String(fields[2]), Convert.FromBase64String(fields[3]));
    }

    private static bool Accepts(byte[] signature, byte[] digest, byte[] trusted)
    {
        try
        {
            return Verify(signature, digest, trusted);
        }
        catch (InvalidImageException)
        {
            return false;
        }
    }

    private static bool Verify(byte[] signature, byte[] digest, byte[] trusted) =>
        GcryptSignature.Verify(SExpression.Parse(signature), digest, key => key.Span.SequenceEqual(trusted));
}
