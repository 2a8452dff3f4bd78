using System.Text;
using static System.FormattableString;

namespace Diecast.Formats.Firmware;

/// <summary>What firmware boots (UEFI 2.10 section 3.1): <c>Boot####</c>, <c>BootOrder</c> and <c>Timeout</c>.</summary>
public static class EfiBootEntries
{
    private const uint Active = 1;
    private const int LongestText = 1024;

    /// <summary>The store with a boot entry.</summary>
    /// <param name="store">The store.</param>
    /// <param name="number">The entry's number, 0 to 65535; one that is there is replaced.</param>
    /// <param name="entry">The entry.</param>
    /// <exception cref="UnrepresentableException">A text is longer than 1024 characters or no Unicode, or the entry has neither partition nor path.</exception>
    /// <exception cref="DoesNotFitException">There is no room for it.</exception>
    public static EfiVariableStore WithBootEntry(this EfiVariableStore store, int number, EfiBootEntry entry)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(entry);
        CheckNumber(number);
        if (entry.Partition is null && entry.Path is null)
            throw Refuse("a boot entry names a partition, a path, or both");
        if (entry.Partition is { Number: < 1 } or { FirstLba: < 0 } or { BlockCount: < 0 })
            throw Refuse("a partition has a number from 1 and begins at block 0 or later");
        foreach (string text in new[] { entry.Description, entry.Path ?? "", entry.Arguments })
        {
            if (text.Length > LongestText || text.Contains('\0', StringComparison.Ordinal) || !Utf16.IsWellFormed(text))
                throw Refuse($"the text '{text}'; it is Unicode without NUL of up to {LongestText} characters");
        }

        byte[] path = DevicePath.Write(entry.Partition, entry.Path);
        byte[] option = new byte[sizeof(uint) + sizeof(ushort)];
        VariableLayout.Set32(option, 0, entry.State == EfiBootEntryState.Active ? Active : 0);
        VariableLayout.Set16(option, sizeof(uint), (ushort)path.Length);
        byte[] arguments = entry.Arguments.Length == 0 ? [] : Encoding.Unicode.GetBytes(entry.Arguments + "\0");
        return store.With(new EfiVariable
        {
            Name = Name(number),
            Data = (byte[])[.. option, .. Encoding.Unicode.GetBytes(entry.Description + "\0"), .. path, .. arguments],
        });
    }

    /// <summary>The store with an order in which boot entries are tried; the first is what boots.</summary>
    /// <exception cref="UnrepresentableException">A number is there twice.</exception>
    /// <exception cref="DoesNotFitException">There is no room for it.</exception>
    public static EfiVariableStore WithBootOrder(this EfiVariableStore store, params IReadOnlyList<int> numbers)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Distinct().Count() != numbers.Count)
            throw Refuse("a boot entry is in the order twice");
        byte[] order = new byte[numbers.Count * sizeof(ushort)];
        for (int i = 0; i < numbers.Count; i++)
        {
            CheckNumber(numbers[i]);
            VariableLayout.Set16(order, i * sizeof(ushort), (ushort)numbers[i]);
        }

        return numbers.Count == 0
            ? store.Without("BootOrder", EfiVendors.Global)
            : store.With(new EfiVariable { Name = "BootOrder", Data = order });
    }

    /// <summary>The store with the time that firmware waits for a key before it boots.</summary>
    /// <param name="store">The store.</param>
    /// <param name="seconds">Seconds, 0 to 65534.</param>
    /// <exception cref="DoesNotFitException">There is no room for it.</exception>
    public static EfiVariableStore WithTimeout(this EfiVariableStore store, int seconds)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfNegative(seconds);
        // The largest number waits for ever.
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(seconds, ushort.MaxValue);
        byte[] timeout = new byte[sizeof(ushort)];
        VariableLayout.Set16(timeout, 0, (ushort)seconds);
        return store.With(new EfiVariable { Name = "Timeout", Data = timeout });
    }

    private static string Name(int number) => Invariant($"Boot{number:X4}");

    private static void CheckNumber(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(number, ushort.MaxValue);
    }

    private static UnrepresentableException Refuse(string message) => new(EfiVariableStore.Format, null, message);
}
