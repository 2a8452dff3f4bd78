namespace Diecast.Systems.Accounts;

/// <summary>The declared groups and accounts, with their homes, keys and sudo rules.</summary>
internal static class AccountSettings
{
    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (system.Users.Count == 0 && system.Groups.Count == 0)
            return;
        var database = new AccountDatabase(edit.Tree);
        if (!database.Passwd.Exists || !database.Group.Exists)
        {
            edit.Error("users or groups are declared and the base has no /etc/passwd or no /etc/group", "use a base with accounts, or declare none");
            return;
        }

        int before = edit.Errors.Count;
        CheckRepeats(edit, system);
        var groups = new AccountGroups(edit, database, system);
        foreach (UserGroup group in system.Groups)
            groups.Declare(group);
        var users = new AccountUsers(edit, database, groups, system);
        foreach (UserAccount user in system.Users)
            users.Declare(user);
        foreach (UserAccount user in system.Users)
            groups.AddMemberships(user);
        if (edit.Errors.Count > before)
            return;
        database.Save(edit);
        foreach (UserAccount user in system.Users)
        {
            HomeDirectories.Apply(edit, database, user, isNew: users.IsNew(user.Name));
            SudoRules.Apply(edit, database, user);
        }
    }

    private static void CheckRepeats(TreeEditor edit, OperatingSystem system)
    {
        foreach (string name in Repeated(system.Users.Select(user => user.Name)))
            edit.Error($"the user {name} is declared twice", "leave one of the two");
        foreach (string name in Repeated(system.Groups.Select(group => group.Name)))
            edit.Error($"the group {name} is declared twice", "leave one of the two");
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return [.. names.Where(name => !seen.Add(name))];
    }
}
