using System.Globalization;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;
using Diecast.Planning;

namespace Diecast.Building;

/// <summary>Finds the bytes of an image's blobs: in the system's tree, or on the host.</summary>
internal static class BlobReader
{
    /// <summary>The blobs with their bytes.</summary>
    /// <param name="blobs">The blobs, completed by the image type.</param>
    /// <param name="tree">The system's tree, or null.</param>
    /// <param name="open">Opens a host file by its path from the definition.</param>
    /// <exception cref="BuildException">One is not there, empty or larger than it may be.</exception>
    internal static IReadOnlyList<PlannedBlob> Read(ValueList<ImageBlob> blobs, FileTree? tree, Func<string, Blob> open) =>
        [.. blobs.Select(blob => Read(blob, tree, open))];

    private static PlannedBlob Read(ImageBlob blob, FileTree? tree, Func<string, Blob> open)
    {
        string name = blob.EffectiveName;
        if (blob.Offset is not { } offset)
            throw new BuildException($"the blob {name} has no offset", "give it one in image.blobs");
        Blob content;
        string source = blob.Tree ?? name;
        if (blob.File is { } file)
        {
            content = open(file);
        }
        else if ((blob.Tree is null || blob.Package is not null) && tree is not null && (blob.Tree is null || tree.ResolveFile(blob.Tree) is null) && StoreFirmware.HasStore(tree))
        {
            // Debian's path, or none, of a blob of the image type: a store has the file in a package.
            source = StoreFirmware.Find(tree, Path.GetFileName(blob.Tree) ?? name, Path.GetFileName(Path.GetDirectoryName(blob.Tree)));
            content = tree.ResolveFile(source)!.Content;
        }
        else if (blob.Tree is { } path)
        {
            content = tree?.ResolveFile(path)?.Content ?? throw new BuildException(
                $"the blob {name} is not in the tree: there is no {path}",
                (blob.Package is null ? "add the package that has it to the base" : $"add the package {blob.Package} to the base")
                + $", or name a file of yours: image.blobs: [{{name: {name}, file: PATH}}]");
        }
        else
        {
            throw new BuildException($"the blob {name} has no source", $"name its file: image.blobs: [{{name: {name}, file: PATH}}]");
        }

        if (content.Length == 0)
            throw new BuildException($"the blob {name} is empty: {blob.File ?? source}");
        if (blob.MaxSize is { } most && content.Length > most.Bytes)
        {
            throw new BuildException(
                string.Create(CultureInfo.InvariantCulture, $"the blob {name} has {content.Length} bytes, {content.Length - most.Bytes} more than its place of {most} holds"),
                "take a smaller build of it, or raise maxSize if its place on this board is larger");
        }

        return new PlannedBlob(name, source, offset.Bytes, content);
    }
}
