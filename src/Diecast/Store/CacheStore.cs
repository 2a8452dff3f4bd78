using Diecast.Native;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Store;

/// <summary>
/// The cache: entries are directories named by the digest of what made them. They appear complete, by a rename, and
/// never change.
/// </summary>
/// <remarks>
/// Whoever makes an entry holds the lock of its key and works in <c>KIND/KEY.partial</c>. So a second build of the same
/// entry waits for the first, and a partial directory whose lock is free is the debris of a build that died.
/// </remarks>
internal sealed class CacheStore
{
    private const string PartialSuffix = ".partial";
    private const string LockSuffix = ".lock";
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly string _root;

    private CacheStore(string root) => _root = root;

    /// <summary>The directory of the cache; for files without a name that are too large for the temporary directory.</summary>
    internal string Root => _root;

    /// <summary>Opens the cache, by default the user's own, and removes what dead builds left.</summary>
    /// <exception cref="BuildException">The directory cannot be made.</exception>
    internal static CacheStore Open(string? directory = null)
    {
        string root = Path.GetFullPath(directory ?? UserDirectories.Cache);
        try
        {
            Directory.CreateDirectory(root);
            var store = new CacheStore(root);
            store.RemoveDebris();
            return store;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new BuildException($"the cache {root} cannot be used: {exception.Message}", "set XDG_CACHE_HOME to a directory that can be written", inner: exception);
        }
    }

    /// <summary>The directory of an entry, or null.</summary>
    internal string? Find(string kind, string key)
    {
        string entry = Path.Combine(_root, kind, key);
        return Directory.Exists(entry) ? entry : null;
    }

    /// <summary>The complete entries of a kind, sorted by key.</summary>
    internal IReadOnlyList<string> List(string kind)
    {
        string directory = Path.Combine(_root, kind);
        return Directory.Exists(directory)
            ? [.. Directory.GetDirectories(directory).Where(d => !d.EndsWith(PartialSuffix, StringComparison.Ordinal)).Order(StringComparer.Ordinal)]
            : [];
    }

    /// <summary>The directory of an entry, made by <paramref name="make"/> if it is not there.</summary>
    /// <param name="kind">The kind, a directory of the cache.</param>
    /// <param name="key">Digest of all that the entry depends on.</param>
    /// <param name="make">Fills the directory that it is given; when it fails, nothing is left.</param>
    /// <param name="waiting">Called once when another build is making the same entry.</param>
    /// <param name="cancellation">Ends the wait; <paramref name="make"/> has to look itself.</param>
    internal string GetOrMake(string kind, string key, Action<string> make, Action waiting, CancellationToken cancellation)
    {
        if (Find(kind, key) is { } there)
            return there;
        string directory = Path.Combine(_root, kind);
        Directory.CreateDirectory(directory);
        string entry = Path.Combine(directory, key);
        using SafeFileHandle held = TakeLock(entry + LockSuffix, waiting, cancellation);
        if (Find(kind, key) is { } madeMeanwhile)
            return madeMeanwhile;
        string partial = entry + PartialSuffix;
        Remove(partial);
        Directory.CreateDirectory(partial);
        try
        {
            make(partial);
            Directory.Move(partial, entry);
        }
        finally
        {
            Remove(partial);
            File.Delete(entry + LockSuffix);
        }

        return entry;
    }

    /// <summary>A directory of the cache for one's own work, which is gone when it is disposed or the process ends.</summary>
    /// <param name="kind">The kind, a directory of the cache.</param>
    internal CacheWork MakeWork(string kind)
    {
        string directory = Path.Combine(_root, kind);
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, Path.GetRandomFileName());
        SafeFileHandle held = TryTakeLock(path + LockSuffix) ?? throw new IOException($"{path} is in use");
        Directory.CreateDirectory(path + PartialSuffix);
        return new CacheWork(path + PartialSuffix, path + LockSuffix, held);
    }

    private void RemoveDebris()
    {
        foreach (string partial in Directory.GetDirectories(_root).SelectMany(kind => Directory.GetDirectories(kind, "*" + PartialSuffix)))
        {
            string path = partial[..^PartialSuffix.Length] + LockSuffix;
            using SafeFileHandle? held = TryTakeLock(path);
            if (held is null)
                continue;
            Remove(partial);
            File.Delete(path);
        }
    }

    private static SafeFileHandle TakeLock(string path, Action waiting, CancellationToken cancellation)
    {
        bool told = false;
        while (true)
        {
            if (TryTakeLock(path) is { } taken)
                return taken;
            if (!told)
                waiting();
            told = true;
            cancellation.WaitHandle.WaitOne(Poll);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    private static SafeFileHandle? TryTakeLock(string path)
    {
        SafeFileHandle file = FileLock.Open(path);
        // Whoever held the lock before may have removed its file; a lock without a name keeps nobody out.
        if (FileLock.TryTake(file) && FileLock.IsNamed(file, path))
            return file;
        file.Dispose();
        return null;
    }

    private static void Remove(string directory)
    {
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }
}
