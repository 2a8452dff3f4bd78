using Diecast.Formats.Native;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// Fills a space with Zstandard in one go: a frame is a row of blocks, so it is compressed piece by piece, each as long as seems
/// to fill most of what is left, until that is hardly worth another. A piece that turns out too long is left to the next unit,
/// or, where much would be lost by that, everything is compressed anew with a shorter one in its place.
/// </summary>
internal sealed class ErofsZstdFitter(int level, int windowLog, int blockSize) : IErofsFitter
{
    /// <summary>What saves less than such a share does not save a block either.</summary>
    private const int Incompressible = 64;

    /// <summary>A piece is this share of what would fill the space if it grew as what came before.</summary>
    private const double Caution = 0.92;

    /// <summary>What may be left of the space, as a share of it.</summary>
    private const int Slack = 96;

    /// <summary>What is lost at the end of the last block for which it is worth beginning anew, as a share of the result.</summary>
    private const int Loss = 40;

    /// <summary>The most that Zstandard has in a block.</summary>
    private const int LongestPiece = 128 * 1024;

    private const double FirstRatio = 2;

    private const int MostRepeats = 4;

    private readonly SafeZstdEncoder _whole = Zstd.OpenWindowEncoder(level, windowLog);
    private readonly SafeZstdEncoder _pieces = Zstd.OpenPieceEncoder(level, windowLog, 1 << windowLog);
    private readonly List<int> _lengths = [];
    private byte[] _trial = [];
    private double _ratio;

    public void Reset() => _ratio = 0;

    public (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int room = output.Length;
        // What is too long is of use too, as long as it tells how long it is.
        if (_trial.Length < room * 2)
            _trial = new byte[room * 2];
        double ratio = _ratio > 0 ? _ratio : FirstRatio;
        if (input.Length <= Math.Max(room, room * ratio * Caution))
        {
            int size = Zstd.CompressWhole(_whole, input, _trial);
            if (size > 0 && size <= room)
            {
                if (size >= input.Length - (input.Length / Incompressible))
                    return default;
                _trial.AsSpan(0, size).CopyTo(output);
                return Keep(input.Length, size);
            }

            if (input.Length <= room)
                return default;
            ratio = (double)input.Length / (size > 0 ? size : _trial.Length);
        }

        return FitPieces(input, output, ratio);
    }

    public void Dispose()
    {
        _whole.Dispose();
        _pieces.Dispose();
    }

    private (int Taken, int Written) FitPieces(ReadOnlySpan<byte> input, Span<byte> output, double ratio)
    {
        int room = output.Length - ErofsZstdFrame.LongestHeader;
        _lengths.Clear();
        Attempt attempt = Compress(input, room, ratio);
        for (int again = 0; again < MostRepeats && attempt.Better > 0; again++)
        {
            int size = attempt.Written + ErofsZstdFrame.LongestHeader;
            if (attempt.Taken > 0 && Units.RoundUp(size, blockSize) - size <= size / Loss)
                break;
            _lengths.Add(attempt.Better);
            attempt = Compress(input, room, ratio);
        }

        if (attempt.Taken == 0)
            return default;
        int header = ErofsZstdFrame.WriteHeader(output, attempt.Taken, windowLog);
        Span<byte> blocks = output.Slice(header, attempt.Written);
        _trial.AsSpan(attempt.Start, attempt.Written).CopyTo(blocks);
        ErofsZstdFrame.End(blocks);
        return Keep(attempt.Taken, header + attempt.Written);
    }

    /// <summary>
    /// Compresses pieces into the trial: those whose lengths are known, then others until there is no room for more. The
    /// lengths of those that fit are known afterwards.
    /// </summary>
    private Attempt Compress(ReadOnlySpan<byte> input, int room, double ratio)
    {
        Zstd.Begin(_pieces);
        var attempt = default(Attempt);
        for (int piece = 0; attempt.Taken < input.Length; piece++)
        {
            int left = room - attempt.Written;
            bool isKnown = piece < _lengths.Count;
            int length = isKnown ? _lengths[piece] : Next(left, room, ratio, input.Length - attempt.Taken);
            if (length == 0)
                break;
            int size = Zstd.CompressPiece(_pieces, input.Slice(attempt.Taken, length), _trial.AsSpan(attempt.Start + attempt.Written));
            // The first has a header before it, which does not know the size that is to come.
            int header = piece == 0 && size > 0 ? ErofsZstdFrame.HeaderLength(_trial) : 0;
            int blocks = size - header;
            if (attempt.Taken == 0 && blocks >= length - (length / Incompressible))
                return default;
            if (size == 0 || blocks > left)
            {
                _lengths.RemoveRange(piece, _lengths.Count - piece);
                return attempt with { Better = (int)Math.Max(1, size == 0 ? length / 4 : length * Caution * left / blocks) };
            }

            attempt = new Attempt(attempt.Taken + length, attempt.Written + blocks, attempt.Start + header, 0);
            // What comes is more like what was just there.
            ratio = (double)length / blocks;
            if (!isKnown)
                _lengths.Add(length);
        }

        return attempt;
    }

    /// <summary>The length of the next piece, or 0 where none is worth its while.</summary>
    private static int Next(int left, int room, double ratio, int rest)
    {
        double likely = left * ratio * Caution;
        return left <= room / Slack ? 0 : (int)Math.Min(Math.Min(likely, rest), LongestPiece);
    }

    private (int Taken, int Written) Keep(int taken, int written)
    {
        _ratio = (double)taken / written;
        return (taken, written);
    }

    /// <summary>Pieces of a frame in the trial.</summary>
    /// <param name="Taken">Bytes of the input that they are.</param>
    /// <param name="Written">Bytes of their blocks.</param>
    /// <param name="Start">Where the blocks begin.</param>
    /// <param name="Better">How long the piece after them should have been, which was too long; 0 where none was.</param>
    private readonly record struct Attempt(int Taken, int Written, int Start, int Better);
}
