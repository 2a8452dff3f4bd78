using System.Globalization;
using Diecast.Formats.Trees;
using Diecast.Systems.Accounts;

namespace Diecast.Systems;

/// <summary>The numbers that a tree's own account files give to names.</summary>
internal sealed class TreeAccounts(FileTree tree)
{
    private readonly ColonFile _users = StoreAccounts.Load(tree, AccountDatabase.PasswdPath);
    private readonly ColonFile _groups = StoreAccounts.Load(tree, AccountDatabase.GroupPath);

    /// <summary>A user's number, by name or as it is.</summary>
    /// <exception cref="BuildException">The tree has no such user.</exception>
    internal uint Uid(string name, string place) => Find("user", name, place, _users);

    /// <summary>A group's number, by name or as it is.</summary>
    /// <exception cref="BuildException">The tree has no such group.</exception>
    internal uint Gid(string name, string place) => Find("group", name, place, _groups);

    // chown(1): a name first, then a number; root needs no account file.
    private static uint Find(string kind, string name, string place, ColonFile file)
    {
        if (AccountDatabase.Id(file.Find(name), 2) is { } id)
            return id;
        if (name == "root")
            return 0;
        if (uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) && number != uint.MaxValue)
            return number;
        (string what, string fix) = StoreAccounts.Missing(kind, name, file, "declare it, or give its number", "give its number");
        throw new BuildException($"{place}: the {kind} {name} {what}", fix);
    }
}
