namespace Diecast.Formats.Blobs;

/// <summary>Lays blobs at offsets; what is not covered is a hole.</summary>
/// <remarks>Pieces may be added in any order; two that overlap are a defect of the caller and refused.</remarks>
public sealed class BlobBuilder
{
    private readonly List<Piece> _pieces;
    private bool _ordered = true;
    private long _end;

    /// <summary>Begins without a piece.</summary>
    public BlobBuilder()
        : this(0)
    {
    }

    /// <summary>Begins with room for so many pieces.</summary>
    internal BlobBuilder(int capacity) => _pieces = new List<Piece>(capacity);

    /// <summary>The first byte after the last piece so far.</summary>
    public long End => _end;

    /// <summary>Lays <paramref name="blob"/> at <paramref name="offset"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    public void Add(long offset, Blob blob)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        long end = offset + blob.Length;
        if (blob.Length > 0 && blob is not HoleBlob)
        {
            if (_pieces.Count > 0 && offset < _pieces[^1].End)
                _ordered = false;
            _pieces.Add(new Piece(offset, blob));
        }

        _end = Math.Max(_end, end);
    }

    /// <summary>Lays bytes at <paramref name="offset"/>. The memory must not change afterwards.</summary>
    public void Add(long offset, ReadOnlyMemory<byte> bytes) => Add(offset, Blob.FromMemory(bytes));

    /// <summary>Lays <paramref name="blob"/> after everything added so far.</summary>
    public void Append(Blob blob) => Add(_end, blob);

    /// <summary>The blob that ends with the last piece.</summary>
    /// <exception cref="InvalidOperationException">Two pieces overlap.</exception>
    public Blob ToBlob() => ToBlob(_end);

    /// <summary>The blob of exactly <paramref name="length"/> bytes; a hole fills the end.</summary>
    /// <exception cref="InvalidOperationException">Two pieces overlap, or one reaches past the length.</exception>
    public Blob ToBlob(long length)
    {
        if (_end > length)
            throw new InvalidOperationException($"the pieces end at {_end}, past the length {length}");
        if (_pieces.Count == 0)
            return Blob.Zeros(length);
        if (_pieces.Count == 1 && _pieces[0].Offset == 0 && _pieces[0].Blob.Length == length)
            return _pieces[0].Blob;
        var pieces = _pieces.ToArray();
        if (!_ordered)
            Array.Sort(pieces, static (a, b) => a.Offset.CompareTo(b.Offset));
        for (int i = 1; i < pieces.Length; i++)
        {
            if (pieces[i].Offset < pieces[i - 1].End)
            {
                throw new InvalidOperationException(
                    $"pieces overlap: {pieces[i - 1].Offset} to {pieces[i - 1].End} and {pieces[i].Offset} to {pieces[i].End}");
            }
        }

        return new PiecesBlob(pieces, length);
    }

    internal readonly record struct Piece(long Offset, Blob Blob)
    {
        internal long End => Offset + Blob.Length;
    }
}
