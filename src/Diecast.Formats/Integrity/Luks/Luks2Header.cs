using System.Buffers.Binary;
using System.Text.Json;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Integrity;

/// <summary>A header that was found whole, and its JSON.</summary>
internal sealed class Luks2Header
{
    private readonly byte[] _bytes;
    private readonly bool _isClean;

    private Luks2Header(byte[] bytes, Luks2Metadata metadata, bool isClean)
    {
        _bytes = bytes;
        Metadata = metadata;
        _isClean = isClean;
    }

    internal Luks2Metadata Metadata { get; }

    /// <summary>
    /// Reads the newer of two headers, or the one that is whole: the second one lies behind the first, at one of nine
    /// places if the first does not tell.
    /// </summary>
    internal static Luks2Header Read(Blob device)
    {
        byte[]? first = TryRead(device, 0, Luks2Layout.PrimaryMagic, out string? fault);
        byte[]? second = null;
        if (first is not null)
        {
            second = TryRead(device, first.Length, Luks2Layout.SecondaryMagic, out _);
        }
        else
        {
            for (long offset = Luks2Layout.LeastHeaderSize; second is null && offset <= Luks2Layout.MostHeaderSize; offset *= 2)
                second = TryRead(device, offset, Luks2Layout.SecondaryMagic, out _);
        }

        byte[]? newest = first is null || (second is not null && SequenceOf(second) > SequenceOf(first)) ? second : first;
        if (newest is null)
            throw Invalid(fault ?? "there is no header");
        bool isClean = first is not null && second is not null && SequenceOf(first) == SequenceOf(second)
            && first.AsSpan(Luks2Layout.BinarySize).SequenceEqual(second.AsSpan(Luks2Layout.BinarySize));
        return new Luks2Header(newest, Luks2Metadata.Parse(newest), isClean);
    }

    internal Luks2Info Describe()
    {
        Luks2Segment segment = Metadata.Segments[0];
        return new Luks2Info
        {
            Uuid = Luks2Layout.TextOf(_bytes.AsSpan(Luks2Layout.UuidAt, Luks2Layout.UuidSize)),
            Label = Luks2Layout.TextOf(_bytes.AsSpan(Luks2Layout.LabelAt, Luks2Layout.LabelSize)),
            Subsystem = Luks2Layout.TextOf(_bytes.AsSpan(Luks2Layout.SubsystemAt, Luks2Layout.LabelSize)),
            Sequence = (long)Math.Min(SequenceOf(_bytes), long.MaxValue),
            IsClean = _isClean,
            Encryption = segment.Encryption,
            Integrity = segment.Integrity,
            SectorSize = segment.SectorSize,
            DataOffset = segment.Offset,
            DataLength = segment.Length,
            Slots = [.. Metadata.Slots.Select(slot => slot.Describe())],
            Flags = Metadata.Flags,
            Requirements = Metadata.Requirements,
            Tokens = Metadata.Tokens,
        };
    }

    internal static InvalidImageException Invalid(string message, Exception? inner = null) => new(Luks2Layout.Format, message, inner);

    private static byte[]? TryRead(Blob device, long offset, ReadOnlySpan<byte> magic, out string? fault)
    {
        fault = null;
        if (offset > device.Length - Luks2Layout.BinarySize)
            return null;
        byte[] binary = device.Slice(offset, Luks2Layout.BinarySize).ToArray();
        if (!binary.AsSpan(Luks2Layout.MagicAt, magic.Length).SequenceEqual(magic))
            return null;
        int version = BinaryPrimitives.ReadUInt16BigEndian(binary.AsSpan(Luks2Layout.VersionAt));
        if (version != Luks2Layout.Version)
        {
            fault = FormattableString.Invariant($"it is LUKS of version {version}; 2 is known");
            return null;
        }

        ulong size = Luks2Layout.UInt64(binary, Luks2Layout.HeaderSizeAt);
        if (!Luks2Layout.IsHeaderSize(size)
            || Luks2Layout.UInt64(binary, Luks2Layout.HeaderOffsetAt) != (ulong)offset
            || (offset > 0 && (ulong)offset != size)
            || (long)size > device.Length - offset)
        {
            fault = FormattableString.Invariant($"the header at {offset} says that it has {size} bytes at {Luks2Layout.UInt64(binary, Luks2Layout.HeaderOffsetAt)}");
            return null;
        }

        byte[] header = device.Slice(offset, (long)size).ToArray();
        bool? isSealed = Luks2Layout.IsSealed(header);
        if (isSealed == true)
            return header;
        fault = FormattableString.Invariant($"the header at {offset} {(isSealed is null ? "has a checksum of a kind that is not known" : "is not what its checksum says")}");
        return null;
    }

    private static ulong SequenceOf(byte[] header) => Luks2Layout.UInt64(header, Luks2Layout.SequenceAt);
}
