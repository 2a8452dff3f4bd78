using Diecast.Formats.Trees;

namespace Diecast.Systems.Units;

/// <summary>Makes the links that <c>systemctl enable</c> makes (systemd src/shared/install.c).</summary>
internal sealed class UnitEnabler(TreeEditor edit, UnitSearch search)
{
    /// <summary>Enables a unit and those that its Also= names. Errors go to the editor.</summary>
    internal void Enable(string name)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<string>([name]);
        while (pending.TryDequeue(out string? next))
        {
            bool auxiliary = done.Count > 0;
            FoundUnit? unit = search.Find(next);
            // As systemctl: what Also= names and is not there, or is masked, is passed over.
            if (unit is null or { IsMasked: true } && auxiliary)
                continue;
            if (unit is null)
            {
                UnitErrors.Unknown(edit, search, next);
                return;
            }

            if (unit.IsMasked)
            {
                edit.Error($"the unit {unit.Name} is to be enabled and the base masks it", $"remove it from the services, or its link to /dev/null from the base");
                return;
            }

            if (!done.Add(unit.Name))
                continue;
            InstallSection install = InstallSection.Read(search, unit);
            if (install.IsEmpty && !auxiliary)
            {
                UnitErrors.Static(edit, unit);
                return;
            }

            Link(unit, install);
            foreach (string also in Expand(unit, install.Also, install.DefaultInstance))
                pending.Enqueue(also);
        }
    }

    private void Link(FoundUnit unit, InstallSection install)
    {
        foreach (string alias in Expand(unit, install.Aliases, install.DefaultInstance))
            LinkAlias(unit, alias);
        LinkDependents(unit, install.WantedBy, ".wants", install.DefaultInstance);
        LinkDependents(unit, install.RequiredBy, ".requires", install.DefaultInstance);
        LinkDependents(unit, install.UpheldBy, ".upholds", install.DefaultInstance);
    }

    private void LinkDependents(FoundUnit unit, List<string> dependents, string suffix, string? defaultInstance)
    {
        var name = new UnitName(unit.Name);
        UnitName linked = name.IsTemplate && defaultInstance is not null ? name.WithInstance(defaultInstance) : name;
        foreach (string text in Expand(unit, dependents, defaultInstance))
        {
            var dependent = new UnitName(text);
            if (!dependent.IsValid)
            {
                edit.Error($"the unit {unit.Name} installs itself into '{text}', which is no unit's name", "repair the unit file");
                continue;
            }

            // A template without an instance can only hang on another template.
            if (linked.IsTemplate && !dependent.IsTemplate)
            {
                edit.Error($"{unit.Name} is a template and {text} wants an instance of it", $"name the instance, as in {linked.WithInstance("NAME")}");
                continue;
            }

            string path = $"{UnitSearch.ConfigurationDirectory}/{text}{suffix}/{linked}";
            if (!IsEquivalent(path, unit.Path))
                edit.Link(path, unit.Path);
        }
    }

    private void LinkAlias(FoundUnit unit, string alias)
    {
        if (UnitAliases.Resolve(new UnitName(unit.Name), alias) is not { } name)
        {
            edit.Error($"the unit {unit.Name} cannot have the alias '{alias}'", "repair its Alias=: type, and instance where there is one, must be the same");
            return;
        }

        string path = $"{UnitSearch.ConfigurationDirectory}/{name}";
        if (name == unit.Name || IsEquivalent(path, unit.Path))
            return;
        if (edit.Find(path) is { } there)
        {
            string what = there is SymlinkInode link ? $"a link to {link.Target}" : $"a {there.Type}";
            edit.Error($"the unit {unit.Name} is to have the alias {name}, and {path} is {what}", "disable or remove the other unit first");
            return;
        }

        edit.Link(path, unit.Path);
    }

    // Links of the base may spell the same file in another way: /lib, or relative.
    private bool IsEquivalent(string path, string target) =>
        edit.Find(path) is SymlinkInode && edit.Tree.RealPath(path) is { } real && real == edit.Tree.RealPath(target);

    private IEnumerable<string> Expand(FoundUnit unit, List<string> texts, string? defaultInstance)
    {
        foreach (string text in texts)
        {
            if (InstallSpecifiers.Expand(text, new UnitName(unit.Name), defaultInstance) is { } expanded)
                yield return expanded;
            else
                edit.Error($"'{text}' in the [Install] section of {unit.Name} depends on the running machine", "link the unit with a declared file instead");
        }
    }
}
