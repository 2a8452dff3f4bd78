using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Trees;

/// <summary>Directories whose entries are read when they are asked for.</summary>
public sealed class LazyDirectoryTests
{
    private static readonly FileInode File = new(Blob.Empty);

    public static TheoryData<string> Accesses => ["count", "entries", "find", "set", "remove"];

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Any_access_reads_the_entries_once(string access)
    {
        int calls = 0;
        var directory = new DirectoryInode(0b111_000_000, () =>
        {
            calls++;
            return [new DirectoryEntry("b", File), new DirectoryEntry("a", File)];
        });
        Assert.Equal(0b111_000_000, directory.Mode);
        Assert.Equal(0, calls);
        Touch(directory, access);
        Assert.Equal(1, calls);
        directory.Set("c", File);
        Assert.Equal(["a", "b", "c"], directory.Entries.ToArray().Select(e => e.Name.ToString()));
        Assert.Same(File, directory.Find("a"));
        Assert.Equal(1, calls);
    }

    [Fact]
    public void A_failure_is_the_same_at_every_access()
    {
        int calls = 0;
        var directory = new DirectoryInode(0, () => throw new InvalidImageException("test", $"{++calls}"));
        foreach (string access in (string[])["count", "entries", "find", "set", "remove"])
            Assert.Equal("test: 1", Assert.Throws<InvalidImageException>(() => Touch(directory, access)).Message);
        Assert.Equal(1, calls);
    }

    [Fact]
    public void Threads_that_come_together_see_one_reading()
    {
        int calls = 0;
        using var barrier = new Barrier(4);
        var directory = new DirectoryInode(0, () =>
        {
            Interlocked.Increment(ref calls);
            return [.. Enumerable.Range(0, 1000).Select(i => new DirectoryEntry($"{999 - i:d3}", File))];
        });
        var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            barrier.SignalAndWait();
            if (directory.Find("500") != File || directory.Entries[500].Name != "500")
                Interlocked.Increment(ref calls);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        Assert.Equal(1, calls);
    }

    private static void Touch(DirectoryInode directory, string access)
    {
        switch (access)
        {
            case "count":
                Assert.NotEqual(0, directory.Count);
                break;
            case "entries":
                Assert.False(directory.Entries.IsEmpty);
                break;
            case "find":
                Assert.NotNull(directory.Find("b"));
                break;
            case "set":
                directory.Set("b", File);
                break;
            default:
                Assert.Null(directory.Remove("z"));
                break;
        }
    }
}
