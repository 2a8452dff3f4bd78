using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Diecast.Formats.Trees;

/// <summary>A name in a file tree: bytes, as every Unix file system has them, ordered by value.</summary>
[SuppressMessage("Design", "CA1036", Justification = "names are sorted, not compared with operators")]
public readonly struct FileName : IEquatable<FileName>, IComparable<FileName>
{
    private readonly byte[]? _bytes;

    /// <summary>Wraps bytes, which must not change afterwards.</summary>
    public FileName(byte[] bytes) => _bytes = bytes;

    /// <summary>The UTF-8 bytes of a text.</summary>
    public FileName(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The bytes, without copying.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes;

    /// <summary>Length in bytes.</summary>
    public int Length => _bytes?.Length ?? 0;

    /// <summary>The UTF-8 bytes of a text.</summary>
    public static implicit operator FileName(string text) => new(text);

    /// <summary>The UTF-8 bytes of a text.</summary>
    public static FileName FromString(string text) => new(text);

    /// <summary>Whether the name may stand in a directory: not empty, not . or .., no slash and no NUL.</summary>
    public bool IsValidEntry => IsValid(Span);

    /// <inheritdoc/>
    public bool Equals(FileName other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is FileName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Order of the bytes, as unsigned numbers.</summary>
    public int CompareTo(FileName other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The name as text; bytes that are not UTF-8 become replacement characters.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Span);

    /// <summary>Equality of the bytes.</summary>
    public static bool operator ==(FileName left, FileName right) => left.Equals(right);

    /// <summary>Inequality of the bytes.</summary>
    public static bool operator !=(FileName left, FileName right) => !left.Equals(right);

    internal static bool IsValid(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && !name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && name.IndexOfAny((byte)'/', (byte)0) < 0;
}
