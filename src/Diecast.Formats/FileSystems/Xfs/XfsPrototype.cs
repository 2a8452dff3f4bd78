using System.Globalization;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Xfs;

/// <summary>
/// A tree as mkfs.xfs -p takes it. Where a user stands there is the inode's number, by which the finisher knows it; each
/// further name of an inode is a pipe with a number past them, which the finisher makes a name.
/// </summary>
internal static class XfsPrototype
{
    /// <summary>Writes the prototype.</summary>
    /// <param name="staged">The tree.</param>
    /// <param name="contentOf">The path on the host of a file's content, without blanks, by its number.</param>
    /// <param name="output">Where it goes, as bytes.</param>
    /// <exception cref="UnrepresentableException">A prototype cannot say something, or XFS cannot hold it.</exception>
    internal static void Write(StagedTree staged, Func<int, string> contentOf, Stream output)
    {
        var writer = new Writer(staged, contentOf, output);
        writer.WriteAll();
    }

    private sealed class Writer(StagedTree staged, Func<int, string> contentOf, Stream output)
    {
        private readonly HashSet<int> _written = [];
        private int _links;
        private int _next = 1;

        internal void WriteAll()
        {
            Text("/\n0 0\n");
            Text("d--755 0 0\n");
            WriteEntries(staged.Tree.Root, "");
        }

        private void WriteEntries(DirectoryInode directory, string path)
        {
            var aliases = new HashSet<FileName>();
            foreach (DirectoryEntry entry in directory.Entries.ToArray())
            {
                string place = $"{path}/{entry.Name}";
                FileName alias = XfsNames.Alias(entry.Name, place);
                if (alias != entry.Name && (!aliases.Add(alias) || directory.Find(alias) is not null))
                    throw new UnrepresentableException(XfsFinisher.Name, place, "the name that stands for it is there, too");
                output.Write(alias.Span);
                WriteInode(entry.Inode, place);
            }

            Text("$\n");
        }

        private void WriteInode(Inode inode, string path)
        {
            int number = staged.LinksAreKept ? staged.NumberOf(inode) : _next++;
            if (!_written.Add(number))
            {
                Text($" p--600 {staged.Inodes.Count + _links++} 0\n");
                return;
            }

            switch (inode)
            {
                case DirectoryInode directory:
                    Text($" d--755 {number} 0\n");
                    WriteEntries(directory, path);
                    break;
                case FileInode:
                    Text($" ---644 {number} 0 {contentOf(number)}\n");
                    break;
                case SymlinkInode link:
                    Text($" l--777 {number} 0 ");
                    output.Write(XfsNames.IsPlain(link.Target) ? link.Target.Span : StandIn(link, path));
                    Text("\n");
                    break;
                case SpecialInode { Type: InodeType.Fifo }:
                    Text($" p--600 {number} 0\n");
                    break;
                case SpecialInode { Type: InodeType.Socket }:
                    throw new UnrepresentableException(XfsFinisher.Name, path, "mkfs.xfs makes no sockets");
                case SpecialInode special:
                    Text($" {(special.Type == InodeType.BlockDevice ? 'b' : 'c')}--600 {number} 0 0 0\n");
                    break;
            }
        }

        private static byte[] StandIn(SymlinkInode link, string path)
        {
            // What is within the inode can be replaced there.
            if (link.Target.Length is 0 or > XfsFinisher.LongestReplacedTarget)
                throw new UnrepresentableException(XfsFinisher.Name, path, "mkfs.xfs cannot be given the target of this link");
            byte[] bytes = new byte[link.Target.Length];
            Array.Fill(bytes, (byte)'x');
            return bytes;
        }

        private void Text(FormattableString text) => Text(text.ToString(CultureInfo.InvariantCulture));

        private void Text(string text) => output.Write(System.Text.Encoding.ASCII.GetBytes(text));
    }
}
