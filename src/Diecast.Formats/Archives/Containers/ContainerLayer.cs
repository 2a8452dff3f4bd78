using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>A layer of a container image, to be packed: a tree that lies over those of the layers before it.</summary>
/// <param name="Tree">The layer's files, with the directories that they are in.</param>
/// <param name="CreatedBy">How it was made, for the image's history.</param>
public sealed record ContainerLayer(FileTree Tree, string CreatedBy);
