using Xunit;

namespace Diecast.Testing;

/// <summary>A test that changes roots or mounts without loop devices. What is missing for that, beside its tools, skips it by name.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute(params string[] tools) => Skip = !Environment.IsPrivilegedProcess
        ? $"only root may mount, and the tests run as {Environment.UserName}"
        : ToolFactAttribute.Missing(["mount", "chroot", .. tools]);
}
