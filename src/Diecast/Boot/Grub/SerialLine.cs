using System.Globalization;
using System.Text.RegularExpressions;

namespace Diecast.Boot;

/// <summary>A serial line that GRUB can show its menu on.</summary>
/// <param name="Unit">Number of the line: 0 for ttyS0.</param>
/// <param name="Speed">Bits in a second.</param>
internal sealed partial record SerialLine(int Unit, int Speed)
{
    /// <summary>What the kernel takes when console= names no speed (admin-guide/serial-console.rst).</summary>
    private const int DefaultSpeed = 9600;

    /// <summary>GRUB's command for the line, in <c>--word=8 --parity=no --stop=1</c>, which is its default.</summary>
    internal string Command => string.Create(CultureInfo.InvariantCulture, $"serial --unit={Unit} --speed={Speed}");

    /// <summary>The line of a name as console= has it (<c>ttyS0</c>, <c>ttyS1,115200n8</c>), or null when it is no PC serial line.</summary>
    internal static SerialLine? TryParse(string console)
    {
        Match match = Pattern().Match(console);
        if (!match.Success)
            return null;
        int speed = match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : DefaultSpeed;
        return new SerialLine(int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture), speed);
    }

    /// <summary>
    /// The line of the declaration, or of the last console= argument that names one, with the speed that this argument
    /// gives; null when there is none.
    /// </summary>
    /// <param name="declared">The declared line, or null.</param>
    /// <param name="speed">The declared speed, or null.</param>
    /// <param name="arguments">The kernel's.</param>
    /// <exception cref="BootException">The line that is declared is no serial line of GRUB.</exception>
    internal static SerialLine? Of(string? declared, int? speed, IEnumerable<string> arguments) =>
        Of(declared, arguments) is { } line ? line with { Speed = speed ?? line.Speed } : null;

    internal static SerialLine? Of(string? declared, IEnumerable<string> arguments)
    {
        SerialLine[] consoles =
        [
            .. arguments.Where(a => a.StartsWith("console=", StringComparison.Ordinal))
                .Select(a => TryParse(a["console=".Length..])).OfType<SerialLine>(),
        ];
        if (declared is null)
            return consoles.LastOrDefault();
        SerialLine line = TryParse(declared)
            ?? throw new BootException($"bootloader.serial is '{declared}', which is no serial line; write ttyS0 to ttyS3, with a speed as in ttyS0,115200");
        return declared.Contains(',', StringComparison.Ordinal) ? line : consoles.LastOrDefault(c => c.Unit == line.Unit) ?? line;
    }

    [GeneratedRegex(@"^(?:/dev/)?ttyS([0-3])(?:,([1-9][0-9]{1,6})(?:[a-z][a-z0-9]*)?)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
