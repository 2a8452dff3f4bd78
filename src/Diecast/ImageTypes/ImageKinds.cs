using System.Diagnostics.CodeAnalysis;

namespace Diecast.ImageTypes;

/// <summary>What kinds of images have in common.</summary>
internal static class ImageKinds
{
    /// <summary>Whether images of a type, if there is one, are a tree of files and no disk.</summary>
    internal static bool IsTree([NotNullWhen(true)] this ImageType? type) => type is { Kind: ImageKind.Tree or ImageKind.Container or ImageKind.Wsl };
}
