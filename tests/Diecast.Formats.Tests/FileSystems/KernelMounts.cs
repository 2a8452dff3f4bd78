namespace Diecast.Formats.Tests.FileSystems;

/// <summary>Images mounted by the kernel, all of them until this is disposed.</summary>
internal sealed class KernelMounts : IDisposable
{
    private readonly TempDirectory _directory = new();

    /// <param name="type">The file system, as mount takes it.</param>
    /// <param name="images">Paths of images.</param>
    /// <param name="options">As mount takes them, besides <c>loop</c>.</param>
    internal KernelMounts(string type, IReadOnlyList<string> images, string options = "ro")
    {
        for (int i = 0; i < images.Count; i++)
            Directory.CreateDirectory(this[i]);
        try
        {
            Tool.Check(
                "sh",
                ["-ec", "d=$1 t=$2 o=$3; shift 3; i=0; for f; do mount -t $t -o loop,$o \"$f\" $d/$i || exit 1; i=$((i+1)); done", "sh", _directory.Path, type, options, .. images]);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where an image is mounted.</summary>
    internal string this[int image] => _directory[$"{image}"];

    public void Dispose()
    {
        Tool.Run("sh", "-c", "for m in $1/*; do mountpoint -q $m && { umount $m || umount -l $m; }; done", "sh", _directory.Path);
        _directory.Dispose();
    }
}
