namespace Diecast.Definitions.Rules;

/// <summary>Groups that a Debian system has, or gets with packages that are often installed.</summary>
internal static class KnownGroups
{
    /// <summary>base-passwd, group.master: the groups of every Debian system.</summary>
    private static readonly string[] BasePasswd =
    [
        "root", "daemon", "bin", "sys", "adm", "tty", "disk", "lp", "mail", "news", "uucp", "man", "proxy", "kmem", "dialout",
        "fax", "voice", "cdrom", "floppy", "tape", "sudo", "audio", "dip", "www-data", "backup", "operator", "list", "irc",
        "src", "shadow", "utmp", "video", "sasl", "plugdev", "staff", "games", "users", "nogroup",
    ];

    /// <summary>From sysusers.d and maintainer scripts of the packages named beside them.</summary>
    private static readonly string[] Packages =
    [
        "systemd-journal", "systemd-network", "systemd-resolve", "systemd-timesync", "systemd-coredump", // systemd
        "input", "sgx", "clock", "kvm", "render", // udev
        "messagebus", // dbus
        "polkitd", // polkitd
        "_ssh", "ssh", // openssh-client
        "crontab", // cron
        "netdev", // ifupdown, network-manager, bluez
        "bluetooth", // bluez
        "docker", // docker.io
        "libvirt", "libvirt-qemu", // libvirt-daemon-system
        "lxd", "incus", "incus-admin", // lxd, incus
        "podman", // podman
        "wireshark", // wireshark-common
        "lpadmin", // cups-daemon
        "scanner", "saned", // sane-utils
        "avahi", // avahi-daemon
        "pipewire", "rtkit", // pipewire, rtkit
        "i2c", "gpio", "spi", // i2c-tools, Raspberry Pi
        "_chrony", // chrony
        "postfix", "postdrop", // postfix
        "postgres", "ssl-cert", // postgresql-common, ssl-cert
        "mysql", "redis", "rabbitmq", "memcache", // database servers and their like
        "nginx", "haproxy", // servers that do not run as www-data
        "tss", // tpm-udev
        "fuse", // fuse
    ];

    internal static IEnumerable<string> All => BasePasswd.Concat(Packages);
}
