using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>Reads a module's file as the kernel takes it, without the compression of the distribution.</summary>
internal static class ModuleFileReader
{
    // The largest modules (graphics drivers with debugging data) are under 100 MiB.
    private const long MaximumLength = 512L << 20;
    private const int MagicLength = 6;

    /// <summary>The content of a module.</summary>
    /// <exception cref="BootException">The file is not in the tree, or damaged.</exception>
    internal static Blob Read(FileTree root, string directory, ModuleFile module)
    {
        string path = $"{directory}/{module.Path}";
        FileInode file = root.ResolveFile(path)
            ?? throw new BootException($"{path} is named by modules.dep and not in the tree; run depmod in the base");
        return module.Compression switch
        {
            "" => file.Content,
            ".xz" or ".zst" or ".gz" => Unpack(path, file.Content),
            var other => throw new BootException($"{path} is compressed as {other}, which is not known"),
        };
    }

    private static Blob Unpack(string path, Blob content)
    {
        try
        {
            byte[] start = new byte[Math.Min(content.Length, MagicLength)];
            content.Read(0, start);
            if (Decompression.Detect(start) == CompressionFormat.None)
                throw new BootException($"{path} is damaged: it is not compressed as its name says");
            using Stream stream = Decompression.Open(content.OpenRead());
            using var bytes = new MemoryStream();
            byte[] buffer = new byte[1 << 16];
            for (int count; (count = stream.Read(buffer)) > 0;)
            {
                bytes.Write(buffer, 0, count);
                if (bytes.Length > MaximumLength)
                    throw new BootException($"{path} unpacks to more than {MaximumLength} bytes");
            }

            return Blob.FromMemory(bytes.ToArray());
        }
        catch (InvalidImageException exception)
        {
            throw new BootException($"{path} is damaged: {exception.Message}", exception);
        }
    }
}
