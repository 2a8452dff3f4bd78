using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Which of an image's keys go with its type: a tree has no partitions, and a disk no layers.</summary>
internal static class TreeRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        if (ImageCatalogue.Of(definition) is not { } type)
            return;
        if (type.Kind == ImageKind.Tree)
            CheckTree(image, type, problems);
        else
            CheckDisk(image, type, problems);
    }

    private static void CheckTree(Image image, ImageType type, Problems problems)
    {
        Refuse(image.Partitions.Count > 0, "partitions", null);
        Refuse(image.PartitionTable is not null, "partitionTable", image.PartitionTable?.ToString().ToLowerInvariant());
        Refuse(image.Size.Exact is not null, "size", image.Size.ToString());
        Refuse(image.SizeMultiple is not null, "sizeMultiple", image.SizeMultiple?.ToString());
        Refuse(image.SectorSize != 512, "sectorSize", null);
        Refuse(image.GptEntries is not null, "gptEntries", null);
        Refuse(image.GptEntriesOffset is not null, "gptEntriesOffset", null);
        Refuse(image.Blobs.Count > 0, "blobs", null);
        Refuse(image.Label is not null, "label", image.Label);
        Refuse(image.Firmware.Count > 0, "firmware", null);
        Refuse(image.VolatileRoot is not null, "volatileRoot", null);
        Refuse(image.SharedStore is not null, "sharedStore", image.SharedStore);
        Refuse(image.RootOffset is not null, "rootOffset", image.RootOffset?.ToString());

        void Refuse(bool isGiven, string key, string? value)
        {
            if (isGiven)
                problems.Add($"image.{key}", "a disk's key where there is no disk", value, $"{type.Name} is an archive of files", "remove it, or take another image type");
        }
    }

    private static void CheckDisk(Image image, ImageType type, Problems problems)
    {
        if (image.Compression is { } compression)
        {
            problems.Add("image.compression", "an archive's key where the image is a disk", compression.ToString().ToLowerInvariant(),
                $"{type.Name} is compressed by its format, as in raw.zst, or by the format's options", "take such a format, or another image type");
        }
    }
}
