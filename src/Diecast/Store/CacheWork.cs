using Microsoft.Win32.SafeHandles;

namespace Diecast.Store;

/// <summary>A directory of the cache for one's own work. While its lock is held nobody takes it for debris.</summary>
internal sealed class CacheWork(string directory, string lockPath, SafeFileHandle held) : IDisposable
{
    /// <summary>Its path.</summary>
    internal string Path => directory;

    public void Dispose()
    {
        Directory.Delete(directory, recursive: true);
        File.Delete(lockPath);
        held.Dispose();
    }
}
