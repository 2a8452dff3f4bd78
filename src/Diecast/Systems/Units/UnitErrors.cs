namespace Diecast.Systems.Units;

/// <summary>Errors that more than one change of a unit can meet.</summary>
internal static class UnitErrors
{
    internal static void Unknown(TreeEditor edit, UnitSearch search, string name)
    {
        string fix = search.HasUnits
            ? NearNames.Suggest(name, search.Names(), "add the package that has it, or declare its file under files")
            : "the base has no systemd; leave services out";
        edit.Error($"the unit {name} is not in the base", fix);
    }

    /// <summary>What systemctl says of a unit without installation settings.</summary>
    internal static void Static(TreeEditor edit, FoundUnit unit) =>
        edit.Error(
            $"the unit {unit.Name} has no [Install] section, so there is no way in which it is enabled",
            new UnitName(unit.Name).IsTemplate
                ? "name an instance of the template"
                : "it runs when another unit, a socket, a timer, a path or D-Bus starts it; leave it out, or enable that one");
}
