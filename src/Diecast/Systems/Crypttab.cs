namespace Diecast.Systems;

/// <summary>crypttab(5): what has to be opened before it is mounted.</summary>
internal static class Crypttab
{
    private const string Path = "/etc/crypttab";

    /// <summary>Debian's package of what opens it, in a suite.</summary>
    internal static string Package(string? suite) => suite is "bullseye" or "bookworm" or "oldstable" or "oldoldstable" ? "cryptsetup" : "systemd-cryptsetup";

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (context.EncryptedDevices.Count == 0)
            return;
        edit.WriteText(Path, string.Concat(context.EncryptedDevices.Select(device =>
            $"{device.Name} UUID={device.Uuid} none luks{(device.Discard ? ",discard" : "")}{(device.IsRoot ? ",x-initrd.attach" : "")}\n")));
    }
}
