using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Fat;

/// <summary>A file or directory of an image that is being read; becomes a path only where a message needs one.</summary>
/// <param name="Parent">The directory that it is in; null for the root.</param>
/// <param name="Name">The name.</param>
/// <param name="Depth">Directories above it.</param>
/// <param name="Length">Bytes of the path.</param>
internal sealed record FatPlace(FatPlace? Parent, FileName Name, int Depth, int Length)
{
    internal static FatPlace Root { get; } = new(null, default, 0, 0);

    internal FatPlace Below(FileName name) => new(this, name, Depth + 1, Length + 1 + name.Length);

    internal InvalidImageException Invalid(FormattableString message) =>
        new(FatFileSystem.Format, $"{this}: {FormattableString.Invariant(message)}");

    public override string ToString()
    {
        var names = new Stack<string>();
        for (FatPlace at = this; at.Parent is { } parent; at = parent)
            names.Push(at.Name.ToString());
        return "/" + string.Join('/', names);
    }
}
