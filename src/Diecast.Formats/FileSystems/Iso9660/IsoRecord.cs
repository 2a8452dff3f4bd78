namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>A directory record that has been checked.</summary>
internal readonly ref struct IsoRecord
{
    private readonly ReadOnlySpan<byte> _bytes;

    private IsoRecord(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    internal ReadOnlySpan<byte> Name => _bytes.Slice(IsoRecordLayout.NameOffset, (int)IsoRecordLayout.NameLength.Get(_bytes));

    /// <summary>The block of its content, behind the extended attribute record that may stand there.</summary>
    internal long Block => IsoRecordLayout.Extent.Get(_bytes) + IsoRecordLayout.AttributeLength.Get(_bytes);

    internal long Length => IsoRecordLayout.DataLength.Get(_bytes);

    internal Timestamp Time => IsoTime.ReadShort(IsoRecordLayout.Date.Of(_bytes));

    internal bool IsDirectory => (Flags & IsoRecordLayout.DirectoryFlag) != 0;

    internal bool IsAssociated => (Flags & IsoRecordLayout.AssociatedFlag) != 0;

    internal bool HasMoreSections => (Flags & IsoRecordLayout.MoreSectionsFlag) != 0;

    internal bool IsInterleaved => IsoRecordLayout.UnitSize.Get(_bytes) != 0 || IsoRecordLayout.GapSize.Get(_bytes) != 0;

    /// <summary>Whether it stands for the directory itself or the one above.</summary>
    internal bool IsSpecial => Name.Length == 1 && Name[0] <= 1;

    internal ReadOnlySpan<byte> SystemUse => _bytes[Math.Min(_bytes.Length, IsoRecordLayout.SystemUseOffset(Name.Length))..];

    private byte Flags => (byte)IsoRecordLayout.Flags.Get(_bytes);

    /// <summary>The record at the start of <paramref name="bytes"/>, which go to the end of its sector.</summary>
    internal static IsoRecord Of(ReadOnlySpan<byte> bytes)
    {
        int length = bytes[0];
        if (length <= IsoRecordLayout.NameOffset || length > bytes.Length)
            throw IsoFaults.Invalid($"a directory record of {length} bytes, with {bytes.Length} left in its sector");
        int name = bytes[IsoRecordLayout.NameLength.Offset];
        return name == 0 || IsoRecordLayout.NameOffset + name > length
            ? throw IsoFaults.Invalid($"a name of {name} bytes in a directory record of {length}")
            : new IsoRecord(bytes[..length]);
    }
}
