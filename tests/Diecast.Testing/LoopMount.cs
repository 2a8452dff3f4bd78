namespace Diecast.Testing;

/// <summary>An image that the kernel has mounted, until this is disposed.</summary>
public sealed class LoopMount : IDisposable
{
    private readonly TempDirectory _directory = new();

    /// <param name="image">The image's path.</param>
    /// <param name="options">As mount takes them, besides <c>loop</c>.</param>
    /// <param name="type">The type, or null to have mount find it.</param>
    public LoopMount(string image, string options = "rw", string? type = "ext4")
    {
        Directory.CreateDirectory(Path);
        try
        {
            Tool.Check("mount", [.. type is null ? Array.Empty<string>() : ["-t", type], "-o", $"loop,{options}", image, Path]);
        }
        catch
        {
            _directory.Dispose();
            throw;
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _directory["mnt"];

    /// <summary>Runs a shell script in it, which must succeed; further arguments are its parameters from 1 on.</summary>
    public string Run(string script, params string[] arguments) =>
        Tool.Check("sh", ["-ec", $"cd '{Path}'\n{script}", "sh", .. arguments]);

    public void Dispose()
    {
        Tool.Check("umount", Path);
        _directory.Dispose();
    }
}
