using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>A time as directory entries hold it, in UTC.</summary>
/// <param name="Date">Years since 1980, month, day.</param>
/// <param name="Time">Hours, minutes, pairs of seconds.</param>
/// <param name="Hundredths">0 to 199: what the pair of seconds leaves out, for the time of creation only.</param>
internal readonly record struct FatTime(ushort Date, ushort Time, byte Hundredths)
{
    private static readonly Timestamp First = new(315532800);
    private static readonly Timestamp Last = new(4354819199, 999_999_999);

    /// <summary>1980-01-01 00:00:00, where FAT begins.</summary>
    internal static FatTime Earliest => From(First);

    /// <summary>The time, limited to 1980-01-01 00:00:00 and 2107-12-31 23:59:59.</summary>
    internal static FatTime From(Timestamp time)
    {
        if (time < First)
            time = First;
        time = time.ClampTo(Last);
        DateTime date = time.ToDateTimeOffset().UtcDateTime;
        return new FatTime(
            (ushort)(((date.Year - 1980) << 9) | (date.Month << 5) | date.Day),
            (ushort)((date.Hour << 11) | (date.Minute << 5) | (date.Second / 2)),
            (byte)((date.Second % 2 * 100) + (time.Nanoseconds / 10_000_000)));
    }

    /// <summary>The time; fields out of range, such as a day or month of 0, stand for the nearest that is in range.</summary>
    internal Timestamp ToTimestamp()
    {
        int year = 1980 + (Date >> 9);
        int month = Math.Clamp((Date >> 5) & 0x0F, 1, 12);
        int day = Math.Clamp(Date & 0x1F, 1, DateTime.DaysInMonth(year, month));
        int hour = Math.Min(Time >> 11, 23);
        int minute = Math.Min((Time >> 5) & 0x3F, 59);
        int second = Math.Min(Time & 0x1F, 29) * 2;
        int hundredths = Hundredths < 200 ? Hundredths : 0;
        var date = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero);
        return new Timestamp(date.ToUnixTimeSeconds() + (hundredths / 100), hundredths % 100 * 10_000_000);
    }
}
