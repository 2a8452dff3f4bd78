using System.Globalization;
using Diecast.Boot;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of the boot menu: one way to boot an entry, terminals that there are, and a serial line where one is used.</summary>
internal static class BootloaderRules
{
    private const string Path = "system.bootloader";

    internal static void Check(OperatingSystem system, Problems problems)
    {
        if (system.Bootloader is not { } loader)
            return;
        for (int i = 0; i < loader.MenuEntries.Count; i++)
            CheckEntry(loader.MenuEntries[i], string.Create(CultureInfo.InvariantCulture, $"{Path}.menuEntries[{i}]"), problems);
        if (loader.DefaultEntry > loader.MenuEntries.Count)
        {
            problems.Add($"{Path}.defaultEntry", "no such entry", Text(loader.DefaultEntry),
                $"0 is the newest kernel, and there are {Text(loader.MenuEntries.Count)} menuEntries", "take one of them");
        }

        CheckTerminals(loader.TerminalInputs, GrubTerminals.Inputs, "terminalInputs", "typed", problems);
        CheckTerminals(loader.TerminalOutputs, GrubTerminals.Outputs, "terminalOutputs", "shown", problems);
        bool hasLine = loader.Serial is not null || system.Kernel?.Arguments.Any(argument => argument.StartsWith("console=ttyS", StringComparison.Ordinal)) == true;
        if (hasLine)
            return;
        if (loader.SerialSpeed is { } speed)
            problems.Add($"{Path}.serialSpeed", "speed of no serial line", Text(speed), "the line is serial, or that of a console= argument", "add serial: ttyS0");
        foreach ((string key, ValueList<MenuTerminal> terminals) in new[] { ("terminalInputs", loader.TerminalInputs), ("terminalOutputs", loader.TerminalOutputs) })
        {
            if (terminals.Contains(MenuTerminal.Serial))
                problems.Add($"{Path}.{key}", "serial terminal without a line", "serial", "the line is serial, or that of a console= argument", "add serial: ttyS0");
        }
    }

    private static void CheckEntry(MenuEntry entry, string path, Problems problems)
    {
        const string Rule = "an entry boots by one of linux, multiboot and chainLoader";
        string[] ways =
        [
            .. entry.Linux is null ? (ReadOnlySpan<string>)[] : ["linux"],
            .. entry.Multiboot is null ? (ReadOnlySpan<string>)[] : ["multiboot"],
            .. entry.ChainLoader is null ? (ReadOnlySpan<string>)[] : ["chainLoader"],
        ];
        if (ways.Length == 0)
            problems.Add(path, "entry that boots nothing", entry.Label, Rule, "add one of them");
        else if (ways.Length > 1)
            problems.Add($"{path}.{ways[1]}", "second way to boot an entry", null, Rule, "make it an entry of its own");
        Owned("arguments", entry.Arguments.Count > 0, "linux");
        Owned("initrd", entry.Initrd.Count > 0, "linux");
        Owned("multibootArguments", entry.MultibootArguments.Count > 0, "multiboot");
        Owned("multibootModules", entry.MultibootModules.Count > 0, "multiboot");

        void Owned(string key, bool isSet, string way)
        {
            if (isSet && !ways.Contains(way))
                problems.Add($"{path}.{key}", $"{key} without {way}", null, $"they are those of {way}", $"add {way}:, or remove it");
        }
    }

    private static void CheckTerminals(ValueList<MenuTerminal> terminals, IReadOnlyCollection<MenuTerminal> known, string key, string verb, Problems problems)
    {
        for (int i = 0; i < terminals.Count; i++)
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{Path}.{key}[{i}]");
            string name = GrubTerminals.Name(terminals[i]).Replace('_', '-');
            if (problems.HasAt(path))
                continue;
            if (!known.Contains(terminals[i]))
                problems.Add(path, $"terminal that nothing is {verb} on", name, $"there are {string.Join(", ", known.Select(t => GrubTerminals.Name(t).Replace('_', '-')))}", "take one of them");
            else if (terminals.Take(i).Contains(terminals[i]))
                problems.Add(path, "terminal named twice", name, "each is named once", "remove one");
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
