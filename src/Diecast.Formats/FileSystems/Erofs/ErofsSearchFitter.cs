using Diecast.Formats.Compression;

namespace Diecast.Formats.FileSystems.Erofs;

/// <summary>
/// Finds how much fits a space for a compressor that takes what it is given. Each trial tells how far it is off and how fast the
/// result grows, so that the second or third is near enough.
/// </summary>
internal sealed class ErofsSearchFitter(IBlockCompressor compressor) : IErofsFitter
{
    /// <summary>What may be left of the space, as a share of it.</summary>
    private const int Slack = 200;

    /// <summary>What saves less than such a share does not save a block either.</summary>
    private const int Incompressible = 64;

    private const int MostTrials = 6;

    private byte[] _trial = [];
    private double _ratio;

    public void Reset() => _ratio = 0;

    public (int Taken, int Written) Fit(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int target = output.Length;
        // What is too long is of use too, as long as it tells how long it is.
        if (_trial.Length < target * 2)
            _trial = new byte[target * 2];
        (int Taken, int Written) best = default;
        (int Taken, int Written) beyond = (input.Length + 1, 0);
        double next = target * (_ratio > 0 ? _ratio : 3) * 0.997;
        for (int trial = 0; trial < MostTrials; trial++)
        {
            int length = (int)Math.Clamp(next, best.Taken + 1, beyond.Taken - 1);
            int size = compressor.Compress(input[..length], _trial);
            if (size >= length - (length / Incompressible))
                return default;
            if (size > 0 && size <= target)
            {
                best = (length, size);
                _trial.AsSpan(0, size).CopyTo(output);
                if (length == beyond.Taken - 1 || target - size <= target / Slack)
                    break;
            }
            else
            {
                beyond = (length, size);
                if (length == best.Taken + 1)
                    break;
            }

            next = Next(best, beyond, target);
        }

        if (best.Taken > 0)
            _ratio = (double)best.Taken / best.Written;
        return best;
    }

    /// <summary>A little less than would fill the space if the result grew evenly.</summary>
    private static double Next((int Taken, int Written) best, (int Taken, int Written) beyond, int target)
    {
        double goal = target - (target / (2.0 * Slack));
        if (beyond.Written == 0)
        {
            // Nothing is known of what is beyond, or only that it is much too long.
            return best.Taken > 0 ? best.Taken * goal / best.Written : Math.Min(target * 1.2, beyond.Taken / 2.0);
        }

        if (best.Taken == 0)
            return beyond.Taken * goal / beyond.Written;
        double growth = (double)(beyond.Written - best.Written) / (beyond.Taken - best.Taken);
        return growth > 0 ? best.Taken + ((goal - best.Written) / growth) : (best.Taken + beyond.Taken) / 2.0;
    }

    public void Dispose() => compressor.Dispose();
}
