using Diecast.Formats.Blobs;
using static System.FormattableString;

namespace Diecast.Formats.Executables;

/// <summary>Adds sections to a PE file.</summary>
/// <remarks>
/// The file is laid out anew, headers in memory and sections by reference: so the header may grow as far as the first section's
/// address, an old stub's symbols go, and a section that is there may get longer.
/// </remarks>
internal sealed class PeComposer
{
    /// <summary>Pages are protected one by one: a section that shares one hangs firmware which does that (kairos-io/kairos, issue 4885).</summary>
    private const long PageLength = 4096;

    private readonly PeFile _stub;
    private readonly string _format;
    private readonly List<Placed> _sections = [];
    private int _stubSections;

    internal PeComposer(PeFile stub, string format)
    {
        _stub = stub;
        _format = format;
        for (int i = 0; i < stub.Sections.Count; i++)
        {
            PeLayout.Section header = stub.SectionHeader(i);
            Blob raw = header.RawLength == 0 ? Blob.Empty : stub.Content.Slice(header.RawOffset, header.RawLength);
            _sections.Add(new Placed(header, raw));
        }

        _stubSections = _sections.Count;
    }

    /// <summary>Flags that the file's own are kept of.</summary>
    internal ushort DllCharacteristics { get; set; } = ushort.MaxValue;

    /// <summary>Adds a section behind all others.</summary>
    internal void Add(string name, Blob content, uint characteristics)
    {
        var header = new PeLayout.Section(name, Fits(content.Length, name), 0, 0, 0, characteristics);
        _sections.Add(new Placed(header, content));
    }

    /// <summary>
    /// Replaces what a section of the file holds; false when there is none of the name. One that would reach the next in memory
    /// moves behind all others: no program refers to it by its address.
    /// </summary>
    internal bool Replace(string name, Blob content)
    {
        int index = _sections.FindIndex(0, _stubSections, section => section.Header.Name == name);
        if (index < 0)
            return false;
        PeLayout.Section header = _sections[index].Header with { VirtualLength = Fits(content.Length, name) };
        long next = _sections.Take(_stubSections).Where(other => other.Header.VirtualAddress > header.VirtualAddress)
            .Min(other => (long?)other.Header.VirtualAddress) ?? long.MaxValue;
        if (header.VirtualEnd <= next)
        {
            _sections[index] = new Placed(header, content);
            return true;
        }

        _sections.RemoveAt(index);
        _stubSections--;
        Add(name, content, header.Characteristics);
        return true;
    }

    /// <summary>The file with its sections.</summary>
    /// <exception cref="DoesNotFitException">There is no room for the sections' headers, or for what one holds.</exception>
    internal Blob Compose()
    {
        long headersLength = PlanHeaders();
        PlanAddresses();
        long end = PlanPlaces(headersLength);
        var builder = new BlobBuilder();
        builder.Add(0, WriteHeaders(headersLength));
        foreach (Placed section in _sections)
        {
            if (section.Header.RawLength > 0)
                builder.Add(section.Header.RawOffset, section.Content);
        }

        return builder.ToBlob(end);
    }

    /// <summary>Headers end at the file's alignment, and at the first section's address in memory at the latest.</summary>
    private long PlanHeaders()
    {
        long needed = _stub.SectionTableOffset + ((long)_sections.Count * PeLayout.SectionLength);
        long first = _sections.Take(_stubSections).Min(section => (long?)section.Header.VirtualAddress) ?? PageLength;
        long length = PeLayout.RoundUp(Math.Max(needed, _stub.HeadersLength), _stub.FileAlignment);
        if (length > first)
        {
            long room = (first - _stub.SectionTableOffset) / PeLayout.SectionLength;
            throw new DoesNotFitException(_format, needed, first, Invariant($"{_sections.Count} sections, {_stubSections} of them the stub's; its headers have room for {room}"));
        }

        return length;
    }

    private void PlanAddresses()
    {
        long alignment = Math.Max(_stub.SectionAlignment, PageLength);
        long end = _sections.Take(_stubSections).Max(section => (long?)section.Header.VirtualEnd) ?? PageLength;
        for (int i = _stubSections; i < _sections.Count; i++)
        {
            uint address = Fits(PeLayout.RoundUp(end, alignment), _sections[i].Header.Name);
            _sections[i] = _sections[i] with { Header = _sections[i].Header with { VirtualAddress = address } };
            end = _sections[i].Header.VirtualEnd;
        }
    }

    /// <summary>Sections stand in the file without gaps, in the order in which they stood: what is in none is hashed by none.</summary>
    private long PlanPlaces(long headersLength)
    {
        long end = headersLength;
        IEnumerable<int> order = Enumerable.Range(0, _stubSections).OrderBy(i => _sections[i].Header.RawOffset)
            .Concat(Enumerable.Range(_stubSections, _sections.Count - _stubSections));
        foreach (int i in order)
        {
            (PeLayout.Section header, Blob content) = _sections[i];
            if (content.Length == 0)
                continue;
            long length = PeLayout.RoundUp(Math.Max(content.Length, header.RawLength), _stub.FileAlignment);
            uint offset = Fits(end, header.Name);
            if (i < _stubSections && offset != header.RawOffset)
                CheckMoved();
            _sections[i] = new Placed(header with { RawOffset = offset, RawLength = Fits(length, header.Name) }, content);
            end += length;
        }

        _ = Fits(end, "last");
        return end;
    }

    /// <summary>Debugging information is found by its place in the file, too.</summary>
    private void CheckMoved()
    {
        if (_stub.Directory(_stub.DirectoryOffset(PeLayout.DebugDirectory)).Length > 0)
            throw new UnrepresentableException(_format, null, "the stub has debugging information, and no room for what is added; take one that is stripped");
    }

    private byte[] WriteHeaders(long length)
    {
        byte[] headers = new byte[length];
        _stub.Headers.CopyTo(headers);
        Span<byte> coff = headers.AsSpan(_stub.PeOffset);
        PeLayout.Set16(coff, PeLayout.SectionCountAt, (ushort)_sections.Count);
        if (PeLayout.UInt32(coff, PeLayout.SymbolTableAt) != 0)
        {
            // The symbols of an old stub stood behind its sections.
            PeLayout.Set32(coff, PeLayout.SymbolTableAt, 0);
            PeLayout.Set32(coff, PeLayout.SymbolCountAt, 0);
            PeLayout.Set16(coff, PeLayout.CharacteristicsAt, (ushort)(PeLayout.UInt16(coff, PeLayout.CharacteristicsAt) | PeLayout.LocalSymbolsStripped));
        }

        Span<byte> optional = headers.AsSpan(_stub.OptionalOffset);
        long added = _sections.Skip(_stubSections).Sum(section => (long)section.Header.VirtualLength);
        long end = PeLayout.RoundUp(_sections.Max(section => section.Header.VirtualEnd), _stub.SectionAlignment);
        PeLayout.Set32(optional, PeLayout.InitializedDataAt, Fits(PeLayout.UInt32(optional, PeLayout.InitializedDataAt) + added, "last"));
        PeLayout.Set32(optional, PeLayout.ImageLengthAt, Fits(end, "last"));
        PeLayout.Set32(optional, PeLayout.HeadersLengthAt, (uint)length);
        PeLayout.Set32(optional, PeLayout.CheckSumAt, 0);
        PeLayout.Set16(optional, PeLayout.DllCharacteristicsAt, (ushort)(_stub.DllCharacteristics & DllCharacteristics));
        for (int i = 0; i < _sections.Count; i++)
            _sections[i].Header.Write(headers.AsSpan(_stub.SectionTableOffset + (i * PeLayout.SectionLength)));
        return headers;
    }

    private uint Fits(long value, string name) => value <= uint.MaxValue
        ? (uint)value
        : throw new DoesNotFitException(_format, value, uint.MaxValue, Invariant($"a PE file ends before 4 GiB, and the {name} section is at or ends at {value}"));

    private readonly record struct Placed(PeLayout.Section Header, Blob Content);
}
