namespace Diecast.Systems;

/// <summary>What a Debian base must install and ask so that a declared system can be set in it.</summary>
internal sealed record SystemRequirements
{
    private const string Keyboard = "keyboard-configuration keyboard-configuration/";

    /// <summary>Packages, in byte order, without those that the base names.</summary>
    public ValueList<string> Packages { get; init; } = [];

    /// <summary>Lines for debconf-set-selections(1): package, question, type, value.</summary>
    public ValueList<string> DebconfSelections { get; init; } = [];

    /// <summary>Variables for the maintainer scripts, in byte order of their names.</summary>
    public ValueList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Works out what a system needs.</summary>
    /// <exception cref="SystemConfigurationException">The locale or the keyboard is none by its name.</exception>
    public static SystemRequirements Of(OperatingSystem system) => Of(system, SystemPlace.Machine, runsInit: false);

    /// <summary>Works out what a system needs where something else's kernel runs it.</summary>
    /// <param name="system">The system.</param>
    /// <param name="place">What it is run by.</param>
    /// <param name="runsInit">Whether it boots there, by its init.</param>
    /// <exception cref="SystemConfigurationException">The locale or the keyboard is none by its name.</exception>
    public static SystemRequirements Of(OperatingSystem system, SystemPlace place, bool runsInit)
    {
        var packages = new SortedSet<string>(StringComparer.Ordinal);
        // logind and the system bus, as on a machine; but nothing has devices there.
        if (runsInit)
            packages.UnionWith(["dbus", "systemd-sysv"]);
        // What WSL starts and mounts by, and the session that systemd makes of its user.
        if (place == SystemPlace.Wsl)
            packages.UnionWith(runsInit ? ["libpam-systemd", "login", "mount", "passwd"] : ["login", "mount", "passwd"]);
        var selections = new List<string>();
        var environment = new SortedDictionary<string, string>(StringComparer.Ordinal);
        string[] locales = [.. system.Locales.Prepend(system.Locale).Distinct(StringComparer.Ordinal)];
        if (Array.Find(locales, locale => !LocaleSettings.IsName(locale)) is { } wrong)
            throw LocaleSettings.NameError(wrong);
        string[] generated = [.. locales.Where(locale => !LocaleSettings.IsBuiltIn(locale))];
        if (generated.Length > 0)
        {
            packages.Add("locales");
            selections.Add("locales locales/locales_to_be_generated multiselect " + string.Join(", ", generated.Select(locale => $"{locale} {Charset(locale)}")));
            selections.Add("locales locales/default_environment_locale select " + (LocaleSettings.IsBuiltIn(system.Locale) ? "None" : system.Locale));
        }

        packages.UnionWith(system.FileSystems.Select(fileSystem => FileSystemPackage(fileSystem.Type)).OfType<string>());

        // Without tzdata the time is UTC, which is what the default asks for.
        if (!TimeZoneSettings.IsUtc(system.Timezone))
            packages.Add("tzdata");
        if (system.Users.Any(NeedsSudo))
            packages.Add("sudo");
        if (system.Keyboard is { } keyboard)
        {
            if (!KeyboardSettings.IsValid(keyboard))
                throw KeyboardSettings.Error(keyboard);
            packages.UnionWith(["console-setup", "keyboard-configuration"]);
            selections.Add($"{Keyboard}layoutcode string {keyboard.Layout}");
            selections.Add($"{Keyboard}variantcode string {keyboard.Variant}".TrimEnd());
            selections.Add($"{Keyboard}modelcode string {keyboard.Model}");
            selections.Add($"{Keyboard}optionscode string {keyboard.Options}".TrimEnd());
        }

        // Units need systemd, and something must start it.
        if (system.Services.Count > 0)
            packages.Add("systemd-sysv");
        if (system.Kernel is { } kernel)
            AddBootable(system, kernel, packages, environment);
        return new SystemRequirements
        {
            Packages = [.. packages],
            DebconfSelections = [.. selections],
            Environment = [.. environment],
        };
    }

    /// <summary>Debian's package with the checker of a file system, which fstab's sixth field runs, or its mount program; or null.</summary>
    /// <param name="type">The type as in fstab.</param>
    public static string? FileSystemPackage(string type) => type switch
    {
        "ext2" or "ext3" or "ext4" => "e2fsprogs",
        "vfat" => "dosfstools",
        "btrfs" => "btrfs-progs",
        "xfs" => "xfsprogs",
        "f2fs" => "f2fs-tools",
        "exfat" => "exfatprogs",
        "nfs" or "nfs4" => "nfs-common",
        "cifs" or "smb3" => "cifs-utils",
        _ => null,
    };

    // systemd-sysv is /sbin/init; udev makes the devices that fstab and the gettys wait for; kmod loads modules; logind
    // needs dbus; login is what a getty starts, and no longer essential since Debian 13.
    private static void AddBootable(OperatingSystem system, Kernel kernel, SortedSet<string> packages, SortedDictionary<string, string> environment)
    {
        packages.UnionWith(["dbus", "kmod", "login", "passwd", "systemd-sysv", "udev"]);
        if (kernel.Package is { } package)
            packages.Add(package);
        if (system.Initrd.Kind == InitrdKind.Distribution)
            packages.Add("initramfs-tools");
        else
            // kernel-img.conf(5): the kernel's hooks then make no initrd, which would be thrown away.
            environment["INITRD"] = "No";
    }

    // Being in the group is how Debian declares the right; without the package it would say nothing.
    private static bool NeedsSudo(UserAccount user) => user.Sudo != SudoPolicy.None || user.Groups.Contains("sudo");

    // /usr/share/i18n/SUPPORTED names the character set beside the locale; it is the one in the locale's name.
    private static string Charset(string locale)
    {
        int dot = locale.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? throw new SystemConfigurationException($"the locale {locale} has no character set in its name", $"write {locale.Split('@')[0]}.UTF-8")
            : locale[(dot + 1)..].Split('@')[0];
    }
}
