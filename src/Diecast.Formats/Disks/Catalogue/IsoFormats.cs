using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Iso9660;

namespace Diecast.Formats.Disks;

/// <summary>ISO 9660 volumes in the catalogue: a disk's bytes as they are, by the name that optical discs have.</summary>
internal static class IsoFormats
{
    internal static readonly ImageFormat Iso = new()
    {
        Name = "iso",
        Aliases = ["iso9660"],
        Extension = ".iso",
        Description = "ISO 9660 volume, for optical discs and disks",
        Probe = IsIso,
        Read = (file, _) => file,
        QemuName = "raw",
        Describe = file => Describe(IsoFileSystem.ReadInfo(file)),
        FindsZeros = _ => true,
        Write = request => request.LeavingOutZeros(new RawDiskWriter(request.Outputs.Main), request.Outputs.Main),
    };

    /// <summary>Whether there is a volume that can be read; a mark alone is a disk's like any other.</summary>
    private static bool IsIso(Blob file)
    {
        const int At = (IsoFormat.SystemAreaSectors * IsoFormat.SectorSize) + 1;
        if (file.Length < At + IsoFormat.SectorSize || !file.Slice(At, IsoFormat.Identifier.Length).ToArray().AsSpan().SequenceEqual(IsoFormat.Identifier))
            return false;
        try
        {
            _ = IsoFileSystem.ReadInfo(file);
            return true;
        }
        catch (InvalidImageException)
        {
            return false;
        }
    }

    private static List<ImageFact> Describe(IsoInfo info)
    {
        var facts = new List<ImageFact>();
        Add("volume", info.VolumeId);
        Add("uuid", info.Uuid);
        Add("system", info.SystemId);
        Add("volume set", info.VolumeSetId);
        Add("publisher", info.PublisherId);
        Add("preparer", info.PreparerId);
        Add("application", info.ApplicationId);
        Add("created", info.CreationTime is { } time ? Date(time) : null);
        Add("names", string.Join(", ", new[] { info.HasRockRidge ? "Rock Ridge" : null, info.HasJoliet ? "Joliet" : null }.OfType<string>()));
        for (int i = 0; i < info.BootImages.Count; i++)
            Add(string.Create(CultureInfo.InvariantCulture, $"boot {i + 1}"), Text(info.BootImages[i]));
        return facts;

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                facts.Add(new ImageFact(name, value));
        }
    }

    private static string Date(Timestamp time) =>
        time.ToDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(IsoBootImage image)
    {
        string platform = image.Platform switch
        {
            IsoBootPlatform.Bios => "bios",
            IsoBootPlatform.Efi => "uefi",
            IsoBootPlatform.PowerPc => "powerpc",
            IsoBootPlatform.Mac => "mac",
            _ => string.Create(CultureInfo.InvariantCulture, $"platform {(int)image.Platform}"),
        };
        string media = image.Media switch
        {
            IsoBootMedia.NoEmulation => "",
            IsoBootMedia.HardDisk => ", as a hard disk",
            _ => ", as a diskette",
        };
        string loaded = image.LoadSectors == 0 ? "all" : string.Create(CultureInfo.InvariantCulture, $"{image.LoadSectors} sectors of 512");
        return string.Create(CultureInfo.InvariantCulture, $"{platform}, {loaded} from byte {image.Sector * IsoFormat.SectorSize} on{media}{(image.IsBootable ? "" : ", not bootable")}");
    }
}
