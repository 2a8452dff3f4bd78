using System.Buffers.Binary;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>The directories of a tree by level, number of the directory above and identifier (ECMA-119 6.9.1).</summary>
internal sealed class IsoPathTable
{
    private readonly IsoDirectoryWriter _view;
    private readonly List<IsoDirectory> _directories = [];

    private IsoPathTable(IsoDirectoryWriter view) => _view = view;

    /// <summary>Bytes of one table.</summary>
    internal long Length { get; private set; }

    /// <summary>Sectors of one table.</summary>
    internal long Sectors => IsoFormat.Sectors(Length);

    internal static IsoPathTable Of(IsoDirectoryWriter view, IsoDirectory root)
    {
        var table = new IsoPathTable(view);
        table.Add(root);
        for (int i = 0; i < table._directories.Count; i++)
        {
            foreach (IsoNode child in view.ChildrenOf(table._directories[i]))
            {
                if (child is not IsoDirectory directory)
                    continue;
                if (i >= ushort.MaxValue)
                    throw new UnrepresentableException(IsoFormat.Name, IsoScanner.PathOf(directory.Parent, directory.Name), FormattableString.Invariant($"there are too many directories; the first {ushort.MaxValue} can have others in them"));
                table.Add(directory);
            }
        }

        return table;
    }

    /// <summary>The table with little-endian numbers, for type L, or big-endian ones, for type M.</summary>
    internal byte[] Write(IsoOrder order, long shift, long start)
    {
        byte[] bytes = new byte[Sectors * IsoFormat.SectorSize];
        int at = 0;
        foreach (IsoDirectory directory in _directories)
        {
            ReadOnlySpan<byte> name = NameOf(directory);
            Span<byte> record = bytes.AsSpan(at, IsoPathLayout.LengthOf(name.Length));
            record[0] = (byte)name.Length;
            uint block = (uint)(_view.ExtentOf(directory).Sector + shift - start);
            ushort parent = (ushort)_view.ExtentOf(_view.ParentOf(directory)).PathNumber;
            if (order == IsoOrder.Big)
            {
                BinaryPrimitives.WriteUInt32BigEndian(record[2..], block);
                BinaryPrimitives.WriteUInt16BigEndian(record[6..], parent);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(record[2..], block);
                BinaryPrimitives.WriteUInt16LittleEndian(record[6..], parent);
            }

            name.CopyTo(record[IsoPathLayout.NameOffset..]);
            at += record.Length;
        }

        return bytes;
    }

    private ReadOnlySpan<byte> NameOf(IsoDirectory directory) => directory.IsRoot ? [0] : _view.NameOf(directory);

    private void Add(IsoDirectory directory)
    {
        _directories.Add(directory);
        _view.ExtentOf(directory).PathNumber = _directories.Count;
        Length += IsoPathLayout.LengthOf(NameOf(directory).Length);
    }
}
