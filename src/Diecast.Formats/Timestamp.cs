namespace Diecast.Formats;

/// <summary>A point in time: seconds since 1970-01-01 UTC, which may be negative, and nanoseconds forward from there.</summary>
/// <param name="Seconds">Whole seconds since 1970-01-01 00:00:00 UTC.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct Timestamp(long Seconds, int Nanoseconds = 0) : IComparable<Timestamp>
{
    /// <summary>1970-01-01 00:00:00 UTC.</summary>
    public static Timestamp Epoch => default;

    /// <summary>The same point as a date, cut to its range and to 100 ns.</summary>
    public DateTimeOffset ToDateTimeOffset() =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(Seconds, -62135596800, 253402300799)).AddTicks(Nanoseconds / 100);

    /// <summary>The earlier of the two: a time is clamped to the source epoch, never raised to it.</summary>
    public Timestamp ClampTo(Timestamp latest) => CompareTo(latest) > 0 ? latest : this;

    /// <inheritdoc/>
    public int CompareTo(Timestamp other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    /// <summary>Order in time.</summary>
    public static bool operator <(Timestamp left, Timestamp right) => left.CompareTo(right) < 0;

    /// <summary>Order in time.</summary>
    public static bool operator >(Timestamp left, Timestamp right) => left.CompareTo(right) > 0;

    /// <summary>Order in time.</summary>
    public static bool operator <=(Timestamp left, Timestamp right) => left.CompareTo(right) <= 0;

    /// <summary>Order in time.</summary>
    public static bool operator >=(Timestamp left, Timestamp right) => left.CompareTo(right) >= 0;
}
