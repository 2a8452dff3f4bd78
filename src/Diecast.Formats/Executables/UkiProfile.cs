using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>What the sections of a unified kernel image hold; of a further profile, what is another there than in the base.</summary>
/// <remarks>Texts are written as they are, in UTF-8 and without a final newline of their own. Null and empty make no section.</remarks>
public record UkiProfile
{
    /// <summary>The <c>.profile</c> section: lines of <c>ID=</c> and <c>TITLE=</c>. Needed in every profile but the base.</summary>
    public string? Profile { get; init; }

    /// <summary>The kernel: a PE file, or one that is compressed with gzip, xz or zstd. Of no addon.</summary>
    public Blob? Kernel { get; init; }

    /// <summary>The release of the kernel, as <c>uname -r</c> has it. Null looks for it in the kernel; none is found in some.</summary>
    public string? KernelRelease { get; init; }

    /// <summary>The text of os-release(5), by which boot loaders know and sort the image.</summary>
    public string? OsRelease { get; init; }

    /// <summary>The kernel's command line. With Secure Boot no other is taken.</summary>
    public string? CommandLine { get; init; }

    /// <summary>Initial RAM disks: cpio archives, compressed or not, joined in their order, each from a multiple of four bytes.</summary>
    public IReadOnlyList<Blob> Initrds { get; init; } = [];

    /// <summary>Microcode: a cpio archive that is not compressed; the kernel gets it first.</summary>
    public Blob? Microcode { get; init; }

    /// <summary>A picture for the time of booting: a BMP file.</summary>
    public Blob? Splash { get; init; }

    /// <summary>The device tree that is used where none of <see cref="DeviceTrees"/> is the machine's.</summary>
    public Blob? DeviceTree { get; init; }

    /// <summary>Device trees (<c>.dtbauto</c>) of which the stub takes the one that the machine is, by its <c>compatible</c> or by <see cref="HardwareIds"/>.</summary>
    public IReadOnlyList<Blob> DeviceTrees { get; init; } = [];

    /// <summary>The table of hardware ids (<c>.hwids</c>), which <see cref="UkiHardwareIds"/> makes.</summary>
    public Blob? HardwareIds { get; init; }

    /// <summary>The PEM file of the public key that <see cref="PcrSignature"/> is verified with.</summary>
    public string? PcrPublicKey { get; init; }

    /// <summary>The JSON text of signatures of the PCR values that are expected; it is the one section that is not measured.</summary>
    public string? PcrSignature { get; init; }
}
