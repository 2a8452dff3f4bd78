using System.Globalization;
using Diecast.Formats.Trees;
using Diecast.Systems.Accounts;

namespace Diecast.Systems;

/// <summary>The numbers that a tree's own account files give to names.</summary>
internal sealed class TreeAccounts(FileTree tree)
{
    private readonly ColonFile _users = ColonFile.Load(tree, AccountDatabase.PasswdPath);
    private readonly ColonFile _groups = ColonFile.Load(tree, AccountDatabase.GroupPath);

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
        throw new BuildException(
            $"{place}: the {kind} {name} is not in the image",
            file.Exists
                ? NearNames.Suggest(name, file.Names(), "declare it, or give its number")
                : $"give its number: there is no {file.Path} in the partition or the system");
    }
}
