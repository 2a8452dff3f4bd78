using System.Globalization;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Blobs have a source and a place, and stand clear of the table as far as that shows before they are read.</summary>
internal static class BlobRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        ImageType? type = ImageCatalogue.Of(definition);
        for (int i = 0; i < image.Blobs.Count; i++)
            CheckOne(image.Blobs[i], definition.System, At(i), problems);
        CheckTwice(image, problems);
        CheckGpt(image, problems);
        if (type is not null && (definition.System is not null || !type.NeedsSystem))
            CheckCompleted(type, image, type.Complete(definition.System, image), definition.System?.Base is NixBase or GuixBase, problems);
    }

    private static void CheckOne(ImageBlob blob, OperatingSystem? system, string path, Problems problems)
    {
        if (blob is { Tree: not null, File: not null })
            problems.Add(path, "blob with two sources", blob.File, "a blob has one of tree and file", "keep one of them");
        if (blob.EffectiveName.Length == 0)
            problems.Add(path, "blob without a source", null, "a blob has one of tree and file, or the name of the image type's", "add one of them");
        if (blob.Tree is { } tree && system is null)
            problems.Add($"{path}.tree", "path in a system that is not there", tree, "tree is a path in the system's tree", "write file: for one on this machine, or add system:");
        if (blob.MaxSize is { Bytes: 0 })
            problems.Add($"{path}.maxSize", "no room at all", "0", "it is the largest size of the file", "remove it, or give a size");
    }

    private static void CheckTwice(Image image, Problems problems)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < image.Blobs.Count; i++)
        {
            string name = image.Blobs[i].EffectiveName;
            if (name.Length > 0 && !first.TryAdd(name, i))
                problems.Add(At(i), "blob given twice", name, $"{At(first[name])} has the name already", "give one of them a name of its own");
        }
    }

    private static void CheckGpt(Image image, Problems problems)
    {
        if (image.PartitionTable is null or PartitionTableType.Gpt)
        {
            int sector = image.SectorSize is 512 or 4096 ? image.SectorSize : 512;
            if (image.GptEntriesOffset is { } offset && (offset.Bytes % sector != 0 || offset.Bytes < 2L * sector))
            {
                problems.Add("image.gptEntriesOffset", "not a place for the table's slots", offset.ToString(),
                    Text($"it is a multiple of the sector of {sector} bytes, from {2 * sector} on, behind the header"), "remove it, or take 16K");
            }

            return;
        }

        if (image.GptEntries is { } entries)
            problems.Add("image.gptEntries", "slots of a GPT without a GPT", Text($"{entries}"), "another table has no such slots", "remove it, or take partitionTable: gpt");
        if (image.GptEntriesOffset is { } moved)
            problems.Add("image.gptEntriesOffset", "slots of a GPT without a GPT", moved.ToString(), "another table has no such slots", "remove it, or take partitionTable: gpt");
    }

    /// <summary>What the image type adds counts, too: its blobs lend what is not given, and may lack a source themselves.</summary>
    private static void CheckCompleted(ImageType type, Image declared, Image completed, bool isOfStore, Problems problems)
    {
        foreach (ImageBlob blob in completed.Blobs)
        {
            int own = declared.Blobs.Select((other, i) => (other, i)).FirstOrDefault(item => item.other.EffectiveName == blob.EffectiveName, (null!, -1)).i;
            // A store's package may have what Debian has not; that shows when its closure is read.
            if (blob is { Tree: null, File: null } && blob.Name is not null && !(isOfStore && own < 0))
            {
                problems.Add(own < 0 ? "image.type" : At(own), "blob without a source", blob.Name,
                    own < 0 ? $"{type.Name} needs it, and no package of Debian has it" : "a blob has one of tree and file, or the name of one of the image type's",
                    own < 0 ? $"build it, and name it: image.blobs: [{{name: {blob.Name}, file: PATH}}]" : "add one of them");
            }

            if (blob.Offset is null && blob.EffectiveName.Length > 0)
                problems.Add(own < 0 ? "image.blobs" : At(own), "blob without a place", blob.EffectiveName, "a blob has an absolute offset on the disk", "add offset:, as in 8K");
        }
    }

    private static string At(int index) => Text($"image.blobs[{index}]");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
