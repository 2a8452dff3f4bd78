using System.Globalization;
using Diecast.Definitions.Records;
using Diecast.Formats;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>
/// The disk formats of an image: that they are there, that their options are theirs, that the image type takes them, and
/// that the image's size is one that they hold exactly.
/// </summary>
internal static class FormatRules
{
    /// <summary>Options that a build has no use for: what it makes stands alone.</summary>
    private static readonly string[] Overlay = ["backing_file", "backing_fmt"];

    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        ImageType? type = ImageCatalogue.Of(definition);
        bool isRight = true;
        for (int i = 0; i < image.Format.Count; i++)
            isRight &= CheckFormat(image.Format[i], type, At(i), problems);
        CheckNames(definition, type, problems);
        if (image.Hooks?.After.Count > 0 && image.Format.Any(format => format.Name == "oci-dir"))
        {
            problems.Add("image.hooks.after", "command on an output that is a directory", "oci-dir", "commands are run with each file before it is in its place",
                "take the format oci, or run the command after the build");
        }

        if (type.IsTree())
            return;
        CheckMultiple(image, type, problems);
        if (isRight && type is not null && image.Size.Exact is { Bytes: > 0 } size)
            CheckSize(ImageFormats.Complete(type, image), size, problems);
    }

    private static bool CheckFormat(DiskFormat format, ImageType? type, string path, Problems problems)
    {
        if (ImageFormats.Find(type, format.Name) is not { } known)
        {
            // What is no name at all has been told.
            if (Forms.FormatNameForm.IsMatch(format.Name))
                AddUnknown(format, type, path, problems);
            return false;
        }

        if (type is not null && ImageFormats.Accepted(type, format) is null)
        {
            string takes = string.Join(", ", type.Accepts.Select(Text));
            problems.Add(path, $"not a format for {type.Name}", Text(format), $"{type.Name} takes {takes}", $"take {Text(type.Accepts[0])}, or another image type");
            return false;
        }

        if (known.Name == DiskFormats.Iso.Name && type is { Kind: not ImageKind.Iso })
        {
            problems.Add(path, "ISO of a disk", Text(format), "an ISO 9660 volume is made by the image types iso9660 and uncompressed-iso9660", "take raw, or type: iso9660");
            return false;
        }

        return CheckOptions(format, type, known, path, problems);
    }

    private static void AddUnknown(DiskFormat format, ImageType? type, string path, Problems problems)
    {
        string[] names = [.. type is { Accepts.Count: > 0 } ? type.Accepts.Select(accepted => accepted.Name) : ImageFormats.All(type).Select(known => known.Name)];
        // A format of the other kind is asked for where the type is wrong, or was forgotten.
        string fix = ImageCatalogue.Types.FirstOrDefault(other => other.Kind != type?.Kind && other.Format.Any(own => own.Name == format.Name)) is { } maker
            ? $"take the image type {maker.Name}, which makes it"
            : Suggestion.Nearest(format.Name, names) is { } near ? $"did you mean {near}?" : "take one of them";
        string message = type.IsTree() ? $"not a format for {type.Name}" : "no such disk format";
        problems.Add(path, message, format.Name, $"the formats are {string.Join(", ", names)}", fix);
    }

    private static bool CheckOptions(DiskFormat format, ImageType? type, ImageFormat known, string path, Problems problems)
    {
        bool isRight = true;
        foreach (FormatOption option in format.Options)
        {
            string at = $"{path}.options.{option.Name}";
            string[] names = [.. known.Options.Select(other => other.Name).Except(Overlay)];
            if (!names.Contains(option.Name))
            {
                string rule = names.Length == 0 ? $"{known.Name} has none" : $"the options of {known.Name} are {string.Join(", ", names)}";
                string fix = Overlay.Contains(option.Name) && known.Options.Any(other => other.Name == option.Name)
                    ? "leave it out: a built image stands alone; diecast convert makes overlays"
                    : Suggestion.Nearest(option.Name, names) is { } near ? $"did you mean {near}?" : "remove it";
                problems.Add(at, "no such option", option.Name, rule, fix);
                isRight = false;
            }
        }

        if (!isRight)
            return false;
        try
        {
            ImageFormats.CheckOptions(type, known, ImageFormats.Values(known, format));
            return true;
        }
        catch (UnrepresentableException exception)
        {
            // The message begins with the option where one alone is at fault.
            FormatOption? faulty = format.Options.FirstOrDefault(option => exception.Problem.StartsWith(option.Name + "=", StringComparison.Ordinal));
            problems.Add(faulty is null ? $"{path}.options" : $"{path}.options.{faulty.Name}", "not an option's value", faulty?.Value, exception.Problem, "correct the value, or remove it to have the default");
            return false;
        }
        catch (MissingLibraryException exception)
        {
            problems.Add(path, "library missing", format.Name, exception.Message, "install it, or take another format");
            return false;
        }
    }

    /// <summary>Two outputs cannot have one name.</summary>
    private static void CheckNames(Definition definition, ImageType? type, Problems problems)
    {
        var first = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < definition.Image.Format.Count; i++)
        {
            DiskFormat format = definition.Image.Format[i];
            if (ImageFormats.Find(type, format.Name) is not { } known)
                continue;
            string name = ImageFormats.FileName(definition.Image.Name ?? definition.Name, known, format);
            if (!first.TryAdd(name, i))
                problems.Add(At(i), "file of that name already", name, $"{At(first[name])} is written to it", "add file: with a name of its own");
        }
    }

    private static void CheckMultiple(Image image, ImageType? type, Problems problems)
    {
        if (image.SizeMultiple is not { } multiple)
            return;
        if (multiple.Bytes <= 0 || multiple.Bytes % 512 != 0)
            problems.Add("image.sizeMultiple", "not whole sectors", multiple.ToString(), "it is one or more sectors of 512 bytes", "take 1M");
        else if (type?.SizeMultiple is { } needed && multiple.Bytes % needed.Bytes != 0)
            problems.Add("image.sizeMultiple", $"not a multiple that {type.Name} takes", multiple.ToString(), $"{type.Name} takes whole multiples of {needed}", $"take {needed}, or remove it");
    }

    private static void CheckSize(Image image, ByteSize size, Problems problems)
    {
        if (image.SizeMultiple is { Bytes: <= 0 })
            return;
        string asked = string.Join(", ", image.Format.Select(format => format.Name));
        try
        {
            long? whole = ImageFormats.RoundSize(image, size.Bytes);
            if (whole == size.Bytes)
                return;
            string rule = image.SizeMultiple is { } multiple && size.Bytes % multiple.Bytes != 0
                ? $"the image is a multiple of {multiple}"
                : $"{asked} holds disks of certain sizes";
            problems.Add("image.size", "not a size that the image can have", size.ToString(), rule,
                whole is { } next ? $"take {new ByteSize(next)}, or auto" : "take auto, or build the formats one by one");
        }
        catch (UnrepresentableException exception)
        {
            problems.Add("image.size", "not a size that the format can have", size.ToString(), exception.Problem, "take a smaller size, or another format");
        }
    }

    private static string Text(DiskFormat format) => format.Options.Count == 0
        ? format.Name
        : $"{format.Name} with {string.Join(" and ", format.Options.Select(option => $"{option.Name}: {option.Value}"))}";

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"image.format[{index}]");
}
