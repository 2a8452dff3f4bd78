using Xunit;

namespace Diecast.Testing;

/// <summary>As <see cref="RootToolFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootToolTheoryAttribute : TheoryAttribute
{
    public RootToolTheoryAttribute(params string[] tools) => Skip = new RootToolFactAttribute(tools).Skip;
}
