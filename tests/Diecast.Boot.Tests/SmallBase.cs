using Diecast.Bases;

namespace Diecast.Boot.Tests;

/// <summary>
/// A base of a foreign architecture without its maintainer scripts: packages are only unpacked, so that nothing of it is
/// emulated, and busybox is its init. It says what it runs on and gives a shell.
/// </summary>
internal static class SmallBase
{
    /// <summary>What a machine shows when the init has started, and before the shell.</summary>
    internal const string Up = "diecast-init: ";

    /// <summary>
    /// The accounts come from base-passwd's templates, and modules.dep from this machine's depmod, which knows every
    /// architecture; else both are the work of maintainer scripts. Nothing here has a network, and its drivers are the most of a kernel.
    /// </summary>
    private const string Prepare =
        "cp \"$1/usr/share/base-passwd/passwd.master\" \"$1/etc/passwd\" && cp \"$1/usr/share/base-passwd/group.master\" \"$1/etc/group\" "
        + "&& for modules in \"$1\"/usr/lib/modules/*; do rm -rf \"$modules/kernel/net\" \"$modules/kernel/drivers/net\" \"$modules/kernel/drivers/infiniband\"; depmod -b \"$1/usr\" \"${modules##*/}\"; done";

    /// <summary>Unpacks packages, with what they depend on, into an archive.</summary>
    internal static void Make(string path, string architecture, params string[] packages) => Tool.Check(
        "mmdebstrap", "--variant=extract", "--architectures=" + architecture, "--format=tar",
        "--include=base-files,base-passwd,busybox-static," + string.Join(',', packages), "--extract-hook=" + Prepare,
        "trixie", path, $"deb {MachineSources.Read().Debian} trixie main");

    /// <summary>A definition of an image of it.</summary>
    /// <param name="archive">What <see cref="Make"/> made, beside the definition.</param>
    /// <param name="type">The image type.</param>
    internal static string Define(string archive, string type) => $$"""
        name: small
        system:
          base: { tar: {{archive}} }
          files:
            - target: /usr/sbin/init
              mode: 0755
              text: |
                #!/usr/bin/busybox sh
                /usr/bin/busybox mkdir -p /run/bin
                /usr/bin/busybox --install -s /run/bin
                export PATH=/run/bin
                echo "{{Up}}$(uname -m) $(tr -d '\0' </proc/device-tree/model)"
                exec sh
        image: { type: {{type}} }
        """;
}
