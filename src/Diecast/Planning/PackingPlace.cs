using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Store;

namespace Diecast.Planning;

/// <summary>Where file systems and layers are compressed to, which must be done to know how large they are: a file without a name in the cache.</summary>
internal sealed class PackingPlace(string? cacheDirectory, IProgress<long> progress, CancellationToken cancellation) : IDisposable
{
    private readonly SortedSet<string> _codecs = new(StringComparer.Ordinal);
    private ContentSpool? _spool;
    private long _read;

    /// <summary>Identities of the codecs whose bytes are in it.</summary>
    internal IReadOnlyCollection<string> Codecs => _codecs;

    /// <summary>Compresses a file system.</summary>
    /// <param name="pack">The format's own function.</param>
    internal PackedFileSystem Pack(Func<ContentSpool, PackOptions, PackedFileSystem> pack) => Pack(pack, packed => packed.Codec);

    /// <summary>Compresses something that is planned by what it becomes.</summary>
    /// <param name="pack">The format's own function.</param>
    /// <param name="codecOf">The identity of the codec that it was compressed by, or null.</param>
    internal T Pack<T>(Func<ContentSpool, PackOptions, T> pack, Func<T, string?> codecOf)
    {
        _spool ??= ContentSpool.CreateTemporary(CacheStore.Open(cacheDirectory).Root);
        var count = new Count(progress, _read);
        T packed = pack(_spool, new PackOptions { Progress = count, Cancellation = cancellation });
        _read = count.Last;
        if (codecOf(packed) is { } codec)
            _codecs.Add(codec);
        return packed;
    }

    public void Dispose() => _spool?.Dispose();

    /// <summary>Goes on counting where the file system before ended.</summary>
    private sealed class Count(IProgress<long> progress, long before) : IProgress<long>
    {
        private long _value;

        internal long Last => before + _value;

        public void Report(long value)
        {
            _value = value;
            progress.Report(Last);
        }
    }
}
