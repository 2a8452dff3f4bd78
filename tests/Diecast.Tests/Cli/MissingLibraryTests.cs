using System.Text.Json;

namespace Diecast.Tests.Cli;

public sealed class MissingLibraryTests : IDisposable
{
    /// <summary>Runs the command where libdeflate is an empty file, in a private mount namespace of an ordinary user.</summary>
    private const string WithoutLibdeflate =
        "for file in /lib/*/libdeflate.so.0 /usr/lib/*/libdeflate.so.0 /usr/lib64/libdeflate.so.0; do "
        + "[ ! -e \"$file\" ] || mount --bind /dev/null \"$file\" || exit 99; done; exec dotnet \"$@\"";

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [ToolFact("unshare", "qemu-img")]
    public void Without_libdeflate_zlib_compresses_and_the_report_says_so()
    {
        byte[] disk = new byte[3 << 20];
        for (int i = 0; i < disk.Length; i++)
            disk[i] = (byte)(i / 7 % 251);
        File.WriteAllBytes(_directory["disk.raw"], disk);
        foreach ((string name, string option) in new[] { ("disk.qcow2", "compression_type=zlib"), ("disk.vmdk", "subformat=streamOptimized") })
        {
            string[] convert = ["convert", "--json", "-q", "-o", option, _directory["disk.raw"], _directory[name]];
            string program = Path.Combine(AppContext.BaseDirectory, "Diecast.Cli.dll");
            string usual = Codec(Tool.Check("dotnet", [program, .. convert]));
            string fallback = Codec(Tool.Check("unshare", ["-rm", "sh", "-c", WithoutLibdeflate, "sh", program, .. convert]));
            Assert.StartsWith("libdeflate ", usual, StringComparison.Ordinal);
            Assert.StartsWith("zlib ", fallback, StringComparison.Ordinal);
            Tool.Check("qemu-img", "compare", "-f", "raw", _directory["disk.raw"], _directory[name]);
        }
    }

    private static string Codec(string report)
    {
        using JsonDocument document = JsonDocument.Parse(report);
        return document.RootElement.GetProperty("codecs")[0].GetString()!;
    }
}
