using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>A disk of an OVA.</summary>
/// <param name="Name">Its file's name in the archive.</param>
/// <param name="Disk">The virtual disk.</param>
public sealed record OvaDisk(string Name, Blob Disk);

/// <summary>A virtual machine in one file: a tar archive of its description (OVF), the sums and a streamOptimized VMDK.</summary>
public static class Ova
{
    internal const string Format = "ova";
    private const int LongestName = 80;

    /// <summary>A writer of the disk as an OVA. The output must be a file: what comes first is only known at the end.</summary>
    /// <param name="diskLength">Bytes of the disk that will come.</param>
    /// <param name="output">Where the archive goes.</param>
    /// <param name="options">The machine, or null for the default.</param>
    /// <param name="writeOptions">Workers and cancellation, or null for the default.</param>
    /// <exception cref="UnrepresentableException">An option is out of range, or the disk is empty; while writing: the VMDK would pass 2 TiB.</exception>
    /// <exception cref="NotSupportedException">The output is a stream.</exception>
    public static DiskWriter OpenWriter(
        long diskLength, DiskOutput output, OvaOptions? options = null, DiskWriteOptions? writeOptions = null)
    {
        options ??= OvaOptions.Default;
        Check(options);
        Vmdk.CheckLength(diskLength);
        if (!output.CanSeek)
            throw new NotSupportedException($"{output.DisplayPath} takes bytes one after the other; an OVA starts with what is only known at its end");
        var vmdk = new VmdkOptions
        {
            Name = options.Name + "-disk1",
            Adapter = options.Controller == OvaController.Ide ? VmdkAdapter.Ide : VmdkAdapter.LsiLogic,
            HardwareVersion = options.HardwareVersion,
            ContentId = options.ContentId,
            Id = options.DiskId,
            Level = options.Level,
        };
        VmdkDescriptor.Check(vmdk);
        // The capacity is that of the VMDK, in whole sectors.
        long capacity = (diskLength + VmdkLayout.Sector - 1) / VmdkLayout.Sector * VmdkLayout.Sector;
        var archive = new OvaOutput(output, options, capacity);
        return new VmdkStreamWriter(diskLength, archive, vmdk, writeOptions, archive);
    }

    /// <summary>The disks of an OVA, in the order of its description. They refer to the archive.</summary>
    /// <exception cref="InvalidImageException">The archive, the description or a disk is damaged, or of a kind that is not read.</exception>
    public static IReadOnlyList<OvaDisk> Read(Blob archive) => OvaReader.Read(archive);

    /// <summary>Reads the whole archive and compares its files with the sums of its manifest.</summary>
    /// <exception cref="InvalidImageException">There is no manifest, or a file has another sum.</exception>
    public static void Verify(Blob archive) => OvaReader.Verify(archive);

    private static void Check(OvaOptions options)
    {
        if (options.Name.Length is 0 or > LongestName || !char.IsAsciiLetterOrDigit(options.Name[0])
            || !options.Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
            throw Refuse($"'{options.Name}' as a name; it must have up to {LongestName} letters, digits, dots, hyphens and underscores, the first a letter or digit");
        if (options.Processors is < 1 or > 768)
            throw Refuse($"{options.Processors} processors; there can be 1 to 768");
        if (options.MemoryMebibytes is < 4 or > 24 << 20 || options.MemoryMebibytes % 4 != 0)
            throw Refuse($"{options.MemoryMebibytes} MiB of memory; it must be a multiple of 4 from 4 to {24 << 20}");
        if (options.HardwareVersion is < 7 or > 99)
            throw Refuse($"a hardware version of {options.HardwareVersion}; it must be from 7 to 99");
        if (options.OsType is < 0 or > ushort.MaxValue)
            throw Refuse($"an operating system {options.OsType}; it must be from 0 to {ushort.MaxValue}");
        if (options.ModifiedTime is < 0 or > TarEntryHeader.LatestTime)
            throw Refuse($"a time of {options.ModifiedTime}; it must be from 0 to {TarEntryHeader.LatestTime}");
        if (!Enum.IsDefined(options.Controller) || !Enum.IsDefined(options.NetworkCard) || !Enum.IsDefined(options.Firmware)
            || !Enum.IsDefined(options.Version) || !Enum.IsDefined(options.Digest))
            throw Refuse($"a controller, network card, firmware, version or digest that there is not");
        if (options.Version == OvfVersion.V2 && options.Digest == OvaDigest.Sha1)
            throw Refuse($"SHA-1 in an OVF 2.0, which wants SHA-256");
        if (options.Product is null && (options.Vendor ?? options.ProductVersion) is not null)
            throw Refuse($"a vendor or version of a product without a name");
        foreach (string? text in new[] { options.Network, options.VmwareOsType, options.Product, options.Vendor, options.ProductVersion })
        {
            if (text is not null && (text.Length is 0 or > 255 || text.Any(char.IsControl) || !IsText(text)))
                throw Refuse($"a text that is empty, longer than 255 or not one that XML holds");
        }
    }

    private static bool IsText(string text)
    {
        try
        {
            _ = System.Xml.XmlConvert.VerifyXmlChars(text);
            return true;
        }
        catch (System.Xml.XmlException)
        {
            return false;
        }
    }

    private static UnrepresentableException Refuse(FormattableString message) => new(Format, null, FormattableString.Invariant(message));
}
