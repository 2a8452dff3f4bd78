namespace Diecast.Tests.Systems;

/// <summary>As <see cref="ToolFactAttribute"/>, for tools that only root may run.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootToolFactAttribute : ToolFactAttribute
{
    public RootToolFactAttribute(params string[] tools)
        : base(tools)
    {
        if (Skip is null && !Environment.IsPrivilegedProcess)
            Skip = $"only root may run {string.Join(", ", tools)}, and the tests run as {Environment.UserName}";
    }
}
