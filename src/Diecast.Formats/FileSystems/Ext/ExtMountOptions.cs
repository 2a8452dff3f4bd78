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
}
