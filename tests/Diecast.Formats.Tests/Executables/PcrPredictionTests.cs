using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Executables;

namespace Diecast.Formats.Tests.Executables;

public sealed class PcrPredictionTests
{
    private const string Measure = "/usr/lib/systemd/systemd-measure";

    private static readonly UkiParts Parts = new()
    {
        Stub = new SamplePe().ToBlob(),
        Kernel = SamplePe.Kernel.ToBlob(),
        Initrds = [Blob.FromMemory(SamplePe.Bytes(9999, 4))],
        CommandLine = "quiet",
        OsRelease = "ID=sample\n",
        Profile = "ID=main\n",
        Profiles = [new UkiProfile { Profile = "ID=reset\n", CommandLine = "reset" }],
    };

    /// <summary>Written down from systemd-stub(7) and systemd-measure(1) alone.</summary>
    [Theory]
    [InlineData(0, "quiet", "ID=main\n")]
    [InlineData(1, "reset", "ID=reset\n")]
    public void Sections_are_measured_by_name_and_content_and_then_phases(int profile, string commandLine, string text)
    {
        Blob image = UnifiedKernelImage.Assemble(Parts with { PcrSignature = "{}" });
        (string Name, byte[] Content)[] expected =
        [
            (".linux", SamplePe.Kernel.ToArray()),
            (".osrel", "ID=sample\n"u8.ToArray()),
            (".cmdline", Encoding.UTF8.GetBytes(commandLine)),
            (".initrd", SamplePe.Bytes(9999, 4)),
            (".uname", Encoding.UTF8.GetBytes(SamplePe.Release)),
            (".sbat", PeFile.Read(image).Find(".sbat")!.Content.ToArray()),
            (".profile", Encoding.UTF8.GetBytes(text)),
        ];
        byte[] value = new byte[32];
        foreach ((string name, byte[] content) in expected)
        {
            value = SHA256.HashData([.. value, .. SHA256.HashData(Encoding.ASCII.GetBytes(name + "\0"))]);
            value = SHA256.HashData([.. value, .. SHA256.HashData(content)]);
        }

        Assert.Equal(value, PcrPrediction.Sections(image, "", new UkiChoice(profile)));
        value = SHA256.HashData([.. value, .. SHA256.HashData("enter-initrd"u8)]);
        value = SHA256.HashData([.. value, .. SHA256.HashData("leave-initrd"u8)]);
        Assert.Equal(value, PcrPrediction.Sections(image, "enter-initrd:leave-initrd", new UkiChoice(profile)));
        Assert.Throws<InvalidImageException>(() => PcrPrediction.Sections(image, "", new UkiChoice(2)));
        Assert.Throws<InvalidImageException>(() => PcrPrediction.Sections(image, "", new UkiChoice(0, 0)));
        Assert.Throws<InvalidImageException>(() => PcrPrediction.Sections(Parts.Stub, ""));
    }

    [Fact]
    public void A_device_tree_that_is_chosen_takes_the_place_of_the_other()
    {
        byte[] tree = [0xd0, 0x0d, 0xfe, 0xed, 1];
        byte[] other = [0xd0, 0x0d, 0xfe, 0xed, 2];
        Blob image = UnifiedKernelImage.Assemble(Parts with { DeviceTree = Blob.FromMemory(tree), DeviceTrees = [Blob.FromMemory(tree), Blob.FromMemory(other)] });
        string[] values = [.. new int?[] { null, 0, 1 }.Select(choice => Convert.ToHexString(PcrPrediction.Sections(image, "", new UkiChoice(0, choice))))];
        Assert.Equal(3, values.Distinct().Count());

        using JsonDocument json = JsonDocument.Parse(PcrSignatures.Sign(image, 0, SampleKeys.SignerKey, ["a", "b"]));
        Assert.Equal(4, json.RootElement.GetProperty("sha256").GetArrayLength());
    }

    [Fact]
    public void Signatures_are_of_the_policies_and_change_nothing_that_is_measured()
    {
        UkiParts signed = PcrSignatures.Sign(Parts, SampleKeys.SignerKey);
        Blob image = UnifiedKernelImage.Assemble(signed);
        using JsonDocument json = JsonDocument.Parse(signed.Profiles[0].PcrSignature!);
        JsonElement[] entries = [.. json.RootElement.GetProperty("sha256").EnumerateArray()];
        Assert.Equal(PcrPrediction.DefaultPhases.Count, entries.Length);
        for (int i = 0; i < entries.Length; i++)
        {
            byte[] policy = PcrPrediction.PolicyDigest(11, PcrPrediction.Sections(image, PcrPrediction.DefaultPhases[i], new UkiChoice(1)));
            Assert.Equal(Convert.ToHexStringLower(policy), entries[i].GetProperty("pol").GetString());
            Assert.True(SampleKeys.SignerKey.VerifyData(policy, entries[i].GetProperty("sig").GetBytesFromBase64(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
    }

    [ToolFact(Measure)]
    public void Systemd_measure_predicts_the_same()
    {
        using var directory = new TempDirectory();
        // What every version of it knows.
        (string Name, byte[] Content)[] sections = [("linux", SamplePe.Kernel.ToArray()), ("osrel", "ID=x\n"u8.ToArray()), ("cmdline", "quiet"u8.ToArray()), ("initrd", SamplePe.Bytes(5000, 6)), ("pcrpkey", "key\n"u8.ToArray())];
        var image = new SamplePe { Sections = [.. sections.Select(section => ("." + section.Name, section.Content))] };
        foreach ((string name, byte[] content) in sections)
            File.WriteAllBytes(directory[name], content);
        string[] files = [.. sections.Select(section => $"--{section.Name}={directory[section.Name]}")];

        string output = Tool.Check(Measure, ["calculate", "--bank=sha256", .. files, .. PcrPrediction.DefaultPhases.Select(phase => "--phase=" + phase)]);
        string[] values = [.. Regex.Matches(output, "11:sha256=([0-9a-f]{64})").Select(match => match.Groups[1].Value)];
        Assert.Equal(PcrPrediction.DefaultPhases.Select(phase => Convert.ToHexStringLower(PcrPrediction.Sections(image.ToBlob(), phase))), values);
    }
}
