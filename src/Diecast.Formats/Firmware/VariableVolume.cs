using System.Text;
using Diecast.Formats.Blobs;
using static System.FormattableString;

namespace Diecast.Formats.Firmware;

/// <summary>A firmware volume with a variable store at its start, and the file that it is in.</summary>
internal sealed class VariableVolume
{
    private const int MaximumLength = 64 << 20;

    // AAVMF's template says nothing; its firmware makes three areas of 256 KiB each at its start (edk2, ArmVirtQemu.dsc).
    private const int BlankArea = 0x40000;
    private const int BlankAreas = 3;
    private const uint BlankAttributes = 0x00000e36;
    private const int BlankRevision = 2;

    private readonly Blob _file;
    private readonly byte[] _store;
    private readonly byte[]? _formatted;
    private readonly int _start;

    private VariableVolume(Blob file, int start, byte[] store, byte[]? formatted)
    {
        _file = file;
        _start = start;
        _store = store;
        _formatted = formatted;
        IsAuthenticated = new Guid(store.AsSpan(0, 16)) == VariableLayout.AuthenticatedStore;
    }

    internal bool IsAuthenticated { get; }

    internal long Capacity => _store.Length - VariableLayout.StoreHeaderLength;

    private int HeaderLength => IsAuthenticated ? VariableLayout.AuthenticatedHeaderLength : VariableLayout.PlainHeaderLength;

    private int NameLengthAt => IsAuthenticated ? VariableLayout.AuthenticatedNameLengthAt : VariableLayout.PlainNameLengthAt;

    internal static bool IsVolume(Blob file)
    {
        if (file.Length < VariableLayout.VolumeHeaderLength)
            return false;
        byte[] header = file.Slice(0, VariableLayout.VolumeHeaderLength).ToArray();
        return header.AsSpan(VariableLayout.VolumeSignatureAt).StartsWith(VariableLayout.VolumeSignature)
            && new Guid(header.AsSpan(VariableLayout.VolumeTypeAt, 16)) == VariableLayout.VariableVolume;
    }

    internal static VariableVolume Read(Blob file)
    {
        if (!IsVolume(file))
            return ReadBlank(file);
        byte[] header = file.Slice(0, VariableLayout.VolumeHeaderLength).ToArray();
        int headerLength = VariableLayout.UInt16(header, VariableLayout.HeaderLengthAt);
        ulong length = VariableLayout.UInt64(header, VariableLayout.VolumeLengthAt);
        if (length > (ulong)file.Length || headerLength < VariableLayout.LeastHeaderLength || headerLength + VariableLayout.StoreHeaderLength > file.Length)
            throw Invalid(Invariant($"the volume has {length} bytes with a header of {headerLength}, and the file has {file.Length}"));
        if (headerLength % 2 != 0 || VariableLayout.Sum(file.Slice(0, headerLength).ToArray()) != 0)
            throw Invalid("the check sum of the volume's header is wrong");
        byte[] storeHeader = file.Slice(headerLength, VariableLayout.StoreHeaderLength).ToArray();
        var kind = new Guid(storeHeader.AsSpan(0, 16));
        if (kind != VariableLayout.AuthenticatedStore && kind != VariableLayout.PlainStore)
            throw Invalid($"the store is of the kind {kind}, which is not known");
        if (storeHeader[VariableLayout.StoreFormatAt] != VariableLayout.Formatted || storeHeader[VariableLayout.StoreStateAt] != VariableLayout.Healthy)
            throw Invalid("the store is not formatted, or not healthy");
        long storeLength = VariableLayout.UInt32(storeHeader, VariableLayout.StoreLengthAt);
        if (storeLength < VariableLayout.StoreHeaderLength || storeLength > MaximumLength || headerLength + storeLength > (long)length)
            throw Invalid(Invariant($"the store has {storeLength} bytes at {headerLength}, and the volume {length}"));
        return new VariableVolume(file, headerLength, file.Slice(headerLength, storeLength).ToArray(), null);
    }

    /// <summary>Bytes that variables take, each from a multiple of four.</summary>
    internal long Measure(IReadOnlyList<EfiVariable> variables)
    {
        long end = 0;
        foreach (EfiVariable variable in variables)
            end = Align(end) + LengthOf(variable);
        return end;
    }

    internal List<EfiVariable> ReadVariables()
    {
        var found = new List<(EfiVariable Variable, bool InTransition)>();
        for (int at = VariableLayout.StoreHeaderLength; at <= _store.Length - HeaderLength;)
        {
            ReadOnlySpan<byte> header = _store.AsSpan(at);
            if (VariableLayout.UInt16(header, 0) != VariableLayout.StartId)
                break;
            long nameLength = VariableLayout.UInt32(header, NameLengthAt);
            long dataLength = VariableLayout.UInt32(header, NameLengthAt + sizeof(uint));
            byte state = header[VariableLayout.StateAt];
            // The header of one whose writing was broken off may have no lengths yet.
            if (nameLength == uint.MaxValue)
                nameLength = 0;
            if (dataLength == uint.MaxValue)
                dataLength = 0;
            long end = at + HeaderLength + nameLength + dataLength;
            if (end > _store.Length)
                throw Invalid(Invariant($"the variable at {_start + at} has a name of {nameLength} bytes and data of {dataLength}, beyond the store's end"));
            if (state is VariableLayout.Added or VariableLayout.AddedInTransition)
                found.Add((ReadVariable(at, (int)nameLength, (int)dataLength), state == VariableLayout.AddedInTransition));
            at = (int)Align(end);
        }

        // One in transition counts unless the new one is there.
        var whole = found.Where(entry => !entry.InTransition).Select(entry => (entry.Variable.Name, entry.Variable.Vendor)).ToHashSet();
        var seen = new HashSet<(string Name, Guid Vendor)>();
        return
        [
            .. found.Where(entry => !entry.InTransition || !whole.Contains((entry.Variable.Name, entry.Variable.Vendor)))
                .Select(entry => entry.Variable).Where(variable => seen.Add((variable.Name, variable.Vendor))),
        ];
    }

    internal Blob Write(IReadOnlyList<EfiVariable> variables)
    {
        byte[] store = new byte[_store.Length];
        _store.AsSpan(0, VariableLayout.StoreHeaderLength).CopyTo(store);
        store.AsSpan(VariableLayout.StoreHeaderLength).Fill(VariableLayout.Erased);
        int at = VariableLayout.StoreHeaderLength;
        foreach (EfiVariable variable in variables)
        {
            at = (int)Align(at);
            WriteVariable(store.AsSpan(at), variable);
            at += (int)LengthOf(variable);
        }

        if (_formatted is null)
            return Blob.Concat(_file.Slice(0, _start), Blob.FromMemory(store), _file.Slice(_start + store.Length));
        byte[] volume = [.. _formatted];
        store.CopyTo(volume, _start);
        return Blob.Concat(Blob.FromMemory(volume), _file.Slice(volume.Length));
    }

    private long LengthOf(EfiVariable variable) =>
        HeaderLength + ((variable.Name.Length + 1) * sizeof(char)) + (long)variable.Data.Length;

    private EfiVariable ReadVariable(int at, int nameLength, int dataLength)
    {
        ReadOnlySpan<byte> header = _store.AsSpan(at, HeaderLength);
        ReadOnlySpan<byte> name = _store.AsSpan(at + HeaderLength, nameLength);
        string text = Encoding.Unicode.GetString(name[..(nameLength & ~1)]);
        int end = text.IndexOf('\0', StringComparison.Ordinal);
        // A name that is longer than it says would change when it is written.
        if (end < 1 || end != text.Length - 1 || nameLength % sizeof(char) != 0 || !Utf16.IsWellFormed(text))
            throw Invalid(Invariant($"the name of the variable at {_start + at} is no text that ends with NUL"));
        long count = 0;
        long key = 0;
        DateTimeOffset? time = null;
        if (IsAuthenticated)
        {
            ulong found = VariableLayout.UInt64(header, VariableLayout.CountAt);
            count = found <= long.MaxValue ? (long)found : throw Invalid($"the count of the variable {text[..end]} is no count");
            key = VariableLayout.UInt32(header, VariableLayout.KeyIndexAt);
            time = EfiTime.Read(header[VariableLayout.TimeAt..]);
        }

        return new EfiVariable
        {
            Name = text[..end],
            Vendor = new Guid(header.Slice(HeaderLength - 16, 16)),
            Attributes = (EfiVariableAttributes)VariableLayout.UInt32(header, VariableLayout.AttributesAt),
            Data = _store.AsMemory(at + HeaderLength + nameLength, dataLength),
            Time = time,
            Count = count,
            KeyIndex = key,
        };
    }

    private void WriteVariable(Span<byte> bytes, EfiVariable variable)
    {
        int nameLength = (variable.Name.Length + 1) * sizeof(char);
        Span<byte> header = bytes[..HeaderLength];
        header.Clear();
        VariableLayout.Set16(header, 0, VariableLayout.StartId);
        header[VariableLayout.StateAt] = VariableLayout.Added;
        VariableLayout.Set32(header, VariableLayout.AttributesAt, (uint)variable.Attributes);
        if (IsAuthenticated)
        {
            VariableLayout.Set64(header, VariableLayout.CountAt, (ulong)variable.Count);
            EfiTime.Write(header[VariableLayout.TimeAt..], variable.Time);
            VariableLayout.Set32(header, VariableLayout.KeyIndexAt, (uint)variable.KeyIndex);
        }

        VariableLayout.Set32(header, NameLengthAt, (uint)nameLength);
        VariableLayout.Set32(header, NameLengthAt + sizeof(uint), (uint)variable.Data.Length);
        variable.Vendor.TryWriteBytes(header[(HeaderLength - 16)..]);
        Span<byte> name = bytes.Slice(HeaderLength, nameLength);
        name.Clear();
        Encoding.Unicode.GetBytes(variable.Name, name);
        variable.Data.Span.CopyTo(bytes[(HeaderLength + nameLength)..]);
    }

    private static VariableVolume ReadBlank(Blob file)
    {
        const int Length = BlankArea * BlankAreas;
        if (file.Length < Length || file.Slice(0, Length).ToArray().AsSpan().ContainsAnyExcept((byte)0))
            throw Invalid("it is no file of firmware variables");
        byte[] volume = new byte[Length];
        volume.AsSpan().Fill(VariableLayout.Erased);
        Span<byte> header = volume.AsSpan(0, VariableLayout.VolumeHeaderLength);
        header.Clear();
        VariableLayout.VariableVolume.TryWriteBytes(header[VariableLayout.VolumeTypeAt..]);
        VariableLayout.Set64(header, VariableLayout.VolumeLengthAt, Length);
        VariableLayout.VolumeSignature.CopyTo(header[VariableLayout.VolumeSignatureAt..]);
        VariableLayout.Set32(header, VariableLayout.VolumeAttributesAt, BlankAttributes);
        VariableLayout.Set16(header, VariableLayout.HeaderLengthAt, VariableLayout.VolumeHeaderLength);
        header[VariableLayout.VolumeRevisionAt] = BlankRevision;
        VariableLayout.Set32(header, VariableLayout.BlockCountAt, (uint)(file.Length / BlankArea));
        VariableLayout.Set32(header, VariableLayout.BlockLengthAt, BlankArea);
        VariableLayout.Set16(header, VariableLayout.HeaderSumAt, unchecked((ushort)-VariableLayout.Sum(header)));
        byte[] store = new byte[BlankArea - VariableLayout.VolumeHeaderLength];
        store.AsSpan().Fill(VariableLayout.Erased);
        Span<byte> storeHeader = store.AsSpan(0, VariableLayout.StoreHeaderLength);
        storeHeader.Clear();
        VariableLayout.AuthenticatedStore.TryWriteBytes(storeHeader);
        VariableLayout.Set32(storeHeader, VariableLayout.StoreLengthAt, (uint)store.Length);
        storeHeader[VariableLayout.StoreFormatAt] = VariableLayout.Formatted;
        storeHeader[VariableLayout.StoreStateAt] = VariableLayout.Healthy;
        return new VariableVolume(file, VariableLayout.VolumeHeaderLength, store, volume);
    }

    private static long Align(long length) => (length + VariableLayout.Alignment - 1) & ~(VariableLayout.Alignment - 1L);

    private static InvalidImageException Invalid(string message) => new(EfiVariableStore.Format, message);
}
