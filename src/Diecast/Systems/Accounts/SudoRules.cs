namespace Diecast.Systems.Accounts;

/// <summary>/etc/sudoers.d.</summary>
internal static class SudoRules
{
    internal static void Apply(TreeEditor edit, AccountDatabase database, UserAccount user)
    {
        if (user.Sudo == SudoPolicy.None)
            return;
        if (!edit.Exists("/usr/bin/sudo"))
        {
            edit.Error($"sudo is declared for the user {user.Name} and is not in the base", "add the package sudo");
            return;
        }

        // sudoers(5): a name that begins with a capital is read as an alias or a keyword, so the number stands for it.
        string who = char.IsAsciiLetterUpper(user.Name[0]) ? $"#{database.Uid(user.Name)}" : user.Name;
        string commands = user.Sudo == SudoPolicy.NoPassword ? "NOPASSWD: ALL" : "ALL";
        edit.WriteText($"/etc/sudoers.d/{FileName(user.Name)}", $"{who} ALL=(ALL:ALL) {commands}\n", Modes.SudoersFile);
    }

    // sudoers(5), @includedir: names with a dot are skipped.
    private static string FileName(string user) => user.Replace('.', '_');
}
