using Diecast.Formats.Trees;

namespace Diecast.Systems.Units;

/// <summary>Links units to /dev/null, as <c>systemctl mask</c> does.</summary>
internal static class UnitMasker
{
    // Made at boot from fstab and the devices, so no file need be there.
    private static readonly string[] GeneratedTypes = [".automount", ".device", ".mount", ".scope", ".slice", ".swap"];

    internal static void Mask(TreeEditor edit, UnitSearch search, UnitName name)
    {
        string path = $"{UnitSearch.ConfigurationDirectory}/{name}";
        switch (edit.Find(path))
        {
            case SymlinkInode link when UnitSearch.IsNull(link):
                return;
            case SymlinkInode when search.Find(name.Text) is { } unit && unit.Name != name.Text:
                edit.Error($"{name} is to be masked and is only an alias of {unit.Name}", $"mask {unit.Name}");
                return;
            case { } there:
                edit.Error($"{name} is to be masked and {path} is a {there.Type} in the base", "remove it from the base, or disable the unit instead");
                return;
        }

        bool known = search.Find(name.Text) is not null
            || GeneratedTypes.Contains(name.Type)
            || edit.Exists($"/etc/init.d/{name.Stem}");
        if (known)
            edit.Link(path, "/dev/null");
        else
            UnitErrors.Unknown(edit, search, name.Text);
    }
}
