using Diecast.Processes;

namespace Diecast.Genimage;

/// <summary>The programs that genimage calls, by the names of its options. Most have no work here.</summary>
internal static class HostPrograms
{
    /// <summary>Those that are called here too: option, variable, usual name and Debian package.</summary>
    private static readonly (string Option, string Variable, string Program, string Package)[] Called =
    [
        ("mkfsjffs2", "GENIMAGE_MKFJFFS2", "mkfs.jffs2", "mtd-utils"),
        ("mkfsubifs", "GENIMAGE_MKFSUBIFS", "mkfs.ubifs", "mtd-utils"),
        ("ubinize", "GENIMAGE_UBINIZE", "ubinize", "mtd-utils"),
        ("mkcramfs", "GENIMAGE_MKCRAMFS", "mkfs.cramfs", "util-linux-extra"),
        ("mkimage", "GENIMAGE_MKIMAGE", "mkimage", "u-boot-tools"),
        ("rauc", "GENIMAGE_RAUC", "rauc", "rauc"),
    ];

    /// <summary>Options that name programs.</summary>
    internal static IReadOnlyList<string> Names { get; } =
    [
        "cpio", "dd", "debugfs", "e2fsck", "genext2fs", "genisoimage", "mcopy", "mmd", "mkcramfs", "mkdosfs", "mke2fs", "mkfsbtrfs", "mkfserofs",
        "mkfsjffs2", "mkfsf2fs", "sloadf2fs", "mkfsubifs", "mksquashfs", "qemu-img", "rauc", "tar", "tune2fs", "ubinize", "mkimage", "fiptool",
        "veritysetup", "openssl",
    ];

    /// <summary>Whether an option's program is called.</summary>
    internal static bool IsCalled(string option) => Array.Exists(Called, called => called.Option == option);

    /// <summary>How a program is started.</summary>
    /// <param name="context">Which program it is.</param>
    /// <param name="option">Its option.</param>
    /// <param name="arguments">Its arguments.</param>
    internal static ChildProcessStart Start(GenimageContext context, string option, IEnumerable<string> arguments)
    {
        (_, string variable, string program, string package) = Array.Find(Called, called => called.Option == option);
        return new ChildProcessStart
        {
            Program = context.Setting(option, variable) ?? program,
            Arguments = [.. arguments],
            Environment = context.ProcessEnvironment,
            Directory = Directory.GetCurrentDirectory(),
            MissingFix = $"apt install {package}",
        };
    }
}
