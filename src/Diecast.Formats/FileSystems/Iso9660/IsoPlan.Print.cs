using System.Globalization;

namespace Diecast.Formats.FileSystems.Iso9660;

public sealed partial class IsoPlan
{
    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        string extensions = (_options.RockRidge ? " rock ridge" : "")
            + (_options.Joliet == IsoJoliet.None ? "" : Text($" joliet {(_options.Joliet == IsoJoliet.Long ? 103 : 64)}"));
        writer.WriteLine(Text($"iso9660 level {_options.Level}{extensions}"));
        writer.WriteLine(Text($"volume '{_options.VolumeId}' uuid {Uuid}"));
        writer.WriteLine(Text($"length {Length}: {FileSystemLength} of the file system, {_partitions.Length} partitions"));
        for (int i = 0; i < _options.Boot.Count; i++)
            writer.WriteLine(Text($"boot {_options.Boot[i].Platform} sector {BootSector(i)} bytes {BootLength(i)}"));
        for (int i = 0; i < _partitions.Length; i++)
            writer.WriteLine(Text($"partition {_options.Partitions[i].Type} at {_partitions[i].Offset}+{_partitions[i].Length}"));
    }

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintSummary(writer);
        foreach (IsoSet set in _sets)
            writer.WriteLine(Text($"descriptors from sector {set.Start + IsoFormat.SystemAreaSectors}, path tables at {set.PlainTables}, directories {set.Shift} sectors on"));
        foreach (IsoDirectory directory in _directories)
        {
            Print(writer, directory, directory.IsRoot ? "/" : IsoScanner.PathOf(directory.Parent, directory.Name));
            foreach (IsoNode node in directory.Children)
            {
                if (node is not IsoDirectory)
                    Print(writer, node, IsoScanner.PathOf(directory, node.Name));
            }
        }
    }

    private static void Print(TextWriter writer, IsoNode node, string path)
    {
        writer.Write(Text($"{node.Identity.Serial} {path} {Convert.ToString(node.Inode.FullMode, 8)} {node.Inode.Uid}:{node.Inode.Gid} links {node.Identity.Links}"));
        if (node is IsoDirectory directory)
        {
            Print(writer, directory.PlainExtent);
            if (directory.UnicodeExtent.Bytes > 0)
                Print(writer, directory.UnicodeExtent);
        }
        else if (node.Identity.Content is { } content)
        {
            writer.Write(Text($" sector {content.Sector} bytes {content.Length}"));
            if (content.Compressed is { } compressed)
                writer.Write(Text($" of {compressed.Length}"));
        }

        writer.WriteLine();
    }

    private static void Print(TextWriter writer, IsoExtent extent) =>
        writer.Write(Text($" sector {extent.Sector} bytes {extent.Bytes}+{extent.ContinuationBytes}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
