using Diecast.Formats.Blobs;

namespace Diecast.Genimage;

/// <summary>Lays blobs over each other: where two meet, what was laid later counts.</summary>
internal sealed class OverlayBuilder
{
    private readonly List<Piece> _pieces = [];

    /// <summary>The first byte after all pieces.</summary>
    internal long End { get; private set; }

    internal void Lay(long offset, Blob blob)
    {
        long end = offset + blob.Length;
        End = Math.Max(End, end);
        if (blob.Length == 0)
            return;
        for (int i = _pieces.Count - 1; i >= 0; i--)
        {
            Piece piece = _pieces[i];
            if (piece.Offset >= end || piece.End <= offset)
                continue;
            _pieces.RemoveAt(i);
            if (piece.Offset < offset)
                _pieces.Add(new Piece(piece.Offset, piece.Blob.Slice(0, offset - piece.Offset)));
            if (piece.End > end)
                _pieces.Add(new Piece(end, piece.Blob.Slice(end - piece.Offset)));
        }

        _pieces.Add(new Piece(offset, blob));
    }

    /// <summary>The blob of a length; what nothing lies on is a hole.</summary>
    internal Blob ToBlob(long length)
    {
        var builder = new BlobBuilder();
        foreach (Piece piece in _pieces)
            builder.Add(piece.Offset, piece.Blob);
        return builder.ToBlob(length);
    }

    private readonly record struct Piece(long Offset, Blob Blob)
    {
        internal long End => Offset + Blob.Length;
    }
}
