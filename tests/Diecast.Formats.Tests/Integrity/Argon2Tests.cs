using System.Security.Cryptography;
using Diecast.Formats.Native;

namespace Diecast.Formats.Tests.Integrity;

public sealed class Argon2Tests
{
    private const long FirstOpenSslWithArgon2 = 0x30200000;

    /// <summary>The digest of libargon2's own test (src/test.c) for version 1.3: 2 passes, 64 KiB, 1 lane.</summary>
    [ToolFact("/usr/lib/x86_64-linux-gnu/libargon2.so.1")]
    public void Libargon2_derives_its_test_vector()
    {
        byte[] key = new byte[32];
        Argon2.Derive(Argon2Variant.Argon2i, "password"u8, "somesalt"u8, new Argon2Costs(2, 65536, 1), key);
        Assert.Equal("c1628832147d9720c5bd1cfd61367078729f6dfb6f8fea9ff98158e0d7816ed0", Convert.ToHexStringLower(key));

        Argon2.Derive(Argon2Variant.Argon2id, "password"u8, "somesalt"u8, new Argon2Costs(2, 65536, 1), key);
        Assert.Equal("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7", Convert.ToHexStringLower(key));
    }

    [ToolFact("/usr/lib/x86_64-linux-gnu/libargon2.so.1")]
    public void Costs_that_cannot_be_are_refused() => Assert.Contains(
        "libargon2",
        Assert.Throws<CryptographicException>(() => Argon2.Derive(Argon2Variant.Argon2id, "password"u8, "salt"u8, new Argon2Costs(1, 64, 1), new byte[32])).Message,
        StringComparison.Ordinal);

    /// <summary>libcrypto stands in where libargon2 is not installed; whether it can depends on its version.</summary>
    [ToolFact("/usr/lib/x86_64-linux-gnu/libargon2.so.1")]
    public void Libcrypto_derives_the_same_from_3_2_on()
    {
        foreach (Argon2Variant variant in Enum.GetValues<Argon2Variant>())
        {
            var costs = new Argon2Costs(4, 256, 3);
            byte[] one = new byte[64];
            byte[] other = new byte[64];
            Argon2.Derive(variant, "password"u8, "a salt of bytes"u8, costs, one);

            bool isThere = LibCryptoArgon2.TryDerive(variant, "password"u8, "a salt of bytes"u8, costs, other);

            Assert.Equal(SafeEvpPKeyHandle.OpenSslVersion >= FirstOpenSslWithArgon2, isThere);
            Assert.Equal(isThere, one.AsSpan().SequenceEqual(other));
        }
    }
}
