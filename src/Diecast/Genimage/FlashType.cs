namespace Diecast.Genimage;

/// <summary>A flash chip, as a flash section describes it.</summary>
internal sealed record FlashType(string Name, long EraseBlock, long LogicalBlock, long EraseBlocks, long LeastWrite, long VolumeHeader, long SubPage)
{
    /// <summary>Bytes of the chip.</summary>
    internal long Length => EraseBlock * EraseBlocks;

    /// <summary>The chip that an image names.</summary>
    /// <exception cref="ConfigException">It names none, or one that there is not.</exception>
    internal static FlashType Find(ConfigSection top, GenimageImage image)
    {
        string name = image.FlashType ?? throw image.Section.Position.Wrong(
            $"{image.File} is of the type {image.Type.Name}, and names no chip", "set flashtype to the title of a flash section");
        ConfigSection section = top.All("flash").LastOrDefault(flash => flash.Title == name)
            ?? throw image.Section.Wrong("flashtype", $"there is no flash section {name}", $"declare it: flash {name} {{ pebsize = ... }}");
        return new FlashType(
            name, Required("pebsize"), section.Size("lebsize") ?? 0, section.Size("numpebs") ?? 0, section.Size("minimum-io-unit-size") ?? 0,
            section.Size("vid-header-offset") ?? 0, section.Size("sub-page-size") ?? 0);

        long Required(string option) => section.Size(option) is { } size and > 0
            ? size
            : throw section.Wrong(option, $"the flash section {name} has no {option}", "set it, in bytes");
    }
}
