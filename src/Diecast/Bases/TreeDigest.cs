using System.Security.Cryptography;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Bases;

/// <summary>A digest of all that a tree says: names, metadata and contents.</summary>
internal static class TreeDigest
{
    internal static string Compute(FileTree tree)
    {
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var content = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var numbers = new Dictionary<Inode, int>(ReferenceEqualityComparer.Instance);
        Append(digest, content, numbers, default, tree.Root);
        var pending = new Stack<DirectoryInode>();
        pending.Push(tree.Root);
        while (pending.TryPop(out DirectoryInode? directory))
        {
            foreach (DirectoryEntry entry in directory.Entries)
            {
                Append(digest, content, numbers, entry.Name, entry.Inode);
                if (entry.Inode is DirectoryInode below)
                    pending.Push(below);
            }

            digest.AppendData("end\0"u8);
        }

        return Convert.ToHexStringLower(digest.GetHashAndReset());
    }

    private static void Append(
        IncrementalHash digest, IncrementalHash content, Dictionary<Inode, int> numbers, FileName name, Inode inode)
    {
        digest.AppendData(name.Span);
        if (!numbers.TryAdd(inode, numbers.Count))
        {
            digest.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"\0= {numbers[inode]}\0")));
            return;
        }

        digest.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant(
            $"\0{inode.FullMode} {inode.Uid} {inode.Gid} {inode.ModifiedTime.Seconds} {inode.ModifiedTime.Nanoseconds} {inode.Xattrs.Count}\0")));
        foreach (Xattr xattr in inode.Xattrs)
        {
            digest.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{xattr.Name.Length} {xattr.Value.Length}\0")));
            digest.AppendData(xattr.Name.Span);
            digest.AppendData(xattr.Value.Span);
        }

        switch (inode)
        {
            case FileInode file:
                BlobWriter.Digest(file.Content, content);
                digest.AppendData(content.GetHashAndReset());
                break;
            case SymlinkInode link:
                digest.AppendData(link.Target.Span);
                digest.AppendData("\0"u8);
                break;
            case SpecialInode special:
                digest.AppendData(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{special.Device.Major} {special.Device.Minor}\0")));
                break;
            default:
                break;
        }
    }
}
