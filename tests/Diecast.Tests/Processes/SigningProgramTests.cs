using System.Security.Cryptography;
using Diecast.Formats.Executables;
using Diecast.Processes;

namespace Diecast.Tests.Processes;

public sealed class SigningProgramTests
{
    [ToolFact("openssl")]
    public void A_program_gets_what_is_signed_and_gives_the_signature()
    {
        using var directory = new TempDirectory();
        using var key = RSA.Create(2048);
        File.WriteAllText(directory["key.pem"], key.ExportPkcs8PrivateKeyPem());
        SignatureMaker maker = SigningProgram.Maker("openssl", ["dgst", "-sha256", "-sign", "key.pem"], directory.Path, CancellationToken.None);
        byte[] data = [.. "what is signed"u8, 0, 0xff];
        Assert.Equal(key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), maker(data));
    }

    [Theory]
    [InlineData("true", "signed with nothing")]
    [InlineData("head -c 5000 /dev/zero", "more than 2048 bytes")]
    [InlineData("echo no token >&2; exit 3", "no token")]
    public void A_program_that_does_not_sign_fails(string command, string expected)
    {
        SignatureMaker maker = SigningProgram.Maker("/bin/sh", ["-c", command], "/", CancellationToken.None);
        Assert.Contains(expected, Assert.Throws<BuildException>(() => maker(new byte[] { 1 })).Message, StringComparison.Ordinal);
    }
}
