using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>GRUB's images for BIOS, which lie outside file systems.</summary>
/// <param name="BootImage">boot.img of the platform i386-pc.</param>
/// <param name="CoreImage">The core image, before it is told its place.</param>
internal sealed record GrubBiosImages(byte[] BootImage, byte[] CoreImage);

/// <summary>Makes GRUB's programs for the firmware that an image boots on.</summary>
internal static class GrubInstaller
{
    /// <summary>The firmware that GRUB is made for.</summary>
    /// <param name="architecture">The target's.</param>
    /// <param name="wanted">What is asked for; nothing stands for BIOS and UEFI.</param>
    /// <param name="hasEsp">Whether there is an EFI system partition.</param>
    /// <param name="hasBiosPlace">Whether there is a place for the core image: a BIOS boot partition, or an MBR's gap.</param>
    /// <exception cref="BootException">GRUB has no UEFI program for these processors.</exception>
    internal static IReadOnlyList<GrubPlatform> Platforms(
        Architecture architecture, IReadOnlyCollection<BootFirmware> wanted, bool hasEsp, bool hasBiosPlace)
    {
        var platforms = new List<GrubPlatform>();
        bool isPc = architecture is Architecture.Amd64 or Architecture.I386;
        if (hasBiosPlace && isPc && Wants(BootFirmware.Bios))
            platforms.Add(GrubPlatform.PcBios);
        if (hasEsp && Wants(BootFirmware.Uefi))
            platforms.Add(GrubPlatform.EfiOf(architecture));
        if (hasEsp && isPc && wanted.Contains(BootFirmware.Uefi32) && !platforms.Contains(GrubPlatform.I386Efi))
            platforms.Add(GrubPlatform.I386Efi);
        return platforms;

        bool Wants(BootFirmware firmware) => wanted.Count == 0 || wanted.Contains(firmware);
    }

    /// <summary>Puts the EFI programs on the system partition and returns the images for BIOS, or null without it.</summary>
    /// <exception cref="BootException">GRUB is not in the tree, or its program cannot be run here.</exception>
    internal static GrubBiosImages? Install(
        FileTree root, IReadOnlyList<GrubPlatform> platforms, GrubLocation location, string? espMountPoint, Timestamp time, CancellationToken cancellation)
    {
        GrubBiosImages? bios = null;
        foreach (GrubPlatform platform in platforms)
        {
            byte[] image = GrubMkimage.Make(root, platform, location, time.Seconds, cancellation);
            if (platform.RemovableName is null)
            {
                bios = new GrubBiosImages(GrubFiles.Find(root, platform).Read("boot.img").ToArray(), image);
                continue;
            }

            foreach (string directory in new[] { espMountPoint!, $"{espMountPoint}/EFI", $"{espMountPoint}/EFI/BOOT" })
                root.MakeDirectory(directory).ModifiedTime = time;
            root.Set(
                $"{espMountPoint}/EFI/BOOT/{platform.RemovableName}",
                new FileInode(Blob.FromMemory(image)) { ModifiedTime = time });
        }

        return bios;
    }
}
