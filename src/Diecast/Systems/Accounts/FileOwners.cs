using System.Globalization;

namespace Diecast.Systems.Accounts;

/// <summary>Turns names of users and groups into the numbers that the tree gives them.</summary>
internal sealed class FileOwners(TreeEditor edit, OperatingSystem system)
{
    private readonly ColonFile _users = StoreAccounts.Load(edit.Tree, AccountDatabase.PasswdPath);
    private readonly ColonFile _groups = StoreAccounts.Load(edit.Tree, AccountDatabase.GroupPath);

    internal uint Uid(string name, string path) => Resolve("user", name, path, _users, system.Users.Any(user => user.Name == name));

    internal uint Gid(string name, string path) => Resolve("group", name, path, _groups, IsDeclaredGroup(name));

    private bool IsDeclaredGroup(string name) =>
        system.Groups.Any(group => group.Name == name) || system.Users.Any(user => user.Name == name && user.Group is null);

    // chown(1): a name first, then a number; root needs no account file. One that is declared and yet not there was
    // refused with an error of its own, which needs no second.
    private static uint Resolve(string kind, string name, string path, ColonFile file, bool isDeclared)
    {
        if (AccountDatabase.Id(file.Find(name), 2) is { } id)
            return id;
        if (name == "root" || isDeclared)
            return 0;
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue)
            return number;
        (string what, string fix) = StoreAccounts.Missing(kind, name, file, $"declare it under {kind}s, or add the package that makes it", "put the file into the partition by contents, whose owners may be numbers");
        throw new SystemConfigurationException($"the {kind} {name} of {path} {what}", fix);
    }
}
