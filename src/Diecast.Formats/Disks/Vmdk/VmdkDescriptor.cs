using System.Globalization;
using System.Text;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>The text that describes a VMDK: what it is, its extents, and the disk data base.</summary>
internal static class VmdkDescriptor
{
    internal const string Format = "vmdk";
    private const int LongestName = 255;
    private const uint NoParent = 0xffffffff;

    internal static byte[] Write(string createType, string extent, long length, VmdkOptions options)
    {
        Check(options);
        (int heads, int sectors, long mostCylinders) = options.Adapter == VmdkAdapter.Ide ? (16, 63, 16383L) : (255, 63, 65535L);
        long cylinders = Math.Min(length / VmdkLayout.Sector / (heads * sectors), mostCylinders);
        var text = new StringBuilder();
        text.Append("# Disk DescriptorFile\nversion=1\nencoding=\"UTF-8\"\n");
        text.Append(CultureInfo.InvariantCulture, $"CID={options.ContentId:x8}\nparentCID={NoParent:x8}\n");
        text.Append(CultureInfo.InvariantCulture, $"createType=\"{createType}\"\n\n# Extent description\n{extent}\n\n");
        text.Append("# The Disk Data Base\n#DDB\n\n");
        text.Append(CultureInfo.InvariantCulture, $"ddb.adapterType = \"{Name(options.Adapter)}\"\n");
        text.Append("ddb.encoding = \"UTF-8\"\n");
        text.Append(CultureInfo.InvariantCulture, $"ddb.geometry.cylinders = \"{cylinders}\"\n");
        text.Append(CultureInfo.InvariantCulture, $"ddb.geometry.heads = \"{heads}\"\n");
        text.Append(CultureInfo.InvariantCulture, $"ddb.geometry.sectors = \"{sectors}\"\n");
        if (options.Id is { } id)
        {
            // The last eight digits are the short content id.
            text.Append(CultureInfo.InvariantCulture, $"ddb.longContentID = \"{id.ToString("N")[..24]}{options.ContentId:x8}\"\n");
            text.Append(CultureInfo.InvariantCulture, $"ddb.uuid.image = \"{id:D}\"\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"ddb.toolsVersion = \"{options.ToolsVersion}\"\n");
        text.Append(CultureInfo.InvariantCulture, $"ddb.virtualHWVersion = \"{options.HardwareVersion}\"\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    internal static void Check(VmdkOptions options)
    {
        if (!Enum.IsDefined(options.Adapter))
            throw Refuse($"there is no adapter {(int)options.Adapter}");
        if (options.HardwareVersion is < 3 or > 99)
            throw Refuse($"a hardware version of {options.HardwareVersion}; it must be from 3 to 99");
        if (options.ContentId == NoParent)
            throw Refuse($"a content id of {NoParent:x8} says that there is none");
        if (options.ToolsVersion < 0)
            throw Refuse($"a tools version of {options.ToolsVersion}; it must not be negative");
        if (options.Level is < 1 or > 12)
            throw Refuse($"a level of {options.Level}; it must be from 1 to 12");
        // The longest end that a file gets is "-flat.vmdk".
        if (!IsPlainName(options.Name) || Encoding.UTF8.GetByteCount(options.Name) > LongestName - "-flat.vmdk".Length)
            throw Refuse($"'{options.Name}' cannot be a file name in a descriptor");
    }

    /// <summary>A name of a file in the same directory, and nothing else, on any system.</summary>
    internal static bool IsPlainName(string name) =>
        name.Length > 0 && name is not ("." or "..") && !name.AsSpan().ContainsAny("/\\\"\ufffd") && !name.Any(char.IsControl) && Utf16.IsWellFormed(name);

    internal static UnrepresentableException Refuse(FormattableString message) =>
        new(Format, null, FormattableString.Invariant(message));

    private static string Name(VmdkAdapter adapter) => adapter switch
    {
        VmdkAdapter.Ide => "ide",
        VmdkAdapter.BusLogic => "buslogic",
        VmdkAdapter.LegacyEsx => "legacyESX",
        _ => "lsilogic",
    };
}
