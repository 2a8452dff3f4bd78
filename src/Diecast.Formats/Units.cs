namespace Diecast.Formats;

/// <summary>Rounding to whole units.</summary>
internal static class Units
{
    /// <summary>How many units hold the value.</summary>
    internal static long Divide(long value, long unit) => (value / unit) + (value % unit == 0 ? 0 : 1);

    internal static long RoundUp(long value, long unit) => Divide(value, unit) * unit;
}
