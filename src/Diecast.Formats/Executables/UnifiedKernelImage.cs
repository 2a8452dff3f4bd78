using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>
/// Unified kernel images: a kernel, its initial RAM disk and its command line in one EFI program that is started, measured and
/// signed as one (UAPI.5, Unified Kernel Image).
/// </summary>
/// <remarks>
/// Nothing but the parts goes into the file, and they are not read but for their headers: the result refers to them. Its length
/// follows from the parts' lengths alone, so that a command line can get its root hash later.
/// </remarks>
public static class UnifiedKernelImage
{
    /// <summary>The most profiles that a stub looks at.</summary>
    public const int MaximumProfiles = 256;

    internal const string Format = "uki";
    internal const string AddonFormat = "uki addon";

    /// <summary>Puts an image together.</summary>
    /// <exception cref="InvalidImageException">The stub or the kernel is no PE file, or a damaged one.</exception>
    /// <exception cref="UnrepresentableException">The stub is signed, or the stub and a part do not go together.</exception>
    /// <exception cref="DoesNotFitException">The stub's headers have no room for the sections, or the whole is larger than 4 GiB.</exception>
    /// <exception cref="IOException">A part cannot be read.</exception>
    public static Blob Assemble(UkiParts parts) => new UkiAssembly(parts, Format).Assemble();

    /// <summary>The length of what <see cref="Assemble"/> makes, in bytes.</summary>
    /// <remarks>The same for all parts of the same lengths, whatever is in a text.</remarks>
    /// <exception cref="InvalidImageException">As for <see cref="Assemble"/>; so are the others.</exception>
    public static long Length(UkiParts parts) => Assemble(parts).Length;

    /// <summary>Puts an addon together: a command line, device trees or initial RAM disks that a stub adds to an image's.</summary>
    /// <remarks>It stands beside the image, in <c>NAME.efi.extra.d/*.addon.efi</c>, or for all images in <c>/loader/addons</c>.</remarks>
    /// <exception cref="InvalidImageException">The stub is no PE file, or a damaged one.</exception>
    /// <exception cref="UnrepresentableException">The stub is signed, or a part is nothing for an addon.</exception>
    /// <exception cref="DoesNotFitException">The stub's headers have no room for the sections, or the whole is larger than 4 GiB.</exception>
    /// <exception cref="IOException">A part cannot be read.</exception>
    public static Blob AssembleAddon(UkiParts parts) => new UkiAssembly(parts, AddonFormat).Assemble();

    /// <summary>The release that is found in a kernel, as <c>uname -r</c> has it; null when none is.</summary>
    /// <param name="kernel">The kernel, not compressed as a whole.</param>
    /// <exception cref="InvalidImageException">What the kernel is packed with is damaged.</exception>
    public static string? FindKernelRelease(Blob kernel)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        return KernelRelease.Find(kernel);
    }
}
