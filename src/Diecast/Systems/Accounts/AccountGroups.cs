namespace Diecast.Systems.Accounts;

/// <summary>Makes groups and puts accounts into them.</summary>
internal sealed class AccountGroups
{
    private readonly TreeEditor _edit;
    private readonly AccountDatabase _database;
    private readonly HashSet<uint> _reserved;

    internal AccountGroups(TreeEditor edit, AccountDatabase database, OperatingSystem system)
    {
        _edit = edit;
        _database = database;
        _reserved = [.. system.Groups.Select(group => group.Gid).OfType<uint>()];
    }

    /// <summary>Makes a declared group, unless the base has it.</summary>
    internal void Declare(UserGroup group)
    {
        if (!AccountRules.IsName(group.Name))
        {
            _edit.Error($"'{group.Name}' cannot be a group's name", "use letters, digits, underscores, dots and hyphens, at most 32");
            return;
        }

        if (_database.Group.Find(group.Name) is { } there)
        {
            if (group.Gid is { } wanted && AccountDatabase.Id(there, 2) != wanted)
                _edit.Error($"the group {group.Name} is in the base with the number {there[2]}, not {wanted}", "leave gid out, or use another base");
            return;
        }

        if (group.Gid is { } gid)
        {
            if (Owner(gid) is { } owner)
                _edit.Error($"the number {gid} of the group {group.Name} is that of the group {owner}", "choose another gid, or leave it out");
            else
                Add(group.Name, gid);
            return;
        }

        if (Allocate(group.System) is { } free)
            Add(group.Name, free);
        else
            _edit.Error($"no number is left for the group {group.Name}", "widen the range in the base's /etc/login.defs");
    }

    /// <summary>The group of an account's own name, made when it is missing: with the account's number if that is free.</summary>
    internal uint? Own(string name, uint uid, bool system)
    {
        if (_database.Gid(name) is { } there)
            return there;
        (long first, long last) = system ? _database.Definitions.SystemGroupIds : _database.Definitions.GroupIds;
        bool preferred = uid >= first && uid <= last && !_reserved.Contains(uid) && Owner(uid) is null;
        if ((preferred ? uid : Allocate(system)) is not { } gid)
        {
            _edit.Error($"no number is left for the group {name}", "widen the range in the base's /etc/login.defs");
            return null;
        }

        Add(name, gid);
        return gid;
    }

    /// <summary>The number of a group that must be there, or null after an error.</summary>
    internal uint? Require(string name, string user)
    {
        if (_database.Gid(name) is { } gid)
            return gid;
        string[] names = [.. _database.Group.Names().Order(StringComparer.Ordinal)];
        string near = NearNames.Find(name, names) is { Length: > 0 } found ? $"did you mean {string.Join(" or ", found)}? " : "";
        _edit.Error(
            $"the group {name} of the user {user} is not in the base, which has {string.Join(", ", names)}",
            $"{near}declare it under groups, or add the package that makes it");
        return null;
    }

    /// <summary>Appends an account to the groups that it is declared for and not yet in.</summary>
    internal void AddMemberships(UserAccount user)
    {
        foreach (string group in user.Groups)
        {
            if (Require(group, user.Name) is null)
                continue;
            AddMember(_database.Group, group, user.Name);
            if (_database.GroupShadow.Find(group) is not null)
                AddMember(_database.GroupShadow, group, user.Name);
        }
    }

    private static void AddMember(ColonFile file, string group, string user)
    {
        string[] fields = file.Find(group)!;
        if (fields.Length < 4)
            Array.Resize(ref fields, 4);
        string[] members = (fields[3] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (members.Contains(user))
            return;
        fields[3] = string.Join(',', [.. members, user]);
        file.Replace(group, fields);
    }

    private void Add(string name, uint gid)
    {
        _database.Group.Add(name, "x", AccountDatabase.Number(gid), "");
        if (_database.GroupShadow.Exists)
            _database.GroupShadow.Add(name, "!", "", "");
    }

    private uint? Allocate(bool system) =>
        system
            ? IdAllocator.Downward(_database.Definitions.SystemGroupIds, _database.UsedGids(), _reserved)
            : IdAllocator.Upward(_database.Definitions.GroupIds, _database.UsedGids(), _reserved);

    private string? Owner(uint gid) =>
        _database.Group.Entries().FirstOrDefault(fields => AccountDatabase.Id(fields, 2) == gid)?[0];
}
