using System.Diagnostics;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Integrity;

namespace Diecast.Tests.Repart;

/// <summary><c>Encrypt=tpm2</c> for a TPM that is elsewhere: what it gives out, and what systemd-repart 262 writes for the same keys.</summary>
public sealed class Tpm2Tests
{
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string StorageKey = "AFoAIwALAAMAcgAAAAYAgABDABAAAwAQACDOgiuZDXwd9uuE71JmEr+nnrbioTk1I1ORLC7OEMgJlgAg4R0El5/n3xl4ZDmJ46rh/caVsnuJkwRYXUmUMyd1IZE=";
    private const string SerializedKey = "gQAAAQAiAAtl1DEYmE7aiYKnbTrNYKLf3eFrrbg3/5PFc7WjgVWRJQAAAAEAWgAjAAsAAwByAAAABgCAAEMAEAADABAAIM6CK5kNfB3264TvUmYSv6eetuKhOTUjU5EsLs4QyAmWACDhHQSXn+ffGXhkOYnjquH9xpWye4mTBFhdSZQzJ3UhkQ==";

    private const string RsaSigner = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwpSPgBS08bcbwR8MVSLX
        sdetRNhmvf5tQFEwFD4RzYzp7HCoHiIocyiDaK6rkjp/bo1pCA/u5rLdbTSQs8ak
        3W6Pr9KKbkRVA4Iid8bxNCVSbb1GphKMw6B7soDR4PBgjU/Deb2elMtnLYwamlcY
        9xLgnUSuBhjKZyOny1tP8SdO2H8QGNyba4mivY9VmxEK2YcmCi04vurYM/cBn4Aw
        9lUZ+L+CrLoFzAjjzjBjTwlo/hMsKMC/RJIxq4kggP2TILMukX6ziS40/S6JYt9u
        +5Nwo54sCCDsnURL+EFSAQkiu6NFWEkds6DZO7HyITqhAZsVextsY6UcX8IHsbOa
        gwIDAQAB
        -----END PUBLIC KEY-----

        """;

    private const string EllipticSigner = """
        -----BEGIN PUBLIC KEY-----
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiNfHgD+uupg0e1bQsTBGBu4sjQpJ
        xa3ZU3+rwUtzOxz2Bgz+8sK0yDzaRQZMJwJmSRbd3/2olNPFhEO08+IAtQ==
        -----END PUBLIC KEY-----

        """;

    /// <summary>Switches, the kind of signer, and what systemd-repart 262 wrote into the token, but for what is random.</summary>
    public static TheoryData<string, string, string> Tokens => new()
    {
        { "", "", $"[]||{Zeros}|||" },
        { $"--tpm2-pcrs=7:sha256={Zeros}", "", "[7]|sha256|8b5682d81b29435d08d79278150611dc7e5923b2fefcce684a09577b40130a8b|||" },
        { $"--tpm2-pcrs=11:sha256=0x{Zeros}", "", "[11]|sha256|fd32fa22c52cfc8e1a0c29eb38519f87084cab0b04b0d8f020a4d38b2f4e223e|||" },
        { $"--tpm2-pcrs=kernel-boot:sha256={Zeros}+7:sha256={Zeros}", "", "[7,11]|sha256|384378caeddc9690b2ac9589827a756a5c46c8b33178b2fe468c80531b97a53e|||" },
        { "--tpm2-pcrs=7:sha1=0000000000000000000000000000000000000000", "", "[7]|sha1|84278b60d0547dc27ec6667e7afeece0711c09b5ced09a30a65b389d3afda1ef|||" },
        { "", "rsa", "[]||7e5b35d2e86134032026a8083518e3a043d8589ed95adefb2e0cf958ad01823b|[11]||" },
        { "", "elliptic", "[]||6b4904300b4eefe4f714721372c7bbcafc507bce150c546d8f86a6b28086932a|[11]||" },
        {
            $"--tpm2-public-key-pcrs=11+12 --tpm2-pcrs=7:sha256={Zeros} --tpm2-public-key-policyref=abc", "rsa",
            "[7]|sha256|1c841a4951afc67a0fdf63310d9a7cfdedf858c3ecf5cbbe7b065e635f5b5e2f|[11,12]|abc|"
        },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public void The_token_is_the_one_that_systemd_repart_writes(string switches, string signer, string expected)
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["srk"], Convert.FromBase64String(StorageKey));
        string pem = signer == "rsa" ? RsaSigner : EllipticSigner;
        File.WriteAllText(directory["signer"], pem);
        string definitions = RepartProgram.Define(directory, ("root.conf", "Type=root\nFormat=ext4\nEncrypt=tpm2\n"));

        RepartProgram.Make(definitions, directory["image"], [$"--tpm2-device-key={directory["srk"]}", .. switches.Split(' ', StringSplitOptions.RemoveEmptyEntries), .. signer.Length > 0 ? (string[])[$"--tpm2-public-key={directory["signer"]}"] : []]);

        using var image = new RepartImage(directory["image"]);
        JsonElement token = Token(image.Content(1));
        Assert.Equal("systemd-tpm2", token.GetProperty("type").GetString());
        Assert.Equal("[\"0\"]", token.GetProperty("keyslots").GetRawText());
        Assert.Equal(SerializedKey, token.GetProperty("tpm2_srk").GetString());
        Assert.Equal(expected, $"{Raw("tpm2-pcrs")}|{Text("tpm2-pcr-bank")}|{Text("tpm2-policy-hash")}|{Raw("tpm2_pubkey_pcrs")}|{Text("tpm2_pubkey_ref")}|");
        Assert.Equal(signer.Length > 0 ? Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pem)) : "", Text("tpm2_pubkey"));

        string Raw(string name) => token.TryGetProperty(name, out JsonElement value) ? value.GetRawText() : "";
        string Text(string name) => token.TryGetProperty(name, out JsonElement value) ? value.GetString()! : "";
    }

    [ToolTheory("swtpm", "tpm2_unseal", "cryptsetup")]
    [InlineData("ecc:aes128cfb", "tpm2")]
    [InlineData("ecc384:aes256cfb", "tpm2")]
    [InlineData("rsa2048:aes128cfb", "key-file+tpm2")]
    public void A_TPM_gives_the_key_out_when_its_registers_are_right_and_not_otherwise(string algorithm, string encrypt)
    {
        using var directory = new TempDirectory();
        using var tpm = new SoftwareTpm(directory);
        tpm.Run("tpm2_createprimary", "-Q", "-C", "o", "-G", algorithm, "-g", "sha256", "-c", directory["primary"]);
        tpm.Run("tpm2_evictcontrol", "-Q", "-C", "o", "-c", directory["primary"], "0x81000001");
        tpm.Run("tpm2_flushcontext", "-t");
        tpm.Run("tpm2_readpublic", "-Q", "-c", "0x81000001", "-f", "tss", "-o", directory["srk"]);
        tpm.Run("tpm2_pcrextend", $"7:sha256={new string('a', 64)}");
        tpm.Run("tpm2_pcrread", "-Q", "sha256:7", "-o", directory["seven"]);
        File.WriteAllText(directory["key"], "passphrase");
        string definitions = RepartProgram.Define(directory, ("root.conf", $"Type=root\nFormat=ext4\nEncrypt={encrypt}\nKeyFile={directory["key"]}\nEncryptKDF=minimal\nTPM2PCRs=7:sha256={Convert.ToHexString(File.ReadAllBytes(directory["seven"]))}\n"));

        RepartProgram.Make(definitions, directory["image"], $"--tpm2-device-key={directory["srk"]}");

        using var image = new RepartImage(directory["image"]);
        Blob device = image.Content(1);
        JsonElement token = Token(device);
        ReadOnlySpan<byte> blob = token.GetProperty("tpm2-blob").GetBytesFromBase64();
        foreach (string part in (ReadOnlySpan<string>)["private", "public", "seed"])
        {
            int length = 2 + System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(blob);
            File.WriteAllBytes(directory[part], blob[..length].ToArray());
            blob = blob[length..];
        }

        Assert.Equal(0, blob.Length);
        tpm.Run("tpm2_import", "-Q", "-C", "0x81000001", "-u", directory["public"], "-i", directory["private"], "-s", directory["seed"], "-r", directory["imported"]);
        tpm.Run("tpm2_load", "-Q", "-C", "0x81000001", "-u", directory["public"], "-r", directory["imported"], "-c", directory["object"]);
        tpm.Run("tpm2_flushcontext", "-t");
        Assert.Equal(0, Unseal(tpm, directory, "first"));
        byte[] secret = File.ReadAllBytes(directory["first"]);
        string key = Convert.ToBase64String(secret);
        _ = Luks2.Open(device, key);
        File.WriteAllText(directory["secret"], key);
        File.WriteAllBytes(directory["device"], device.ToArray());
        Tool.Check("cryptsetup", "open", "--test-passphrase", "--key-file", directory["secret"], directory["device"]);
        Assert.Equal(encrypt == "tpm2" ? "[\"0\"]" : "[\"1\"]", token.GetProperty("keyslots").GetRawText());
        if (encrypt != "tpm2")
            _ = Luks2.Open(device, "passphrase");

        tpm.Run("tpm2_pcrextend", $"7:sha256={new string('b', 64)}");
        Assert.NotEqual(0, Unseal(tpm, directory, "second"));
    }

    [Theory]
    [InlineData("Encrypt=tpm2\n", "", "no --tpm2-device-key=")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-device-key=@/noise", "no public key in the form TPM2B_PUBLIC")]
    [InlineData("Encrypt=tpm2\nTPM2PCRs=7\n", "--tpm2-device-key=@/srk", "register 7 has no value")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-device-key=@/srk --tpm2-pcrs=24", "24 is no register of a TPM")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-device-key=@/srk --tpm2-pcrs=7:sha256=00", "64 hexadecimal digits")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-device-key=@/srk --tpm2-public-key=@/noise", "Encrypt=tpm2")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-device-key=@/srk --tpm2-seal-key-handle=40000001", "not the handle of a key")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-device=auto", "there is no TPM while an image is made")]
    [InlineData("Encrypt=tpm2\n", "--tpm2-pcrlock=@/x", "lies in the TPM of a machine")]
    public void What_cannot_be_sealed_is_told(string settings, string switches, string message)
    {
        using var directory = new TempDirectory();
        File.WriteAllBytes(directory["srk"], Convert.FromBase64String(StorageKey));
        File.WriteAllText(directory["noise"], "noise");
        string definitions = RepartProgram.Define(directory, ("root.conf", "Type=root\nFormat=ext4\n" + settings));

        RepartProgram.Result result = RepartProgram.Run(
            [$"--definitions={definitions}", "--empty=create", "--size=auto", .. switches.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Replace("@", directory.Path, StringComparison.Ordinal)), directory["image"]]);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["image"]));
    }

    private static int Unseal(SoftwareTpm tpm, TempDirectory directory, string output)
    {
        tpm.Run("tpm2_startauthsession", "--policy-session", "-S", directory["session"]);
        tpm.Run("tpm2_policypcr", "-Q", "-S", directory["session"], "-l", "sha256:7");
        int exitCode = tpm.Try("tpm2_unseal", "-c", directory["object"], "-p", "session:" + directory["session"], "-o", directory[output]);
        tpm.Run("tpm2_flushcontext", "-t");
        tpm.Run("tpm2_flushcontext", directory["session"]);
        return exitCode;
    }

    /// <summary>The only token of a header.</summary>
    private static JsonElement Token(Blob device)
    {
        const int Binary = 4096;
        const int Header = 16384;
        byte[] json = device.Slice(Binary, Header - Binary).ToArray();
        using var document = JsonDocument.Parse(json.AsMemory(0, Array.IndexOf(json, (byte)0)));
        return document.RootElement.GetProperty("tokens").GetProperty("0").Clone();
    }

    /// <summary>A TPM in a process of its own.</summary>
    private sealed class SoftwareTpm : IDisposable
    {
        private readonly TempDirectory _directory;

        internal SoftwareTpm(TempDirectory directory)
        {
            _directory = directory;
            Directory.CreateDirectory(directory["tpm"]);
            Tool.Check(
                "swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + directory["tpm"], "--server", "type=unixio,path=" + directory["socket"],
                "--ctrl", $"type=unixio,path={directory["socket"]}.ctrl", "--flags", "not-need-init,startup-clear", "--daemon", "--pid", "file=" + directory["id"]);
        }

        public void Dispose()
        {
            using var process = Process.GetProcessById(int.Parse(File.ReadAllText(_directory["id"]), System.Globalization.CultureInfo.InvariantCulture));
            process.Kill();
            process.WaitForExit();
        }

        internal void Run(string program, params string[] arguments) => Tool.Check("env", ["TPM2TOOLS_TCTI=swtpm:path=" + _directory["socket"], program, .. arguments]);

        internal int Try(string program, params string[] arguments) => Tool.Run("env", ["TPM2TOOLS_TCTI=swtpm:path=" + _directory["socket"], program, .. arguments]).ExitCode;
    }
}
