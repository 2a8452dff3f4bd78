namespace Diecast.Formats.FileSystems;

/// <summary>How a file system is compressed, apart from the format's own options: nothing here changes the bytes.</summary>
public sealed record PackOptions
{
    /// <summary>Threads that compress. Default: null, one a core.</summary>
    public int? Workers { get; init; }

    /// <summary>Told of the bytes of content that have been read so far. Default: nobody.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Ends the work with an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken Cancellation { get; init; }
}
