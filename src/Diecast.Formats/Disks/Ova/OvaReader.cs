using System.Globalization;
using System.Xml;
using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Disks;

/// <summary>Finds the disks of an OVA through its description.</summary>
internal sealed class OvaReader
{
    private const string Format = Ova.Format;
    private const long LargestDescription = 16L << 20;
    private const long LargestManifest = 1L << 20;
    private const int MostDisks = 1024;

    private readonly FileTree _tree;
    private readonly Dictionary<string, (string Name, bool IsPlain)> _files = new(StringComparer.Ordinal);
    private readonly List<(string Id, string File, string Format)> _disks = [];

    private OvaReader(Blob archive) => _tree = TarReader.Read(archive);

    internal static IReadOnlyList<OvaDisk> Read(Blob archive)
    {
        var reader = new OvaReader(archive);
        reader.ReadDescription(reader.FindOnly(".ovf", LargestDescription) ?? throw Fail($"there is no description (.ovf) in the archive"));
        var disks = new List<OvaDisk>();
        foreach ((string id, string file, string format) in reader._disks)
        {
            if (file.Length == 0)
                throw Fail($"the disk '{id}' is empty: it has no file");
            if (!reader._files.TryGetValue(file, out (string Name, bool IsPlain) found))
                throw Fail($"the disk '{id}' is in the file '{file}', which the description does not have");
            if (!found.IsPlain)
                throw Fail($"the file '{found.Name}' is compressed or in pieces, which is not read");
            if (!format.Contains("/vmdk", StringComparison.OrdinalIgnoreCase))
                throw Fail($"the disk '{id}' has the format '{format}'; only VMDK is read");
            Blob content = reader.Find(found.Name) ?? throw Fail($"the file '{found.Name}' is not in the archive");
            disks.Add(new OvaDisk(found.Name, Vmdk.Read(content)));
        }

        return disks;
    }

    /// <summary>Compares the sums of the manifest with the files.</summary>
    internal static void Verify(Blob archive)
    {
        var reader = new OvaReader(archive);
        Blob manifest = reader.FindOnly(".mf", LargestManifest) ?? throw Fail($"there is no manifest (.mf) in the archive");
        int lines = 0;
        foreach (string line in System.Text.Encoding.UTF8.GetString(manifest.ToArray()).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int open = line.IndexOf('(', StringComparison.Ordinal);
            int close = line.LastIndexOf(")=", StringComparison.Ordinal);
            if (open < 0 || close < open)
                throw Fail($"the manifest has a line '{Show(line)}'");
            string name = line[(open + 1)..close];
            System.Security.Cryptography.HashAlgorithmName algorithm = line[..open].Trim().ToUpperInvariant() switch
            {
                "SHA1" => System.Security.Cryptography.HashAlgorithmName.SHA1,
                "SHA256" => System.Security.Cryptography.HashAlgorithmName.SHA256,
                "SHA512" => System.Security.Cryptography.HashAlgorithmName.SHA512,
                _ => throw Fail($"the manifest has a sum '{Show(line[..open])}'; SHA1, SHA256 and SHA512 are known"),
            };
            Blob content = reader.Find(name) ?? throw Fail($"the manifest has a sum of '{Show(name)}', which is not in the archive");
            using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(algorithm);
            BlobWriter.Digest(content, hash);
            if (!string.Equals(Convert.ToHexStringLower(hash.GetHashAndReset()), line[(close + 2)..].Trim(), StringComparison.OrdinalIgnoreCase))
                throw Fail($"the file '{Show(name)}' does not have the sum that the manifest has for it");
            lines++;
        }

        if (lines == 0)
            throw Fail($"the manifest is empty");
    }

    private void ReadDescription(Blob text)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = LargestDescription };
        try
        {
            using Stream stream = text.OpenRead();
            using var xml = XmlReader.Create(stream, settings);
            while (xml.Read())
            {
                if (xml.NodeType != XmlNodeType.Element)
                    continue;
                if (xml.LocalName == "File")
                {
                    string compression = Attribute(xml, "compression");
                    bool isPlain = compression is "" or "identity" && Attribute(xml, "chunkSize").Length == 0;
                    _files[Attribute(xml, "id")] = (Uri.UnescapeDataString(Attribute(xml, "href")), isPlain);
                }
                else if (xml.LocalName == "Disk" && _disks.Count == MostDisks)
                {
                    throw Fail($"the description has more than {MostDisks} disks");
                }
                else if (xml.LocalName == "Disk")
                {
                    _disks.Add((Attribute(xml, "diskId"), Attribute(xml, "fileRef"), Attribute(xml, "format")));
                }
            }
        }
        catch (XmlException exception)
        {
            throw new InvalidImageException(Format, string.Create(CultureInfo.InvariantCulture, $"the description is no XML: {exception.Message}"), exception);
        }
    }

    /// <summary>An attribute of the envelope's namespace, or of none, as older tools write.</summary>
    private static string Attribute(XmlReader xml, string name) => xml.GetAttribute(name, xml.NamespaceURI) ?? xml.GetAttribute(name) ?? "";

    private Blob? Find(string name) =>
        VmdkDescriptor.IsPlainName(name) && _tree.Root.Find(new FileName(name)) is FileInode file ? file.Content : null;

    /// <summary>The first file at the top with an end; there is one in an archive that is made by the rules.</summary>
    private Blob? FindOnly(string end, long largest)
    {
        foreach (DirectoryEntry entry in _tree.Root.Entries)
        {
            if (entry.Inode is not FileInode file || !entry.Name.ToString().EndsWith(end, StringComparison.OrdinalIgnoreCase))
                continue;
            return file.Content.Length <= largest
                ? file.Content
                : throw Fail($"the file '{entry.Name}' has {file.Content.Length} bytes; {largest} are read");
        }

        return null;
    }

    private static string Show(string text) => string.Concat(text.Take(80).Select(c => char.IsControl(c) ? '?' : c));

    private static InvalidImageException Fail(FormattableString message) => new(Format, FormattableString.Invariant(message));
}
