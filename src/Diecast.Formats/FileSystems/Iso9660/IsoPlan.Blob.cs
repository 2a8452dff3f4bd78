using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Partitioning;

namespace Diecast.Formats.FileSystems.Iso9660;

public sealed partial class IsoPlan
{
    private const int DiskSector = 512;

    /// <summary>Room for the pieces that are no content.</summary>
    private const int FewPieces = 64;

    /// <summary>Joliet level 3 (Joliet 1.0, "Allowed Character Set").</summary>
    private static ReadOnlySpan<byte> JolietEscape => "%/E"u8;

    /// <inheritdoc/>
    public override Blob ToBlob()
    {
        var image = new BlobBuilder(_contents.Count + FewPieces);
        AddSystemArea(image);
        foreach (IsoSet set in _sets)
            AddDescriptors(image, set);
        if (_options.Boot.Count > 0)
            image.Add(CatalogueSector * IsoFormat.SectorSize, Catalogue());
        foreach (IsoSet set in _sets)
            AddDirectories(image, set);
        foreach (IsoContent content in _contents)
        {
            if (content.Length > 0)
                image.Add(content.Sector * IsoFormat.SectorSize, content.Patches == IsoBootPatches.None ? content.Blob : Patched(content));
        }

        if (_options.Hybrid is not { Table: IsoTable.Gpt })
        {
            for (int i = 0; i < _partitions.Length; i++)
                image.Add(_partitions[i].Offset, _options.Partitions[i].Content);
            return image.ToBlob(Length);
        }

        return WithGpt(image.ToBlob(FileSystemLength), _options.Hybrid);
    }

    private void AddSystemArea(BlobBuilder image)
    {
        if (_options.Hybrid is { Table: IsoTable.Mbr } hybrid)
            image.Add(0, MasterBootRecord(hybrid));
        else
            image.Add(0, _options.SystemArea);
    }

    private void AddDescriptors(BlobBuilder image, IsoSet set)
    {
        bool isFirst = set.Start == 0;
        long sector = set.Start + IsoFormat.SystemAreaSectors;
        Add(Volume(_plain, set));
        if (isFirst && _options.Boot.Count > 0)
            Add(BootRecord());
        if (_unicode is not null)
            Add(Volume(_unicode, set));
        byte[] terminator = new byte[IsoFormat.SectorSize];
        Begin(terminator, IsoDescriptorType.Terminator);
        Add(terminator);

        void Add(byte[] descriptor) => image.Add(sector++ * IsoFormat.SectorSize, descriptor);
    }

    private void AddDirectories(BlobBuilder image, IsoSet set)
    {
        AddTables(set.Plain, set.PlainTables);
        if (set.Unicode is not null)
            AddTables(set.Unicode, set.UnicodeTables);
        foreach (IsoDirectoryWriter? writer in (ReadOnlySpan<IsoDirectoryWriter?>)[_plain, _unicode])
        {
            if (writer is null)
                continue;
            var directories = new IsoDirectoriesBlob(writer, DirectoriesOf(writer), set.Shift, set.Start);
            image.Add((directories.FirstSector + set.Shift) * IsoFormat.SectorSize, directories);
        }

        void AddTables(IsoPathTable table, long sector)
        {
            image.Add(sector * IsoFormat.SectorSize, table.Write(IsoOrder.Little, set.Shift, set.Start));
            image.Add((sector + table.Sectors) * IsoFormat.SectorSize, table.Write(IsoOrder.Big, set.Shift, set.Start));
        }
    }

    private static void Begin(Span<byte> descriptor, byte type)
    {
        IsoVolumeLayout.Type.Set(descriptor, type);
        IsoFormat.Identifier.CopyTo(IsoVolumeLayout.Identifier.In(descriptor));
        IsoVolumeLayout.Version.Set(descriptor, 1);
    }

    private byte[] BootRecord()
    {
        byte[] record = new byte[IsoFormat.SectorSize];
        Begin(record, IsoDescriptorType.Boot);
        IsoFormat.BootSystem.CopyTo(IsoBootRecordLayout.System.In(record));
        IsoBootRecordLayout.Catalogue.Set(record, CatalogueSector);
        return record;
    }

    private byte[] Volume(IsoDirectoryWriter writer, IsoSet set)
    {
        bool isJoliet = writer == _unicode;
        IsoPathTable table = isJoliet ? set.Unicode! : set.Plain;
        long tables = (isJoliet ? set.UnicodeTables : set.PlainTables) - set.Start;
        byte[] bytes = new byte[IsoFormat.SectorSize];
        Begin(bytes, isJoliet ? IsoDescriptorType.Supplementary : IsoDescriptorType.Primary);
        if (isJoliet)
            JolietEscape.CopyTo(IsoVolumeLayout.EscapeSequences.In(bytes));
        WriteText(bytes, IsoVolumeLayout.SystemId, _options.SystemId, isJoliet);
        WriteText(bytes, IsoVolumeLayout.VolumeId, _options.VolumeId, isJoliet);
        IsoVolumeLayout.SpaceSize.Set(bytes, (Length / IsoFormat.SectorSize) - set.Start);
        IsoVolumeLayout.SetSize.Set(bytes, 1);
        IsoVolumeLayout.SequenceNumber.Set(bytes, 1);
        IsoVolumeLayout.BlockSize.Set(bytes, IsoFormat.SectorSize);
        IsoVolumeLayout.PathTableSize.Set(bytes, table.Length);
        IsoVolumeLayout.LittleTable.Set(bytes, tables);
        IsoVolumeLayout.BigTable.Set(bytes, tables + table.Sectors);
        IsoDirectory root = _directories[0];
        IsoExtent extent = writer.ExtentOf(root);
        IsoDirectoryWriter.WriteRecord(
            IsoVolumeLayout.Root.In(bytes), [0], extent.Sector + set.Shift - set.Start, extent.Bytes, IsoRecordLayout.DirectoryFlag, root.Inode.ModifiedTime);
        WriteText(bytes, IsoVolumeLayout.VolumeSetId, _options.VolumeSetId, isJoliet);
        WriteText(bytes, IsoVolumeLayout.PublisherId, _options.PublisherId, isJoliet);
        WriteText(bytes, IsoVolumeLayout.PreparerId, _options.PreparerId, isJoliet);
        WriteText(bytes, IsoVolumeLayout.ApplicationId, _options.ApplicationId, isJoliet);
        WriteText(bytes, IsoVolumeLayout.CopyrightFile, "", isJoliet);
        WriteText(bytes, IsoVolumeLayout.AbstractFile, "", isJoliet);
        WriteText(bytes, IsoVolumeLayout.BibliographicFile, "", isJoliet);
        IsoTime.WriteLong(IsoVolumeLayout.Creation.In(bytes), _options.CreationTime);
        IsoTime.WriteLong(IsoVolumeLayout.Modification.In(bytes), _options.EffectiveModification);
        IsoTime.WriteLong(IsoVolumeLayout.Expiration.In(bytes), _options.ExpirationTime);
        IsoTime.WriteLong(IsoVolumeLayout.Effective.In(bytes), _options.EffectiveTime);
        IsoVolumeLayout.StructureVersion.Set(bytes, 1);
        return bytes;
    }

    /// <summary>Filled with spaces; Joliet's are of two bytes, and where the field has room for fewer the text is cut.</summary>
    private static void WriteText(Span<byte> descriptor, IsoField field, string text, bool isJoliet)
    {
        Span<byte> bytes = field.In(descriptor);
        if (!isJoliet)
        {
            bytes.Fill((byte)' ');
            Encoding.ASCII.GetBytes(text, bytes);
            return;
        }

        bytes.Clear();
        for (int i = 0; i < bytes.Length / 2; i++)
            BinaryPrimitives.WriteUInt16BigEndian(bytes[(2 * i)..], i < text.Length ? text[i] : ' ');
    }

    private byte[] BootCode(IsoHybrid hybrid)
    {
        byte[] code = new byte[PartitionTable.BootCodeLength];
        hybrid.BootCode.Read(0, code.AsSpan(0, (int)Math.Min(code.Length, hybrid.BootCode.Length)));
        if (hybrid.PatchGrub)
        {
            BinaryPrimitives.WriteInt64LittleEndian(
                code.AsSpan(IsoBootInfoLayout.GrubMbrOffset), (BootSector(0) * 4) + IsoBootInfoLayout.GrubMbrSkip);
        }

        return code;
    }

    private byte[] MasterBootRecord(IsoHybrid hybrid)
    {
        byte[] sector = new byte[DiskSector];
        BootCode(hybrid).CopyTo(sector.AsSpan());
        Span<byte> table = sector.AsSpan(MbrLayout.TableOffset, MbrLayout.TableLength);
        MbrLayout.Initialize(table, hybrid.DiskSignature);
        long start = _options.PartitionOffset ? IsoFormat.SystemAreaLength : 0;
        WriteMbrEntry(table, 0, MbrLayout.Active, hybrid.IsoType, start, FileSystemLength - start);
        for (int i = 0; i < _partitions.Length; i++)
            WriteMbrEntry(table, i + 1, 0, _options.Partitions[i].Type.MbrByte!.Value, _partitions[i].Offset, _partitions[i].Length);
        return sector;
    }

    private static void WriteMbrEntry(Span<byte> table, int slot, byte status, byte type, long offset, long length)
    {
        long first = offset / DiskSector;
        long count = length / DiskSector;
        MbrLayout.WriteEntry(
            table, slot, status, MbrLayout.Chs.Of(first), type, MbrLayout.Chs.Of(first + count - 1),
            (uint)Math.Min(first, uint.MaxValue), (uint)Math.Min(count, uint.MaxValue));
    }

    /// <summary>The image as a GPT disk: the ISO from sector 64 on, whose own first sectors are the table's.</summary>
    private Blob WithGpt(Blob iso, IsoHybrid hybrid)
    {
        var partitions = new List<PlacedPartition>
        {
            new()
            {
                Offset = IsoFormat.SystemAreaLength,
                Length = FileSystemLength - IsoFormat.SystemAreaLength,
                Type = BasicData,
                Id = hybrid.IsoPartitionId,
                Name = "ISO9660",
                Attributes = GptAttributes.ReadOnly,
                Content = iso.Slice(IsoFormat.SystemAreaLength),
            },
        };
        for (int i = 0; i < _partitions.Length; i++)
        {
            IsoPartition partition = _options.Partitions[i];
            partitions.Add(new PlacedPartition
            {
                Offset = _partitions[i].Offset,
                Length = _partitions[i].Length,
                Type = partition.Type,
                Id = partition.Id,
                Name = partition.Name,
                Content = partition.Content,
            });
        }

        Blob disk = new GptTable { Length = Length, DiskId = hybrid.DiskId, BootCode = Blob.FromMemory(BootCode(hybrid)) }.Compose(partitions);
        byte[] first = disk.Slice(0, DiskSector).ToArray();
        Span<byte> table = first.AsSpan(MbrLayout.TableOffset, MbrLayout.TableLength);
        BinaryPrimitives.WriteUInt32LittleEndian(table, hybrid.DiskSignature);
        if (hybrid.ActiveEntry)
            MbrLayout.WriteEntry(table, 1, MbrLayout.Active, new MbrLayout.Chs(0, 0, 1), 0, new MbrLayout.Chs(0, 0, 1), 0, 1);
        return Blob.Concat(Blob.FromMemory(first), disk.Slice(DiskSector));
    }

    private static PartitionType BasicData { get; } = PartitionTypes.Find("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7")!;
}
