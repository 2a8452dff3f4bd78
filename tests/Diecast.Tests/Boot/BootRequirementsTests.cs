using Diecast.Boot;

namespace Diecast.Tests.Boot;

public sealed class BootRequirementsTests
{
    private static readonly OperatingSystem System = new()
    {
        Base = new DebianBase { Suite = "trixie" },
        Kernel = new Kernel { Package = "linux-image-amd64" },
    };

    [Fact]
    public void The_own_initrd_needs_busybox_and_no_hooks()
    {
        BootRequirements requirements = BootRequirements.Of(System, GrubPlatform.PcBios, GrubPlatform.Amd64Efi);
        Assert.Equal(["busybox-static", "grub-common", "grub-efi-amd64-bin", "grub-pc-bin", "grub2-common"], requirements.Packages);
        Assert.Equal([KeyValuePair.Create("INITRD", "No")], requirements.Environment);
    }

    [Fact]
    public void The_distributions_initrd_needs_neither()
    {
        BootRequirements requirements = BootRequirements.Of(System with { Initrd = new Initrd { Kind = InitrdKind.Distribution } }, GrubPlatform.Arm64Efi);
        Assert.Equal(["grub-common", "grub-efi-arm64-bin", "grub2-common"], requirements.Packages);
        Assert.Empty(requirements.Environment);
    }

    [Fact]
    public void A_system_without_a_kernel_needs_nothing() =>
        Assert.Empty(BootRequirements.Of(System with { Kernel = null }, GrubPlatform.PcBios).Packages);
}
