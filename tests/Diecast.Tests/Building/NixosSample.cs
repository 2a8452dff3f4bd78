using System.Text;
using Diecast.Bases.Nix;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Tests.Executables;
using Diecast.Formats.Trees;
using Diecast.Planning;

namespace Diecast.Tests.Building;

/// <summary>A store on the host with a top level that systemd's programs start: kernel, initial RAM disk, stub, menu and a specialisation.</summary>
internal sealed class NixosSample(TempDirectory directory)
{
    internal const string Top = "/nix/store/2a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-nixos-system-host-25.05";
    internal const string Calm = "/nix/store/3a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-nixos-system-host-calm";
    internal const string OrdinaryRoot = "/dev/disk/by-label/nixos / ext4 defaults 0 1\n";
    internal const string ProtectedStore = "tmpfs / tmpfs mode=0755 0 0\n/dev/mapper/usr /usr erofs ro 0 0\n/usr/nix/store /nix/store none bind 0 0\n";
    internal const string ProtectedPartitions =
        "{ type: esp, label: esp, fileSystem: vfat, mountPoint: /boot },"
        + " { type: usr, fileSystem: erofs, mountPoint: /usr, verity: { role: data, match: usr } }, { type: usr-verity, verity: { role: hash, match: usr } }";

    private const string Store = "/nix/store";
    private const string KernelItem = "/nix/store/0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-linux-6.12";
    private const string SystemdItem = "/nix/store/1a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-systemd-257";
    private const string Programs = SystemdItem + "/lib/systemd/boot/efi";

    internal static byte[] Kernel { get; } = MakeKernel();

    internal static byte[] Initrd { get; } = SamplePe.Bytes(9001, 7);

    internal static byte[] Menu { get; } = new SamplePe { Sections = [(".text", SamplePe.Bytes(5000, 9))] }.ToArray();

    internal string Fstab { get; init; } = OrdinaryRoot;

    internal string Arguments { get; init; } = "quiet";

    internal string? Release { get; init; } = "NAME=NixOS\nPRETTY_NAME=\"NixOS 25.05\"\n";

    /// <summary>What the stub says that it is of, or null where there is no stub.</summary>
    internal string? StubVersion { get; init; } = "257.6";

    internal bool HasSpecialisation { get; init; }

    /// <summary>Writes the store, and reads a definition of an image of it.</summary>
    /// <param name="image">What <c>image:</c> holds.</param>
    /// <param name="bootloader">The boot loader.</param>
    /// <param name="more">More of the system.</param>
    internal LoadedDefinition Load(string image, string bootloader = "{}", string more = "")
    {
        Write();
        File.WriteAllText(directory["system.yaml"], $$"""
            name: host
            epoch: 1700000000
            system:
              base: { nix: { toplevel: {{Top}}, store: { directory: store, registration: registration } } }
              bootloader: {{bootloader}}
              {{more}}
            image: {{image}}
            """);
        return DefinitionReader.Read(directory["system.yaml"], new DefinitionOverrides());
    }

    /// <summary>Writes the store, and plans an image of it.</summary>
    internal BuildPlan Plan(string image, string bootloader = "{}", string more = "") =>
        ImageBuilder.Plan(Load(image, bootloader, more), new BuildOptions { CacheDirectory = directory["cache"] });

    /// <summary>Writes the store and an image of it, and gives what is in each partition.</summary>
    internal IReadOnlyList<Blob> Build(string image, string bootloader = "{}", string more = "")
    {
        LoadedDefinition loaded = Load(image, bootloader, more);
        string output = directory["out/"];
        BuildReport report = ImageBuilder.Build(loaded, new BuildOptions { CacheDirectory = directory["cache"], OutputPath = output });
        Digests = [.. report.Outputs.Select(one => $"{Path.GetFileName(one.Path)} {one.Sha256}")];
        BuildPlan plan = ImageBuilder.Plan(loaded, new BuildOptions { CacheDirectory = directory["cache"] });
        Blob disk = Blob.FromMemory(File.ReadAllBytes(report.Outputs[0].Path));
        return [.. plan.Partitions.Select(partition => disk.Slice(partition.Offset, partition.Length))];
    }

    /// <summary>What was written, with its digests.</summary>
    internal IReadOnlyList<string> Digests { get; private set; } = [];

    private static byte[] MakeKernel()
    {
        byte[] kernel = SamplePe.Kernel.ToArray();
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        (kernel[0x206], kernel[0x207], kernel[0x236]) = (0x0f, 0x02, 1);
        // Where the header says that the release is, counted from its sector.
        kernel[0x20e] = 0x40;
        kernel[0x20f] = 0;
        Encoding.ASCII.GetBytes(SamplePe.Release + " (builder@host)\0").CopyTo(kernel, 0x240);
        return kernel;
    }

    private void Write()
    {
        if (File.Exists(directory["registration"]))
            return;
        Put(KernelItem + "/bzImage", Kernel);
        Put(KernelItem + "/initrd", Initrd);
        Put(Programs + "/systemd-bootx64.efi", Menu);
        if (StubVersion is not null)
        {
            Put(Programs + "/linuxx64.efi.stub", new SamplePe { Sections = [(".text", SamplePe.Bytes(0x2345, 1)), (".sbat", Encoding.UTF8.GetBytes(SamplePe.StubSbat)), (".sdmagic", Encoding.UTF8.GetBytes($"#### LoaderInfo: systemd-stub {StubVersion} ####"))] }.ToArray());
            Put(Programs + "/addonx64.efi.stub", SamplePe.Addon.ToArray());
        }

        PutSystem(Top, Arguments);
        if (HasSpecialisation)
        {
            PutSystem(Calm, Arguments + " calm");
            Link(Top + "/specialisation/calm", Calm);
        }

        StoreItemInfo[] others = HasSpecialisation ? [Describe(Calm, KernelItem)] : [];
        File.WriteAllText(directory["registration"], Registration.Write(
            [Describe(KernelItem), Describe(SystemdItem), .. others, Describe(Top, [KernelItem, SystemdItem, .. others.Select(other => other.Path)])]));
    }

    private void PutSystem(string path, string arguments)
    {
        Put(path + "/init", "#!"u8.ToArray());
        Put(path + "/nixos-version", "25.05"u8.ToArray());
        Put(path + "/kernel-params", Encoding.UTF8.GetBytes(arguments));
        Put(path + "/etc/fstab", Encoding.UTF8.GetBytes(Fstab));
        if (Release is not null)
            Put(path + "/etc/os-release", Encoding.UTF8.GetBytes(Release));
        Link(path + "/kernel", KernelItem + "/bzImage");
        Link(path + "/initrd", KernelItem + "/initrd");
        if (path == Top)
            Link(path + "/systemd", SystemdItem);
    }

    private string Host(string path) => directory["store" + path[Store.Length..]];

    private void Put(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Host(path))!);
        File.WriteAllBytes(Host(path), bytes);
    }

    private void Link(string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Host(path))!);
        File.CreateSymbolicLink(Host(path), target);
    }

    private StoreItemInfo Describe(string path, params string[] references)
    {
        (NixHash hash, long size) = NixHash.OfNar(HostDirectoryReader.Read(Host(path)).Root, CancellationToken.None);
        return new StoreItemInfo { Path = path, NarHash = hash, NarSize = size, References = references.ToValueList() };
    }
}
