using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>Compares a tree with what a FAT file system can give back of it.</summary>
internal static class FatTreeAssert
{
    private const long Earliest = 315532800;
    private const long Latest = 4354819199;

    /// <summary>Names, kinds, contents and times to a given step.</summary>
    public static void Same(FileTree expected, FileTree actual, int stepNanoseconds)
    {
        Assert.Equal(expected.Walk().Select(e => $"{e.Inode.Type} {e.Path}"), actual.Walk().Select(e => $"{e.Inode.Type} {e.Path}"));
        foreach ((TreeEntry one, TreeEntry other) in expected.Walk().Zip(actual.Walk()))
        {
            Assert.Equal(Round(one.Inode.ModifiedTime, stepNanoseconds), Round(other.Inode.ModifiedTime, stepNanoseconds));
            if (one.Inode is FileInode file)
                Assert.True(file.Content.ToArray().AsSpan().SequenceEqual(((FileInode)other.Inode).Content.ToArray()), one.Path);
        }
    }

    private static long Round(Timestamp time, int step)
    {
        if (time.Seconds < Earliest)
            time = new Timestamp(Earliest);
        if (time.Seconds > Latest)
            time = new Timestamp(Latest, 999_999_999);
        long nanoseconds = ((time.Seconds - Earliest) * 1_000_000_000) + time.Nanoseconds;
        return nanoseconds / step * step;
    }
}
