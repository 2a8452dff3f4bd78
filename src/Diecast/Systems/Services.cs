using Diecast.Formats.Trees;
using Diecast.Systems.Units;

namespace Diecast.Systems;

/// <summary>The declared services: first what is disabled, then what is enabled, then what is masked.</summary>
/// <remarks>
/// In this order the declaration's own order does not matter: disabling a unit also disables those of its Also=, and
/// one of these may be declared by itself.
/// </remarks>
internal static class Services
{
    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        var units = new UnitSearch(edit.Tree);
        UnitName[] disabled = [.. Names(edit, system.Services.OfType<DisabledUnit>().Select(service => service.Unit))];
        UnitName[] enabled = [.. Names(edit, system.Services.Select(Enabled).OfType<string>())];
        UnitName[] masked = [.. Names(edit, system.Services.OfType<MaskedUnit>().Select(service => service.Unit))];
        foreach (UnitName name in enabled.Intersect([.. disabled, .. masked]))
            edit.Error($"the unit {name} is both enabled and {(disabled.Contains(name) ? "disabled" : "masked")}", "leave one of the two");
        foreach (UnitName name in disabled)
            Disable(edit, units, name);
        var enabler = new UnitEnabler(edit, units);
        foreach (UnitName name in enabled)
            Enable(edit, enabler, units, name);
        foreach (UnitName name in masked)
            UnitMasker.Mask(edit, units, name);
    }

    private static string? Enabled(Service service) => service switch
    {
        EnabledUnit unit => unit.Unit,
        SerialGetty getty => SerialConsole.Unit(getty.Line),
        _ => null,
    };

    private static IEnumerable<UnitName> Names(TreeEditor edit, IEnumerable<string> texts)
    {
        foreach (UnitName name in texts.Select(UnitName.Parse).Distinct())
        {
            if (name.IsValid)
                yield return name;
            else
                edit.Error($"'{name}' cannot be a unit's name", "write it as systemctl takes it, as in ssh.service");
        }
    }

    private static void Enable(TreeEditor edit, UnitEnabler enabler, UnitSearch units, UnitName name)
    {
        if (units.Find(name.Text) is null && HasScript(edit, name))
        {
            // Its package's installation has made the links of the run levels, which systemd reads.
            if (!IsScriptEnabled(edit, name))
                edit.Error($"{name.Stem} is a System V script that the base does not start", "enable it in the base, or declare a unit for it under files");
            return;
        }

        enabler.Enable(name.Text);
    }

    private static void Disable(TreeEditor edit, UnitSearch units, UnitName name)
    {
        if (units.Find(name.Text) is null && HasScript(edit, name))
        {
            if (IsScriptEnabled(edit, name))
                edit.Error($"{name.Stem} is a System V script, which has no unit to disable", $"mask {name}");
            return;
        }

        new UnitDisabler(edit, units).Disable(name.Text);
    }

    private static bool HasScript(TreeEditor edit, UnitName name) =>
        name.Type == ".service" && edit.Exists($"/etc/init.d/{name.Stem}");

    private static bool IsScriptEnabled(TreeEditor edit, UnitName name)
    {
        foreach (string level in (string[])["rcS.d", "rc2.d", "rc3.d", "rc4.d", "rc5.d"])
        {
            if (edit.Tree.Resolve("/etc/" + level) is not DirectoryInode directory)
                continue;
            foreach (DirectoryEntry entry in directory.Entries)
            {
                string link = entry.Name.ToString();
                if (link.Length > 3 && link[0] == 'S' && link[3..] == name.Stem)
                    return true;
            }
        }

        return false;
    }
}
