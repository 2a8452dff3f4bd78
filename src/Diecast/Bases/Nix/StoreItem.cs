using Diecast.Formats.Trees;

namespace Diecast.Bases.Nix;

/// <summary>What a store knows of one of its paths.</summary>
internal sealed record StoreItemInfo
{
    /// <summary>The path.</summary>
    internal required string Path { get; init; }

    /// <summary>The paths that it refers to, itself among them where it does, sorted.</summary>
    internal ValueList<string> References { get; init; } = [];

    /// <summary>Hash of its archive; null where nobody says.</summary>
    internal NixHash? NarHash { get; init; }

    /// <summary>Bytes of its archive; null where nobody says.</summary>
    internal long? NarSize { get; init; }

    /// <summary>The derivation that it was built by, or null.</summary>
    internal string? Deriver { get; init; }

    /// <summary>What it would be hashed to without its name, where its path follows from its content; or null.</summary>
    internal string? ContentAddress { get; init; }

    /// <summary>Signatures, each <c>name:base64</c>.</summary>
    internal ValueList<string> Signatures { get; init; } = [];
}

/// <summary>A path of a store with its content.</summary>
/// <param name="Info">What the store knows of it.</param>
/// <param name="Inode">The content: a file, a link or a directory, as a store has it.</param>
internal sealed record StoreItem(StoreItemInfo Info, Inode Inode);
