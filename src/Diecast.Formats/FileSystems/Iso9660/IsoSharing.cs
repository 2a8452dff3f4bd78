using System.Security.Cryptography;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.FileSystems.Iso9660;

/// <summary>Finds content that is there more than once.</summary>
internal static class IsoSharing
{
    /// <summary>Makes files with equal content share the first one's; only files of equal length are read.</summary>
    internal static void Share(List<IsoDirectory> directories, List<IsoContent> contents)
    {
        var same = new Dictionary<IsoContent, IsoContent>(ReferenceEqualityComparer.Instance);
        foreach (IGrouping<long, IsoContent> group in contents.Where(c => c is { Length: > 0, Patches: 0 }).GroupBy(c => c.Length))
        {
            if (group.Skip(1).Any())
                ShareWithin(group, same);
        }

        foreach (IsoDirectory directory in directories)
        {
            foreach (IsoNode node in directory.Children)
            {
                if (node.Identity.Content is { } content && same.TryGetValue(content, out IsoContent? first))
                    node.Identity.Content = first;
            }
        }

        contents.RemoveAll(same.ContainsKey);
    }

    private static void ShareWithin(IEnumerable<IsoContent> group, Dictionary<IsoContent, IsoContent> same)
    {
        var known = new Dictionary<(string Digest, IsoCompressed? Compressed), IsoContent>();
        foreach (IsoContent content in group)
        {
            (string, IsoCompressed?) key = (Digest(content.Blob), content.Compressed);
            if (known.TryGetValue(key, out IsoContent? first))
                same.Add(content, first);
            else
                known.Add(key, content);
        }
    }

    private static string Digest(Blob blob)
    {
        using Stream stream = blob.OpenRead();
        return Convert.ToHexString(SHA256.HashData(stream));
    }
}
