using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Diecast.Formats.Trees;

namespace Diecast.Systems.Accounts;

/// <summary>
/// Accounts of a system of NixOS, which makes passwd and group only when it starts: those that its configuration has numbers for, from
/// the list that its activation reads (nixpkgs, nixos/modules/config/users-groups.nix).
/// </summary>
internal static partial class StoreAccounts
{
    private const string Activation = "/nix/var/nix/profiles/system/activate";

    /// <summary>
    /// An account file of a tree; where it has none, the accounts that its system will make. Those whose numbers are not known before
    /// are there without.
    /// </summary>
    /// <param name="tree">The tree.</param>
    /// <param name="path">Path of passwd or group.</param>
    internal static ColonFile Load(FileTree tree, string path)
    {
        var file = ColonFile.Load(tree, path);
        if (file.Exists || tree.ReadText(Activation) is not { } script || List().Match(script) is not { Success: true } match || tree.ReadText(match.Value) is not { } json)
            return file;
        (string list, string number) = path == AccountDatabase.PasswdPath ? ("users", "uid") : ("groups", "gid");
        try
        {
            using var document = JsonDocument.Parse(json);
            return ColonFile.Of(match.Value, document.RootElement.GetProperty(list).EnumerateArray()
                .Select(account => $"{account.GetProperty("name").GetString()}:x:{(account.TryGetProperty(number, out JsonElement id) && id.ValueKind == JsonValueKind.Number ? id.GetUInt32().ToString(CultureInfo.InvariantCulture) : "")}"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw new BuildException($"{match.Value}, the accounts of the system, cannot be read: {exception.Message}", inner: exception);
        }
    }

    /// <summary>What to do about a name that an account file does not have, or not with a number.</summary>
    /// <param name="kind">user or group.</param>
    /// <param name="name">The name.</param>
    /// <param name="file">The file.</param>
    /// <param name="otherwise">What to do where it is a file of the base.</param>
    /// <param name="instead">What may be given instead of a name, or how a number is given.</param>
    internal static (string What, string Fix) Missing(string kind, string name, ColonFile file, string otherwise, string instead)
    {
        if (file.Find(name) is not null)
            return ("gets its number only when the system starts", $"set users.{kind}s.{name}.{kind[..1]}id in the system's configuration, or {instead}");
        if (!file.Exists)
            return ("is not in the image", $"{instead}: there is no {file.Path} in the partition or the system");
        return ("is not in the image", NearNames.Suggest(name, file.Names(), List().IsMatch(file.Path) ? $"declare it as users.{kind}s.{name} in the system's configuration" : otherwise));
    }

    [GeneratedRegex(@"/nix/store/[0-9a-z]{32}-users-groups\.json", RegexOptions.CultureInvariant)]
    private static partial Regex List();
}
