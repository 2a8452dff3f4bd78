using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>The descriptors of an image.</summary>
internal sealed class IsoVolume
{
    /// <summary>Descriptors that are looked at; images in use have five.</summary>
    private const int MostDescriptors = 64;

    private IsoVolume(Blob image) => Image = image;

    internal Blob Image { get; }

    internal byte[] Primary { get; private set; } = [];

    internal byte[]? Joliet { get; private set; }

    /// <summary>The block of the boot catalogue, if there is one.</summary>
    internal long? Catalogue { get; private set; }

    internal int BlockSize { get; private set; }

    internal static IsoVolume Parse(Blob image)
    {
        var volume = new IsoVolume(image);
        byte[] sector = new byte[IsoFormat.SectorSize];
        for (int i = 0; i < MostDescriptors; i++)
        {
            long offset = (long)(IsoFormat.SystemAreaSectors + i) * IsoFormat.SectorSize;
            if (offset + sector.Length > image.Length)
                throw IsoFaults.Invalid($"it ends at byte {image.Length}, before the descriptors do");
            image.Read(offset, sector);
            if (!IsoVolumeLayout.Identifier.Of(sector).SequenceEqual(IsoFormat.Identifier))
            {
                if (i == 0)
                    throw IsoFaults.Invalid($"no volume descriptor at sector {IsoFormat.SystemAreaSectors}");
                break;
            }

            if (sector[0] == IsoDescriptorType.Terminator)
                break;
            volume.Add(sector);
        }

        if (volume.Primary.Length == 0)
            throw IsoFaults.Invalid($"no primary volume descriptor");
        return volume;
    }

    private void Add(byte[] sector)
    {
        switch (sector[0])
        {
            case IsoDescriptorType.Primary when Primary.Length == 0:
                Primary = [.. sector];
                BlockSize = (int)IsoVolumeLayout.BlockSize.Get(sector);
                if (BlockSize is not (512 or 1024 or 2048))
                    throw IsoFaults.Invalid($"blocks of {BlockSize} bytes; they have 512, 1024 or 2048");
                break;
            case IsoDescriptorType.Supplementary when Joliet is null && IsJoliet(sector):
                Joliet = [.. sector];
                break;
            case IsoDescriptorType.Boot when Catalogue is null && IsoBootRecordLayout.System.Of(sector).StartsWith(IsoFormat.BootSystem):
                Catalogue = IsoBootRecordLayout.Catalogue.Get(sector);
                break;
        }
    }

    /// <summary>Joliet's three levels; other supplementary volumes are of other character sets.</summary>
    private static bool IsJoliet(ReadOnlySpan<byte> sector)
    {
        ReadOnlySpan<byte> escape = IsoVolumeLayout.EscapeSequences.Of(sector);
        return escape.StartsWith("%/@"u8) || escape.StartsWith("%/C"u8) || escape.StartsWith("%/E"u8);
    }
}
