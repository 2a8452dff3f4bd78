namespace Diecast.ImageTypes;

/// <summary>A name for a way of making an image from a system: it fills in what the definition leaves open.</summary>
/// <param name="Name">As in <c>diecast build -t NAME</c>.</param>
/// <param name="Description">One line for <c>diecast types</c>.</param>
/// <param name="Complete">From a system (or none) and what the definition says of the image to the whole image.</param>
public sealed record ImageType(string Name, string Description, Func<OperatingSystem?, Image, Image> Complete);
