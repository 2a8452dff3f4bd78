using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>
/// DOS attributes as Samba keeps them on Unix, in the extended attribute user.DOSATTRIB. The text form, <c>0x23</c>, is
/// written; the binary forms of versions 3 to 5 are read too (Samba, librpc/idl/xattr.idl).
/// </summary>
internal static class FatDosAttribute
{
    internal const FatAttributes All = FatAttributes.ReadOnly | FatAttributes.Hidden | FatAttributes.System | FatAttributes.Archive;
    private const uint AttributeIsValid = 1;

    internal static readonly FileName Name = new("user.DOSATTRIB");

    /// <summary>The attributes that an inode declares, or null when it declares none that can be understood.</summary>
    internal static FatAttributes? Find(Inode inode)
    {
        if (inode.Xattrs.Count == 0 || inode.Xattrs.Find(Name) is not { } value)
            return null;
        ReadOnlySpan<byte> bytes = value.Span;
        if (bytes.StartsWith("0x"u8))
        {
            ReadOnlySpan<byte> digits = bytes[2..].TrimEnd((byte)0);
            return Utf8Parser.TryParse(digits, out uint text, out int used, 'x') && used == digits.Length ? (FatAttributes)text & All : null;
        }

        // An empty text, the version twice, which fields are valid, the attributes.
        bool isBinary = bytes.Length >= 16 && BinaryPrimitives.ReadUInt16LittleEndian(bytes) == 0
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]) is >= 3 and <= 5
            && (BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) & AttributeIsValid) != 0;
        return isBinary ? (FatAttributes)BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]) & All : null;
    }

    /// <summary>Gives an inode that was read its attributes, where they are not those that everything has.</summary>
    internal static void Set(Inode inode, FatAttributes attributes)
    {
        FatAttributes usual = inode is FileInode ? FatAttributes.Archive : FatAttributes.None;
        if ((attributes & All) != usual)
            inode.Xattrs = inode.Xattrs.With(Name, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"0x{(int)(attributes & All):x}")));
    }
}
