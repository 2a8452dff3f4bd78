using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.Native;
using Diecast.Formats.Trees;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>What the kernel sees in a mounted image is what the tree says.</summary>
internal static class ExtKernelView
{
    /// <summary>Compares names, types, permissions, owners, times, attributes, contents, links and holes.</summary>
    internal static void Holds(string mountPoint, FileTree tree, ExtImage image)
    {
        FileTree seen = HostDirectoryReader.Read(
            mountPoint, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });
        TreeEquality.AssertSame(tree, seen);
        TreeEntry[] entries = [.. tree.Walk().Prepend(new TreeEntry("/", "/", tree.Root))];
        Dictionary<Inode, int> links = ExtComparison.Links(entries, image.HasLostAndFound);
        var root = new HostTreeDirectory(null, Encoding.UTF8.GetBytes(mountPoint + "/."));
        CompareDirectory("", tree.Root, root, links, image.Plan.BlockSize);
    }

    private static void CompareDirectory(
        string path, DirectoryInode inode, HostTreeDirectory directory, Dictionary<Inode, int> links, int blockSize)
    {
        int descriptor = directory.Open(null, Libc.ReadOnly | Libc.DirectoryOnly, out int error);
        Assert.True(descriptor >= 0, $"{path}: error {error}");
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        Compare(inode, [(byte)'.'], path);
        foreach (DirectoryEntry entry in inode.Entries)
        {
            string name = $"{path}/{entry.Name}";
            if (entry.Inode is DirectoryInode below)
                CompareDirectory(name, below, new HostTreeDirectory(directory, entry.Name.Span.ToArray()), links, blockSize);
            else
                Compare(entry.Inode, entry.Name.Span.ToArray(), name);
        }

        void Compare(Inode source, byte[] name, string display)
        {
            FileStatus status = HostInode.Stat(descriptor, [.. name, 0], new HostEntry(directory, name));
            Assert.True(status.Links == links[source], $"{display} has {status.Links} links, not {links[source]}");
            if (source is not FileInode { Content.MayHaveHoles: true } file)
                return;
            using HostFile.Lease lease = new HostTreeFile(directory, name).Borrow();
            TreeEquality.AssertRanges(
                display, file.Content, HostInode.DataRanges(lease.Descriptor, status.Size, new HostEntry(directory, name)), blockSize);
        }
    }
}
