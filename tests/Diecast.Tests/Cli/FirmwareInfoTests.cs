using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;
using Diecast.Formats.Firmware;

namespace Diecast.Tests.Cli;

public sealed class FirmwareInfoTests
{
    [Fact]
    public void A_unified_kernel_image_tells_what_is_in_it_and_who_signed_it()
    {
        using var directory = new TempDirectory();
        using var key = RSA.Create(2048);
        X509Certificate2 certificate = new CertificateRequest("CN=Me", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(50));
        Blob program = Blob.FromMemory(Program());
        Blob image = UnifiedKernelImage.Assemble(new UkiParts
        {
            Stub = program,
            Kernel = program,
            KernelRelease = "6.1-x",
            CommandLine = "quiet \u001b[1m",
            OsRelease = "ID=x\nPRETTY_NAME=\"System X\"\n",
            Profile = "ID=main\n",
            Profiles = [new UkiProfile { Profile = "ID=reset\nTITLE=Start anew\n", CommandLine = "reset" }],
        });
        File.WriteAllBytes(directory["x.efi"], Authenticode.Sign(image, new AuthenticodeSigner { Certificate = certificate, SigningTime = DateTimeOffset.UnixEpoch }, key).ToArray());

        JsonElement info = Json(directory["x.efi"]);
        Assert.Equal("unified kernel image", info.GetProperty("format").GetString());
        Assert.Equal("amd64", info.GetProperty("machine").GetString());
        Assert.Equal("6.1-x", info.GetProperty("kernelRelease").GetString());
        Assert.Equal(Convert.ToHexStringLower(Authenticode.Digest(image)), info.GetProperty("digest").GetString());
        Assert.Equal("CN=Me", info.GetProperty("signatures")[0].GetProperty("signer").GetString());
        Assert.True(info.GetProperty("signatures")[0].GetProperty("intact").GetBoolean());
        Assert.Equal("1970-01-01T00:00:00Z", info.GetProperty("signatures")[0].GetProperty("time").GetString());
        Assert.Equal("Start anew", info.GetProperty("profiles")[1].GetProperty("title").GetString());
        Assert.Contains(info.GetProperty("sections").EnumerateArray(), section => section.GetProperty("name").GetString() == ".linux");

        string text = CommandLine.Run("info", directory["x.efi"]).Output;
        Assert.Contains("quiet ?[1m", text, StringComparison.Ordinal);
        Assert.Matches("system +System X", text);
        Assert.Matches("signed by +CN=Me, 1970", text);
    }

    [Fact]
    public void A_file_of_variables_tells_them()
    {
        using var directory = new TempDirectory();
        // What is blank is taken as the firmware formats it.
        EfiVariableStore store = EfiVariableStore.Read(Blob.Zeros(64 << 20)).WithTimeout(7);
        File.WriteAllBytes(directory["vars.fd"], store.ToBlob().Slice(0, 1 << 20).ToArray());

        JsonElement info = Json(directory["vars.fd"]);
        Assert.Equal("EFI variables", info.GetProperty("format").GetString());
        JsonElement variable = Assert.Single(info.GetProperty("variables").EnumerateArray());
        Assert.Equal("Timeout", variable.GetProperty("name").GetString());
        Assert.Equal("0700", variable.GetProperty("data").GetString());
        Assert.Matches("Timeout +2 .*8be4df61-93ca-11d2-aa0d-00e098032b8c +0700", CommandLine.Run("info", directory["vars.fd"]).Output);
    }

    private static JsonElement Json(string path)
    {
        CommandLine.Result result = CommandLine.Run("info", path, "--json");
        Assert.True(result.ExitCode == 0, result.Error);
        return JsonDocument.Parse(result.Output).RootElement;
    }

    /// <summary>A PE file of one section, that is a stub and a kernel alike.</summary>
    private static byte[] Program()
    {
        const int Optional = 0x40 + 24;
        byte[] file = new byte[0x800];
        "MZ"u8.CopyTo(file);
        file[0x3c] = 0x40;
        "PE\0\0"u8.CopyTo(file.AsSpan(0x40));
        Set16(0x44, 0x8664);
        Set16(0x46, 1);
        Set16(0x54, 240);
        Set16(Optional, 0x20b);
        Set32(Optional + 32, 0x1000);
        Set32(Optional + 36, 0x200);
        Set32(Optional + 56, 0x2000);
        Set32(Optional + 60, 0x600);
        Set16(Optional + 68, 10);
        Set32(Optional + 108, 16);
        Encoding.ASCII.GetBytes(".text").CopyTo(file, Optional + 240);
        Set32(Optional + 248, 0x200);
        Set32(Optional + 252, 0x1000);
        Set32(Optional + 256, 0x200);
        Set32(Optional + 260, 0x600);
        return file;

        void Set16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);

        void Set32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
    }
}
