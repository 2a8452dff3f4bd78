namespace Diecast.Systems.Accounts;

/// <summary>Makes accounts, and changes those that the base has.</summary>
internal sealed class AccountUsers
{
    private readonly TreeEditor _edit;
    private readonly AccountDatabase _database;
    private readonly AccountGroups _groups;
    private readonly HashSet<uint> _reserved;
    private readonly HashSet<string> _new = new(StringComparer.Ordinal);

    internal AccountUsers(TreeEditor edit, AccountDatabase database, AccountGroups groups, OperatingSystem system)
    {
        _edit = edit;
        _database = database;
        _groups = groups;
        _reserved = [.. system.Users.Select(user => user.Uid).OfType<uint>()];
    }

    /// <summary>Whether an account was made here and not in the base.</summary>
    internal bool IsNew(string name) => _new.Contains(name);

    internal void Declare(UserAccount user)
    {
        if (!IsValid(user))
            return;
        if (_database.Passwd.Find(user.Name) is { Length: >= 7 } there)
            Change(user, there);
        else
            Make(user);
    }

    private void Make(UserAccount user)
    {
        if (user.Uid is { } given && Owner(given) is { } owner)
        {
            _edit.Error($"the number {given} of the user {user.Name} is that of the user {owner}", "choose another uid, or leave it out");
            return;
        }

        if ((user.Uid ?? Allocate(user.System)) is not { } uid)
        {
            _edit.Error($"no number is left for the user {user.Name}", "widen the range in the base's /etc/login.defs");
            return;
        }

        uint? gid = user.Group is { } group && group != user.Name
            ? _groups.Require(group, user.Name)
            : _groups.Own(user.Name, uid, user.System);
        if (gid is null || Shell(user) is not { } shell)
            return;
        string home = user.Home ?? (user.System ? "/nonexistent" : "/home/" + user.Name);
        _new.Add(user.Name);
        _database.Passwd.Add(
            user.Name, "x", AccountDatabase.Number(uid), AccountDatabase.Number(gid.Value), ColonFile.Encode(user.Comment), ColonFile.Encode(home), ColonFile.Encode(shell));
        AddShadow(user);
        if (!user.System)
            AddSubordinateIds(user);
    }

    // useradd(8): a system account has no ageing.
    private void AddShadow(UserAccount user)
    {
        (string min, string max, string warn) = user.System ? ("", "", "") : _database.Definitions.PasswordAging;
        string[] fields = [user.Name, user.PasswordHash ?? "!", AccountDatabase.Day(_edit), min, max, warn, "", "", ""];
        if (_database.Shadow.Find(user.Name) is null)
            _database.Shadow.Add(fields);
        else
            _database.Shadow.Replace(user.Name, fields);
    }

    // useradd(8): only where the files are, and only for numbers in the range of people.
    private void AddSubordinateIds(UserAccount user)
    {
        (long first, long last) = _database.Definitions.UserIds;
        if (user.Uid is { } uid && (uid < first || uid > last))
            return;
        AddSubordinateIds(user, _database.SubordinateUids, _database.Definitions.SubordinateUserIds);
        AddSubordinateIds(user, _database.SubordinateGids, _database.Definitions.SubordinateGroupIds);
    }

    private void AddSubordinateIds(UserAccount user, ColonFile file, (long First, long Last, long Count) range)
    {
        if (!file.Exists || range.Count <= 0 || file.Find(user.Name) is not null)
            return;
        (long Start, long Count)[] taken =
        [
            .. file.Entries()
                .Select(fields => (Start: AccountDatabase.Id(fields, 1), Count: AccountDatabase.Id(fields, 2)))
                .Where(ids => ids is { Start: not null, Count: not null })
                .Select(ids => ((long)ids.Start!.Value, (long)ids.Count!.Value)),
        ];
        if (IdAllocator.Gap(range.First, range.Last, range.Count, taken) is { } start)
            file.Add(user.Name, AccountDatabase.Number(start), AccountDatabase.Number(range.Count));
        else
            _edit.Error($"no range is left in {file.Path} for the user {user.Name}", "widen SUB_UID_MAX and SUB_GID_MAX in the base's /etc/login.defs");
    }

    private void Change(UserAccount user, string[] fields)
    {
        if (user.Uid is { } wanted && AccountDatabase.Id(fields, 2) != wanted)
        {
            _edit.Error($"the user {user.Name} is in the base with the number {fields[2]}, not {wanted}", "leave uid out, or use another base");
            return;
        }

        if (user.Group is { } group && _groups.Require(group, user.Name) is { } gid)
            fields[3] = AccountDatabase.Number(gid);
        if (user.Comment.Length > 0)
            fields[4] = ColonFile.Encode(user.Comment);
        if (user.Home is not null)
            fields[5] = ColonFile.Encode(user.Home);
        if (user.Shell is not null && Shell(user) is { } shell)
            fields[6] = ColonFile.Encode(shell);
        if (user.PasswordHash is { } hash)
        {
            fields[1] = "x";
            SetPassword(user, hash);
        }

        _database.Passwd.Replace(user.Name, fields);
    }

    private void SetPassword(UserAccount user, string hash)
    {
        if (_database.Shadow.Find(user.Name) is not { Length: >= 3 } fields)
        {
            AddShadow(user);
            return;
        }

        if (fields[1] == hash)
            return;
        fields[1] = hash;
        fields[2] = AccountDatabase.Day(_edit);
        _database.Shadow.Replace(user.Name, fields);
    }

    private string? Shell(UserAccount user)
    {
        if (user.Shell is { } given)
        {
            if (_edit.Exists(given))
                return given;
            _edit.Error($"the shell {given} of the user {user.Name} is not in the base", "add the package that has it, or choose another shell");
            return null;
        }

        string[] choices = user.System ? ["/usr/sbin/nologin", "/sbin/nologin", "/bin/false"] : ["/bin/bash", "/bin/sh"];
        return Array.Find(choices, _edit.Exists) ?? choices[0];
    }

    private uint? Allocate(bool system) =>
        system
            ? IdAllocator.Downward(_database.Definitions.SystemUserIds, _database.UsedUids(), _reserved)
            : IdAllocator.Upward(_database.Definitions.UserIds, _database.UsedUids(), _reserved);

    private string? Owner(uint uid) =>
        _database.Passwd.Entries().FirstOrDefault(fields => AccountDatabase.Id(fields, 2) == uid)?[0];

    private bool IsValid(UserAccount user)
    {
        int before = _edit.Errors.Count;
        if (!AccountRules.IsName(user.Name))
            _edit.Error($"'{user.Name}' cannot be a user's name", "use letters, digits, underscores, dots and hyphens, at most 32");
        if (user.Uid == uint.MaxValue)
            _edit.Error($"{user.Uid} cannot be the number of the user {user.Name}", "choose one below it, or leave uid out");
        if (!AccountRules.IsField(user.Comment))
            _edit.Error($"the comment of the user {user.Name} has a colon or a control character", "leave it out");
        if (user.Home is { } home && !AccountRules.IsPath(home))
            _edit.Error($"the home '{home}' of the user {user.Name} is no absolute path without colons", "write it from the root on");
        if (user.Shell is { } shell && !AccountRules.IsPath(shell))
            _edit.Error($"the shell '{shell}' of the user {user.Name} is no absolute path without colons", "write it from the root on");
        if (user.PasswordHash is { } hash && !AccountRules.IsPasswordHash(hash))
            _edit.Error($"the passwordHash of the user {user.Name} is no hash of crypt(5)", "make one with mkpasswd, and keep the password itself out of the definition");
        foreach (string key in user.SshKeys.Where(key => !AccountRules.IsSshKey(key)))
            _edit.Error($"'{Shortened(key)}' among the sshKeys of the user {user.Name} is no public key", "give the line of a .pub file");
        return _edit.Errors.Count == before;
    }

    // Whatever it is, it may be a secret.
    private static string Shortened(string key) => key.Length <= 24 ? key : key[..16] + "…";
}
