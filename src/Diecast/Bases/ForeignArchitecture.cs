using Diecast.Processes;

namespace Diecast.Bases;

/// <summary>
/// Maintainer scripts are programs of the target: where the machine is of another architecture, its kernel has to run them
/// through an emulator (binfmt_misc).
/// </summary>
internal static class ForeignArchitecture
{
    private const string Registered = "/proc/sys/fs/binfmt_misc";

    /// <summary>Fails before anything is fetched when programs of the architecture do not run here.</summary>
    /// <param name="architecture">Debian's name.</param>
    /// <param name="cancellation">Ends the test program.</param>
    /// <exception cref="BuildException">They do not; the fix names what is missing.</exception>
    internal static void Check(string architecture, CancellationToken cancellation)
    {
        if (architecture == DebianDeclaration.MachineArchitecture)
            return;
        // mmdebstrap asks it, too, and stops without it.
        if (ChildProcess.Find("arch-test", ChildEnvironment.Fixed) is null)
        {
            throw new BuildException(
                $"the base is for {architecture}, this machine is {DebianDeclaration.MachineArchitecture}, and arch-test, which says whether it runs such programs, is not installed",
                QemuUser.InstallFix);
        }

        try
        {
            ChildProcess.RunForText(new ChildProcessStart { Program = "arch-test", Arguments = [architecture] }, cancellation);
        }
        catch (BuildException exception)
        {
            string emulator = Platform.Find(architecture)?.QemuName ?? architecture;
            bool isInstalled = QemuUser.Find(emulator) is not null;
            throw new BuildException(
                $"the base is for {architecture}, and this machine ({DebianDeclaration.MachineArchitecture}) does not run its programs: "
                + (isInstalled ? $"qemu-{emulator} is installed, but not registered with the kernel in {Registered}" : $"qemu-{emulator} is not installed"),
                isInstalled ? $"as root: mount -t binfmt_misc binfmt_misc {Registered}; update-binfmts --enable qemu-{emulator}" : QemuUser.InstallFix,
                inner: exception);
        }
    }
}
