using Xunit;

namespace Diecast.Testing;

/// <summary>A test that mounts file systems: it wants root and loop devices beside its tools, and is skipped without them.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LoopFactAttribute : FactAttribute
{
    public LoopFactAttribute(params string[] tools) =>
        Skip = Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control")
            ? ToolFactAttribute.Missing(tools)
            : "mounting wants root and loop devices";
}
