using Diecast.Definitions.Shapes;

namespace Diecast.Definitions.Records;

/// <summary>How groups and users are written.</summary>
internal static class AccountShapes
{
    internal static readonly RecordShape<UserGroup> Group = new("a group", () => new UserGroup { Name = "" },
    [
        Field.Required(nameof(UserGroup.Name), Texts.GroupName, (UserGroup g) => g.Name, (g, v) => g with { Name = v }),
        Field.OptionalValue(nameof(UserGroup.Gid), Scalars.Id, (UserGroup g) => g.Gid, (g, v) => g with { Gid = v }),
        Field.Of(nameof(UserGroup.System), Scalars.Boolean, (UserGroup g) => g.System, (g, v) => g with { System = v }),
    ])
    { Shorthand = "name" };

    internal static readonly RecordShape<UserAccount> User = new("a user", () => new UserAccount { Name = "" },
    [
        Field.Required(nameof(UserAccount.Name), Texts.UserName, (UserAccount u) => u.Name, (u, v) => u with { Name = v }),
        Field.OptionalValue(nameof(UserAccount.Uid), Scalars.Id, (UserAccount u) => u.Uid, (u, v) => u with { Uid = v }),
        Field.Optional(nameof(UserAccount.Group), Texts.GroupName, (UserAccount u) => u.Group, (u, v) => u with { Group = v }),
        Field.Of(nameof(UserAccount.Groups), new ListShape<string>(Texts.GroupName, "group names"),
            (UserAccount u) => u.Groups, (u, v) => u with { Groups = v }),
        Field.Of(nameof(UserAccount.Comment), Texts.Comment, (UserAccount u) => u.Comment, (u, v) => u with { Comment = v }),
        Field.Optional(nameof(UserAccount.Home), Texts.AccountPath, (UserAccount u) => u.Home, (u, v) => u with { Home = v }),
        Field.OptionalValue(nameof(UserAccount.CreateHome), Scalars.Boolean, (UserAccount u) => u.CreateHome, (u, v) => u with { CreateHome = v }),
        Field.Optional(nameof(UserAccount.Shell), Texts.AccountPath, (UserAccount u) => u.Shell, (u, v) => u with { Shell = v }),
        Field.Optional(nameof(UserAccount.PasswordHash), Texts.PasswordHash,
            (UserAccount u) => u.PasswordHash, (u, v) => u with { PasswordHash = v }),
        Field.Of(nameof(UserAccount.SshKeys), new ListShape<string>(Texts.SshKey, "SSH public keys"),
            (UserAccount u) => u.SshKeys, (u, v) => u with { SshKeys = v }),
        Field.Of(nameof(UserAccount.Sudo), new ChoiceShape<SudoPolicy>("a sudo policy"), (UserAccount u) => u.Sudo, (u, v) => u with { Sudo = v }),
        Field.Of(nameof(UserAccount.System), Scalars.Boolean, (UserAccount u) => u.System, (u, v) => u with { System = v }),
    ]);
}
