using Diecast.Formats.Partitioning;

namespace Diecast.Repart.Sources;

/// <summary>What <c>--image-policy=</c> lets be done with a partition (systemd.image-policy(7)).</summary>
[Flags]
internal enum PartitionUse
{
    None = 0,
    Unprotected = 1 << 0,
    Verity = 1 << 1,
    Signed = 1 << 2,
    Encrypted = 1 << 3,
    EncryptedWithIntegrity = 1 << 4,
    Unused = 1 << 5,
    Absent = 1 << 6,
    ReadOnlyOn = 1 << 7,
    ReadOnlyOff = 1 << 8,
    GrowOn = 1 << 9,
    GrowOff = 1 << 10,
    Btrfs = 1 << 11,
    Erofs = 1 << 12,
    Ext4 = 1 << 13,
    F2fs = 1 << 14,
    Squashfs = 1 << 15,
    Vfat = 1 << 16,
    Xfs = 1 << 17,

    Hashed = Verity | Signed,
    Locked = Encrypted | EncryptedWithIntegrity,
    Used = Unprotected | Hashed | Locked,
    Ignore = Unused | Absent,
    Open = Used | Ignore,
    ReadOnly = ReadOnlyOn | ReadOnlyOff,
    Grow = GrowOn | GrowOff,
    FileSystems = Btrfs | Erofs | Ext4 | F2fs | Squashfs | Vfat | Xfs,
}

/// <summary>Which partitions of an image may be there, be used, and by what they have to be protected.</summary>
internal sealed class ImagePolicy
{
    private const string HashSuffix = "-verity";
    private const string SignatureSuffix = "-verity-sig";

    private static readonly string[] Roles =
        ["root", "usr", "home", "srv", "esp", "xbootldr", "swap", "root-verity", "root-verity-sig", "usr-verity", "usr-verity-sig", "tmp", "var"];

    private static readonly (string Name, PartitionUse Use)[] Words =
    [
        ("unprotected", PartitionUse.Unprotected), ("verity", PartitionUse.Verity), ("signed", PartitionUse.Signed), ("encrypted", PartitionUse.Encrypted),
        ("encryptedwithintegrity", PartitionUse.EncryptedWithIntegrity), ("unused", PartitionUse.Unused), ("absent", PartitionUse.Absent),
        ("open", PartitionUse.Open), ("ignore", PartitionUse.Ignore), ("read-only-on", PartitionUse.ReadOnlyOn), ("read-only-off", PartitionUse.ReadOnlyOff),
        ("growfs-on", PartitionUse.GrowOn), ("growfs-off", PartitionUse.GrowOff), ("btrfs", PartitionUse.Btrfs), ("erofs", PartitionUse.Erofs),
        ("ext4", PartitionUse.Ext4), ("f2fs", PartitionUse.F2fs), ("squashfs", PartitionUse.Squashfs), ("vfat", PartitionUse.Vfat), ("xfs", PartitionUse.Xfs),
    ];

    private readonly Dictionary<string, PartitionUse> _rules = new(StringComparer.Ordinal);
    private readonly PartitionUse _others;

    private ImagePolicy(string text, PartitionUse others)
    {
        Text = text;
        _others = others;
    }

    /// <summary>What there is without a policy: everything may be, and be read.</summary>
    internal static ImagePolicy AllowAll { get; } = new("*", Extended(PartitionUse.Open));

    /// <summary>The policy as it was given.</summary>
    internal string Text { get; }

    /// <summary>Reads a policy: rules of a partition, an equal sign and words joined by plus, with colons between.</summary>
    /// <exception cref="BuildException">It is none.</exception>
    internal static ImagePolicy Parse(string text)
    {
        switch (text)
        {
            case "*":
                return AllowAll;
            case "-" or "":
                return new ImagePolicy("-", Extended(PartitionUse.Ignore));
            case "~":
                return new ImagePolicy(text, Extended(PartitionUse.Absent));
        }

        var rules = new Dictionary<string, PartitionUse>(StringComparer.Ordinal);
        foreach (string rule in text.Split(':', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int equals = rule.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0)
                throw Wrong(text, $"'{rule}' has no equal sign");
            string role = rule[..equals].Trim();
            if (role.Length > 0 && !Roles.Contains(role))
                throw Wrong(text, $"there is no partition '{role}'; there are {string.Join(", ", Roles)}");
            PartitionUse use = PartitionUse.None;
            foreach (string word in rule[(equals + 1)..].Split('+', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                use |= Array.Find(Words, known => known.Name == word) is { Name: not null } found
                    ? found.Use
                    : throw Wrong(text, $"there is no '{word}'; there are {string.Join(", ", Words.Select(known => known.Name))}");
            }

            if (!rules.TryAdd(role, Extended(use)))
                throw Wrong(text, role.Length == 0 ? "there are two rules for other partitions" : $"there are two rules for '{role}'");
        }

        var policy = new ImagePolicy(text, rules.GetValueOrDefault("", Extended(PartitionUse.Ignore)));
        foreach ((string role, PartitionUse use) in rules)
            policy._rules.Add(role, use);
        return policy;
    }

    /// <summary>What may be done with partitions of a role; those of hashes and signatures follow their data where nothing else is said.</summary>
    internal PartitionUse Of(string role)
    {
        if (_rules.TryGetValue(role, out PartitionUse use))
            return use;
        PartitionUse needed = role.EndsWith(SignatureSuffix, StringComparison.Ordinal) ? PartitionUse.Signed
            : role.EndsWith(HashSuffix, StringComparison.Ordinal) ? PartitionUse.Hashed
            : PartitionUse.None;
        if (needed == PartitionUse.None)
            return _others;
        return (Of(role[..role.IndexOf('-', StringComparison.Ordinal)]) & needed) != 0 ? Extended(PartitionUse.Open) : Extended(PartitionUse.Ignore);
    }

    /// <summary>Whether partitions of a role are used at all.</summary>
    internal bool Uses(string role) => (Of(role) & PartitionUse.Used) != 0;

    /// <summary>Refuses an image that has what must not be there, or lacks what must.</summary>
    /// <param name="table">Its partitions.</param>
    /// <param name="path">What it is called.</param>
    /// <exception cref="BuildException">It does.</exception>
    internal void CheckPresence(FoundTable table, string path)
    {
        foreach (string role in Roles)
        {
            bool isThere = table.Partitions.Any(partition => RepartTypes.RoleOf(partition.Type) == role && SystemImage.Counts(partition));
            PartitionUse use = Of(role);
            if (isThere && (use & PartitionUse.Open) == PartitionUse.Absent)
                throw Violated(path, $"there is a partition {role}, which must be absent");
            if (!isThere && (use & PartitionUse.Absent) == 0 && !role.Contains(HashSuffix, StringComparison.Ordinal))
                throw Violated(path, $"there is no partition {role}");
        }
    }

    /// <summary>Refuses a partition whose attributes are not those asked for.</summary>
    /// <exception cref="BuildException">It has others.</exception>
    internal void CheckAttributes(FoundPartition partition, string path, string role)
    {
        PartitionUse use = Of(role);
        bool isReadOnly = (partition.Attributes & GptAttributes.ReadOnly) != 0;
        bool grows = (partition.Attributes & GptAttributes.GrowFileSystem) != 0;
        if ((use & (isReadOnly ? PartitionUse.ReadOnlyOn : PartitionUse.ReadOnlyOff)) == 0)
            throw Violated(path, $"partition {partition.Number} ({role}) is {(isReadOnly ? "" : "not ")}marked as read-only");
        if ((use & (grows ? PartitionUse.GrowOn : PartitionUse.GrowOff)) == 0)
            throw Violated(path, $"partition {partition.Number} ({role}) is {(grows ? "" : "not ")}marked as one whose file system grows");
    }

    /// <summary>Refuses what a partition that no hashes protect holds.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="path">What the image is called.</param>
    /// <param name="role">The partition's role.</param>
    /// <param name="content">What it holds, by the names of blkid; null for what is not known.</param>
    /// <exception cref="BuildException">The policy does not let it be used like that.</exception>
    internal void CheckUnhashed(FoundPartition partition, string path, string role, string? content)
    {
        PartitionUse needed = content == "crypto_LUKS" ? PartitionUse.Locked : PartitionUse.Unprotected;
        if ((Of(role) & needed) == 0)
            throw Violated(path, $"partition {partition.Number} ({role}) would be read without {(needed == PartitionUse.Locked ? "hashes, decrypted" : "protection")}");
    }

    /// <summary>Refuses a file system that is not among those asked for.</summary>
    /// <exception cref="BuildException">It is not.</exception>
    internal void CheckFileSystem(FoundPartition partition, string path, string role, string? type)
    {
        PartitionUse asked = Of(role) & PartitionUse.FileSystems;
        if (asked != 0 && !Words.Any(word => word.Name == type && (word.Use & asked) != 0))
            throw Violated(path, $"partition {partition.Number} ({role}) holds {type ?? "no file system that is known here"}");
    }

    internal BuildException Violated(string path, string what) =>
        new($"{path}: {what}, and --image-policy={Text} does not allow that", "take an image that is as the policy asks, or change the policy");

    /// <summary>Where a rule says nothing of protection or of an attribute it allows each.</summary>
    private static PartitionUse Extended(PartitionUse use)
    {
        foreach (PartitionUse group in (ReadOnlySpan<PartitionUse>)[PartitionUse.Open, PartitionUse.ReadOnly, PartitionUse.Grow])
            use |= (use & group) == 0 ? group : PartitionUse.None;
        return use;
    }

    private static BuildException Wrong(string text, string what) => new($"--image-policy={text}: {what}", "systemd.image-policy(7) has examples");
}
