using System.Buffers.Text;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>What extended headers say about the next entry.</summary>
internal sealed class PaxRecords
{
    private static readonly byte[] SchilyXattr = "SCHILY.xattr."u8.ToArray();
    private static readonly byte[] LibarchiveXattr = "LIBARCHIVE.xattr."u8.ToArray();

    private List<Xattr>? _xattrs;

    internal byte[]? Path { get; private set; }

    internal byte[]? LinkPath { get; private set; }

    internal long? Size { get; private set; }

    internal long? Uid { get; private set; }

    internal long? Gid { get; private set; }

    internal Timestamp? ModifiedTime { get; private set; }

    internal long? DeviceMajor { get; private set; }

    internal long? DeviceMinor { get; private set; }

    internal byte[]? AccessAcl { get; private set; }

    internal byte[]? DefaultAcl { get; private set; }

    internal long? SparseMajor { get; private set; }

    internal long? SparseMinor { get; private set; }

    internal byte[]? SparseName { get; private set; }

    internal long? SparseSize { get; private set; }

    internal SparseMap? SparseMap { get; private set; }

    internal IReadOnlyList<Xattr> Xattrs => _xattrs ?? (IReadOnlyList<Xattr>)[];

    /// <summary>Takes in the records of a header that stands for all later entries.</summary>
    internal void ApplyGlobal(ReadOnlySpan<byte> records, long offset)
    {
        while (records.Length > 0)
        {
            ReadOnlySpan<byte> key = Next(ref records, offset, out ReadOnlySpan<byte> value);
            if (key.SequenceEqual("uid"u8))
                Uid = value.IsEmpty ? null : Number(key, value, offset);
            else if (key.SequenceEqual("gid"u8))
                Gid = value.IsEmpty ? null : Number(key, value, offset);
            else if (key.SequenceEqual("mtime"u8))
                ModifiedTime = value.IsEmpty ? null : Time(value, offset);
            else if (IsForOneEntryOnly(key))
                throw Invalid(offset, $"the global extended header sets {Encoding.UTF8.GetString(key)}, which belongs to one entry");
        }
    }

    /// <summary>The records of the header of one entry, over those of the global headers before it.</summary>
    internal static PaxRecords ForEntry(PaxRecords? global, ReadOnlySpan<byte> records, long offset)
    {
        var entry = new PaxRecords { Uid = global?.Uid, Gid = global?.Gid, ModifiedTime = global?.ModifiedTime };
        while (records.Length > 0)
        {
            ReadOnlySpan<byte> key = Next(ref records, offset, out ReadOnlySpan<byte> value);
            entry.Apply(key, value, offset);
        }

        return entry;
    }

    private void Apply(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long offset)
    {
        if (key.StartsWith(SchilyXattr))
        {
            (_xattrs ??= []).Add(new Xattr(new FileName(GnuDecode(key[SchilyXattr.Length..])), value.ToArray()));
            return;
        }

        if (key.StartsWith(LibarchiveXattr))
        {
            (_xattrs ??= []).Add(new Xattr(new FileName(UrlDecode(key[LibarchiveXattr.Length..])), Base64Decode(value, offset)));
            return;
        }

        // An empty value takes the field back to what the ustar header says (POSIX.1-2017 pax, "pax Extended Header").
        bool empty = value.IsEmpty;
        if (key.SequenceEqual("path"u8))
            Path = empty ? null : value.ToArray();
        else if (key.SequenceEqual("linkpath"u8))
            LinkPath = empty ? null : value.ToArray();
        else if (key.SequenceEqual("size"u8))
            Size = empty ? null : Number(key, value, offset);
        else if (key.SequenceEqual("uid"u8))
            Uid = empty ? null : Number(key, value, offset);
        else if (key.SequenceEqual("gid"u8))
            Gid = empty ? null : Number(key, value, offset);
        else if (key.SequenceEqual("mtime"u8))
            ModifiedTime = empty ? null : Time(value, offset);
        else if (key.SequenceEqual("SCHILY.devmajor"u8))
            DeviceMajor = empty ? null : Number(key, value, offset);
        else if (key.SequenceEqual("SCHILY.devminor"u8))
            DeviceMinor = empty ? null : Number(key, value, offset);
        else if (key.SequenceEqual("SCHILY.acl.access"u8))
            AccessAcl = empty ? null : value.ToArray();
        else if (key.SequenceEqual("SCHILY.acl.default"u8))
            DefaultAcl = empty ? null : value.ToArray();
        else if (key.SequenceEqual("RHT.security.selinux"u8) && !empty)
            (_xattrs ??= []).Add(new Xattr("security.selinux", Terminated(value)));
        else if (key.StartsWith("GNU.sparse."u8))
            ApplySparse(key["GNU.sparse.".Length..], value, offset);
    }

    private void ApplySparse(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long offset)
    {
        if (key.SequenceEqual("major"u8))
            SparseMajor = Number(key, value, offset);
        else if (key.SequenceEqual("minor"u8))
            SparseMinor = Number(key, value, offset);
        else if (key.SequenceEqual("name"u8))
            SparseName = value.ToArray();
        else if (key.SequenceEqual("realsize"u8) || key.SequenceEqual("size"u8))
            SparseSize = Number(key, value, offset);
        else if (key.SequenceEqual("offset"u8))
            (SparseMap ??= new SparseMap()).AddOffset(Number(key, value, offset), offset);
        else if (key.SequenceEqual("numbytes"u8))
            (SparseMap ??= new SparseMap()).AddLength(Number(key, value, offset), offset);
        else if (key.SequenceEqual("map"u8))
            SparseMap = ParseMap(value, offset);
    }

    private static SparseMap ParseMap(ReadOnlySpan<byte> value, long offset)
    {
        var map = new SparseMap();
        bool isOffset = true;
        foreach (Range part in value.Split((byte)','))
        {
            ReadOnlySpan<byte> digits = value[part];
            if (digits.IsEmpty && part.End.GetOffset(value.Length) == value.Length)
                break;
            long number = Number("map"u8, digits, offset);
            if (isOffset)
                map.AddOffset(number, offset);
            else
                map.AddLength(number, offset);
            isOffset = !isOffset;
        }

        return map;
    }

    private static bool IsForOneEntryOnly(ReadOnlySpan<byte> key) =>
        key.SequenceEqual("path"u8) || key.SequenceEqual("linkpath"u8) || key.SequenceEqual("size"u8)
        || key.StartsWith(SchilyXattr) || key.StartsWith(LibarchiveXattr) || key.StartsWith("SCHILY.acl."u8)
        || key.StartsWith("GNU.sparse."u8) || key.SequenceEqual("RHT.security.selinux"u8);

    /// <summary>Cuts the next <c>LENGTH KEY=VALUE\n</c> off the records.</summary>
    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> records, long offset, out ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(records, out uint length, out int digits)
            || digits > 10 || length > (uint)records.Length || length < digits + 3
            || records[digits] != ' ' || records[(int)length - 1] != '\n')
        {
            throw Invalid(offset, "a record of the extended header lies about its length");
        }

        ReadOnlySpan<byte> record = records[(digits + 1)..((int)length - 1)];
        records = records[(int)length..];
        int equals = record.IndexOf((byte)'=');
        if (equals <= 0)
            throw Invalid(offset, "a record of the extended header has no '='");
        value = record[(equals + 1)..];
        return record[..equals];
    }

    private static long Number(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value, long offset) =>
        Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length && number >= 0
            ? number
            : throw Invalid(offset, $"{Encoding.UTF8.GetString(key)} of the extended header is no number: '{Encoding.UTF8.GetString(value[..Math.Min(40, value.Length)])}'");

    /// <summary>Seconds with an optional fraction; digits after the ninth are dropped.</summary>
    private static Timestamp Time(ReadOnlySpan<byte> value, long offset)
    {
        ReadOnlySpan<byte> text = value;
        bool negative = text[0] == '-';
        if (negative)
            text = text[1..];
        if (text.IsEmpty || text[0] is (byte)'-' or (byte)'+'
            || !Utf8Parser.TryParse(text, out long seconds, out int used))
        {
            throw Invalid(offset, $"mtime of the extended header is no time: '{Encoding.UTF8.GetString(value[..Math.Min(40, value.Length)])}'");
        }

        int nanoseconds = 0;
        text = text[used..];
        if (text.Length > 0)
        {
            if (text[0] != '.' || text[1..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                throw Invalid(offset, "mtime of the extended header has a bad fraction");
            text = text[1..];
            for (int i = 0; i < 9; i++)
                nanoseconds = (nanoseconds * 10) + (i < text.Length ? text[i] - '0' : 0);
        }

        if (!negative)
            return new Timestamp(seconds, nanoseconds);
        return nanoseconds == 0 ? new Timestamp(-seconds) : new Timestamp(-seconds - 1, 1_000_000_000 - nanoseconds);
    }

    /// <summary>GNU tar writes '=' and '%' of a key as %3D and %25 (xheader.c, xattr_encode_keyword).</summary>
    private static byte[] GnuDecode(ReadOnlySpan<byte> name)
    {
        if (!name.Contains((byte)'%'))
            return name.ToArray();
        var decoded = new List<byte>(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i..].StartsWith("%3D"u8))
            {
                decoded.Add((byte)'=');
                i += 2;
            }
            else if (name[i..].StartsWith("%25"u8))
            {
                decoded.Add((byte)'%');
                i += 2;
            }
            else
            {
                decoded.Add(name[i]);
            }
        }

        return [.. decoded];
    }

    private static byte[] UrlDecode(ReadOnlySpan<byte> name)
    {
        var decoded = new List<byte>(name.Length);
        for (int i = 0; i < name.Length; i++)
        {
            if (name[i] == '%' && i + 2 < name.Length
                && Utf8Parser.TryParse(name.Slice(i + 1, 2), out byte value, out int used, 'x') && used == 2)
            {
                decoded.Add(value);
                i += 2;
            }
            else
            {
                decoded.Add(name[i]);
            }
        }

        return [.. decoded];
    }

    /// <summary>Base 64; libarchive leaves out the padding.</summary>
    private static byte[] Base64Decode(ReadOnlySpan<byte> value, long offset)
    {
        byte[] padded = new byte[(value.Length + 3) / 4 * 4];
        padded.AsSpan().Fill((byte)'=');
        value.CopyTo(padded);
        byte[] decoded = new byte[padded.Length / 4 * 3];
        return Base64.DecodeFromUtf8(padded, decoded, out int used, out int written) == System.Buffers.OperationStatus.Done
            && used == padded.Length
            ? decoded[..written]
            : throw Invalid(offset, "an attribute of the extended header is no base 64");
    }

    /// <summary>The kernel's form of a context ends with NUL, as setfilecon writes it.</summary>
    private static byte[] Terminated(ReadOnlySpan<byte> value) => [.. value, 0];

    private static InvalidImageException Invalid(long offset, string what) => new("tar", $"at offset {offset}: {what}");
}
