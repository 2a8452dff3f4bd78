using System.Diagnostics;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Which of the trees.</summary>
internal enum IsoView
{
    /// <summary>The primary volume descriptor's, with Rock Ridge.</summary>
    Plain,

    /// <summary>Joliet's.</summary>
    Unicode,
}

/// <summary>Finds how large directories are, and writes them, both by the same walk.</summary>
internal sealed class IsoDirectoryWriter(IsoView view, bool rockRidge)
{
    private readonly IsoSystemUse _use = new();
    private byte[] _output = [];
    private bool _writes;
    private IsoDirectory _directory = null!;
    private long _shift;
    private long _base;
    private long _position;
    private long _continuation;

    private bool HasSystemUse => rockRidge && view == IsoView.Plain;

    internal IsoExtent ExtentOf(IsoDirectory directory) => view == IsoView.Plain ? directory.PlainExtent : directory.UnicodeExtent;

    internal IsoDirectory ParentOf(IsoDirectory directory) => view == IsoView.Plain ? directory.PlainParent : directory.Parent;

    internal IsoNode[] ChildrenOf(IsoDirectory directory) => view == IsoView.Plain ? directory.PlainChildren : directory.UnicodeChildren;

    internal byte[] NameOf(IsoNode node) => view == IsoView.Plain ? node.Plain : node.Unicode;

    /// <summary>One that may be used at the same time.</summary>
    internal IsoDirectoryWriter Another() => new(view, rockRidge);

    /// <summary>Sets the sizes of the directory's extent.</summary>
    internal void Measure(IsoDirectory directory)
    {
        _writes = false;
        Walk(directory);
        IsoExtent extent = ExtentOf(directory);
        extent.Bytes = Units.RoundUp(_position, IsoFormat.SectorSize);
        extent.ContinuationBytes = _continuation;
    }

    /// <summary>The directory's records and what they continue with, in whole sectors.</summary>
    /// <param name="directory">The directory, with the places of everything known.</param>
    /// <param name="shift">Sectors that this copy of the directories is behind the first one.</param>
    /// <param name="start">The sector that numbers of blocks are counted from.</param>
    internal byte[] Write(IsoDirectory directory, long shift, long start)
    {
        IsoExtent extent = ExtentOf(directory);
        (_writes, _shift, _base, _output) = (true, shift, start, new byte[extent.Sectors * IsoFormat.SectorSize]);
        Walk(directory);
        if (Units.RoundUp(_position, IsoFormat.SectorSize) != extent.Bytes || _continuation != extent.ContinuationBytes)
            throw new UnreachableException($"iso9660: a directory was planned with {extent.Bytes} and {extent.ContinuationBytes} bytes and has {_position} and {_continuation}");
        return _output;
    }

    private void Walk(IsoDirectory directory)
    {
        (_directory, _position, _continuation) = (directory, 0, 0);
        AddSelf(directory);
        AddParent(directory);
        foreach (IsoNode child in ChildrenOf(directory))
            Add(child);
    }

    private void AddSelf(IsoDirectory directory)
    {
        _use.Clear();
        if (HasSystemUse)
        {
            if (directory.IsRoot)
                _use.AddSharing();
            _use.AddAttributes(directory.Identity);
            if (directory.IsRoot)
                _use.AddExtension();
        }

        AddDirectoryRecord([0], directory);
    }

    private void AddParent(IsoDirectory directory)
    {
        _use.Clear();
        if (HasSystemUse)
        {
            _use.AddAttributes(directory.Parent.Identity);
            if (directory.IsMoved)
                _use.AddLink('P', BlockOf(directory.Parent));
        }

        AddDirectoryRecord([1], ParentOf(directory));
    }

    private void Add(IsoNode node)
    {
        _use.Clear();
        if (HasSystemUse)
            AddSystemUse(node);
        if (node is IsoDirectory directory)
        {
            AddDirectoryRecord(NameOf(node), directory);
            return;
        }

        if (node.Identity.Content is not { Length: > 0 } content)
        {
            AddRecord(NameOf(node), 0, 0, 0, node.Inode.ModifiedTime);
            return;
        }

        // Sections follow each other without a gap, so that all but the last are whole sectors (ECMA-119 6.5).
        long block = content.Sector - _base;
        for (long rest = content.Length; rest > 0;)
        {
            long length = Math.Min(rest, IsoFormat.LargestSection);
            rest -= length;
            AddRecord(NameOf(node), block, length, rest > 0 ? IsoRecordLayout.MoreSectionsFlag : (byte)0, node.Inode.ModifiedTime);
            block += IsoFormat.Sectors(length);
        }
    }

    private void AddSystemUse(IsoNode node)
    {
        _use.AddAttributes(node.Identity);
        if (node is IsoMoved moved)
            _use.AddLink('C', BlockOf(moved.Directory));
        if (node is IsoDirectory { IsHidden: true })
            _use.AddRelocated();
        if (node.Identity.Content?.Compressed is { } compressed)
            _use.AddCompressed(compressed);
        _use.AddName(node.Name);
        if (node.Inode is SymlinkInode link)
            _use.AddTarget(link.Target);
    }

    private long BlockOf(IsoDirectory directory) => _writes ? ExtentOf(directory).Sector + _shift - _base : 0;

    private void AddDirectoryRecord(ReadOnlySpan<byte> name, IsoDirectory directory) =>
        AddRecord(name, BlockOf(directory), ExtentOf(directory).Bytes, IsoRecordLayout.DirectoryFlag, directory.Inode.ModifiedTime);

    private void AddRecord(ReadOnlySpan<byte> name, long block, long length, byte flags, Timestamp time)
    {
        int useOffset = IsoRecordLayout.SystemUseOffset(name.Length);
        int inside = _use.Take(0, IsoRecordLayout.LongestRecord - useOffset);
        bool continues = inside < _use.Length;
        int recordLength = useOffset + inside + (continues ? IsoSystemUseLayout.ContinuationLength : 0);
        recordLength += recordLength & 1;
        // A record does not cross sectors (ECMA-119 6.8.1.1).
        if (_position % IsoFormat.SectorSize + recordLength > IsoFormat.SectorSize)
            _position = Units.RoundUp(_position, IsoFormat.SectorSize);
        if (_writes)
        {
            Span<byte> record = _output.AsSpan((int)_position, recordLength);
            WriteRecord(record, name, block, length, flags, time);
            _use.Bytes[..inside].CopyTo(record[useOffset..]);
        }

        long place = _position + useOffset + inside;
        _position += recordLength;
        if (continues)
            AddContinuation(inside, place);
    }

    internal static void WriteRecord(Span<byte> record, ReadOnlySpan<byte> name, long block, long length, byte flags, Timestamp time)
    {
        IsoRecordLayout.Length.Set(record, record.Length);
        IsoRecordLayout.Extent.Set(record, block);
        IsoRecordLayout.DataLength.Set(record, length);
        IsoTime.WriteShort(IsoRecordLayout.Date.In(record), time);
        IsoRecordLayout.Flags.Set(record, flags);
        IsoRecordLayout.SequenceNumber.Set(record, 1);
        IsoRecordLayout.NameLength.Set(record, name.Length);
        name.CopyTo(record[IsoRecordLayout.NameOffset..]);
    }

    /// <summary>Lays the entries from <paramref name="first"/> on in areas behind the directory, none across sectors.</summary>
    /// <param name="first">Bytes of entries that are in the record.</param>
    /// <param name="place">Where, in the directory's bytes, the CE entry is that leads to them.</param>
    private void AddContinuation(int first, long place)
    {
        while (first < _use.Length)
        {
            int taken = _use.Take(first, IsoFormat.SectorSize);
            bool continues = first + taken < _use.Length;
            int length = taken + (continues ? IsoSystemUseLayout.ContinuationLength : 0);
            if (_continuation % IsoFormat.SectorSize + length > IsoFormat.SectorSize)
                _continuation = Units.RoundUp(_continuation, IsoFormat.SectorSize);
            if (_writes)
            {
                long area = ExtentOf(_directory).Bytes;
                (long sector, long offset) = Math.DivRem(_continuation, IsoFormat.SectorSize);
                IsoSystemUse.WriteContinuation(
                    _output.AsSpan((int)place), BlockOf(_directory) + (area / IsoFormat.SectorSize) + sector, offset, length);
                _use.Bytes.Slice(first, taken).CopyTo(_output.AsSpan((int)(area + _continuation)));
                place = area + _continuation + taken;
            }

            _continuation += length;
            first += taken;
        }
    }
}
