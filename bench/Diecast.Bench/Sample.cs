using System.Globalization;

namespace Diecast.Bench;

/// <summary>What one run of a command took.</summary>
/// <param name="Wall">Seconds from its start to its end.</param>
/// <param name="Processor">Seconds of processor time, of it and its children.</param>
/// <param name="Peak">Most memory of one process, in MiB.</param>
/// <param name="Size">Bytes of what it made; 0 where nothing was asked.</param>
public sealed record Sample(double Wall, double Processor, double Peak, long Size)
{
    /// <summary>Seconds after which a command is run once instead of in turns.</summary>
    public const double Long = 60;

    /// <summary>Reads the line that <c>measure.c</c> writes: seconds of wall, user and system, and KiB.</summary>
    /// <exception cref="FormatException">It is another.</exception>
    public static Sample Parse(string line, long size)
    {
        ArgumentNullException.ThrowIfNull(line);
        return line.Split(' ') is [var wall, var user, var system, var peak]
            ? new Sample(Number(wall), Number(user) + Number(system), Number(peak) / 1024, size)
            : throw new FormatException(line);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
