namespace Diecast.Testing;

/// <summary>As <see cref="ToolFactAttribute"/>, for what only root may do: mounting, changing the root. Other users' runs skip it by name.</summary>
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
