using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>
/// The example server, built once for all tests of it, just as users build it, in every format that QEMU attaches.
/// </summary>
public sealed class ExampleServer : IDisposable
{
    internal const string User = "ada";

    // The example says which password its hash is of.
    internal const string Password = "analytical";

    private readonly TempDirectory _directory = new();

    /// <summary>Every format that QEMU attaches, with what it can vary in: file name, declaration, QEMU's driver.</summary>
    private static readonly (string File, string Declared, string Driver)[] Declared =
    [
        ("server.img", "name: raw", "raw"),
        ("server.qcow2", "name: qcow2", "qcow2"),
        ("old.qcow2", "name: qcow2, options: { compat: 0.10, cluster_size: 4k }", "qcow2"),
        ("zlib.qcow2", "name: qcow2, options: { compression_type: zlib }", "qcow2"),
        ("zstd.qcow2", "name: qcow2, options: { compression_type: zstd }", "qcow2"),
        ("subclusters.qcow2", "name: qcow2, options: { extended_l2: on, cluster_size: 128k }", "qcow2"),
        ("server.vdi", "name: vdi", "vdi"),
        ("fixed.vdi", "name: vdi, options: { subformat: fixed }", "vdi"),
        ("server.vhd", "name: vhd", "vpc"),
        ("azure.vhd", "name: vhd, options: { subformat: fixed }", "vpc"),
        ("server.vhdx", "name: vhdx", "vhdx"),
        ("fixed.vhdx", "name: vhdx, options: { subformat: fixed }", "vhdx"),
        ("server.vmdk", "name: vmdk", "vmdk"),
        ("flat.vmdk", "name: vmdk, options: { subformat: monolithicFlat }", "vmdk"),
        ("stream.vmdk", "name: vmdk, options: { subformat: streamOptimized }", "vmdk"),
        ("server.hds", "name: parallels", "parallels"),
    ];

    public ExampleServer()
    {
        string formats = string.Join(", ", Declared.Select(format => $"{{ {format.Declared}, file: {format.File} }}"));
        Report = Build(_directory.Path, $"image.format=[{formats}]");
        Images = [.. Declared.Select(format => (_directory[format.File], format.Driver))];
    }

    /// <summary>The image in each format, with QEMU's name of it; all from one pass.</summary>
    public IReadOnlyList<(string Path, string Driver)> Images { get; }

    /// <summary>Images that boot in a test of their own: one a driver, and the two subformats that consumers ask for.</summary>
    public IEnumerable<(string Path, string Driver)> ToBoot =>
        Images.Where(image => Path.GetFileName(image.Path) is "zstd.qcow2" or "server.vdi" or "azure.vhd" or "server.vhdx" or "server.vmdk" or "stream.vmdk" or "server.hds");

    public string RawPath => Images[0].Path;

    public string Qcow2Path => Images[1].Path;

    /// <summary>The report; the raw image comes first.</summary>
    public BuildReport Report { get; }

    /// <summary>
    /// Overrides with which an image that needs less installs no base of its own: it has the packages that the example has.
    /// </summary>
    internal static string[] SharedBase { get; } =
        [.. new[] { "dosfstools", "e2fsprogs", "grub-efi-amd64-bin", "grub-pc-bin" }.Select(package => "system.base.debian.packages[+]=" + package)];

    /// <summary>
    /// Overrides for a machine that its host may be slow to run, where the kernel's test of the timer fails and systemd
    /// gives up on a disk that takes udev longer than 90 seconds.
    /// </summary>
    internal static string[] Patience { get; } =
        [.. new[] { "no_timer_check", "systemd.default_device_timeout_sec=600" }.Select(argument => "system.kernel.arguments[+]=" + argument)];

    /// <summary>Builds the example, raw unless the overrides say otherwise.</summary>
    internal static BuildReport Build(string path, params string[] overrides)
    {
        LoadedDefinition loaded = DefinitionReader.Read(
            Checkout.PathOf("examples/debian-server.yaml"), new DefinitionOverrides { Set = ["image.format=raw", .. Patience, .. overrides] });
        return ImageBuilder.Build(loaded, new BuildOptions { OutputPath = path });
    }

    public void Dispose() => _directory.Dispose();
}

/// <summary>The tests that share the example server. Others run beside them, as many machines at a time as there are processors.</summary>
[CollectionDefinition(Name)]
public sealed class ExampleServerCollection : ICollectionFixture<ExampleServer>
{
    public const string Name = "example server";
}
