using System.Buffers.Binary;
using System.Diagnostics;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

public sealed partial class ExtPlan
{
    /// <summary>What an inode holds within it: the bytes of i_block and what goes on as an attribute.</summary>
    private byte[] InlineData(in ExtNode node)
    {
        byte[] data = new byte[Math.Max(node.Size, ExtTree.InlineFirstSize)];
        switch (node.Source)
        {
            case FileInode file when file.Content.Length == node.Size:
                file.Content.Read(0, data.AsSpan(0, (int)node.Size));
                break;
            case SymlinkInode link:
                link.Target.Span.CopyTo(data);
                break;
            case DirectoryInode:
                FillInlineDirectory(_tree.Directories[node.Directory - 1], data);
                break;
            default:
                throw new UnreachableException($"ext4: inline data was planned with {node.Size} bytes and is of another size");
        }

        return data;
    }

    /// <summary>Entries in two areas, each filled to its end: an entry is in the first where it still fits.</summary>
    private void FillInlineDirectory(in ExtDirectory directory, Span<byte> data)
    {
        var source = (DirectoryInode)_tree.Nodes[directory.Node].Source!;
        BinaryPrimitives.WriteUInt32LittleEndian(data, (uint)NumberOf(directory.Parent));
        Span<byte> first = data[ExtTree.InlineParentSize..ExtTree.InlineFirstSize];
        Span<byte> second = data[ExtTree.InlineFirstSize..];
        (int At, int Last) inFirst = default;
        (int At, int Last) inSecond = default;
        ReadOnlySpan<DirectoryEntry> entries = source.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            ReadOnlySpan<byte> name = entries[i].Name.Span;
            int size = ExtDirectoryLayout.EntrySize(name.Length);
            bool isFirst = size <= first.Length - inFirst.At;
            ref (int At, int Last) position = ref isFirst ? ref inFirst : ref inSecond;
            Span<byte> area = isFirst ? first : second;
            WriteEntry(area[position.At..], NumberOf(_tree.Children[directory.FirstChild + i]), entries[i].Inode.Type, name);
            position = (position.At + size, position.At);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(first[(inFirst.Last + 4)..], (ushort)(first.Length - inFirst.Last));
        if (second.Length > 0)
            BinaryPrimitives.WriteUInt16LittleEndian(second[(inSecond.Last + 4)..], (ushort)(second.Length - inSecond.Last));
    }

    /// <summary>
    /// What the kernel keeps in the fields of an inode that is an attribute's value: the value's hash as access time,
    /// and in version and change time how many entries lead to it (ext4_xattr_inode_get_ref).
    /// </summary>
    private static void SetXattrValue(ExtXattrValue value, Span<byte> inode)
    {
        ExtInodeLayout.Atime.Set(inode, (ulong)value.Hash);
        ExtInodeLayout.Ctime.Set(inode, 0ul);
        ExtInodeLayout.Version.Set(inode, (long)value.References);
        if (inode.Length == ExtFormat.OldInodeSize)
            return;
        ExtInodeLayout.AtimeExtra.Set(inode, 0ul);
        ExtInodeLayout.CtimeExtra.Set(inode, 0ul);
    }
}
