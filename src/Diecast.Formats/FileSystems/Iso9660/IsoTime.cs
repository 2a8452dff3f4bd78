using System.Globalization;
using System.Text;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Times as ECMA-119 has them: of seven bytes (9.1.5) and of seventeen digits (8.4.26.1).</summary>
internal static class IsoTime
{
    internal const int ShortLength = 7;
    internal const int LongLength = 17;

    private const int FirstYear = 1900;
    private const int DigitCount = 16;
    private const int SecondsInZone = 15 * 60;
    private const long NanosecondsInHundredth = 10_000_000;

    private const long LeastLong = -62135596800;
    private const long MostLong = 253402300799;

    internal static readonly Timestamp EarliestShort = new(-2208988800);
    internal static readonly Timestamp LatestShort = new(5869583999);

    internal static bool IsLong(Timestamp time) => time.Seconds is >= LeastLong and <= MostLong;

    internal static bool IsShort(Timestamp time) => time.Seconds >= EarliestShort.Seconds && time.Seconds <= LatestShort.Seconds;

    internal static void WriteShort(Span<byte> bytes, Timestamp time)
    {
        Timestamp near = time < EarliestShort ? EarliestShort : time.ClampTo(LatestShort);
        DateTimeOffset date = DateTimeOffset.FromUnixTimeSeconds(near.Seconds);
        bytes[0] = (byte)(date.Year - FirstYear);
        bytes[1] = (byte)date.Month;
        bytes[2] = (byte)date.Day;
        bytes[3] = (byte)date.Hour;
        bytes[4] = (byte)date.Minute;
        bytes[5] = (byte)date.Second;
        bytes[6] = 0;
    }

    /// <summary>What is no date, as one of all zeros, is the epoch: readers are lenient here.</summary>
    internal static Timestamp ReadShort(ReadOnlySpan<byte> bytes) =>
        Of(FirstYear + bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5], 0, unchecked((sbyte)bytes[6])) ?? Timestamp.Epoch;

    internal static void WriteLong(Span<byte> bytes, Timestamp? time)
    {
        bytes[..DigitCount].Fill((byte)'0');
        bytes[DigitCount] = 0;
        if (time is { } given)
            Encoding.ASCII.GetBytes(Digits(given), bytes);
    }

    /// <summary>Sixteen digits, to the hundredth of a second.</summary>
    internal static string Digits(Timestamp time)
    {
        string date = DateTimeOffset.FromUnixTimeSeconds(time.Seconds).ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture);
        return date + (time.Nanoseconds / NanosecondsInHundredth).ToString("00", CultureInfo.InvariantCulture);
    }

    /// <summary>The time, or null where none is said.</summary>
    internal static Timestamp? ReadLong(ReadOnlySpan<byte> bytes)
    {
        Span<int> digits = stackalloc int[DigitCount];
        for (int i = 0; i < DigitCount; i++)
        {
            if (!char.IsAsciiDigit((char)bytes[i]))
                return null;
            digits[i] = bytes[i] - '0';
        }

        int year = (Two(digits, 0) * 100) + Two(digits, 2);
        return Of(year, Two(digits, 4), Two(digits, 6), Two(digits, 8), Two(digits, 10), Two(digits, 12), Two(digits, 14), unchecked((sbyte)bytes[DigitCount]));
    }

    /// <summary>As GRUB and blkid show them: 2024-01-31-12-00-00-00.</summary>
    internal static string ToUuid(ReadOnlySpan<char> digits)
    {
        var text = new StringBuilder(22).Append(digits[..4]);
        for (int i = 4; i < DigitCount; i += 2)
            text.Append('-').Append(digits.Slice(i, 2));
        return text.ToString();
    }

    private static int Two(ReadOnlySpan<int> digits, int at) => (digits[at] * 10) + digits[at + 1];

    private static Timestamp? Of(int year, int month, int day, int hour, int minute, int second, int hundredths, int zone)
    {
        if (year is < 1 or > 9999 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)
            || hour > 23 || minute > 59 || second > 59 || zone is < -48 or > 52)
        {
            return null;
        }

        long seconds = new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero).ToUnixTimeSeconds();
        return new Timestamp(seconds - (zone * SecondsInZone), (int)(hundredths * NanosecondsInHundredth));
    }
}
