using System.Buffers.Binary;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Squashfs;

/// <summary>Writes listings: entries in runs that share the metadata block of their inodes.</summary>
internal sealed class SquashfsDirectoryTable(IBlockCompressor? compressor)
{
    /// <summary>The table.</summary>
    internal SquashfsMetadata Metadata { get; } = new(compressor);

    /// <summary>Writes the listing of a directory whose entries' inodes are all written.</summary>
    internal SquashfsListing Write(SquashfsDirectory directory)
    {
        SquashfsReference place = Metadata.Position;
        long start = Metadata.Length;
        long indexed = 0;
        List<SquashfsIndexEntry> index = [];
        Span<byte> run = stackalloc byte[SquashfsLayout.Run.Size];
        Span<byte> entry = stackalloc byte[SquashfsLayout.Entry.Size];
        ReadOnlySpan<DirectoryEntry> entries = ((DirectoryInode)directory.Inode).Entries;
        for (int at = 0; at < entries.Length;)
        {
            long position = Metadata.Length - start;
            // A reader goes from the run that the index leads to on, and through no more than a metadata block's length.
            if (position - indexed + SquashfsLayout.Run.Size + SquashfsLayout.Entry.Size + entries[at].Name.Length > SquashfsLayout.MetadataSize)
            {
                index.Add(new SquashfsIndexEntry(position, Metadata.Position.Block, entries[at].Name));
                indexed = position;
            }

            int count = RunFrom(directory, entries, at, position - indexed);
            SquashfsNode first = directory.Children[at];
            SquashfsLayout.Run.Count.Set(run, count - 1);
            SquashfsLayout.Run.Block.Set(run, first.Reference!.Value.Block);
            SquashfsLayout.Run.Number.Set(run, (ulong)first.Number);
            Metadata.Write(run);
            for (int end = at + count; at < end; at++)
            {
                SquashfsNode node = directory.Children[at];
                SquashfsLayout.Entry.Offset.Set(entry, node.Reference!.Value.Offset);
                BinaryPrimitives.WriteInt16LittleEndian(entry[SquashfsLayout.Entry.Number.Offset..], (short)((long)node.Number - first.Number));
                SquashfsLayout.Entry.Type.Set(entry, SquashfsLayout.TypeOf(node.Inode.Type));
                SquashfsLayout.Entry.NameLength.Set(entry, entries[at].Name.Length - 1);
                Metadata.Write(entry);
                Metadata.Write(entries[at].Name.Span);
            }
        }

        return new SquashfsListing(place, Metadata.Length - start, index);
    }

    /// <summary>
    /// How many entries from one on can be a run: with inodes in one metadata block, numbers within 16 bits, and, so that
    /// an index can lead to the next run, less than a metadata block's length behind the last one that the index has.
    /// </summary>
    private static int RunFrom(SquashfsDirectory directory, ReadOnlySpan<DirectoryEntry> entries, int first, long sinceIndex)
    {
        SquashfsNode node = directory.Children[first];
        long block = node.Reference!.Value.Block;
        long length = sinceIndex + SquashfsLayout.Run.Size;
        int count = 0;
        for (int i = first; i < entries.Length && count < SquashfsLayout.MaximumRun; i++, count++)
        {
            SquashfsNode other = directory.Children[i];
            long delta = (long)other.Number - node.Number;
            if (other.Reference!.Value.Block != block || delta is < short.MinValue or > short.MaxValue)
                break;
            length += SquashfsLayout.Entry.Size + entries[i].Name.Length;
            if (count > 0 && length > SquashfsLayout.MetadataSize)
                break;
        }

        return count;
    }
}
