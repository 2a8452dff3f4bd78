using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Swap;

/// <summary>A swap area that has been laid out.</summary>
public sealed class SwapPlan : FileSystemPlan
{
    private readonly SwapOptions _options;
    private readonly Blob _blob;

    internal SwapPlan(SwapOptions options, Blob blob)
    {
        _options = options;
        _blob = blob;
    }

    /// <inheritdoc/>
    public override long Length => _blob.Length;

    /// <inheritdoc/>
    public override Blob ToBlob() => _blob;

    /// <inheritdoc/>
    public override void Print(TextWriter writer) => PrintSummary(writer);

    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer) => writer.WriteLine(FormattableString.Invariant(
        $"swap {Length} bytes, pages of {_options.PageSize}, uuid {_options.Uuid}, label \"{_options.Label}\""));
}
