using Diecast.Store;

namespace Diecast.Tests.Store;

public sealed class CacheStoreTests : IDisposable
{
    private readonly TempDirectory _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void An_entry_is_made_once()
    {
        CacheStore store = CacheStore.Open(_temp.Path);
        string first = Make(store, "key", d => File.WriteAllText(Path.Combine(d, "f"), "1"));
        string second = Make(store, "key", _ => throw new InvalidOperationException());
        Assert.Equal(first, second);
        Assert.Equal("1", File.ReadAllText(Path.Combine(second, "f")));
        Assert.Equal([first], Directory.GetFileSystemEntries(_temp["kind"]));
        Assert.Equal([first], store.List("kind"));
    }

    [Fact]
    public void A_failure_leaves_nothing_and_the_next_attempt_succeeds()
    {
        CacheStore store = CacheStore.Open(_temp.Path);
        Assert.Throws<InvalidOperationException>(() => Make(store, "key", d =>
        {
            File.WriteAllText(Path.Combine(d, "half"), "");
            throw new InvalidOperationException();
        }));
        Assert.Empty(Directory.GetFileSystemEntries(_temp["kind"]));
        Assert.Null(store.Find("kind", "key"));
        Make(store, "key", _ => { });
        Assert.NotNull(store.Find("kind", "key"));
    }

    [Fact]
    public void The_debris_of_a_dead_build_goes_and_the_work_of_a_living_one_stays()
    {
        CacheStore store = CacheStore.Open(_temp.Path);
        Directory.CreateDirectory(_temp["kind/dead.partial/below"]);
        File.WriteAllText(_temp["kind/dead.lock"], "");
        Make(store, "living", directory =>
        {
            CacheStore.Open(_temp.Path);
            Assert.True(Directory.Exists(directory));
            Assert.False(Directory.Exists(_temp["kind/dead.partial"]));
            Assert.False(File.Exists(_temp["kind/dead.lock"]));
        });
    }

    [Fact]
    public void Builds_at_once_make_an_entry_together_once()
    {
        int made = 0;
        string[] entries = new string[8];
        Parallel.For(0, entries.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => entries[i] = Make(
            CacheStore.Open(_temp.Path), "key", d =>
            {
                Interlocked.Increment(ref made);
                File.WriteAllText(Path.Combine(d, "f"), "");
            }));
        Assert.Equal(1, made);
        Assert.Single(entries.Distinct());
    }

    [Fact]
    public void A_wait_for_another_build_is_told_and_can_be_cancelled()
    {
        CacheStore store = CacheStore.Open(_temp.Path);
        using var cancellation = new CancellationTokenSource();
        Make(store, "key", _ => Assert.ThrowsAny<OperationCanceledException>(() => CacheStore.Open(_temp.Path).GetOrMake(
            "kind", "key", _ => Assert.Fail("two at once"), cancellation.Cancel, cancellation.Token)));
    }

    [Fact]
    public void A_relative_directory_in_the_environment_is_ignored_as_the_specification_says()
    {
        Assert.Equal("/home/ada/.cache", UserDirectories.Locate("XDG_CACHE_HOME", "relative", "/home/ada", ".cache"));
        Assert.Equal("/home/ada/.cache", UserDirectories.Locate("XDG_CACHE_HOME", null, "/home/ada", ".cache"));
        Assert.Equal("/absolute", UserDirectories.Locate("XDG_CACHE_HOME", "/absolute", "", ".cache"));
        Assert.Throws<BuildException>(() => UserDirectories.Locate("XDG_CACHE_HOME", null, "", ".cache"));
    }

    [Fact]
    public void The_newest_twenty_logs_are_kept()
    {
        for (int i = 0; i < 30; i++)
        {
            File.WriteAllText(_temp[$"old-{i}.log"], "");
            File.SetLastWriteTimeUtc(_temp[$"old-{i}.log"], new DateTime(2025, 1, 1, 0, 0, i, DateTimeKind.Utc));
        }

        File.WriteAllText(LogDirectory.NewLog("tool", _temp.Path), "");
        Assert.Equal(20, Directory.GetFiles(_temp.Path).Length);
        Assert.True(File.Exists(_temp["old-29.log"]));
        Assert.True(File.Exists(_temp["old-11.log"]));
        Assert.False(File.Exists(_temp["old-10.log"]));
    }

    private static string Make(CacheStore store, string key, Action<string> make) =>
        store.GetOrMake("kind", key, make, () => { }, CancellationToken.None);
}
