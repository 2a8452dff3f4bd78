using System.Buffers.Binary;
using System.Text;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Boot.Tests;

/// <summary>The short names that a FAT gives its files, by us and by Linux, which names the same files in the same order.</summary>
internal static class GuestShortNames
{
    private const int EntryBytes = 32;
    private const int CaseOffset = 12;
    private const int AttributesOffset = 11;
    private const byte LongName = 0x0f;
    private const byte Volume = 0x08;
    private const long Length = 16 << 20;

    private static readonly FatOptions Options = new() { Size = Length, Type = FatType.Fat16, VolumeId = 0x12345678 };

    private static readonly string[] Names =
    [
        "README", "readme.txt", "Mixed.Txt", "UPPER.txt", "lower.TXT", "kernel-6.12.img", "initrd.img-6.12.0-amd64", "grubx64.efi",
        "a long name with spaces.text", "a long name with commas, too.text", "a long name with plus + signs", "archive.tar.gz",
        "archive.tar.xz", ".hidden", ".profile.d", "..two dots", "dots.in.the.middle", "no_ext_but_long_name", "tail~1", "x~1.y",
        "plus+.a", "semi;colon", "equals=sign", "brackets[1]", "comma,name", "8letters.abc", "9lettersx.abc", "short.long",
        "é", "Éclair.txt", "naïve café.doc", "ÄÖÜ", "ß.txt", "Ωmega", "日本語.txt", "日本語のファイル.txt", "emoji 😀.png", "€uro",
        "µ", "ÿ", "½", "σς", "İ", "ı", "configuration-1", "configuration-2", "configuration-3", "configuration-4", "configuration-5",
        "configuration-6", "configuration-7", "configuration-8", "configuration-9", "a b", "a  b", "ab c.d e", "x.1234", "x.12", "x.1 2",
        "'quoted'", "percent%", "at@sign", "caret^", "tilde~~~~~~~", "under_score_long", "123456789", "1.2.3", "a.b.c.d", "trailing.e~1",
    ];

    /// <summary>An empty file system for the guest to fill.</summary>
    internal static Blob Empty => FatFileSystem.Plan(new FileTree(), Options).ToBlob();

    /// <summary>The guest's part: the same names, in the order of our directory.</summary>
    internal static string Script(int partition)
    {
        var script = new StringBuilder($"mount -t vfat -o utf8,codepage=437,shortname=winnt /dev/vdb{partition} /run/m\n");
        foreach (string name in Entries(Ours).Select(entry => entry.Name).Where(name => name.Length > 0))
            script.Append($": >'/run/m/{name.Replace("'", "'\\''", StringComparison.Ordinal)}'\n");
        return script.Append("umount /run/m\n").ToString();
    }

    /// <summary>Compares what the guest left with ours: short name, case bits and long name of every entry.</summary>
    internal static void Check(Blob guests)
    {
        List<(string Name, string Short)> theirs = Entries(guests.Slice(0, Length));
        Assert.Equal(Names.Length, theirs.Count);
        Assert.Equal(theirs.OrderBy(entry => entry.Name, StringComparer.Ordinal), Entries(Ours).OrderBy(entry => entry.Name, StringComparer.Ordinal));
    }

    private static Blob Ours
    {
        get
        {
            var tree = new FileTree();
            foreach (string name in Names)
                tree.Set("/" + name, new FileInode(Blob.Empty));
            return FatFileSystem.Plan(tree, Options).ToBlob();
        }
    }

    /// <summary>The root directory's entries, by the format's layout: the name as people see it, the short name and its case bits.</summary>
    private static List<(string Name, string Short)> Entries(Blob image)
    {
        byte[] boot = image.Slice(0, 512).ToArray();
        int sector = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(11));
        int reserved = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(14));
        int tables = boot[16] * BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(22));
        int count = BinaryPrimitives.ReadUInt16LittleEndian(boot.AsSpan(17));
        byte[] root = image.Slice((reserved + tables) * (long)sector, count * (long)EntryBytes).ToArray();
        var entries = new List<(string, string)>();
        string name = "";
        for (int at = 0; at < root.Length && root[at] != 0; at += EntryBytes)
        {
            ReadOnlySpan<byte> entry = root.AsSpan(at, EntryBytes);
            if (entry[AttributesOffset] == LongName)
            {
                string part = Encoding.Unicode.GetString(entry[1..11]) + Encoding.Unicode.GetString(entry[14..26]) + Encoding.Unicode.GetString(entry[28..32]);
                name = part.TrimEnd('\uffff').TrimEnd('\0') + name;
            }
            else if (entry[0] != 0xe5 && (entry[AttributesOffset] & Volume) == 0)
            {
                entries.Add((name.Length > 0 ? name : Shown(entry), $"{Convert.ToHexString(entry[..11])} {entry[CaseOffset] & 0x18:x2}"));
                name = "";
            }
            else
            {
                name = "";
            }
        }

        return entries;
    }

    private static string Shown(ReadOnlySpan<byte> entry)
    {
        string stem = Encoding.ASCII.GetString(entry[..8]).TrimEnd();
        string extension = Encoding.ASCII.GetString(entry[8..11]).TrimEnd();
        stem = (entry[CaseOffset] & 0x08) != 0 ? stem.ToLowerInvariant() : stem;
        extension = (entry[CaseOffset] & 0x10) != 0 ? extension.ToLowerInvariant() : extension;
        return extension.Length == 0 ? stem : $"{stem}.{extension}";
    }
}
