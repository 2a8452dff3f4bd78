using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>Login prompts on serial lines.</summary>
internal static class SerialConsole
{
    /// <summary>
    /// The unit for a line. Where the kernel has the line as its console, systemd-getty-generator starts the same unit
    /// at boot; the link then changes nothing.
    /// </summary>
    internal static string Unit(string line) =>
        $"serial-getty@{UnitName.EscapePath(line.StartsWith("/dev/", StringComparison.Ordinal) ? line[5..] : line)}.service";
}
