using Xunit;

namespace Diecast.Testing;

/// <summary>
/// A test that needs foreign tools, or files by their absolute paths. On a developer's machine a missing one skips the test,
/// with its name; under CI (the variable CI is set) the test runs and fails, because there the tools are installed.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] tools) => Skip = Missing(tools);

    internal static string? Missing(string[] tools) =>
        Environment.GetEnvironmentVariable("CI") is null && tools.FirstOrDefault(t => t.StartsWith('/') ? !File.Exists(t) : Tool.Find(t) is null) is { } missing
            ? $"{missing} is not installed"
            : null;
}

/// <summary>As <see cref="ToolFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] tools) => Skip = ToolFactAttribute.Missing(tools);
}
