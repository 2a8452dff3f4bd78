using System.Globalization;
using System.Text;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of <see cref="Image.Label"/> and <see cref="Image.Firmware"/>, which an image type has a place for or not.</summary>
internal static class ImageFieldRules
{
    /// <summary>The label's place in the superblock of ext.</summary>
    private const int LongestRootLabel = 16;

    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        if (ImageCatalogue.KindOf(definition) != ImageKind.Disk || image.Label is not { } label)
            return;
        if (image.Partitions.Count > 0 || definition.System is null)
        {
            problems.Add("image.label", "label with partitions of your own", label, "it is that of the root which the image type makes",
                "give the label to a partition's fileSystem");
        }
        else if (Encoding.UTF8.GetByteCount(label) > LongestRootLabel)
        {
            problems.Add("image.label", "label too long for ext", label,
                string.Create(CultureInfo.InvariantCulture, $"it has {Encoding.UTF8.GetByteCount(label)} bytes of UTF-8; its label has at most {LongestRootLabel}"), "shorten it");
        }
    }
}
