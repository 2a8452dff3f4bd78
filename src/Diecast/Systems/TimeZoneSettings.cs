namespace Diecast.Systems;

/// <summary>/etc/localtime and, where the distribution has it, /etc/timezone.</summary>
internal static class TimeZoneSettings
{
    private const string Database = "/usr/share/zoneinfo/";

    private static readonly string[] UtcNames =
        ["Etc/UCT", "Etc/UTC", "Etc/Universal", "Etc/Zulu", "UCT", "UTC", "Universal", "Zulu"];

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        string zone = system.Timezone;
        if (!IsName(zone))
        {
            edit.Error($"'{zone}' cannot be a time zone", "write a name of the tz database, as in Europe/Paris");
            return;
        }

        if (edit.Tree.ResolveFile(Database + zone) is not null)
        {
            edit.Link("/etc/localtime", ".." + Database + zone);
        }
        else if (IsUtc(zone))
        {
            // localtime(5): without the file the time is UTC, so UTC needs no database.
            edit.Remove("/etc/localtime");
        }
        else
        {
            edit.Error($"the time zone {zone} is not in the base", Fix(edit, zone));
            return;
        }

        // Debian 12 and before; Debian 13 has only the link.
        if (edit.Find("/etc/timezone") is not null)
            edit.WriteText("/etc/timezone", zone + "\n");
    }

    internal static bool IsUtc(string zone) => UtcNames.Contains(zone);

    private static bool IsName(string zone) =>
        zone.Length > 0
        && zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')
        && zone.Split('/').All(part => part.Length > 0);

    private static string Fix(TreeEditor edit, string zone)
    {
        if (edit.Tree.ReadText(Database + "tzdata.zi") is not { } database)
            return "add the package tzdata to the base";
        string[] known =
        [
            .. database.Split('\n')
                .Select(line => line.Split(' '))
                .Where(fields => fields is ["Z", _, ..] or ["L", _, _, ..])
                .Select(fields => fields[0] == "Z" ? fields[1] : fields[2]),
        ];
        // Debian 13 moved backward's names out of tzdata and leaves them in the source text.
        if (known.Contains(zone))
            return "add the package tzdata-legacy to the base, or write the zone's present name";
        string[] near = [.. known.Where(name => edit.Tree.ResolveFile(Database + name) is not null)];
        return NearNames.Suggest(zone, near, "see tzselect(8) or the tz database for the names");
    }
}
