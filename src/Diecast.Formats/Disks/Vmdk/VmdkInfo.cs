using System.Text;

namespace Diecast.Formats.Disks;

/// <summary>What a VMDK tells of itself.</summary>
public sealed record VmdkInfo
{
    /// <summary>The kind, as in <c>monolithicSparse</c>; null when it is not said.</summary>
    public string? CreateType { get; init; }

    /// <summary>The adapter of the machine, as in <c>lsilogic</c>; null when it is not said.</summary>
    public string? AdapterType { get; init; }

    /// <summary>The virtual hardware's version; null when it is not said.</summary>
    public string? HardwareVersion { get; init; }

    /// <summary>The id that changes with the content, in hexadecimal; null when it is not said.</summary>
    public string? ContentId { get; init; }

    /// <summary>The image's id; null when it is not said.</summary>
    public string? ImageId { get; init; }

    /// <summary>Bytes in a grain of a sparse file; null for a descriptor alone.</summary>
    public long? GrainSize { get; init; }

    /// <summary>Whether grains are compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>The extents as the descriptor has them, without the access: length in sectors, type and file.</summary>
    public IReadOnlyList<string> Extents { get; init; } = [];

    internal static VmdkInfo Of(ReadOnlySpan<byte> descriptor, long? grainSize, bool isCompressed)
    {
        int end = descriptor.IndexOf((byte)0);
        string text = Encoding.UTF8.GetString(end < 0 ? descriptor : descriptor[..end]);
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var extents = new List<string>();
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string shown = string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
            int equals = shown.IndexOf('=', StringComparison.Ordinal);
            if (shown.StartsWith("RW ", StringComparison.Ordinal) || shown.StartsWith("RDONLY ", StringComparison.Ordinal))
                extents.Add(shown[(shown.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
            else if (equals > 0)
                values[shown[..equals].Trim()] = shown[(equals + 1)..].Trim().Trim('"');
        }

        return new VmdkInfo
        {
            CreateType = values.GetValueOrDefault("createType"),
            AdapterType = values.GetValueOrDefault("ddb.adapterType"),
            HardwareVersion = values.GetValueOrDefault("ddb.virtualHWVersion"),
            ContentId = values.GetValueOrDefault("CID"),
            ImageId = values.GetValueOrDefault("ddb.uuid.image"),
            GrainSize = grainSize,
            IsCompressed = isCompressed,
            Extents = extents,
        };
    }
}
