using Xunit;

namespace Diecast.Testing;

/// <summary>As <see cref="RootFactAttribute"/>, with cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootTheoryAttribute : TheoryAttribute
{
    public RootTheoryAttribute(params string[] tools) => Skip = new RootFactAttribute(tools).Skip;
}
