using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

public sealed partial class IsoPlan
{
    /// <summary>What one reads at most of a boot image to sum it up.</summary>
    private const long LargestPatched = 1 << 30;

    /// <summary>The content of each boot entry that is no partition; images without a name come before all files.</summary>
    private IsoContent?[] FindBootImages(FileTree tree, IsoScanner scanner)
    {
        var images = new IsoContent?[_options.Boot.Count];
        int hidden = 0;
        for (int i = 0; i < images.Length; i++)
        {
            IsoBootEntry entry = _options.Boot[i];
            if (entry.Image is { } blob)
            {
                images[i] = new IsoContent(blob);
                _contents.Insert(hidden++, images[i]!);
            }
            else if (entry.Path is { } path)
            {
                images[i] = tree.ResolveFile(path) is { } file ? scanner.Find(file)?.Content : null;
                if (images[i] is null)
                    throw new UnrepresentableException(IsoFormat.Name, path, "a boot image that is no file of the tree");
            }

            if (images[i] is { } image)
                Check(entry, image, i);
        }

        return images;
    }

    private static void Check(IsoBootEntry entry, IsoContent image, int index)
    {
        long least = entry.Patches.HasFlag(IsoBootPatches.Grub)
            ? IsoBootInfoLayout.GrubOffset + sizeof(ulong)
            : entry.Patches.HasFlag(IsoBootPatches.InfoTable) ? IsoBootInfoLayout.ChecksumStart : 1;
        if (image.Length < least || (entry.Patches != IsoBootPatches.None && image.Length > LargestPatched))
            throw new UnrepresentableException(IsoFormat.Name, entry.Path, FormattableString.Invariant($"boot image {index + 1} has {image.Length} bytes; for what is asked for it has {least} to {LargestPatched}"));
        if (image.Compressed is not null)
            throw new UnrepresentableException(IsoFormat.Name, entry.Path, FormattableString.Invariant($"boot image {index + 1} is compressed, which no firmware reads"));
        image.Patches |= entry.Patches;
    }

    private long BootSector(int index) => _bootImages[index]?.Sector
        ?? (_partitions[_options.Boot[index].Partition!.Value].Offset / IsoFormat.SectorSize);

    private long BootLength(int index) => _bootImages[index]?.Length ?? _partitions[_options.Boot[index].Partition!.Value].Length;

    /// <summary>A boot image with what its program looks for.</summary>
    private static Blob Patched(IsoContent content)
    {
        byte[] bytes = content.Blob.ToArray();
        if (content.Patches.HasFlag(IsoBootPatches.Grub))
        {
            BinaryPrimitives.WriteInt64LittleEndian(
                bytes.AsSpan(IsoBootInfoLayout.GrubOffset), (content.Sector * 4) + IsoBootInfoLayout.GrubSkip);
        }

        if (content.Patches.HasFlag(IsoBootPatches.InfoTable))
        {
            bytes.AsSpan(IsoBootInfoLayout.TableOffset, IsoBootInfoLayout.TableLength).Clear();
            IsoBootInfoLayout.VolumeDescriptor.Set(bytes, IsoFormat.SystemAreaSectors);
            IsoBootInfoLayout.File.Set(bytes, content.Sector);
            IsoBootInfoLayout.Length.Set(bytes, content.Length);
            IsoBootInfoLayout.Checksum.Set(bytes, Sum(bytes.AsSpan(IsoBootInfoLayout.ChecksumStart)));
        }

        return Blob.FromMemory(bytes);
    }

    /// <summary>Of 32-bit words, the last of which may lack bytes.</summary>
    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        Span<byte> last = stackalloc byte[4];
        for (; bytes.Length > 0; bytes = bytes[Math.Min(4, bytes.Length)..])
        {
            last.Clear();
            bytes[..Math.Min(4, bytes.Length)].CopyTo(last);
            sum = unchecked(sum + BinaryPrimitives.ReadUInt32LittleEndian(last));
        }

        return sum;
    }

    /// <summary>
    /// The boot catalogue: the validation entry and the default one, then, for each platform that follows, a section.
    /// </summary>
    private byte[] Catalogue()
    {
        byte[] bytes = new byte[IsoFormat.SectorSize];
        Span<byte> validation = bytes.AsSpan(0, IsoBootLayout.EntryLength);
        IsoBootLayout.Indicator.Set(validation, IsoBootLayout.Header);
        IsoBootLayout.Platform.Set(validation, (int)_options.Boot[0].Platform);
        Encoding.ASCII.GetBytes(_options.Boot[0].Id, IsoBootLayout.Manufacturer.In(validation));
        IsoBootLayout.Key.Set(validation, 0xaa55);
        IsoBootLayout.Checksum.Set(validation, ValidationChecksum(validation));
        WriteBootEntry(bytes.AsSpan(IsoBootLayout.EntryLength, IsoBootLayout.EntryLength), 0);
        int at = 2 * IsoBootLayout.EntryLength;
        for (int i = 1; i < _options.Boot.Count; i++)
        {
            Span<byte> section = bytes.AsSpan(at, IsoBootLayout.EntryLength);
            IsoBootLayout.Indicator.Set(section, i == _options.Boot.Count - 1 ? IsoBootLayout.LastSection : IsoBootLayout.Section);
            IsoBootLayout.Platform.Set(section, (int)_options.Boot[i].Platform);
            IsoBootLayout.Count.Set(section, 1);
            Encoding.ASCII.GetBytes(_options.Boot[i].Id, IsoBootLayout.SectionId.In(section));
            WriteBootEntry(bytes.AsSpan(at + IsoBootLayout.EntryLength, IsoBootLayout.EntryLength), i);
            at += 2 * IsoBootLayout.EntryLength;
        }

        return bytes;
    }

    /// <summary>What makes the sum of the entry's 16-bit words zero.</summary>
    internal static ushort ValidationChecksum(ReadOnlySpan<byte> entry)
    {
        int sum = 0;
        for (int i = 0; i < IsoBootLayout.EntryLength; i += 2)
            sum += i == IsoBootLayout.Checksum.Offset ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(entry[i..]);
        return (ushort)((0x10000 - (sum & 0xffff)) & 0xffff);
    }

    private void WriteBootEntry(Span<byte> bytes, int index)
    {
        IsoBootEntry entry = _options.Boot[index];
        IsoBootLayout.Indicator.Set(bytes, IsoBootLayout.Bootable);
        IsoBootLayout.Media.Set(bytes, (int)entry.Media);
        IsoBootLayout.LoadSegment.Set(bytes, entry.LoadSegment);
        IsoBootLayout.SectorCount.Set(bytes, entry.LoadSectors ?? DefaultLoad(entry, BootLength(index)));
        IsoBootLayout.LoadBlock.Set(bytes, BootSector(index));
    }

    private static long DefaultLoad(IsoBootEntry entry, long length)
    {
        const int SectorSize = 512;
        const int ProgramSectors = 4;
        if (entry.Media != IsoBootMedia.NoEmulation)
            return 1;
        if (entry.Platform != IsoBootPlatform.Efi)
            return ProgramSectors;
        // UEFI 2.10 section 13.3.2.1: 0 and 1 stand for all up to the end of the volume.
        long sectors = (length + SectorSize - 1) / SectorSize;
        return sectors > ushort.MaxValue ? 0 : sectors;
    }
}
