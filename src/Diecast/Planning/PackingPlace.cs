using Diecast.ForeignFileSystems;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Store;

namespace Diecast.Planning;

/// <summary>
/// Where layers and file systems are compressed, or made by their own programs, which must be done to know how large they are: files
/// without a name in the cache.
/// </summary>
internal sealed class PackingPlace(string? cacheDirectory, IProgress<long> progress, CancellationToken cancellation) : IDisposable
{
    private readonly SortedSet<string> _codecs = new(StringComparer.Ordinal);
    private readonly List<ForeignPlan> _made = [];
    private ContentSpool? _spool;
    private long _read;

    /// <summary>Threads that compress; null for one a core.</summary>
    internal int? Workers { get; init; }

    /// <summary>Identities of the codecs and programs whose bytes are in it.</summary>
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
        T packed = pack(_spool, new PackOptions { Workers = Workers, Progress = count, Cancellation = cancellation });
        _read = count.Last;
        if (codecOf(packed) is { } codec)
            _codecs.Add(codec);
        return packed;
    }

    /// <summary>Has a file system made by its own mkfs.</summary>
    internal ForeignPlan Make(ForeignRequest request)
    {
        ForeignPlan made = ForeignMaker.Make(CacheStore.Open(cacheDirectory), request, cancellation);
        _made.Add(made);
        _codecs.Add(made.Codec!);
        return made;
    }

    public void Dispose()
    {
        _spool?.Dispose();
        foreach (ForeignPlan made in _made)
            made.Dispose();
    }

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
