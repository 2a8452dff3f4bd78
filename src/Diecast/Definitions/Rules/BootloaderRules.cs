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

        if (loader.Kind is BootloaderKind.Extlinux or BootloaderKind.RaspberryPi)
            CheckOther(loader, problems);
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

    /// <summary>What GRUB alone can do is refused with another loader, so that nothing declared is left out.</summary>
    private static void CheckOther(BootloaderConfiguration loader, Problems problems)
    {
        bool isMenu = loader.Kind == BootloaderKind.Extlinux;
        string name = isMenu ? "extlinux" : "raspberry-pi";
        string rule = isMenu ? "U-Boot shows its menu on its own console, and boots Linux from its own file system" : "a Raspberry Pi's firmware has no menu";
        Refuse(loader.Serial is not null, "serial");
        Refuse(loader.SerialSpeed is not null, "serialSpeed");
        Refuse(loader.TerminalInputs.Count > 0, "terminalInputs");
        Refuse(loader.TerminalOutputs.Count > 0, "terminalOutputs");
        Refuse(loader.ExtraInitrd is not null, "extraInitrd");
        Refuse(!isMenu && loader.MenuEntries.Count > 0, "menuEntries");
        Refuse(!isMenu && loader.Timeout != new BootloaderConfiguration().Timeout, "timeout");
        for (int i = 0; isMenu && i < loader.MenuEntries.Count; i++)
        {
            Refuse(
                loader.MenuEntries[i] is not { Device: null, Multiboot: null, ChainLoader: null, Initrd.Count: <= 1 },
                string.Create(CultureInfo.InvariantCulture, $"menuEntries[{i}]"));
        }

        void Refuse(bool isGiven, string key)
        {
            if (isGiven)
                problems.Add($"{Path}.{key}", $"not possible with {name}", null, rule, "remove it, or take bootloader: grub where there is UEFI");
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
