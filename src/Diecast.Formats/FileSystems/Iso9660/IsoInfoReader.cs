using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Reads descriptors and the boot catalogue.</summary>
internal static class IsoInfoReader
{
    internal static IsoInfo Read(Blob image)
    {
        IsoVolume volume = IsoVolume.Parse(image);
        byte[] primary = volume.Primary;
        ReadOnlySpan<byte> modification = IsoVolumeLayout.Modification.Of(primary);
        return new IsoInfo
        {
            VolumeId = Text(primary, IsoVolumeLayout.VolumeId),
            SystemId = Text(primary, IsoVolumeLayout.SystemId),
            VolumeSetId = Text(primary, IsoVolumeLayout.VolumeSetId),
            PublisherId = Text(primary, IsoVolumeLayout.PublisherId),
            PreparerId = Text(primary, IsoVolumeLayout.PreparerId),
            ApplicationId = Text(primary, IsoVolumeLayout.ApplicationId),
            CreationTime = IsoTime.ReadLong(IsoVolumeLayout.Creation.Of(primary)),
            ModificationTime = IsoTime.ReadLong(modification),
            Uuid = Uuid(modification) ?? Uuid(IsoVolumeLayout.Creation.Of(primary)),
            BlockSize = volume.BlockSize,
            BlockCount = IsoVolumeLayout.SpaceSize.Get(primary),
            HasRockRidge = new IsoReader(image, CancellationToken.None).HasRockRidge,
            HasJoliet = volume.Joliet is not null,
            BootImages = volume.Catalogue is { } sector ? BootImages(image, sector) : [],
        };
    }

    /// <summary>blkid takes the creation where the modification is all zeros.</summary>
    private static string? Uuid(ReadOnlySpan<byte> date)
    {
        string digits = Encoding.ASCII.GetString(date[..^1]);
        return digits.Any(c => !char.IsAsciiDigit(c)) || digits.All(c => c == '0') ? null : IsoTime.ToUuid(digits);
    }

    private static string Text(ReadOnlySpan<byte> descriptor, IsoField field) =>
        Encoding.Latin1.GetString(field.Of(descriptor)).TrimEnd(' ', '\0');

    private static List<IsoBootImage> BootImages(Blob image, long sector)
    {
        if (sector > (image.Length / IsoFormat.SectorSize) - 1)
            throw IsoFaults.Invalid($"the boot catalogue is at sector {sector} of an image of {image.Length} bytes");
        byte[] catalogue = image.Slice(sector * IsoFormat.SectorSize, IsoFormat.SectorSize).ToArray();
        Span<byte> validation = catalogue.AsSpan(0, IsoBootLayout.EntryLength);
        if (validation[0] != IsoBootLayout.Header || IsoBootLayout.Key.Get(validation) != 0xaa55
            || IsoBootLayout.Checksum.Get(validation) != IsoPlan.ValidationChecksum(validation))
        {
            throw IsoFaults.Invalid($"the boot catalogue at sector {sector} does not begin as one");
        }

        var images = new List<IsoBootImage>();
        var platform = (IsoBootPlatform)IsoBootLayout.Platform.Get(validation);
        images.Add(Image(catalogue.AsSpan(IsoBootLayout.EntryLength), platform));
        bool isLast = false;
        for (int at = 2 * IsoBootLayout.EntryLength; at < catalogue.Length && !isLast;)
        {
            ReadOnlySpan<byte> section = catalogue.AsSpan(at, IsoBootLayout.EntryLength);
            if (section[0] is not (IsoBootLayout.Section or IsoBootLayout.LastSection))
                break;
            isLast = section[0] == IsoBootLayout.LastSection;
            platform = (IsoBootPlatform)IsoBootLayout.Platform.Get(section);
            at += IsoBootLayout.EntryLength;
            for (long left = IsoBootLayout.Count.Get(section); left > 0 && at < catalogue.Length; at += IsoBootLayout.EntryLength)
            {
                // Entries of selection criteria may stand behind the one that they are of.
                if (catalogue[at] == IsoBootLayout.Extension)
                    continue;
                images.Add(Image(catalogue.AsSpan(at), platform));
                left--;
            }
        }

        return images;
    }

    private static IsoBootImage Image(ReadOnlySpan<byte> entry, IsoBootPlatform platform)
    {
        const int MediaBits = 0x0f;
        return new IsoBootImage(
            platform,
            entry[0] == IsoBootLayout.Bootable,
            (IsoBootMedia)(IsoBootLayout.Media.Get(entry) & MediaBits),
            (int)IsoBootLayout.LoadSegment.Get(entry),
            (int)IsoBootLayout.SectorCount.Get(entry),
            IsoBootLayout.LoadBlock.Get(entry));
    }
}
