using Diecast.Formats;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Native;

namespace Diecast.Building;

/// <summary>Opens the files below an output that is an overlay, for as long as it is written.</summary>
/// <param name="target">Where the output will stand, which relative names start from; null for a stream and the current directory.</param>
/// <param name="mayOpenOthers">Whether the files below may name others.</param>
internal sealed class BackingFiles(string? target, bool mayOpenOthers) : IDisposable
{
    private readonly List<ImageFile> _open = [];

    /// <summary>A backing file's virtual disk, and its format by QEMU's name.</summary>
    /// <exception cref="BuildException">The file is the output itself, or in a format that QEMU cannot have below a qcow2.</exception>
    /// <exception cref="InvalidImageException">The file is damaged, or names others that may not be opened.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal BackingDisk Open(string name, string? formatName)
    {
        const string FilePrefix = "file:";
        string plain = name.StartsWith(FilePrefix, StringComparison.Ordinal) ? name[FilePrefix.Length..] : name;
        string path = Path.Combine(Path.GetDirectoryName(target) ?? "", plain);
        ImageFormat? format = formatName is null ? null : Find(formatName);
        ImageFile file = ImageFile.Open(path, new ImageFileOptions { Format = format, MayOpenOthers = mayOpenOthers, MayUnpack = false });
        _open.Add(file);
        if (file.Compression != CompressionFormat.None || file.Format.QemuName is null)
            throw new BuildException($"{path} cannot be below a qcow2: {Describe(file)} is not what QEMU reads", "convert it to qcow2 or raw first");
        // A target that does not exist cannot be among them; one that does would take its own place as the base.
        if (target is not null && file.Paths.FirstOrDefault(below => FileDescriptor.IsSameFile(below, target)) is { } same)
            throw new BuildException($"{target} would be its own backing file, as {same}", "give the output a name of its own");
        return new BackingDisk(file.Format.QemuName, file.Disk);
    }

    public void Dispose()
    {
        foreach (ImageFile file in _open)
            file.Dispose();
    }

    private static ImageFormat Find(string name) => DiskFormats.All.FirstOrDefault(format => format.QemuName == name) ?? throw new BuildException(
        $"backing_fmt={name}: QEMU has no such format below a qcow2",
        $"take one of {string.Join(", ", DiskFormats.All.Select(format => format.QemuName).OfType<string>())}, or leave it out");

    private static string Describe(ImageFile file) =>
        file.Compression == CompressionFormat.None ? file.Format.Name : $"a file compressed by {file.Compression.ToString().ToLowerInvariant()}";
}
