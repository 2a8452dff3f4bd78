using Xunit;

namespace Diecast.Testing;

/// <summary>A test that has the kernel mount images. What is missing for that, beside its tools, skips it by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute(params string[] tools) => Skip = Missing(tools);

    internal static string? Missing(string[] tools)
    {
        if (!Environment.IsPrivilegedProcess)
            return $"only root may mount, and the tests run as {Environment.UserName}";
        return File.Exists("/dev/loop-control")
            ? ToolFactAttribute.Missing(["mount", "umount", .. tools])
            : "/dev/loop-control is missing, so there are no loop devices to mount images by";
    }
}

/// <summary>As <see cref="MountFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountTheoryAttribute : TheoryAttribute
{
    public MountTheoryAttribute(params string[] tools) => Skip = MountFactAttribute.Missing(tools);
}
