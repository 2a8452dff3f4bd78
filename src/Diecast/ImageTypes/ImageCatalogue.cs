namespace Diecast.ImageTypes;

/// <summary>The image types that are built in, and those of a definition.</summary>
public static class ImageCatalogue
{
    /// <summary>Every type, in the order in which they are listed.</summary>
    public static ValueList<ImageType> Types { get; } =
        [.. GenericTypes.All, .. NixosTypes.All, ApplianceType.Type, .. LiveTypes.All, .. ConsumerTypes.All, .. ContainerTypes.All, .. Boards.All.Select(board => board.ImageType), .. HurdTypes.All];

    /// <summary>The built-in type of that name, or null.</summary>
    public static ImageType? Find(string name) => Find(Types, name);

    /// <summary>The types that a definition's image may name: the built-in ones, then its own.</summary>
    public static ValueList<ImageType> TypesFor(Definition definition) => [.. Types, .. definition.Types];

    /// <summary>
    /// The type that a definition's image is of: the one it names, else <c>disk</c> with a system and <c>data</c> without.
    /// </summary>
    /// <returns>The type, or null when there is none of that name.</returns>
    public static ImageType? Of(Definition definition) =>
        Find(TypesFor(definition), definition.Image.Type ?? (definition.System is null ? GenericTypes.Data.Name : GenericTypes.Disk.Name));

    /// <summary>What a definition's image is: a disk unless its type says otherwise.</summary>
    internal static ImageKind KindOf(Definition definition) => Of(definition)?.Kind ?? ImageKind.Disk;

    private static ImageType? Find(ValueList<ImageType> types, string name) =>
        types.FirstOrDefault(type => string.Equals(type.Name, name, StringComparison.Ordinal));
}
