using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>
/// Extended attributes as libisofs writes them (Arbitrary Attribute Interchange Protocol 2.0): names and values in turn, each in
/// parts of up to 255 bytes, a flag before each part that says whether another follows.
/// </summary>
internal static class IsoAttributes
{
    /// <summary>The most that Linux takes as a value.</summary>
    private const int LargestValue = 65536;

    /// <summary>What the first byte of a name stands for. Names of isofs. are libisofs's own, and no name is an ACL.</summary>
    private static readonly (byte Code, string Prefix)[] Namespaces = [(3, "user."), (5, "trusted."), (6, "security.")];

    /// <exception cref="InvalidImageException">They are cut, or one is too large.</exception>
    internal static Xattrs Read(ReadOnlySpan<byte> list)
    {
        var attributes = new List<Xattr>();
        while (list.Length > 0)
        {
            byte[] name = ReadParts(ref list);
            byte[] value = ReadParts(ref list);
            foreach ((byte code, string prefix) in Namespaces)
            {
                if (name.Length > 1 && name[0] == code)
                    attributes.Add(new Xattr(new FileName([.. System.Text.Encoding.ASCII.GetBytes(prefix), .. name.AsSpan(1)]), value));
            }
        }

        return Xattrs.Create(attributes);
    }

    private static byte[] ReadParts(ref ReadOnlySpan<byte> list)
    {
        var bytes = new List<byte>();
        bool goesOn = true;
        while (goesOn)
        {
            if (list.Length < 2 || list[1] > list.Length - 2)
                throw IsoFaults.Invalid($"an attribute goes on where its list ends");
            goesOn = (list[0] & 1) != 0;
            bytes.AddRange(list.Slice(2, list[1]));
            list = list[(2 + list[1])..];
            if (bytes.Count > LargestValue)
                throw IsoFaults.Invalid($"an attribute of more than {LargestValue} bytes");
        }

        return [.. bytes];
    }
}
