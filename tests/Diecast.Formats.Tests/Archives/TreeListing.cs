using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

/// <summary>A tree as text, one line an entry, so that two trees compare with a readable difference.</summary>
internal static class TreeListing
{
    internal static string Of(FileTree tree, bool nanoseconds = true)
    {
        var numbers = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        var text = new StringBuilder();
        Append("/", tree.Root);
        foreach (TreeEntry entry in tree.Walk())
            Append(entry.Path, entry.Inode);
        return text.ToString();

        void Append(string path, Inode inode)
        {
            if (!numbers.TryAdd(inode, numbers.Count))
            {
                text.Append($"{path} = {numbers[inode]}\n");
                return;
            }

            text.Append($"{path} {numbers[inode]} {Convert.ToString(inode.FullMode, 8)} {inode.Uid}:{inode.Gid} {inode.ModifiedTime.Seconds}");
            if (nanoseconds)
                text.Append($".{inode.ModifiedTime.Nanoseconds:d9}");
            switch (inode)
            {
                case FileInode file:
                    text.Append($" {file.Content.Length} {Convert.ToHexString(SHA256.HashData(file.Content.OpenRead()))[..16]}");
                    break;
                case SymlinkInode link:
                    text.Append($" -> {link.Target}");
                    break;
                case SpecialInode special:
                    text.Append($" {special.Device}");
                    break;
                default:
                    break;
            }

            foreach (Xattr xattr in inode.Xattrs)
                text.Append($" [{xattr.Name}={Convert.ToHexString(xattr.Value.Span)}]");
            text.Append('\n');
        }
    }
}
