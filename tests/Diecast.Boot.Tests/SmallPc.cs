using Diecast.Building;
using Diecast.Definitions;

namespace Diecast.Boot.Tests;

/// <summary>
/// The smallest system that a PC boots, unpacked once for all tests of it: Debian's kernel, GRUB for BIOS and UEFI, and busybox as init.
/// What is tested with it is tables, loaders and formats: a boot takes seconds where Debian's own init takes a minute.
/// </summary>
public sealed class SmallPc : IDisposable
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(3);

    private readonly TempDirectory _directory = new();
    private readonly Lazy<bool> _isMade;

    public SmallPc() => _isMade = new Lazy<bool>(() =>
    {
        SmallBase.Make(_directory["base.tar"], "amd64", "linux-image-cloud-amd64", "grub-pc-bin", "grub-efi-amd64-bin", "systemd-boot-efi");
        return true;
    });

    /// <summary>Builds an image of a type.</summary>
    /// <param name="path">Where it goes.</param>
    /// <param name="type">The image type.</param>
    /// <param name="set">Overrides.</param>
    internal BuildReport Build(string path, string type, params string[] set)
    {
        Assert.True(_isMade.Value);
        File.WriteAllText(_directory["small.yaml"], SmallBase.Define("base.tar", type));
        // The kernel's test of the timer fails where the host is slow to run the machine.
        LoadedDefinition loaded = DefinitionReader.Read(
            _directory["small.yaml"], new DefinitionOverrides { Set = ["system.kernel={ arguments: [console=ttyS0, no_timer_check] }", "system.bootloader.timeout=0", .. set] });
        return ImageBuilder.Build(loaded, new BuildOptions { OutputPath = path, Digest = OutputDigest.None });
    }

    /// <summary>Starts a machine and waits for the shell of its init.</summary>
    internal static Qemu Boot(QemuOptions options)
    {
        Qemu machine = Qemu.Start(options with { MemoryMiB = 512, Processors = 1 });
        try
        {
            machine.Expect(SmallBase.Up + "x86_64 ", BootLimit);
            machine.Command("stty -echo; PS1=", BootLimit);
            return machine;
        }
        catch
        {
            machine.Dispose();
            throw;
        }
    }

    /// <summary>The firmware that a machine was started by, as its kernel has it.</summary>
    internal static string FirmwareOf(Qemu machine) => machine.Command("test -d /sys/firmware/efi && echo uefi || echo bios").Trim();

    /// <summary>What fstab says is mounted, each as a device, a mount point and a type, sorted.</summary>
    internal static string[] Mount(Qemu machine) =>
    [
        .. machine.Command("modprobe -a vfat nls_cp437 nls_ascii; mount -a; grep ^/dev/ /proc/mounts")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => string.Join(' ', line.Split(' ')[..3]))
            .Order(StringComparer.Ordinal),
    ];

    internal static void PowerOff(Qemu machine)
    {
        machine.Send("poweroff -f");
        machine.ExpectEnd();
    }

    public void Dispose() => _directory.Dispose();
}

/// <summary>The tests that share the small system; one machine at a time, so that other tests have a processor.</summary>
[CollectionDefinition(Name)]
public sealed class SmallPcCollection : ICollectionFixture<SmallPc>
{
    public const string Name = "small PC";
}
