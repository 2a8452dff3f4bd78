using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>
/// Tables that tell machines by the ids of their hardware (systemd, src/fundamental/chid-fundamental.h): entries of 28 bytes,
/// one of zeros after the last, then the strings that they point to.
/// </summary>
public static class UkiHardwareIds
{
    private const string Format = "hwids";
    private const int EntryLength = 28;
    private const uint DeviceTreeType = 1;
    private const int TypeShift = 28;
    private const int IdAt = 4;
    private const int NameAt = 20;
    private const int CompatibleAt = 24;

    private static readonly Comparer<byte[]> Bytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    /// <summary>The table: machines in their order, the ids of each and the strings of all sorted.</summary>
    /// <exception cref="UnrepresentableException">A machine has no id, or a string is not Unicode without NUL.</exception>
    public static Blob Write(IReadOnlyList<UkiHardwareId> machines)
    {
        ArgumentNullException.ThrowIfNull(machines);
        foreach (UkiHardwareId machine in machines)
        {
            if (machine.Ids.Count == 0)
                throw new UnrepresentableException(Format, null, $"the machine '{machine.Name}' has no ids");
        }

        byte[] entries = new byte[(machines.Sum(machine => machine.Ids.Distinct().Count()) + 1) * EntryLength];
        var strings = new MemoryStream();
        var places = new Dictionary<string, uint>(StringComparer.Ordinal);
        foreach (byte[] text in machines.SelectMany(machine => new[] { machine.Name, machine.Compatible }).Distinct().Select(Utf8).Order(Bytes))
        {
            places.Add(Encoding.UTF8.GetString(text), (uint)(entries.Length + strings.Length));
            strings.Write(text);
            strings.WriteByte(0);
        }

        int at = 0;
        foreach (UkiHardwareId machine in machines)
        {
            // Ids in the order of their texts.
            foreach (Guid id in machine.Ids.Distinct().OrderBy(id => id.ToString(), StringComparer.Ordinal))
            {
                Span<byte> entry = entries.AsSpan(at, EntryLength);
                PeLayout.Set32(entry, 0, EntryLength | (DeviceTreeType << TypeShift));
                id.TryWriteBytes(entry[IdAt..]);
                PeLayout.Set32(entry, NameAt, places[machine.Name]);
                PeLayout.Set32(entry, CompatibleAt, places[machine.Compatible]);
                at += EntryLength;
            }
        }

        return Blob.Concat(Blob.FromMemory(entries), Blob.FromMemory(strings.ToArray()));
    }

    private static byte[] Utf8(string text) => !text.Contains('\0', StringComparison.Ordinal) && Utf16.IsWellFormed(text)
        ? Encoding.UTF8.GetBytes(text)
        : throw new UnrepresentableException(Format, null, "a string is not Unicode without NUL");
}
