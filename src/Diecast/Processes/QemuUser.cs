namespace Diecast.Processes;

/// <summary>QEMU's emulation of another processor for single programs.</summary>
internal static class QemuUser
{
    /// <summary>Debian's package.</summary>
    internal const string Package = "qemu-user-static";

    /// <summary>What installs it with all that foreign installations need.</summary>
    internal const string InstallFix = $"apt-get install {Package} binfmt-support arch-test";

    /// <summary>The emulator's path, or null when it is not installed.</summary>
    /// <param name="qemuName">QEMU's name of the processor, as in <c>aarch64</c>.</param>
    internal static string? Find(string qemuName) =>
        ChildProcess.Find($"qemu-{qemuName}-static", ChildEnvironment.Fixed) ?? ChildProcess.Find($"qemu-{qemuName}", ChildEnvironment.Fixed);
}
