using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>The system's locale: /etc/locale.conf, and /etc/default/locale which Debian's PAM reads.</summary>
internal static class LocaleSettings
{
    private const string Directory = "/usr/lib/locale";
    private const string SystemdFile = "/etc/locale.conf";
    private const string DebianFile = "/etc/default/locale";

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        string locale = system.Locale;
        if (!IsName(locale))
            throw NameError(locale);

        string[] missing = HasMusl(edit.Tree) ? [] : [.. system.Locales.Prepend(locale).Distinct().Where(name => !IsBuiltIn(name) && !IsPresent(edit.Tree, name))];
        foreach (string name in missing)
            edit.Error($"the locale {name} is not in the base{Listed(edit.Tree)}", Fix(system, name));
        if (missing.Length > 0)
            return;

        string text = $"LANG={locale}\n";
        bool debian = edit.Exists("/etc/debian_version");
        // Debian 13 has the link, Debian 12 a file beside systemd's; where neither is yet, the link serves both.
        if (edit.Find(DebianFile) is FileInode)
            edit.WriteText(DebianFile, text);
        else if (debian && edit.Find(DebianFile) is null)
            edit.Link(DebianFile, "../locale.conf");
        if (edit.Find(SystemdFile) is SymlinkInode && edit.Tree.ResolveFile(SystemdFile) is not null)
            return;
        edit.WriteText(SystemdFile, text);
    }

    /// <summary>Whether a locale is part of the C library, so that nothing needs to generate it.</summary>
    internal static bool IsBuiltIn(string locale) =>
        LocaleArchive.Normalize(locale) is "C" or "POSIX" or "C.utf8";

    internal static bool IsPresent(FileTree tree, string locale)
    {
        string name = LocaleArchive.Normalize(locale);
        if (tree.Resolve($"{Directory}/{name}") is DirectoryInode || tree.Resolve($"{Directory}/{locale}") is DirectoryInode)
            return true;
        return Archived(tree)?.Contains(name) ?? false;
    }

    private static IReadOnlyList<string>? Archived(FileTree tree) =>
        tree.ResolveFile(Directory + "/locale-archive") is { } archive
            ? LocaleArchive.ReadNames(archive.Content.ToArray())
            : null;

    private static string Listed(FileTree tree) =>
        Archived(tree) is { Count: > 0 and <= 12 } names ? $", which has {string.Join(", ", names)}" : "";

    private static string Fix(OperatingSystem system, string locale) =>
        system.Base is DebianBase
            ? "the package locales generates it: check the name against /usr/share/i18n/SUPPORTED"
            : $"generate it in the base (on Debian: the package locales, then locale-gen with '{locale}' in /etc/locale.gen), or set locale to C.UTF-8";

    internal static SystemConfigurationException NameError(string locale) =>
        new($"'{locale}' cannot be a locale", "write language, territory and character set, as in fr_FR.UTF-8");

    internal static bool IsName(string locale) =>
        locale.Length > 0 && locale.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '@');

    // musl has every locale's name and one behaviour; there is nothing to look for.
    private static bool HasMusl(FileTree tree)
    {
        if (tree.Resolve("/lib") is not DirectoryInode lib)
            return false;
        foreach (DirectoryEntry entry in lib.Entries)
        {
            if (entry.Name.Span.StartsWith("ld-musl-"u8))
                return true;
        }

        return false;
    }
}
