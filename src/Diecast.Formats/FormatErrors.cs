namespace Diecast.Formats;

/// <summary>An input is not what it claims to be: damaged, truncated, hostile, or of a kind that is not supported.</summary>
/// <param name="format">The format, as in <c>tar</c> or <c>ext4</c>.</param>
/// <param name="message">What is wrong and where, with the numbers.</param>
/// <param name="inner">What led to it, or null.</param>
public sealed class InvalidImageException(string format, string message, Exception? inner = null)
    : Exception($"{format}: {message}", inner)
{
    /// <summary>The format, as in <c>tar</c> or <c>ext4</c>.</summary>
    public string Format => format;
}

/// <summary>A tree or an option asks for something that the format cannot hold.</summary>
/// <param name="format">The format, as in <c>vfat</c>.</param>
/// <param name="path">The path in the tree, or null when it concerns the whole.</param>
/// <param name="message">What cannot be held, the rule and the limit.</param>
public sealed class UnrepresentableException(string format, string? path, string message)
    : Exception(path is null ? $"{format}: {message}" : $"{format}: {path}: {message}")
{
    /// <summary>The format, as in <c>vfat</c>.</summary>
    public string Format => format;

    /// <summary>The path in the tree, or null when it concerns the whole.</summary>
    public string? Path => path;

    /// <summary>What cannot be, without format and path.</summary>
    public string Problem => message;
}

/// <summary>The content does not fit the size asked for.</summary>
/// <param name="format">The format, as in <c>ext4</c>.</param>
/// <param name="needed">Bytes that the content needs.</param>
/// <param name="available">Bytes that the size asked for leaves.</param>
/// <param name="message">What is missing, in the format's own units.</param>
public sealed class DoesNotFitException(string format, long needed, long available, string message)
    : Exception($"{format}: {message}")
{
    /// <summary>The format, as in <c>ext4</c>.</summary>
    public string Format => format;

    /// <summary>Bytes that the content needs.</summary>
    public long NeededBytes => needed;

    /// <summary>Bytes that the size asked for leaves.</summary>
    public long AvailableBytes => available;
}
