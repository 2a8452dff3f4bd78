using Diecast.Definitions;

namespace Diecast.Tests.Definitions;

/// <summary>File systems that a boot loader does not read its kernel from are faults of the definition, told with their place.</summary>
public sealed class BootReaderRuleTests
{
    [Theory]
    [InlineData("nixos-legacy", "squashfs", "image.rootFileSystem", "squashfs compressed as GRUB does not read it")]
    [InlineData("nixos-efi", "{ type: squashfs, compression: lz4 }", "image.rootFileSystem.compression", "squashfs compressed as GRUB does not read it")]
    [InlineData("nixos-efi", "{ type: squashfs, compression: xz }", null, "")]
    [InlineData("disk", "{ type: squashfs, compression: none }", null, "")]
    // /boot is a FAT there.
    [InlineData("nixos-legacy-boot", "squashfs", null, "")]
    [InlineData("nixos-efixbootldr", "erofs", null, "")]
    [InlineData("nixos-hybrid", "erofs", "image.rootFileSystem", "not a file system that GRUB reads")]
    [InlineData("mbr-raw", "{ type: ext4, features: [metadata_csum, casefold] }", "image.rootFileSystem.features[1]", "feature that GRUB does not know")]
    [InlineData("mbr-raw", "{ type: ext4, features: [^casefold] }", null, "")]
    [InlineData("nixos-none", "squashfs", "image.rootFileSystem", "nothing to mount it by")]
    [InlineData("nixos-none", "erofs", null, "")]
    [InlineData("qemu-riscv64", "xfs", null, "")]
    [InlineData("pine64-raw", "btrfs", "image.rootFileSystem", "not a file system that U-Boot reads")]
    [InlineData("raspberry-pi", "btrfs", null, "")]
    public void A_root_is_held_against_what_starts_from_it(string type, string fileSystem, string? path, string message) =>
        Check($"image: {{ type: {type}, rootFileSystem: {fileSystem} }}", "{}", path, message);

    [Theory]
    [InlineData("squashfs", "grub", "image.partitions[1].fileSystem", "squashfs compressed as GRUB does not read it")]
    [InlineData("squashfs", "systemd-boot", null, "")]
    [InlineData("squashfs", "none", null, "")]
    public void A_boot_partition_of_ones_own_is_held_against_its_loader(string fileSystem, string loader, string? path, string message) => Check(
        $"image: {{ partitions: [{{ type: esp, fileSystem: vfat, mountPoint: /efi }}, {{ fileSystem: {fileSystem}, mountPoint: /boot }}, {{ fileSystem: ext4, mountPoint: / }}] }}",
        loader, path, message);

    /// <summary>Another suite has another GRUB, and a tree has one that is not known before it is read.</summary>
    [Theory]
    [InlineData("debian: { suite: forky }")]
    [InlineData("tar: base.tar")]
    public void A_grub_that_may_know_erofs_is_not_refused(string source)
    {
        string text = $"name: x\nsystem: {{ base: {{ {source} }}, kernel: {{}} }}\nimage: {{ type: disk, rootFileSystem: erofs }}\n";
        Assert.DoesNotContain(Errors(text), error => error.Path.StartsWith("image", StringComparison.Ordinal));
    }

    private static void Check(string image, string loader, string? path, string message)
    {
        string loaderKey = loader == "{}" ? "" : $", bootloader: {loader}";
        string kernel = image.Contains("pine64", StringComparison.Ordinal) || image.Contains("raspberry", StringComparison.Ordinal) || image.Contains("riscv", StringComparison.Ordinal) ? "" : ", kernel: linux-image-amd64";
        DefinitionError[] errors = Errors($"name: x\nsystem: {{ base: {{ debian: {{ suite: trixie }} }}{kernel}{loaderKey} }}\n{image}\n");
        if (path is null)
        {
            Assert.Empty(errors);
            return;
        }

        DefinitionError error = Assert.Single(errors);
        Assert.Equal((path, message), (error.Path, error.Message));
        Assert.NotNull(error.Position);
        Assert.NotEqual("", error.Fix);
    }

    private static DefinitionError[] Errors(string text)
    {
        try
        {
            DefinitionReader.ReadText(text, "x.yaml", ".");
            return [];
        }
        catch (DefinitionException exception)
        {
            return [.. exception.Errors];
        }
    }
}
