namespace Diecast.Formats.FileSystems.Ext;

/// <summary>Mount options that a file system has by default, under the names of tune2fs (s_default_mount_opts).</summary>
internal static class ExtMountOptions
{
    private static readonly (string Name, uint Bits)[] All =
    [
        ("debug", 0x1),
        ("bsdgroups", 0x2),
        ("user_xattr", 0x4),
        ("acl", 0x8),
        ("uid16", 0x10),
        ("journal_data", 0x20),
        ("journal_data_ordered", 0x40),
        ("journal_data_writeback", 0x60),
        ("nobarrier", 0x100),
        ("block_validity", 0x200),
        ("discard", 0x400),
        ("nodelalloc", 0x800),
    ];

    /// <summary>The bits of options, or the fault of a name that there is not or of two data modes.</summary>
    internal static uint Encode(IReadOnlyList<string> names, out string? error)
    {
        const uint dataMode = 0x60;
        error = null;
        uint bits = 0;
        foreach (string name in names)
        {
            (string Name, uint Bits) option = Array.Find(All, o => o.Name == name);
            if (option.Name is null)
                error = $"the default mount option '{name}'; there are {string.Join(' ', All.Select(o => o.Name))}";
            else if ((option.Bits & dataMode) != 0 && (bits & dataMode) != 0 && (bits & dataMode) != option.Bits)
                error = $"the default mount option '{name}' beside another mode of the journal";
            bits |= option.Bits;
        }

        return bits;
    }

    /// <summary>Why the kernel would not mount a file system with such options as text, or null (ext4_fill_super).</summary>
    /// <param name="text">The options, with commas between; of several values of one the last counts.</param>
    /// <param name="defaults">s_default_mount_opts.</param>
    /// <param name="hasJournal">Whether there is a journal.</param>
    internal static string? Fault(string text, uint defaults, bool hasJournal)
    {
        const uint dataMode = 0x60;
        const uint dataJournal = 0x20;
        const uint dataOrdered = 0x40;
        string data = (defaults & dataMode) switch
        {
            0 or dataOrdered => "ordered",
            dataJournal => "journal",
            _ => "writeback",
        };
        string? delayed = null;
        string? asynchronous = null;
        string? checksum = null;
        string? error = null;
        string? commit = null;
        foreach (string option in text.Split(','))
        {
            (string name, string value) = option.IndexOf('=', StringComparison.Ordinal) is > 0 and var at ? (option[..at], option[(at + 1)..]) : (option, "");
            switch (name)
            {
                case "data":
                    data = value;
                    break;
                case "delalloc":
                    delayed = option;
                    break;
                case "journal_async_commit":
                    asynchronous = option;
                    break;
                case "journal_checksum":
                    checksum = option;
                    break;
                case "data_err":
                    error = value == "abort" ? option : null;
                    break;
                case "commit":
                    // Nothing, and what is usual anyway.
                    commit = value.TrimStart('0') is "" or "5" ? null : option;
                    break;
            }
        }

        if (data == "journal" && delayed is not null)
            return $"the mount option {delayed} with data=journal; Linux does not mount it with both";
        if (!hasJournal && (commit ?? error ?? asynchronous ?? checksum) is { } needing)
            return $"the mount option {needing}; Linux does not mount it with that where there is no journal";
        return asynchronous is not null && data == "ordered"
            ? $"the mount option {asynchronous} with data=ordered, which is the default; Linux does not mount it with both"
            : null;
    }
}
