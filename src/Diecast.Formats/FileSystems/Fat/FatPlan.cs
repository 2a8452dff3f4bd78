using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>A FAT file system that has been laid out.</summary>
public sealed class FatPlan : FileSystemPlan
{
    private readonly FatGeometry _geometry;
    private readonly int _rootEntries;
    private readonly FatScanner _content;
    private readonly FatOptions _options;
    private readonly byte[]? _label;
    private readonly uint[] _ends;
    private readonly uint _lastCluster;

    internal FatPlan(FatGeometry geometry, int rootEntries, FatScanner content, FatOptions options, byte[]? label)
    {
        _geometry = geometry;
        _rootEntries = rootEntries;
        _content = content;
        _options = options;
        _label = label;
        _ends = Allocate();
        _lastCluster = _ends.Length == 0 ? 1 : _ends[^1];
    }

    /// <inheritdoc/>
    public override long Length => _geometry.Length;

    /// <summary>Which FAT it is.</summary>
    public FatType Type => _geometry.Type;

    /// <summary>Bytes in a cluster.</summary>
    public int ClusterSize => _geometry.ClusterSize;

    /// <summary>Clusters that exist.</summary>
    public long ClusterCount => _geometry.Clusters;

    /// <summary>Clusters that are not in use.</summary>
    public long FreeClusters => _geometry.Clusters - (_lastCluster - 1);

    /// <summary>Where the data area starts, in bytes.</summary>
    internal long DataOffset => _geometry.DataOffset;

    private bool IsLarge => _geometry.Type == FatType.Fat32;

    /// <inheritdoc/>
    public override Blob ToBlob()
    {
        var volume = new BlobBuilder();
        byte[] boot = BootSector();
        volume.Add(0, boot);
        if (IsLarge)
        {
            byte[] info = new byte[FatLayout.BootSectorLength];
            FatLayout.WriteFsInfo(info, (uint)FreeClusters, _lastCluster);
            volume.Add((long)FatLayout.FsInfoSector * _geometry.SectorSize, info);
            volume.Add((long)FatLayout.BackupBootSector * _geometry.SectorSize, boot);
            volume.Add((long)(FatLayout.BackupBootSector + FatLayout.FsInfoSector) * _geometry.SectorSize, info);
        }

        Blob table = new FatTable(_geometry.Type, _ends).ToBlob();
        for (int i = 0; i < FatGeometry.Fats; i++)
            volume.Add(_geometry.FatOffset(i), table);
        foreach (FatDirectory directory in _content.Directories)
        {
            if (directory.Bytes > 0)
                volume.Add(directory.Cluster == 0 ? _geometry.RootOffset : _geometry.ClusterOffset(directory.Cluster), Entries(directory));
        }

        foreach (FatFile file in _content.Files)
        {
            if (file.Bytes > 0)
                volume.Add(_geometry.ClusterOffset(file.Cluster), file.Content);
        }

        return volume.ToBlob(Length);
    }

    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"FAT{(int)Type} {Length} bytes\nsector {_geometry.SectorSize} cluster {ClusterSize} clusters {ClusterCount} free {FreeClusters}\n"));
        writer.Write(string.Create(
            CultureInfo.InvariantCulture,
            $"reserved {_geometry.ReservedSectors} tables {FatGeometry.Fats} x {_geometry.FatSectors} root {_geometry.RootSectors} data at {_geometry.DataOffset}\n"));
        writer.Write(string.Create(CultureInfo.InvariantCulture, $"id {_options.VolumeId:X8} label {(_label is null ? "none" : _options.Label.ToUpperInvariant())}\n"));
    }

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintSummary(writer);
        FatCharacters characters = FatCharacters.Of(_options.CodePage);
        foreach (FatDirectory directory in _content.Directories)
        {
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"{directory.Path} cluster {directory.Cluster} bytes {directory.Bytes}\n"));
            int at = 0;
            foreach (DirectoryEntry entry in directory.Inode.Entries)
            {
                // Skipped entries have no node; the nodes are in the order of the entries.
                if (entry.Inode is not (FileInode or DirectoryInode))
                    continue;
                FatNode node = directory.Children[at++];
                if (node is FatFile)
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{directory.Path}{entry.Name} {node.Name.ShortText(characters)} cluster {node.Cluster} bytes {node.Bytes}\n"));
            }
        }
    }

    /// <summary>Gives every directory, then every file, the next clusters; returns the last cluster of each.</summary>
    private uint[] Allocate()
    {
        var ends = new List<uint>(_content.Directories.Count + _content.Files.Count);
        long next = FatLayout.RootCluster;
        foreach (FatNode node in _content.Directories.Concat<FatNode>(_content.Files))
        {
            bool isDirectory = node is FatDirectory;
            if (isDirectory && node.Parent is null && !IsLarge)
                continue;
            long clusters = (node.Bytes + ClusterSize - 1) / ClusterSize;
            if (isDirectory)
                clusters = Math.Max(1, clusters);
            if (clusters == 0)
                continue;
            node.Cluster = (uint)next;
            next += clusters;
            ends.Add((uint)(next - 1));
        }

        return [.. ends];
    }

    private byte[] BootSector()
    {
        bool small = Length < FatSizer.Fat32Threshold;
        byte[] sector = new byte[FatLayout.BootSectorLength];
        FatLayout.WriteBootSector(
            sector,
            _geometry,
            _rootEntries,
            _options.SectorsPerTrack ?? (small ? 32 : 63),
            _options.Heads ?? (small ? 64 : 255),
            _options.HiddenSectors,
            _options.DriveNumber,
            _options.VolumeId,
            _label ?? FatLabel.None);
        return sector;
    }

    private byte[] Entries(FatDirectory directory)
    {
        byte[] bytes = new byte[directory.Bytes];
        Span<byte> rest = bytes;
        if (directory.Parent is { } parent)
        {
            FatLayout.WriteEntry(rest, ".          "u8, FatLayout.AttributeDirectory, 0, directory.Time, directory.Cluster, 0);
            // The parent's number is 0 when it is the root, also where the root has one.
            uint above = parent.Parent is null ? 0 : parent.Cluster;
            FatLayout.WriteEntry(rest[FatLayout.EntryLength..], "..         "u8, FatLayout.AttributeDirectory, 0, directory.Time, above, 0);
            rest = rest[(2 * FatLayout.EntryLength)..];
        }
        else if (_label is not null)
        {
            byte[] name = [.. _label];
            // 0xE5 marks a deleted entry, so a name that starts with that byte is stored with 0x05.
            if (name[0] == FatLayout.DeletedMark)
                name[0] = FatLayout.EscapedDeletedMark;
            FatTime time = _options.LatestTime is { } latest ? FatTime.From(latest) : FatTime.Earliest;
            FatLayout.WriteEntry(rest, name, FatLayout.AttributeVolume, 0, time, 0, 0);
            rest = rest[FatLayout.EntryLength..];
        }

        foreach (FatNode node in directory.Children)
        {
            if (node.Name.Long is { } longName)
            {
                FatLayout.WriteLongName(rest, longName, FatLayout.Checksum(node.Name.Short));
                rest = rest[(FatLayout.LongEntries(longName.Length) * FatLayout.EntryLength)..];
            }

            bool isDirectory = node is FatDirectory;
            byte attributes = (byte)((isDirectory ? FatLayout.AttributeDirectory : 0) | (int)node.Attributes);
            FatLayout.WriteEntry(
                rest,
                node.Name.Short,
                attributes,
                node.Name.CaseBits,
                node.Time,
                node.Cluster,
                isDirectory ? 0 : (uint)node.Bytes);
            rest = rest[FatLayout.EntryLength..];
        }

        return bytes;
    }
}
