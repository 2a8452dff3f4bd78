using System.Globalization;

namespace Diecast.Cli.Rendering;

/// <summary>Numbers as people read them; the same in every locale.</summary>
internal static class Units
{
    private static readonly string[] Names = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    internal static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1024 && unit < Names.Length - 1)
        {
            value /= 1024;
            unit++;
        }

        string format = unit == 0 || value >= 100 ? "0" : "0.0";
        return value.ToString(format, CultureInfo.InvariantCulture) + " " + Names[unit];
    }

    internal static string Rate(long bytes, TimeSpan elapsed) =>
        elapsed.TotalSeconds < 0.001 ? "" : Size((long)(bytes / elapsed.TotalSeconds)) + "/s";

    internal static string Time(TimeSpan elapsed) => elapsed.TotalMinutes >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{(int)elapsed.TotalMinutes}m {elapsed.Seconds:00}s")
        : string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00}s");
}
