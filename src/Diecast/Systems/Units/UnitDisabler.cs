using Diecast.Formats.Trees;

namespace Diecast.Systems.Units;

/// <summary>Takes away the links that <c>systemctl disable</c> takes away (systemd src/shared/install.c).</summary>
internal sealed class UnitDisabler(TreeEditor edit, UnitSearch search)
{
    /// <summary>Disables a unit and those that its Also= names. Errors go to the editor.</summary>
    internal void Disable(string name)
    {
        var marked = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Queue<string>([name]);
        while (pending.TryDequeue(out string? next))
        {
            FoundUnit? unit = search.Find(next);
            if (unit is null && marked.Count == 0)
            {
                UnitErrors.Unknown(edit, search, next);
                return;
            }

            if (unit is null or { IsMasked: true } || !marked.Add(unit.Name))
                continue;
            InstallSection install = InstallSection.Read(search, unit);
            foreach (string also in install.Also)
            {
                if (InstallSpecifiers.Expand(also, new UnitName(unit.Name), install.DefaultInstance) is { } expanded)
                    pending.Enqueue(expanded);
            }
        }

        // A removed alias marks its own name, whose links go in the next round.
        while (marked.Count > 0 && RemoveLinks(UnitSearch.ConfigurationDirectory, marked))
        {
        }
    }

    private bool RemoveLinks(string path, HashSet<string> marked)
    {
        if (edit.Tree.Resolve(path) is not DirectoryInode directory)
            return false;
        bool again = false;
        foreach (DirectoryEntry entry in directory.Entries.ToArray())
        {
            string name = entry.Name.ToString();
            string full = $"{path}/{name}";
            switch (entry.Inode)
            {
                case DirectoryInode:
                    again |= RemoveLinks(full, marked);
                    if (edit.Tree.Resolve(full) is DirectoryInode { Count: 0 } && IsDependencies(name))
                        edit.Remove(full);
                    break;
                case SymlinkInode link when new UnitName(name).IsValid && !UnitSearch.IsNull(link) && IsMarked(name, link, full, marked):
                    edit.Remove(full);
                    again |= marked.Add(name);
                    break;
            }
        }

        return again;
    }

    private bool IsMarked(string name, SymlinkInode link, string path, HashSet<string> marked)
    {
        string target = edit.Tree.RealPath(path) ?? link.Target.ToString();
        return marked.Contains(name) || marked.Contains(target[(target.LastIndexOf('/') + 1)..]);
    }

    private static bool IsDependencies(string directory) =>
        directory.EndsWith(".wants", StringComparison.Ordinal)
        || directory.EndsWith(".requires", StringComparison.Ordinal)
        || directory.EndsWith(".upholds", StringComparison.Ordinal);
}
