namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>An image that the kernel has mounted.</summary>
internal sealed class ExtMount : IDisposable
{
    private readonly TempDirectory _directory = new();

    internal ExtMount(string image, string options = "rw")
    {
        Directory.CreateDirectory(Path);
        Tool.Check("mount", "-t", "ext4", "-o", $"loop,{options}", image, Path);
    }

    internal string Path => _directory["mnt"];

    public void Dispose()
    {
        Tool.Check("umount", Path);
        _directory.Dispose();
    }

    internal string Run(string script) => Tool.Check("sh", "-ec", $"cd '{Path}'\n{script}");

    /// <summary>The value of an attribute as the kernel gives it, in hexadecimal.</summary>
    internal string Xattr(string path, string name) =>
        Tool.Check("getfattr", "--absolute-names", "--only-values", "-e", "hex", "-n", name, $"{Path}{path}").Trim();
}

/// <summary>A test that mounts, and so wants root and loop devices.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExtMountToolFactAttribute : ToolFactAttribute
{
    public ExtMountToolFactAttribute(params string[] tools)
        : base([.. tools, "mount", "e2fsck"])
    {
        if (!Environment.IsPrivilegedProcess || !File.Exists("/dev/loop-control"))
            Skip = "mounting wants root and loop devices";
    }
}
