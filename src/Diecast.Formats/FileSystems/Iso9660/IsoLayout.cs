namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Sizes and places that ECMA-119 fixes.</summary>
internal static class IsoFormat
{
    internal const string Name = "iso9660";

    /// <summary>Bytes in a logical sector and, in what is written here, in a logical block.</summary>
    internal const int SectorSize = 2048;

    /// <summary>6.2.1: sectors whose content the standard leaves open.</summary>
    internal const int SystemAreaSectors = 16;

    internal const int SystemAreaLength = SystemAreaSectors * SectorSize;

    /// <summary>El Torito figure 7: the boot record is at sector 17 and nowhere else.</summary>
    internal const int BootRecordSector = 17;

    /// <summary>The largest section of a file whose next section starts where it ends.</summary>
    internal const long LargestSection = uint.MaxValue - (SectorSize - 1);

    /// <summary>6.8.2.1: levels of directories.</summary>
    internal const int MaximumLevels = 8;

    internal static ReadOnlySpan<byte> Identifier => "CD001"u8;

    internal static ReadOnlySpan<byte> BootSystem => "EL TORITO SPECIFICATION"u8;

    internal static long Sectors(long bytes) => Units.Divide(bytes, SectorSize);
}

/// <summary>The kinds of volume descriptors (ECMA-119 8.1.1).</summary>
internal static class IsoDescriptorType
{
    internal const byte Boot = 0;
    internal const byte Primary = 1;
    internal const byte Supplementary = 2;
    internal const byte Terminator = 255;
}

/// <summary>A primary or supplementary volume descriptor (ECMA-119 8.4 and 8.5).</summary>
internal static class IsoVolumeLayout
{
    internal static readonly IsoField Type = new("type", 0, 1);
    internal static readonly IsoField Identifier = new("standard identifier", 1, 5);
    internal static readonly IsoField Version = new("version", 6, 1);
    internal static readonly IsoField Flags = new("volume flags", 7, 1);
    internal static readonly IsoField SystemId = new("system identifier", 8, 32);
    internal static readonly IsoField VolumeId = new("volume identifier", 40, 32);
    internal static readonly IsoField Unused1 = new("unused", 72, 8);
    internal static readonly IsoField SpaceSize = new("volume space size", 80, 8, IsoOrder.Both);
    internal static readonly IsoField EscapeSequences = new("escape sequences", 88, 32);
    internal static readonly IsoField SetSize = new("volume set size", 120, 4, IsoOrder.Both);
    internal static readonly IsoField SequenceNumber = new("volume sequence number", 124, 4, IsoOrder.Both);
    internal static readonly IsoField BlockSize = new("logical block size", 128, 4, IsoOrder.Both);
    internal static readonly IsoField PathTableSize = new("path table size", 132, 8, IsoOrder.Both);
    internal static readonly IsoField LittleTable = new("type L path table", 140, 4);
    internal static readonly IsoField OptionalLittleTable = new("optional type L path table", 144, 4);
    internal static readonly IsoField BigTable = new("type M path table", 148, 4, IsoOrder.Big);
    internal static readonly IsoField OptionalBigTable = new("optional type M path table", 152, 4, IsoOrder.Big);
    internal static readonly IsoField Root = new("root directory record", 156, 34);
    internal static readonly IsoField VolumeSetId = new("volume set identifier", 190, 128);
    internal static readonly IsoField PublisherId = new("publisher identifier", 318, 128);
    internal static readonly IsoField PreparerId = new("data preparer identifier", 446, 128);
    internal static readonly IsoField ApplicationId = new("application identifier", 574, 128);
    internal static readonly IsoField CopyrightFile = new("copyright file", 702, 37);
    internal static readonly IsoField AbstractFile = new("abstract file", 739, 37);
    internal static readonly IsoField BibliographicFile = new("bibliographic file", 776, 37);
    internal static readonly IsoField Creation = new("creation", 813, 17);
    internal static readonly IsoField Modification = new("modification", 830, 17);
    internal static readonly IsoField Expiration = new("expiration", 847, 17);
    internal static readonly IsoField Effective = new("effective", 864, 17);
    internal static readonly IsoField StructureVersion = new("file structure version", 881, 1);
    internal static readonly IsoField Unused2 = new("reserved", 882, 1);
    internal static readonly IsoField ApplicationUse = new("application use", 883, 512);
    internal static readonly IsoField Reserved = new("reserved", 1395, 653);

    internal static IsoField[] All =>
    [
        Type, Identifier, Version, Flags, SystemId, VolumeId, Unused1, SpaceSize, EscapeSequences, SetSize, SequenceNumber,
        BlockSize, PathTableSize, LittleTable, OptionalLittleTable, BigTable, OptionalBigTable, Root, VolumeSetId,
        PublisherId, PreparerId, ApplicationId, CopyrightFile, AbstractFile, BibliographicFile, Creation, Modification,
        Expiration, Effective, StructureVersion, Unused2, ApplicationUse, Reserved,
    ];
}

/// <summary>A boot record that leads to a boot catalogue (El Torito 1.0 figure 7).</summary>
internal static class IsoBootRecordLayout
{
    internal static readonly IsoField System = new("boot system identifier", 7, 32);
    internal static readonly IsoField Catalogue = new("boot catalogue", 71, 4);
}

/// <summary>A directory record (ECMA-119 9.1).</summary>
internal static class IsoRecordLayout
{
    /// <summary>Bytes before the name.</summary>
    internal const int NameOffset = 33;

    /// <summary>The largest even number that a byte holds: records have even lengths.</summary>
    internal const int LongestRecord = 254;

    internal const byte DirectoryFlag = 0x02;
    internal const byte AssociatedFlag = 0x04;
    internal const byte MoreSectionsFlag = 0x80;

    internal static readonly IsoField Length = new("record length", 0, 1);
    internal static readonly IsoField AttributeLength = new("extended attribute record length", 1, 1);
    internal static readonly IsoField Extent = new("location of extent", 2, 8, IsoOrder.Both);
    internal static readonly IsoField DataLength = new("data length", 10, 8, IsoOrder.Both);
    internal static readonly IsoField Date = new("recording date", 18, 7);
    internal static readonly IsoField Flags = new("file flags", 25, 1);
    internal static readonly IsoField UnitSize = new("file unit size", 26, 1);
    internal static readonly IsoField GapSize = new("interleave gap size", 27, 1);
    internal static readonly IsoField SequenceNumber = new("volume sequence number", 28, 4, IsoOrder.Both);
    internal static readonly IsoField NameLength = new("length of identifier", 32, 1);

    internal static IsoField[] All => [Length, AttributeLength, Extent, DataLength, Date, Flags, UnitSize, GapSize, SequenceNumber, NameLength];

    /// <summary>Where system use begins: a name of even length has a byte of padding behind it.</summary>
    internal static int SystemUseOffset(int nameLength) => NameOffset + nameLength + (1 - (nameLength & 1));
}

/// <summary>A record of a path table (ECMA-119 9.4); the order of its numbers is the table's.</summary>
internal static class IsoPathLayout
{
    internal const int NameOffset = 8;

    internal static int LengthOf(int nameLength) => NameOffset + nameLength + (nameLength & 1);
}

/// <summary>The boot catalogue's entries, 32 bytes each (El Torito 1.0 figures 2 to 5, UEFI 2.10 section 13.3.2.1).</summary>
internal static class IsoBootLayout
{
    internal const int EntryLength = 32;
    internal const byte Header = 0x01;
    internal const byte Bootable = 0x88;
    internal const byte Section = 0x90;
    internal const byte LastSection = 0x91;
    internal const byte Extension = 0x44;

    internal static readonly IsoField Indicator = new("header id, boot or header indicator", 0, 1);
    internal static readonly IsoField Platform = new("platform of a validation entry or section", 1, 1);
    internal static readonly IsoField Media = new("boot media type of an entry", 1, 1);
    internal static readonly IsoField Count = new("entries in a section", 2, 2);
    internal static readonly IsoField LoadSegment = new("load segment of an entry", 2, 2);
    internal static readonly IsoField SystemType = new("system type of an entry", 4, 1);
    internal static readonly IsoField Manufacturer = new("id of a validation entry", 4, 24);
    internal static readonly IsoField SectionId = new("id of a section", 4, 28);
    internal static readonly IsoField SectorCount = new("sectors of 512 bytes to load", 6, 2);
    internal static readonly IsoField LoadBlock = new("load RBA", 8, 4);
    internal static readonly IsoField Checksum = new("checksum of a validation entry", 28, 2);
    internal static readonly IsoField Key = new("0x55 0xaa", 30, 2);
}

/// <summary>What is written into a boot image: mkisofs' boot information table and what GRUB 2 looks for.</summary>
internal static class IsoBootInfoLayout
{
    internal const int TableOffset = 8;
    internal const int TableLength = 56;

    /// <summary>The table's checksum is that of all 32-bit words from here on.</summary>
    internal const int ChecksumStart = 64;

    /// <summary>Where cdboot.img has the sector, of 512 bytes, of what follows its own 2048 bytes, plus one.</summary>
    internal const int GrubOffset = 2548;

    /// <summary>Sectors of 512 bytes from the image's start to the one that is recorded at <see cref="GrubOffset"/>.</summary>
    internal const int GrubSkip = 5;

    /// <summary>Where boot_hybrid.img has the same for the master boot record.</summary>
    internal const int GrubMbrOffset = 432;

    internal const int GrubMbrSkip = 4;

    internal static readonly IsoField VolumeDescriptor = new("bi_pvd", 8, 4);
    internal static readonly IsoField File = new("bi_file", 12, 4);
    internal static readonly IsoField Length = new("bi_length", 16, 4);
    internal static readonly IsoField Checksum = new("bi_csum", 20, 4);
}
