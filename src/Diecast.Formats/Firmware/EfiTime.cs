namespace Diecast.Formats.Firmware;

/// <summary>EFI_TIME (UEFI 2.10 section 8.3) as it stands in time-based authenticated variables: without what is beyond seconds.</summary>
internal static class EfiTime
{
    internal const int Length = 16;
    internal const int FirstYear = 1900;

    internal static void Write(Span<byte> bytes, DateTimeOffset? time)
    {
        bytes[..Length].Clear();
        if (time is not { } at)
            return;
        DateTime utc = at.UtcDateTime;
        VariableLayout.Set16(bytes, 0, (ushort)utc.Year);
        bytes[2] = (byte)utc.Month;
        bytes[3] = (byte)utc.Day;
        bytes[4] = (byte)utc.Hour;
        bytes[5] = (byte)utc.Minute;
        bytes[6] = (byte)utc.Second;
    }

    /// <summary>The time; null where there is none, or what is there is none.</summary>
    internal static DateTimeOffset? Read(ReadOnlySpan<byte> bytes)
    {
        int year = VariableLayout.UInt16(bytes, 0);
        (int month, int day, int hour, int minute, int second) = (bytes[2], bytes[3], bytes[4], bytes[5], bytes[6]);
        bool valid = year is >= FirstYear and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            && hour < 24 && minute < 60 && second < 60;
        return valid ? new DateTimeOffset(year, month, day, hour, minute, second, TimeSpan.Zero) : null;
    }
}
