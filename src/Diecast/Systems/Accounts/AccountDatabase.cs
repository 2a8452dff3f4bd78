using System.Globalization;
using Diecast.Formats.Trees;

namespace Diecast.Systems.Accounts;

/// <summary>The account files of a tree, read once, changed in step and written back together.</summary>
internal sealed class AccountDatabase
{
    internal const string PasswdPath = "/etc/passwd";
    internal const string GroupPath = "/etc/group";
    internal const string ShadowPath = "/etc/shadow";
    internal const string GroupShadowPath = "/etc/gshadow";
    internal const string SubordinateUidPath = "/etc/subuid";
    internal const string SubordinateGidPath = "/etc/subgid";

    internal AccountDatabase(FileTree tree)
    {
        Passwd = ColonFile.Load(tree, PasswdPath);
        Group = ColonFile.Load(tree, GroupPath);
        Shadow = ColonFile.Load(tree, ShadowPath);
        GroupShadow = ColonFile.Load(tree, GroupShadowPath);
        SubordinateUids = ColonFile.Load(tree, SubordinateUidPath);
        SubordinateGids = ColonFile.Load(tree, SubordinateGidPath);
        Definitions = LoginDefinitions.Load(tree);
    }

    /// <summary>name:password:uid:gid:comment:home:shell (passwd(5)).</summary>
    internal ColonFile Passwd { get; }

    /// <summary>name:password:gid:members (group(5)).</summary>
    internal ColonFile Group { get; }

    /// <summary>name:password:changed:min:max:warn:inactive:expire: (shadow(5)).</summary>
    internal ColonFile Shadow { get; }

    /// <summary>name:password:administrators:members (gshadow(5)).</summary>
    internal ColonFile GroupShadow { get; }

    /// <summary>name:start:count (subuid(5)).</summary>
    internal ColonFile SubordinateUids { get; }

    /// <summary>name:start:count (subgid(5)).</summary>
    internal ColonFile SubordinateGids { get; }

    internal LoginDefinitions Definitions { get; }

    internal static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The epoch's day for shadow(5); empty for day 0, which would ask for a new password at once.</summary>
    internal static string Day(TreeEditor edit) => edit.EpochDay == 0 ? "" : Number(edit.EpochDay);

    internal static uint? Id(string[]? fields, int field) =>
        fields is not null && fields.Length > field && uint.TryParse(fields[field], NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            ? id
            : null;

    internal uint? Uid(string name) => Id(Passwd.Find(name), 2);

    internal uint? Gid(string name) => Id(Group.Find(name), 2);

    internal HashSet<uint> UsedUids() => UsedIds(Passwd);

    internal HashSet<uint> UsedGids() => UsedIds(Group);

    internal void Save(TreeEditor edit)
    {
        Passwd.Save(edit, Modes.File);
        Group.Save(edit, Modes.File);
        SaveSecret(edit, Shadow);
        SaveSecret(edit, GroupShadow);
        SubordinateUids.Save(edit, Modes.File);
        SubordinateGids.Save(edit, Modes.File);
    }

    // A shadow file that the base does not have is root's, and readable for the group of that name if there is one.
    private void SaveSecret(TreeEditor edit, ColonFile file)
    {
        uint? group = Gid("shadow");
        FileInode? saved = file.Save(edit, group is null ? Modes.PrivateFile : Modes.ShadowFile);
        if (saved is not null && !file.Exists)
            saved.Gid = group ?? 0;
    }

    private static HashSet<uint> UsedIds(ColonFile file) =>
        [.. file.Entries().Select(fields => Id(fields, 2)).OfType<uint>()];
}
