using System.Buffers;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives.Nar;

/// <summary>Writes Nix archives, the form that the contents of a Nix or Guix store are hashed and copied in.</summary>
/// <remarks>
/// An archive holds contents, the owner's right to run a file, links and names, and nothing else of a tree: no owners, times,
/// attributes or hard links. A tree has one archive, byte for byte. See docs/formats/nar.md.
/// </remarks>
public static class NarWriter
{
    private const int OwnerExecutes = 0b001_000_000;

    /// <summary>The archive of an inode: a file, a link, or a directory with all below it. File contents are referred to.</summary>
    /// <exception cref="UnrepresentableException">There is a device, a pipe or a socket.</exception>
    public static Blob Write(Inode root)
    {
        var archive = new BlobBuilder();
        var words = new Words(archive);
        words.Add(NarLayout.Magic);
        var open = new Stack<(DirectoryEntry[] Entries, int Next)>();
        Begin(root, "/", words, open);
        while (open.TryPop(out (DirectoryEntry[] Entries, int Next) directory))
        {
            if (directory.Next > 0)
            {
                // Behind an entry's node.
                words.Add(NarLayout.Close);
            }

            if (directory.Next == directory.Entries.Length)
            {
                words.Add(NarLayout.Close);
                continue;
            }

            DirectoryEntry entry = directory.Entries[directory.Next];
            open.Push((directory.Entries, directory.Next + 1));
            words.Add(NarLayout.Entry);
            words.Add(NarLayout.Open);
            words.Add(NarLayout.Name);
            words.Add(entry.Name.Span);
            words.Add(NarLayout.Node);
            Begin(entry.Inode, entry.Name.ToString(), words, open);
        }

        words.Flush();
        return archive.ToBlob();
    }

    /// <summary>The archive of a tree, from its root directory.</summary>
    /// <exception cref="UnrepresentableException">There is a device, a pipe or a socket.</exception>
    public static Blob Write(FileTree tree) => Write(tree.Root);

    /// <summary>Writes a node: all of it, or of a directory its beginning.</summary>
    private static void Begin(Inode inode, string name, Words words, Stack<(DirectoryEntry[] Entries, int Next)> open)
    {
        words.Add(NarLayout.Open);
        words.Add(NarLayout.Type);
        switch (inode)
        {
            case FileInode file:
                words.Add(NarLayout.Regular);
                if ((file.Mode & OwnerExecutes) != 0)
                {
                    words.Add(NarLayout.Executable);
                    words.Add([]);
                }

                words.Add(NarLayout.Contents);
                words.Add(file.Content);
                break;
            case SymlinkInode link:
                words.Add(NarLayout.Symlink);
                words.Add(NarLayout.Target);
                words.Add(link.Target.Span);
                break;
            case DirectoryInode directory:
                words.Add(NarLayout.Directory);
                open.Push((directory.Entries.ToArray(), 0));
                return;
            default:
                throw new UnrepresentableException(NarLayout.Format, name, $"a {inode.Type} cannot be stored");
        }

        words.Add(NarLayout.Close);
    }

    /// <summary>Gathers words; contents stay where they are.</summary>
    private sealed class Words(BlobBuilder archive)
    {
        private const int Gathered = 64 * 1024;

        private ArrayBufferWriter<byte> _bytes = new();

        internal void Add(ReadOnlySpan<byte> word)
        {
            AddLength(word.Length);
            _bytes.Write(word);
            Pad(word.Length);
        }

        internal void Add(Blob content)
        {
            AddLength(content.Length);
            Flush();
            archive.Append(content);
            Pad(content.Length);
        }

        internal void Flush()
        {
            if (_bytes.WrittenCount == 0)
                return;
            archive.Append(Blob.FromMemory(_bytes.WrittenMemory));
            _bytes = new ArrayBufferWriter<byte>();
        }

        private void AddLength(long length)
        {
            if (_bytes.WrittenCount >= Gathered)
                Flush();
            NarLayout.WriteLength(_bytes.GetSpan(NarLayout.LengthSize), length);
            _bytes.Advance(NarLayout.LengthSize);
        }

        private void Pad(long length)
        {
            int count = NarLayout.Padding(length);
            _bytes.GetSpan(NarLayout.Alignment)[..count].Clear();
            _bytes.Advance(count);
        }
    }
}
