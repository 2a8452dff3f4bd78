using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Ext;

/// <summary>A file system that mke2fs made of a directory of the host.</summary>
internal sealed class ExtForeignImage : IDisposable
{
    private readonly TempDirectory _directory = new();

    /// <param name="size">As mke2fs takes it, as in <c>16M</c>.</param>
    /// <param name="fill">Fills the directory; null for an empty one.</param>
    /// <param name="options">Of mke2fs.</param>
    internal ExtForeignImage(string size, Action<string>? fill, params string[] options)
    {
        Directory.CreateDirectory(Source);
        fill?.Invoke(Source);
        Tool.Check("mke2fs", ["-q", "-F", .. options, "-d", Source, Path, size]);
    }

    internal string Path => _directory["image"];

    internal string Source => _directory["source"];

    public void Dispose() => _directory.Dispose();

    internal void Debug(params string[] requests)
    {
        File.WriteAllLines(_directory["requests"], requests);
        string output = Tool.Check("debugfs", "-w", "-f", _directory["requests"], Path);
        Assert.DoesNotContain("rror", output, StringComparison.Ordinal);
    }

    internal string FileOf(byte[] bytes)
    {
        string path = _directory[$"file{Directory.GetFiles(_directory.Path).Length}"];
        File.WriteAllBytes(path, bytes);
        return path;
    }

    internal byte[] Bytes() => File.ReadAllBytes(Path);

    internal FileTree Read() => ExtFileSystem.Read(Blob.FromFile(HostFile.FromPath(Path), 0, new FileInfo(Path).Length));

    /// <summary>What the directory holds; mke2fs writes no owner and no mode of the root.</summary>
    internal FileTree Expected(FileTree read)
    {
        FileTree tree = HostDirectoryReader.Read(
            Source, new HostDirectoryOptions { Owner = HostOwner.Keep, Xattrs = HostXattrs.All });
        tree.Root.Mode = read.Root.Mode;
        tree.Root.CopyMetadata(read.Root);
        return tree;
    }
}
