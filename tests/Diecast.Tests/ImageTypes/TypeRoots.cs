using Diecast.Formats.Tests.Executables;
using Diecast.Tests.Boot;

namespace Diecast.Tests.ImageTypes;

/// <summary>
/// Two places with the same system for PCs, enough for any image type of theirs to make bootable: a kernel, modules, busybox, GRUB of this
/// machine, systemd's boot programs. The second is written in another order, so that its directories list their files in another.
/// </summary>
public sealed class TypeRoots : IDisposable
{
    internal const string Kernel = "6.12.1-twice";

    private const string Grub = "/usr/lib/grub";

    private static readonly DateTime Time = DateTime.UnixEpoch.AddSeconds(1_650_000_000);

    private readonly TempDirectory _directory = new();

    public TypeRoots()
    {
        Write(First, Pc(), inReverse: false);
        Write(Second, Pc(), inReverse: true);
    }

    /// <summary>The place of the first build, whose root is <c>root</c>.</summary>
    internal string First => _directory["first"];

    /// <summary>The place of the second.</summary>
    internal string Second => _directory["a second place, ü"];

    public void Dispose() => _directory.Dispose();

    /// <summary>Writes a root, and what goes with it, into a place.</summary>
    internal static void Write(string place, IEnumerable<(string Path, byte[] Bytes)> files, bool inReverse)
    {
        foreach ((string path, byte[] bytes) in inReverse ? files.Reverse() : files)
        {
            string full = Path.Combine(place, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, bytes);
            File.SetLastWriteTimeUtc(full, Time.AddSeconds(-bytes.Length));
        }

        // Those of a directory change with what is made in it.
        foreach (string directory in Directory.EnumerateDirectories(place, "*", SearchOption.AllDirectories).Prepend(place))
            Directory.SetLastWriteTimeUtc(directory, Time);
    }

    /// <summary>A tree of GNU/Hurd.</summary>
    internal static IEnumerable<(string Path, byte[] Bytes)> Hurd() =>
    [
        .. new[]
        {
            "hurd/pci-arbiter.static", "hurd/acpi.static", "hurd/rumpdisk.static", "hurd/ext2fs.static", "hurd/exec", "lib/ld-x86-64.so.1",
            "boot/gnumach-1.8-amd64.gz",
        }.Select(path => ("root/" + path, BootTrees.Ascii("stand-in of " + path))),
        .. Accounts(),
        .. Modules("i386-pc"),
    ];

    private static IEnumerable<(string Path, byte[] Bytes)> Pc()
    {
        byte[] kernel = SamplePe.Kernel.ToArray();
        "HdrS"u8.CopyTo(kernel.AsSpan(0x202));
        kernel[0x206] = 0x0f;
        kernel[0x207] = 0x02;
        kernel[0x236] = 1;
        const string Directory = "root/usr/lib/modules/" + Kernel;
        byte[] large = new byte[300_000];
        new Random(2026).NextBytes(large);
        return
        [
            ("root/boot/vmlinuz-" + Kernel, kernel),
            (Directory + "/modules.dep", "kernel/squashfs.ko:\nkernel/erofs.ko:\nkernel/ext4.ko: kernel/jbd2.ko\nkernel/jbd2.ko:\nkernel/overlay.ko:\nkernel/loop.ko:\nkernel/isofs.ko:\nkernel/dm-verity.ko:\nkernel/sha256.ko:\n"u8.ToArray()),
            (Directory + "/modules.alias", "alias fs-iso9660 isofs\n"u8.ToArray()),
            .. new[] { "squashfs", "erofs", "ext4", "jbd2", "overlay", "loop", "isofs", "dm-verity", "sha256" }.Select(name => ($"{Directory}/kernel/{name}.ko", BootTrees.Ascii("module " + name))),
            .. new[] { "usr/bin/busybox", "usr/bin/sh", "usr/sbin/dmsetup", "usr/sbin/init", "usr/lib/systemd/systemd" }.Select(path => ("root/" + path, BootTrees.Elf())),
            ("root/usr/lib/systemd/boot/efi/linuxx64.efi.stub", new SamplePe().ToArray()),
            ("root/usr/lib/systemd/boot/efi/addonx64.efi.stub", SamplePe.Addon.ToArray()),
            ("root/usr/lib/systemd/boot/efi/systemd-bootx64.efi", new SamplePe { Sections = [(".text", SamplePe.Bytes(5000, 9))] }.ToArray()),
            ("root/usr/lib/systemd/system/systemd-sysupdate.timer", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n"u8.ToArray()),
            ("root/usr/share/large", large),
            ("root/usr/share/text", BootTrees.Ascii(string.Concat(Enumerable.Range(0, 20_000)))),
            .. Enumerable.Range(0, 200).Select(i => ($"root/srv/{i % 7}/{i}", BootTrees.Ascii($"file {i}"))),
            .. Accounts(),
            .. Modules("i386-pc"),
            .. Modules("x86_64-efi"),
        ];
    }

    private static IEnumerable<(string Path, byte[] Bytes)> Accounts() =>
    [
        ("root/etc/os-release", "PRETTY_NAME=\"Twice\"\n"u8.ToArray()),
        ("root/etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"u8.ToArray()),
        ("root/etc/shadow", "root:*:20000:0:99999:7:::\n"u8.ToArray()),
        ("root/etc/group", "root:x:0:\n"u8.ToArray()),
        ("root/etc/gshadow", "root:*::\n"u8.ToArray()),
    ];

    private static IEnumerable<(string Path, byte[] Bytes)> Modules(string platform) => !Directory.Exists($"{Grub}/{platform}")
        ? []
        : Directory.EnumerateFiles($"{Grub}/{platform}")
            .Where(path => Path.GetExtension(path) is ".mod" or ".img" or ".lst" or ".sh")
            .Order(StringComparer.Ordinal)
            .Select(path => ("root" + path, File.ReadAllBytes(path)));
}
