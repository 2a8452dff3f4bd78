namespace Diecast.Formats.Blobs;

/// <summary>Pieces in ascending order without overlap; the gaps are holes.</summary>
internal sealed class PiecesBlob : Blob
{
    private readonly BlobBuilder.Piece[] _pieces;

    internal PiecesBlob(BlobBuilder.Piece[] pieces, long length)
        : base(length)
    {
        _pieces = pieces;
        long position = 0;
        foreach (BlobBuilder.Piece piece in pieces)
        {
            MayHaveHoles |= piece.Offset > position || piece.Blob.MayHaveHoles;
            position = piece.End;
        }

        MayHaveHoles |= position < length;
    }

    public override bool MayHaveHoles { get; }

    protected override void ReadCore(long offset, Span<byte> destination)
    {
        for (int i = FirstEndingAfter(offset); destination.Length > 0; i++)
        {
            long gapEnd = i < _pieces.Length ? _pieces[i].Offset : Length;
            if (offset < gapEnd)
            {
                int gap = (int)Math.Min(gapEnd - offset, destination.Length);
                destination[..gap].Clear();
                destination = destination[gap..];
                offset += gap;
                if (destination.Length == 0)
                    return;
            }

            BlobBuilder.Piece piece = _pieces[i];
            int count = (int)Math.Min(piece.End - offset, destination.Length);
            piece.Blob.Read(offset - piece.Offset, destination[..count]);
            destination = destination[count..];
            offset += count;
        }
    }

    protected override void EmitCore(long offset, long length, IBlobSink sink)
    {
        long end = offset + length;
        for (int i = FirstEndingAfter(offset); offset < end; i++)
        {
            long gapEnd = Math.Min(i < _pieces.Length ? _pieces[i].Offset : Length, end);
            if (offset < gapEnd)
            {
                sink.Hole(gapEnd - offset);
                offset = gapEnd;
                if (offset == end)
                    return;
            }

            BlobBuilder.Piece piece = _pieces[i];
            long count = Math.Min(piece.End, end) - offset;
            piece.Blob.Emit(offset - piece.Offset, count, sink);
            offset += count;
        }
    }

    private int FirstEndingAfter(long offset)
    {
        int low = 0;
        int high = _pieces.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_pieces[middle].End <= offset)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
