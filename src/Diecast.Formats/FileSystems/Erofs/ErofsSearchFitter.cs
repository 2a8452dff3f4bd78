using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// Finds how much fits a space for a compressor that takes what it is given. What counts is that the result ends just before the
/// end of a block: the first trial tells which end is near, and how fast the result grows, so that the second mostly hits it.
/// </summary>
internal sealed class ErofsSearchFitter(IBlockCompressor compressor, int blockSize) : IErofsFitter
{
    /// <summary>What may be left of the last block, as a share of the result.</summary>
    private const int Slack = 64;

    /// <summary>What saves less than such a share does not save a block either.</summary>
    private const int Incompressible = 64;

    /// <summary>How much of the space a result has to use, as a share of it.</summary>
    private const double Enough = 0.8;

    private const int MostTrials = 6;

    private byte[] _trial = [];
    private double _ratio;

    public void Reset() => _ratio = 0;

    public (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int room = output.Length;
        // What is too long is of use too, as long as it tells how long it is.
        if (_trial.Length < room * 2)
            _trial = new byte[room * 2];
        (int Taken, int Written) best = default;
        (int Taken, int Written) beyond = (input.Length + 1, 0);
        double next = (room - (room / 16)) * (_ratio > 0 ? _ratio : 3);
        for (int trial = 0; trial < MostTrials; trial++)
        {
            int length = (int)Math.Clamp(next, best.Taken + 1, beyond.Taken - 1);
            int size = compressor.Compress(input[..length], _trial);
            if (size >= length - (length / Incompressible))
                return best;
            if (size > 0 && size <= room)
            {
                best = (length, size);
                _trial.AsSpan(0, size).CopyTo(output);
                if (length == input.Length || length == beyond.Taken - 1 || IsEnough(size, room))
                    break;
            }
            else
            {
                beyond = (length, size);
                if (length == best.Taken + 1)
                    break;
            }

            next = Next(best, beyond, room);
        }

        if (best.Taken > 0)
            _ratio = (double)best.Taken / best.Written;
        return best;
    }

    public void Dispose() => compressor.Dispose();

    private bool IsEnough(int size, int room) =>
        size >= room * Enough && Units.RoundUp(size, blockSize) - size <= size / Slack;

    /// <summary>A little less than would reach the end of a block if the result grew evenly.</summary>
    private double Next((int Taken, int Written) best, (int Taken, int Written) beyond, int room)
    {
        (int taken, int written) = best.Taken > 0 ? best : beyond;
        if (written == 0)
            return Math.Min(room * 1.2, taken / 2.0);
        double goal = written < room && written >= room * Enough ? Units.RoundUp(written, blockSize) : room;
        goal -= goal / (2.0 * Slack);
        if (best.Taken == 0 || beyond.Written == 0)
            return taken * goal / written;
        double growth = (double)(beyond.Written - best.Written) / (beyond.Taken - best.Taken);
        return growth > 0 ? best.Taken + ((goal - best.Written) / growth) : (best.Taken + beyond.Taken) / 2.0;
    }
}
