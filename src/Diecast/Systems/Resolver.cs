using Diecast.Formats.Trees;

namespace Diecast.Systems;

/// <summary>/etc/resolv.conf: systemd-resolved's where that is enabled, never the build machine's.</summary>
internal static class Resolver
{
    private const string Path = "/etc/resolv.conf";
    private const string Service = "systemd-resolved.service";

    // As Debian's package links it (systemd-resolved.service(8), /etc/resolv.conf).
    private const string Stub = "../run/systemd/resolve/stub-resolv.conf";

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (system.Files.Any(file => SystemFiles.Normalize(file.Target) == Path))
            return;
        // mmdebstrap copies the build machine's file; in another base a file with content is somebody's choice.
        bool copied = edit.Find(Path) is FileInode file && (system.Base is DebianBase || file.Content.Length == 0);
        if (copied)
            edit.Remove(Path);
        if (edit.Find(Path) is null && IsEnabled(edit))
            edit.Link(Path, Stub);
    }

    private static bool IsEnabled(TreeEditor edit) =>
        edit.Find($"{Units.UnitSearch.ConfigurationDirectory}/{Service}") is null
        && (edit.Find($"{Units.UnitSearch.ConfigurationDirectory}/sysinit.target.wants/{Service}")
            ?? edit.Find($"{Units.UnitSearch.ConfigurationDirectory}/multi-user.target.wants/{Service}")) is not null;
}
