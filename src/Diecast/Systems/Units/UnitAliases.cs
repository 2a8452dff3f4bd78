namespace Diecast.Systems.Units;

/// <summary>Which aliases a unit may have (systemd src/shared/install.c, unit_file_verify_alias).</summary>
internal static class UnitAliases
{
    private static readonly string[] DependencySuffixes = [".wants", ".requires", ".upholds"];

    /// <summary>The link's path below the configuration directory, the unit's own name for no link, or null if it may not be.</summary>
    internal static string? Resolve(UnitName unit, string alias)
    {
        int slash = alias.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
            return IsDependency(unit, alias[..slash], alias[(slash + 1)..]) ? alias : null;
        var name = new UnitName(alias);
        if (!name.IsValid || name.Type != unit.Type)
            return null;
        if (name.IsTemplate && unit.IsInstance)
            name = name.WithInstance(unit.Instance!);
        bool sameForm = name.IsTemplate == unit.IsTemplate && name.Instance == unit.Instance;
        return sameForm ? name.Text : null;
    }

    private static bool IsDependency(UnitName unit, string directory, string name) =>
        Array.Find(DependencySuffixes, suffix => directory.EndsWith(suffix, StringComparison.Ordinal)) is { } suffix
        && new UnitName(directory[..^suffix.Length]).IsValid
        && (name == unit.Text || (unit.IsTemplate && new UnitName(name) is { IsInstance: true } instance && instance.Template == unit));
}
