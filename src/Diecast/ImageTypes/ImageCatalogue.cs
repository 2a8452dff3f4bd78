namespace Diecast.ImageTypes;

/// <summary>The image types that are built in.</summary>
public static class ImageCatalogue
{
    /// <summary>Every type, in the order in which they are listed.</summary>
    public static ValueList<ImageType> Types { get; } = [GenericTypes.Disk, GenericTypes.Data, .. ConsumerTypes.All, .. Boards.All.Select(board => board.ImageType)];

    /// <summary>The type of that name, or null.</summary>
    public static ImageType? Find(string name) =>
        Types.FirstOrDefault(type => string.Equals(type.Name, name, StringComparison.Ordinal));

    /// <summary>The type that an image is of: the one it names, else <c>disk</c> with a system and <c>data</c> without.</summary>
    public static ImageType? Of(OperatingSystem? system, Image image) =>
        Find(image.Type ?? (system is null ? GenericTypes.Data.Name : GenericTypes.Disk.Name));
}
