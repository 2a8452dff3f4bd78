using System.Collections.Immutable;

namespace Diecast.Boot;

/// <summary>What goes into an initial RAM disk.</summary>
internal sealed record InitrdOptions
{
    /// <summary>Modules that must be in it, by name or alias, beside the default set.</summary>
    internal ImmutableArray<string> Modules { get; init; } = [];

    /// <summary>Modules that the image needs, by name or alias; a kernel without modules has them built in.</summary>
    internal ImmutableArray<string> ImageModules { get; init; } = [];

    /// <summary>Modules that make something faster, by name or alias; what the kernel lacks of them is left out. Default: none.</summary>
    internal ImmutableArray<string> FastModules { get; init; } = [];

    /// <summary>Types of the file systems on the way to the root, as mount has them. Default: ext4.</summary>
    internal ImmutableArray<string> FileSystems { get; init; } = ["ext4"];

    /// <summary>Programs of the target by their absolute paths, which are found by name in it, with their libraries. Default: none.</summary>
    internal ImmutableArray<string> Programs { get; init; } = [];

    /// <summary>Files that only root may read, by their absolute paths. Default: none.</summary>
    internal ImmutableArray<(string Path, ReadOnlyMemory<byte> Content)> Secrets { get; init; } = [];

    /// <summary>
    /// Zstandard level, 1 to 19. Default: 10; level 19 gives a file a tenth smaller and takes ten times as long.
    /// </summary>
    internal int CompressionLevel { get; init; } = 10;
}
