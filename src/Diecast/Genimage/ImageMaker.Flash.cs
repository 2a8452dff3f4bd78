using System.Globalization;
using System.Text;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Repart.Definitions;

namespace Diecast.Genimage;

/// <content>Flash chips, firmware packages and members of arrays.</content>
internal sealed partial class ImageMaker
{
    private const byte Erased = 0xFF;

    /// <summary>Partitions one after the other, or where their offsets say; the rest is as an erased chip.</summary>
    private Func<Blob> Flash(GenimageImage image)
    {
        FlashType chip = FlashType.Find(context.Top, image);
        long at = 0;
        var places = new List<(ConfigSection Section, long Offset, long Size)>();
        foreach (ConfigSection section in image.Section.All("partition"))
        {
            long size = section.Size("size") ?? 0;
            long offset = section.Size("offset") is { } given and > 0 ? given : at;
            if (places is [.., { Section: { } open, Size: var rest }] && (open.Size("size") ?? 0) == 0)
                throw open.Position.Wrong($"{open.Title} has no size, and takes the {rest} bytes that are left; other partitions come after it", "set its size, or declare it last");
            if (size == 0)
                size = chip.Length - offset;
            foreach ((string option, long value) in (ReadOnlySpan<(string, long)>)[("size", size), ("offset", offset)])
            {
                if (value % chip.EraseBlock != 0)
                    throw section.Wrong(option, $"{option} = {value} of {section.Title} is no multiple of the {chip.EraseBlock} bytes that {chip.Name} erases at once", "write a multiple of pebsize");
            }

            if (offset < at)
                throw section.Wrong("offset", $"{section.Title} begins at {offset}, and the partition before it ends at {at}", "move it, or leave offset out");
            at = offset + size;
            if (at > chip.Length || size < 0)
                throw section.Wrong("size", $"{section.Title} ends at {at}, and {chip.Name} has {chip.Length} bytes", "make partitions smaller, or set a larger numpebs");
            places.Add((section, offset, size));
        }

        return () =>
        {
            var flash = new OverlayBuilder();
            long length = Math.Max(at, image.Size ?? 0);
            if (length > 0)
                flash.Lay(0, new GeneratedBlob(length, static (_, bytes) => bytes.Fill(Erased)));
            foreach ((ConfigSection section, long offset, long size) in places)
            {
                Blob content = ContentOf(section).Content ?? Blob.Empty;
                if (content.Length > size)
                    throw section.Wrong("size", $"{section.Title} has {size} bytes, and {section.Text("image")} {content.Length}", "make the partition larger, or the image smaller");
                flash.Lay(offset, content);
            }

            return flash.ToBlob(length);
        };
    }

    private Func<Blob> Fip(GenimageImage image)
    {
        ConfigSection type = image.Type;
        IReadOnlyList<string> system = type.List("tos-fw");
        if (system.Count > FirmwarePackage.TrustedSystem.Count)
            throw type.Wrong("tos-fw", $"{system.Count} binaries of a trusted system are more than the {FirmwarePackage.TrustedSystem.Count} that a package holds", "leave the others out");
        (long align, ushort flags) = FipArguments(type);
        return () =>
        {
            var contents = new Dictionary<string, Blob>(StringComparer.Ordinal);
            for (int i = 0; i < system.Count; i++)
                contents.Add(FirmwarePackage.TrustedSystem[i], ContentOf(system[i], type.Find("tos-fw")!.ValuePosition));
            foreach (string option in FirmwarePackage.Options)
            {
                if (type.Text(option) is { Length: > 0 } file)
                    contents.Add(option, ContentOf(file, type.Find(option)!.ValuePosition));
            }

            return FirmwarePackage.Compose(contents, align, flags);
        };
    }

    /// <summary>fiptool's --align and --plat-toc-flags.</summary>
    private static (long Align, ushort Flags) FipArguments(ConfigSection type)
    {
        long align = 1;
        ushort flags = 0;
        var words = new Queue<string>(ArgumentsOf(type).SelectMany(word => word.StartsWith("--", StringComparison.Ordinal) ? word.Split('=', 2) : [word]));
        while (words.TryDequeue(out string? word))
        {
            string value = words.TryDequeue(out string? next) ? next : throw type.Wrong("extraargs", $"extraargs: {word} has no value", $"write {word} 64");
            long number = ConfigNumbers.Whole(value) ?? throw type.Wrong("extraargs", $"extraargs: {word} {value} is no number", "write it as 64 or 0x40");
            if (word == "--align" && number is > 0 and <= 1 << 30 && (number & (number - 1)) == 0)
                align = number;
            else if (word == "--plat-toc-flags" && number is >= 0 and <= ushort.MaxValue)
                flags = (ushort)number;
            else
                throw type.Wrong("extraargs", $"extraargs: {word} {value} is nothing that the writer has", "leave it out", "it has --align with a power of two, and --plat-toc-flags with 16 bits");
        }

        return (align, flags);
    }

    private static List<string> ArgumentsOf(ConfigSection type) => type.Text("extraargs") is not { Length: > 0 } text
        ? []
        : [.. Words.Split(text) ?? throw type.Wrong("extraargs", $"extraargs = {text}: a quote does not end", "end the quote")];

    /// <summary>The member that declares an array; null for one that declares its own.</summary>
    private GenimageImage? ParentOf(ConfigSection type)
    {
        if (type.Text("parent") is not { Length: > 0 } name)
            return null;
        return images.TryGetValue(name, out GenimageImage? parent) && parent.Type.Name == "mdraid"
            ? parent
            : throw type.Wrong("parent", $"{name} is no mdraid image of this configuration", "name the member that declares the array");
    }

    private Func<Blob> Raid(GenimageImage image)
    {
        ConfigSection type = image.Type;
        GenimageImage? parent = ParentOf(type);
        ConfigSection array = parent?.Type ?? type;
        if (type.Number("level") is { } level and not 1)
            throw type.Wrong("level", $"level = {level}: only mirrors are made", "write 1, or leave it out");
        long devices = array.Number("devices") ?? 1;
        if (devices is < 1 or > RaidMember.MostDevices)
            throw array.Wrong("devices", $"devices = {devices}: an array has 1 to {RaidMember.MostDevices} members", "write how many members there are");
        if (type.Number("role") is { } given && given >= devices)
            throw type.Wrong("role", $"role = {given} in an array of {devices}; roles count from 0", $"write at most {devices - 1}, or set devices");
        string label = array.Text("label") ?? "";
        if (Encoding.UTF8.GetByteCount(label) > 31)
            throw array.Wrong("label", $"label = {label} is longer than 31 bytes", "write a shorter one");
        string? source = array.Text("image") is { Length: > 0 } file ? file : null;
        long asked = (parent ?? image).Size ?? 0;
        if (asked == 0 && source is null)
            throw image.Section.Wrong("size", $"{image.File} has neither a size nor an image", "set size, or image");
        if (asked % RaidMember.Grain != 0 || asked is > 0 and <= RaidMember.DataOffset)
            throw (parent ?? image).Section.Wrong("size", $"size = {asked} is no multiple of {RaidMember.Grain} after the {RaidMember.DataOffset} bytes of the array's own", "write it in mebibytes, two at least");
        return () =>
        {
            Blob data = source is null ? Blob.Empty : ContentOf(source, array.Find("image")!.ValuePosition);
            long length = asked > 0 ? asked : Units.RoundUp(data.Length + RaidMember.DataOffset, RaidMember.Grain);
            if (RaidMember.DataOffset + data.Length > length)
                throw image.Section.Wrong("size", $"{image.File} has {length} bytes, and {source} with the array's own takes {RaidMember.DataOffset + data.Length}", "set a larger size, or leave it out");
            Guid arrayId = parent?.Raid?.ArrayId ?? array.Id("raid-uuid") ?? context.Draw(image.File, "array");
            long role = type.Number("role") ?? (parent is null ? 0 : ++parent.Roles);
            if (role >= devices)
                throw type.Position.Wrong($"{image.File} would be member {role} of an array of {devices}; roles count from 0", "set a larger devices");
            image.Raid = new RaidMember
            {
                ArrayId = arrayId,
                DeviceId = type.Id("disk-uuid") ?? context.Draw(image.File, "member"),
                Name = label,
                Time = array.Number("timestamp") ?? context.Time.Seconds,
                Devices = (int)devices,
                Role = (int)role,
                Length = length,
            };
            return image.Raid.ToBlob(data);
        };
    }
}
