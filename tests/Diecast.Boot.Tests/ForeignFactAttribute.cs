namespace Diecast.Boot.Tests;

/// <summary>
/// As <see cref="ToolFactAttribute"/>, for a test that runs another architecture's programs. Where the kernel does not, because
/// nobody may register an emulator with it, the test is skipped even under CI: no package changes that.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ForeignFactAttribute : ToolFactAttribute
{
    public ForeignFactAttribute(string architecture, params string[] tools)
        : base(["mmdebstrap", "arch-test", .. tools])
    {
        if (Skip is null && Tool.Find("arch-test") is not null && Tool.Run("arch-test", architecture).ExitCode != 0)
            Skip = $"the kernel runs no programs of {architecture}: nothing is registered for them in /proc/sys/fs/binfmt_misc, and only root may register qemu-user-static's emulator there";
    }
}
