using System.Globalization;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>What debugfs reads out of an image is what the tree says.</summary>
internal static class ExtComparison
{
    internal static void Holds(this ExtImage image, FileTree tree)
    {
        using var directory = new TempDirectory();
        TreeEntry[] entries = [.. tree.Walk().Prepend(new TreeEntry("/", "/", tree.Root))];
        Dictionary<Inode, int> links = Links(entries, image.HasLostAndFound);
        Dictionary<string, string[]> stats = Stats(image, entries);
        List<string> dumps = [];
        for (int i = 0; i < entries.Length; i++)
        {
            TreeEntry entry = entries[i];
            string[] lines = stats[entry.Path];
            Assert.True(lines.Length > 3, $"{entry.Path}: {string.Join('\n', lines)}");
            CompareStat(entry, lines, links[entry.Inode]);
            if (entry.Inode is FileInode { Content.Length: > 0 and < 64 * 1024 * 1024 })
                dumps.Add($"dump \"{entry.Path}\" {directory[$"content{i}"]}");
            for (int x = 0; x < entry.Inode.Xattrs.Count; x++)
                dumps.Add($"ea_get -r -f {directory[$"xattr{i}.{x}"]} \"{entry.Path}\" \"{entry.Inode.Xattrs[x].Name}\"");
        }

        image.Debug(dumps);
        for (int i = 0; i < entries.Length; i++)
        {
            Inode inode = entries[i].Inode;
            if (inode is FileInode { Content.Length: > 0 and < 64 * 1024 * 1024 } file)
                Assert.True(Same(file.Content, directory[$"content{i}"]), $"{entries[i].Path} has other content");
            for (int x = 0; x < inode.Xattrs.Count; x++)
                Assert.True(Same(Blob.FromMemory(OnDisk(inode.Xattrs[x])), directory[$"xattr{i}.{x}"]), $"{entries[i].Path}: {inode.Xattrs[x].Name}");
        }
    }

    internal static Dictionary<Inode, int> Links(TreeEntry[] entries, bool hasLostAndFound)
    {
        var links = new Dictionary<Inode, int>();
        foreach (TreeEntry entry in entries)
        {
            int count = entry.Inode is DirectoryInode directory
                ? 2 + directory.Entries.ToArray().Count(e => e.Inode is DirectoryInode)
                : links.GetValueOrDefault(entry.Inode) + 1;
            if (hasLostAndFound && entry.Path == "/" && ((DirectoryInode)entry.Inode).Find("lost+found") is null)
                count++;
            links[entry.Inode] = count > 65000 ? 1 : count;
        }

        return links;
    }

    private static Dictionary<string, string[]> Stats(ExtImage image, TreeEntry[] entries)
    {
        string output = image.Debug(entries.Select(e => $"stat \"{e.Path}\""));
        var stats = new Dictionary<string, string[]>();
        foreach (string part in output.Split("debugfs: stat \"", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = part.Split('\n');
            stats[lines[0].TrimEnd('"')] = lines[1..];
        }

        return stats;
    }

    private static void CompareStat(TreeEntry entry, string[] lines, int links)
    {
        Inode inode = entry.Inode;
        string text = string.Join('\n', lines);
        string type = inode.Type switch
        {
            InodeType.File => "regular",
            InodeType.Directory => "directory",
            InodeType.Symlink => "symlink",
            InodeType.CharacterDevice => "character special",
            InodeType.BlockDevice => "block special",
            InodeType.Fifo => "FIFO",
            _ => "socket",
        };
        string Field(string pattern) => Regex.Match(text, pattern).Groups[1].Value.Trim();
        string expected = $"{type} {Convert.ToString(inode.Mode, 8).PadLeft(4, '0')} {unchecked((int)inode.Uid)}:{unchecked((int)inode.Gid)} links {links} {Time(inode.ModifiedTime)}";
        // Inodes of 128 bytes have no second half.
        string modified = Field(@"\bmtime: 0x(\S+)");
        modified += modified.Contains(':', StringComparison.Ordinal) ? "" : ":00000000";
        string actual = $"{Field(@"Type: (.*?)  ")} {Field(@"Mode: +0?(\d{4})\b")} {Field(@"User: +(-?\d+)")}:{Field(@"Group: +(-?\d+)")} links {Field(@"Links: (\d+)")} {modified}";
        Assert.True(expected == actual, $"{entry.Path}\n{expected}\n{actual}\n{text}");
        switch (inode)
        {
            case FileInode file:
                Assert.Equal(file.Content.Length.ToString(CultureInfo.InvariantCulture), Field(@"Size: (\d+)"));
                break;
            case SymlinkInode { Target.Length: < 60 } link:
                Assert.Equal(link.Target.ToString(), Field("Fast link dest: \"(.*)\""));
                break;
            case SymlinkInode link:
                Assert.Equal(link.Target.Length.ToString(CultureInfo.InvariantCulture), Field(@"Size: (\d+)"));
                break;
            case SpecialInode { Type: InodeType.BlockDevice or InodeType.CharacterDevice } special:
                Assert.Equal(
                    $"{special.Device.Major:d2}:{special.Device.Minor:d2}",
                    Field(@"Device major/minor number: (\S+)"));
                break;
        }

        // Inline data goes on as an attribute.
        if (inode.Xattrs.Count == 0 && Field("Flags: 0x([1357])0000000").Length == 0)
            Assert.DoesNotContain("Extended attributes", text, StringComparison.Ordinal);
    }

    /// <summary>An ACL on disk has another form, which debugfs shows as it is.</summary>
    private static ReadOnlyMemory<byte> OnDisk(Xattr xattr)
    {
        if (!xattr.Name.ToString().StartsWith("system.posix_acl_", StringComparison.Ordinal))
            return xattr.Value;
        ReadOnlySpan<byte> acl = xattr.Value.Span;
        // Version 1; the id only of users and groups that are named.
        List<byte> disk = [1, 0, 0, 0];
        for (int at = 4; at < acl.Length; at += 8)
            disk.AddRange(acl.Slice(at, acl[at] is 2 or 8 ? 8 : 4));
        return disk.ToArray();
    }

    private static string Time(Timestamp time) =>
        $"{(uint)(time.Seconds & uint.MaxValue):x8}:{((uint)time.Nanoseconds << 2) | (uint)(((time.Seconds - unchecked((int)time.Seconds)) >> 32) & 3):x8}";

    private static bool Same(Blob blob, string path)
    {
        const int inline = 60;
        if (!File.Exists(path))
            return false;
        byte[] expected = blob.ToArray();
        byte[] actual = File.ReadAllBytes(path);
        // Of a file that is within its inode debugfs dumps all of i_block.
        if (actual.Length == inline && expected.Length < inline)
            Array.Resize(ref expected, inline);
        return actual.AsSpan().SequenceEqual(expected);
    }
}
