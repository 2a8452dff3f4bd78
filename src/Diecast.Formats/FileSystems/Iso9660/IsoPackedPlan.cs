using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>An ISO 9660 image with compressed files that has been laid out.</summary>
public sealed class IsoPackedPlan : PackedFileSystem
{
    internal IsoPackedPlan(IsoPlan plan, string? codec) => (Plan, Codec) = (plan, codec);

    /// <summary>Where everything is.</summary>
    public IsoPlan Plan { get; }

    /// <inheritdoc/>
    public override string? Codec { get; }

    /// <inheritdoc/>
    public override long Length => Plan.Length;

    /// <inheritdoc/>
    public override Blob ToBlob() => Plan.ToBlob();

    /// <inheritdoc/>
    public override void Print(TextWriter writer)
    {
        PrintCodec(writer);
        Plan.Print(writer);
    }

    /// <inheritdoc/>
    public override void PrintSummary(TextWriter writer)
    {
        PrintCodec(writer);
        Plan.PrintSummary(writer);
    }

    private void PrintCodec(TextWriter writer)
    {
        if (Codec is not null)
            writer.WriteLine($"zisofs by {Codec}");
    }
}
