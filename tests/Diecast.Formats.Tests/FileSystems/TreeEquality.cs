using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems;

/// <summary>What is compared beside names, types, permissions, owners and contents.</summary>
internal enum TreeTimes
{
    /// <summary>To the nanosecond.</summary>
    Exact,

    /// <summary>To the second, for what tools write that know no more.</summary>
    Seconds,
}

/// <summary>Two trees are the same in all that a tree can say.</summary>
internal static class TreeEquality
{
    internal static void AssertSame(FileTree expected, FileTree actual, TreeTimes times = TreeTimes.Exact)
    {
        var partners = new Dictionary<Inode, Inode>(ReferenceEqualityComparer.Instance);
        CompareMetadata("/", expected.Root, actual.Root, times);
        using IEnumerator<TreeEntry> left = Entries(expected).GetEnumerator();
        using IEnumerator<TreeEntry> right = Entries(actual).GetEnumerator();
        while (left.MoveNext())
        {
            Assert.True(right.MoveNext(), $"{left.Current.Path} is missing");
            (TreeEntry a, TreeEntry b) = (left.Current, right.Current);
            Assert.True(a.Path == b.Path && a.Name == b.Name, $"{a.Path} is expected, {b.Path} is there");
            if (partners.TryGetValue(a.Inode, out Inode? partner))
            {
                Assert.True(ReferenceEquals(partner, b.Inode), $"{a.Path} is not the same inode as its other name");
                continue;
            }

            partners.Add(a.Inode, b.Inode);
            CompareMetadata(a.Path, a.Inode, b.Inode, times);
        }

        Assert.False(right.MoveNext());
        Assert.Equal(partners.Count, partners.Values.Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    /// <summary>Files have their data where they should, whatever it is: for files too long to be read.</summary>
    internal static void AssertSameMaps(FileTree expected, FileTree actual)
    {
        foreach (TreeEntry entry in Entries(expected))
        {
            if (entry.Inode is not FileInode file)
                continue;
            Blob content = Assert.IsType<FileInode>(actual.Find(entry.Path.ToString())).Content;
            Assert.Equal(file.Content.Length, content.Length);
            Assert.Equal(file.Content.DataRanges(), content.DataRanges());
        }
    }

    private static IEnumerable<TreeEntry> Entries(FileTree tree) => tree.Walk().Where(e => e.Path != "/lost+found");

    private static void CompareMetadata(string path, Inode a, Inode b, TreeTimes times)
    {
        string expected = $"{a.Type} {a.Mode:x} {a.Uid}:{a.Gid} {Time(a, times)} {Special(a)}";
        string actual = $"{b.Type} {b.Mode:x} {b.Uid}:{b.Gid} {Time(b, times)} {Special(b)}";
        Assert.True(expected == actual, $"{path}\n{expected}\n{actual}");
        Assert.True(a.Xattrs.Equals(b.Xattrs), $"{path}: {Names(a)} are expected, {Names(b)} are there");
        if (a is FileInode left && b is FileInode right)
            CompareContent(path, left.Content, right.Content);
    }

    /// <summary>Where the first has data is where the second says that it has, to whole blocks.</summary>
    internal static void AssertRanges(string path, Blob expected, IEnumerable<BlobRange> actual, int blockSize)
    {
        List<BlobRange> blocks = [];
        foreach (BlobRange range in expected.DataRanges())
        {
            long from = range.Offset / blockSize * blockSize;
            long end = Math.Min(expected.Length, (range.End + blockSize - 1) / blockSize * blockSize);
            if (blocks.Count > 0 && blocks[^1].End >= from)
            {
                from = blocks[^1].Offset;
                blocks.RemoveAt(blocks.Count - 1);
            }

            blocks.Add(new BlobRange(from, end - from));
        }

        (string left, string right) = (string.Join(' ', blocks), string.Join(' ', actual));
        Assert.True(left == right, $"{path}: data is expected at\n{left}\nand is at\n{right}");
    }

    /// <summary>Compares all bytes but those that both say are in holes.</summary>
    private static void CompareContent(string path, Blob a, Blob b)
    {
        Assert.True(a.Length == b.Length, $"{path} has {b.Length} bytes, not {a.Length}");
        byte[] left = new byte[Math.Min(a.Length, 1 << 18)];
        byte[] right = new byte[left.Length];
        long done = 0;
        foreach (BlobRange range in a.DataRanges().Concat(b.DataRanges()).OrderBy(r => r.Offset))
        {
            for (long at = Math.Max(done, range.Offset); at < range.End; at += left.Length)
            {
                int count = (int)Math.Min(left.Length, range.End - at);
                a.Read(at, left.AsSpan(0, count));
                b.Read(at, right.AsSpan(0, count));
                Assert.True(left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count)), $"{path} has other content after byte {at}");
            }

            done = Math.Max(done, range.End);
        }
    }

    private static string Time(Inode inode, TreeTimes times) =>
        times == TreeTimes.Exact ? $"{inode.ModifiedTime}" : $"{inode.ModifiedTime.Seconds}";

    private static string Special(Inode inode) => inode switch
    {
        SymlinkInode link => link.Target.ToString(),
        SpecialInode special => special.Device.ToString(),
        _ => "",
    };

    private static string Names(Inode inode) =>
        $"[{string.Join(' ', inode.Xattrs.Select(x => $"{x.Name}={Convert.ToHexString(x.Value.Span)}"))}]";
}
