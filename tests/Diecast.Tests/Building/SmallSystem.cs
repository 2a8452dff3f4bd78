using System.Text;

namespace Diecast.Tests.Building;

/// <summary>A directory that is a system as far as types without a disk look: accounts, programs, dpkg's database.</summary>
internal static class SmallSystem
{
    // EM_X86_64, as ELF64 of little-endian order.
    private const byte Amd64 = 62;

    /// <summary>Writes one.</summary>
    /// <returns>Its path.</returns>
    internal static string In(TempDirectory directory, byte machine = Amd64)
    {
        string root = directory["root"];
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
        Write("etc/passwd", "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n");
        Write("etc/group", "root:x:0:\ndaemon:x:1:\n");
        Write("etc/shadow", "root:*:20000:0:99999:7:::\ndaemon:*:20000:0:99999:7:::\n");
        Write("etc/fstab", "# UNCONFIGURED FSTAB FOR BASE SYSTEM\n");
        Write("etc/hosts", "127.0.0.1 localhost\n");
        Write("etc/resolv.conf", "nameserver 192.0.2.1\n");
        Write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        Write("etc/large.conf", "as the package brought it\n");
        Write("boot/vmlinuz-6.12", "kernel");
        Write("boot/initrd.img-6.12", "initrd");
        foreach (string program in (string[])["bin/sh", "bin/mount", "usr/lib/systemd/systemd"])
            Write("usr/" + program.Replace("usr/", "", StringComparison.Ordinal), Program(machine));
        Link("bin", "usr/bin");
        Link("sbin", "usr/sbin");
        Directory.CreateDirectory(Path.Combine(root, "usr/sbin"));
        Link("usr/sbin/init", "../lib/systemd/systemd");
        foreach (string unit in (string[])["systemd-networkd.service", "systemd-tmpfiles-setup.service", "multi-user.target", "cron.service"])
            Write("usr/lib/systemd/system/" + unit, "[Unit]\nDescription=x\n[Install]\nWantedBy=multi-user.target\n");

        // Three packages of two sources, and a file of none.
        Write("usr/lib/large.so", new string('l', 9000));
        Write("usr/share/large/data", new string('d', 9000));
        Write("usr/share/small/data", "small");
        Write("usr/share/unowned", "unowned");
        Write("var/lib/dpkg/status", "Package: liblarge\nSource: large (1.0)\n\nPackage: large-data\nSource: large\n\nPackage: small\n");
        // As dpkg has it where the package's path goes through a link.
        Write("var/lib/dpkg/info/liblarge:amd64.list", "/.\n/etc\n/etc/large.conf\n/usr\n/usr/lib\n/usr/lib/large.so\n/bin/sh\n");
        Write("var/lib/dpkg/info/large-data.list", "/.\n/usr/share\n/usr/share/large\n/usr/share/large/data\n");
        Write("var/lib/dpkg/info/small.list", "/.\n/usr/share/small/data\n/usr/share/gone\n");
        foreach (string path in Directory.EnumerateFileSystemEntries(root, "*", SearchOption.AllDirectories).Prepend(root))
        {
            if (File.ResolveLinkTarget(path, returnFinalTarget: false) is null)
                File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_600_000_000));
        }

        foreach (string program in (string[])["usr/bin/sh", "usr/bin/mount", "usr/lib/systemd/systemd"])
            File.SetUnixFileMode(Path.Combine(root, program), (UnixFileMode)0b111_101_101);
        return root;

        void Write(string path, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, path))!);
            File.WriteAllText(Path.Combine(root, path), text, Encoding.Latin1);
        }

        void Link(string path, string target) => File.CreateSymbolicLink(Path.Combine(root, path), target);
    }

    /// <summary>The head of a program: enough to tell that it is one, and for what.</summary>
    private static string Program(byte machine)
    {
        byte[] header = new byte[64];
        "\u007fELF\u0002\u0001\u0001"u8.CopyTo(header);
        header[16] = 2;
        header[18] = machine;
        header[20] = 1;
        header[52] = 64;
        header[54] = 56;
        return Encoding.Latin1.GetString(header);
    }
}
