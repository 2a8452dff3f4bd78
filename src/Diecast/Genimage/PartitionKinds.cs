using Diecast.Definitions;
using Diecast.Formats.Partitioning;

namespace Diecast.Genimage;

/// <summary>The partition types of a GPT by genimage's names and letters; others by the names that systemd has for them.</summary>
internal static class PartitionKinds
{
    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["L"] = "linux-generic",
        ["linux"] = "linux-generic",
        ["uefi"] = "esp",
        ["S"] = "swap",
        ["H"] = "home",
        ["U"] = "esp",
        ["X"] = "xbootldr",
    };

    private static readonly Dictionary<string, Guid> Others = new(StringComparer.Ordinal)
    {
        ["R"] = Guid.Parse("a19d880f-05fc-4d3b-a006-743f0f84911e"),
        ["raid"] = Guid.Parse("a19d880f-05fc-4d3b-a006-743f0f84911e"),
        ["V"] = Guid.Parse("e6d6d379-f507-44c2-a23c-238f2a3df928"),
        ["lvm"] = Guid.Parse("e6d6d379-f507-44c2-a23c-238f2a3df928"),
        ["F"] = Guid.Parse("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"),
        ["fat32"] = Guid.Parse("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"),
        // Until genimage 17 by this letter too.
        ["B"] = Guid.Parse("4778ed65-bf42-45fa-9c5b-287a1dc4aab1"),
        ["barebox-state"] = Guid.Parse("4778ed65-bf42-45fa-9c5b-287a1dc4aab1"),
        ["u-boot-env"] = Guid.Parse("3de21764-95bd-54bd-a5c3-4abe786f38a8"),
        ["barebox-env"] = Guid.Parse("6c3737f2-07f8-45d1-ad45-15d260aab24d"),
    };

    /// <summary>The type that a partition's option names.</summary>
    /// <exception cref="ConfigException">There is no such type.</exception>
    internal static Guid Find(GenimageContext context, ConfigSection section, string text)
    {
        if (context.Shortcut(text) is { } own)
            return own;
        if (Guid.TryParseExact(text, "D", out Guid id) || Others.TryGetValue(text, out id))
            return id;
        if (PartitionTypes.Find(Own.GetValueOrDefault(text, text))?.Guid is { } found && text.Length > 0)
            return found;
        string[] names = [.. Own.Keys, .. Others.Keys, .. PartitionTypes.All.Select(type => type.Name)];
        throw section.Wrong(
            "partition-type-uuid",
            $"there is no partition type {text}",
            text.Length > 2 && Suggestion.Nearest(text, names) is { } nearest ? $"write {nearest}" : "write a UUID, one of L, S, H, U, R, V, F, B, X, or a name such as linux, esp, root-x86-64");
    }
}
