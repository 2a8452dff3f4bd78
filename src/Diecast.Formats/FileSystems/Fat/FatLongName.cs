using System.Buffers;
using System.Text.Unicode;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>Puts a long name together from the entries before its short one, last part first.</summary>
internal sealed class FatLongName
{
    private readonly char[] _units = new char[20 * FatLayout.LongUnits];
    private readonly byte[] _utf8 = new byte[20 * FatLayout.LongUnits * 3];
    private int _parts;
    private int _wanted = -1;
    private byte _checksum;

    /// <summary>Forgets the parts; what was there belongs to no entry that follows.</summary>
    internal void Clear() => _wanted = -1;

    internal void Add(ReadOnlySpan<byte> entry)
    {
        int part = FatLayout.LongPart(entry);
        if (FatLayout.IsLastLongPart(entry) && part > 0)
        {
            _parts = part;
            _checksum = FatLayout.LongChecksum(entry);
        }
        else if (part == 0 || part != _wanted || FatLayout.LongChecksum(entry) != _checksum)
        {
            Clear();
            return;
        }

        FatLayout.ReadLongPart(entry, _units.AsSpan((part - 1) * FatLayout.LongUnits, FatLayout.LongUnits));
        _wanted = part - 1;
    }

    /// <summary>
    /// The name in UTF-8, or null when the parts are not complete, are those of another entry, or make no name that a
    /// tree can hold. Then the short name counts.
    /// </summary>
    internal FileName? Take(ReadOnlySpan<byte> shortName)
    {
        bool complete = _wanted == 0 && FatLayout.Checksum(shortName) == _checksum;
        Clear();
        if (!complete)
            return null;
        ReadOnlySpan<char> units = _units.AsSpan(0, _parts * FatLayout.LongUnits);
        int end = units.IndexOf('\0');
        if (end >= 0)
            units = units[..end];
        if (units.Length > FatName.MaximumUnits)
            return null;
        OperationStatus status = Utf8.FromUtf16(units, _utf8, out _, out int length, replaceInvalidSequences: false);
        ReadOnlySpan<byte> name = _utf8.AsSpan(0, length);
        return status == OperationStatus.Done && FileName.IsValid(name) ? new FileName(name.ToArray()) : default(FileName?);
    }
}
