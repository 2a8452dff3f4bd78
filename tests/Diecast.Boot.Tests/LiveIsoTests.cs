using Diecast.Bases;
using Diecast.Boot;
using Diecast.Building;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Systems;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Boot.Tests;

/// <summary>The example as a live system on an ISO image, built once for all tests of it.</summary>
public sealed class LiveIsoImage : IDisposable
{
    internal const string VolumeId = "DIECAST_LIVE";

    private readonly TempDirectory _directory = new();

    public LiveIsoImage()
    {
        LoadedDefinition loaded = DefinitionReader.Read(Checkout.PathOf("examples/debian-server.yaml"), new DefinitionOverrides());
        var options = new BuildOptions { OutputPath = Path };
        OperatingSystem system = loaded.Definition.System!;
        using ResolvedBase root = BaseResolver.Resolve(
            BaseRequests.Of((DebianBase)system.Base, system, ImageBuilder.Complete(loaded.Definition, options)), new BaseResolveOptions(), default);
        var epoch = new Timestamp(root.Epoch ?? 0);
        SystemConfigurator.Apply(root.Tree, system, new SystemContext { Name = loaded.Definition.Name, Epoch = epoch, Mounts = [] });
        IsoOptions iso = LiveIso.Install(
            root.Tree, system, Architecture.Amd64, new LiveIsoTarget { VolumeId = VolumeId, Seed = loaded.Seed, Time = epoch });
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.ReadWrite);
        BlobWriter.Write(IsoFileSystem.Plan(root.Tree, iso).ToBlob(), file, Path);
    }

    internal string Path => _directory["live.iso"];

    public void Dispose() => _directory.Dispose();
}

/// <summary>One file boots as a CD and as a disk, by BIOS and by UEFI, and forgets what was changed.</summary>
public sealed class LiveIsoTests(LiveIsoImage image) : IClassFixture<LiveIsoImage>
{
    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(6);

    [ToolTheory("qemu-system-x86_64", "mmdebstrap")]
    [InlineData(QemuFirmware.Bios, QemuBus.Cdrom)]
    [InlineData(QemuFirmware.Bios, QemuBus.Ahci)]
    [InlineData(QemuFirmware.Uefi, QemuBus.Cdrom)]
    [InlineData(QemuFirmware.Uefi, QemuBus.Virtio)]
    public void The_example_boots_as_a_live_system(QemuFirmware firmware, QemuBus bus)
    {
        using var machine = Qemu.Start(new QemuOptions { Firmware = firmware, Disks = [new QemuDisk(image.Path, "raw", bus)] });
        machine.Expect("vignemale login: ", BootLimit);
        machine.Send(ExampleServer.User);
        machine.Expect("Password: ");
        machine.Send(ExampleServer.Password);
        machine.Expect(@"ada@vignemale:~\$ ");
        machine.Send("sudo bash --norc");
        machine.Expect("password for ada: ");
        machine.Send(ExampleServer.Password);
        machine.Expect(@"\S+# ");
        machine.Command("stty -echo; PS1=; TERM=dumb");

        Assert.Contains("/ overlay", machine.Command("findmnt -rno TARGET,FSTYPE /"), StringComparison.Ordinal);
        Assert.Contains(LiveIsoImage.VolumeId, machine.Command("lsblk -rno LABEL"), StringComparison.Ordinal);
        Assert.Equal(firmware == QemuFirmware.Uefi ? "uefi" : "bios", machine.Command("test -d /sys/firmware/efi && echo uefi || echo bios").Trim());
        // What is written stays in memory: the medium is not written to, and could not be.
        Assert.Equal("kept", machine.Command("echo kept >/etc/written && cat /etc/written").Trim());
    }
}
