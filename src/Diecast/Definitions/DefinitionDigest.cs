using System.Security.Cryptography;
using System.Text;
using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>
/// The digest that names a definition's content. It is the same however the definition is written, split over files or
/// placed on a machine. Values that are the defaults have no part in it, given or not, so that a new version of Diecast
/// with more keys leaves the ids of existing definitions alone; nor has the disk format, so that a raw and a qcow2 image
/// of one definition are the same disk.
/// </summary>
internal static class DefinitionDigest
{
    /// <summary>SHA-256 of the canonical text, in lower-case hexadecimal.</summary>
    public static string Compute(Definition definition)
    {
        var canonical = (YamlMapping)DefinitionShape.Shape.Print(definition, PrintMode.Identity);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(YamlWriter.Write(canonical))));
    }

    /// <summary>The default seed: the digest's first 16 bytes as a UUID of version 8 (RFC 9562, 5.8).</summary>
    /// <param name="digest">What <see cref="Compute"/> returns.</param>
    public static Guid Seed(string digest)
    {
        byte[] bytes = Convert.FromHexString(digest)[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
