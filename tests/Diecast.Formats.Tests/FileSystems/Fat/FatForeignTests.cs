using System.Text;
using System.Text.RegularExpressions;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>Images made by mkfs.fat and filled by mtools, and ours as fsck.fat sees them.</summary>
public sealed partial class FatForeignTests
{
    private const int TwoSeconds = 2_000_000_000;
    private static readonly string[] Environment = ["LC_ALL=C.UTF-8", "MTOOLS_SKIP_CHECK=1"];

    public static TheoryData<int, string> Makes => new()
    {
        { 1024, "" },
        { 1440, "-F 12 -s 1" },
        { 4096, "-F 12 -s 8 -r 240 -f 1" },
        { 8192, "-F 12 -S 4096 -s 1 -r 1024 -f 4" },
        { 9000, "-F 16 -s 1 -r 272" },
        { 16384, "-F 16 -S 1024 -s 2 -f 1" },
        { 40000, "-F 16 -S 4096 -s 2 -R 7" },
        { 40000, "-F 32 -s 1 -R 64 -b 12" },
        { 300000, "-F 32 -S 512 -s 8 -f 1 -a" },
        { 600000, "-F 32 -S 4096 -s 1 -M 0xF0" },
        { 140000, "-F 32 -S 2048 -s 1 -f 3 --mbr=n" },
    };

    [ToolTheory("mkfs.fat", "mcopy", "mdel", "fsck.fat")]
    [MemberData(nameof(Makes))]
    public void Images_of_other_makers_are_read_with_fragments_and_deleted_entries(int kibibytes, string make)
    {
        using var directory = new TempDirectory();
        string image = Make(directory["image"], kibibytes, make);
        var random = new Random(kibibytes);
        FileTree first = RandomTree(random, 40, 8000);
        foreach (DirectoryEntry entry in first.Root.Entries.ToArray().Where(e => e.Inode is DirectoryInode))
            first.Root.Remove(entry.Name);

        // Files of the first tree stay in every other place, so that what comes later has to go between.
        Copy(image, first, directory["first"]);
        string[] leaving = [.. first.Root.Entries.ToArray().Where((_, i) => i % 2 == 0).Select(e => e.Name.ToString())];
        if (leaving.Length > 0)
            Tool.Check("env", [.. Environment, "mdel", "-i", image, .. leaving.Select(n => "::/" + Quote(n))]);
        foreach (string name in leaving)
            first.Root.Remove(name);
        FileTree below = RandomTree(random, 50, 6000);
        first.Root.Set("below and beyond", new DirectoryInode { ModifiedTime = new Timestamp(1_234_567_890) });
        var added = new FileTree();
        added.Root.Set("below and beyond", below.Root);
        below.Root.ModifiedTime = new Timestamp(1_234_567_890);
        Copy(image, added, directory["added"]);
        first.Root.Set("below and beyond", below.Root);

        using HostFile file = HostFile.Open(image);
        FileTree read = FatFileSystem.Read(Blob.FromFile(file, 0, new FileInfo(image).Length));
        WithoutTimesOfDirectories(first);
        WithoutTimesOfDirectories(read);
        FatTreeAssert.Same(first, read, TwoSeconds);
        // fsck.fat knows one table or two.
        if (!make.Contains("-f 3", StringComparison.Ordinal) && !make.Contains("-f 4", StringComparison.Ordinal))
            Assert.Equal(CountFiles(image), read.Walk().Count());
    }

    [ToolFact("mkfs.fat", "mcopy", "mattrib")]
    public void Attributes_and_labels_of_other_makers()
    {
        using var directory = new TempDirectory();
        string image = Make(directory["image"], 1024, "-n LABEL");
        File.WriteAllText(directory["ro.txt"], "ro");
        Tool.Check("env", [.. Environment, "mcopy", "-i", image, directory["ro.txt"], "::"]);
        Tool.Check("env", [.. Environment, "mattrib", "-i", image, "+r", "+h", "::/ro.txt"]);
        FileTree tree = FatFileSystem.Read(Blob.FromMemory(File.ReadAllBytes(image)));
        TreeEntry entry = Assert.Single(tree.Walk());
        Assert.Equal(("/ro.txt", Convert.ToInt32("444", 8)), (entry.Path, entry.Inode.Mode));
    }

    [ToolFact("fsck.fat")]
    public void The_checker_counts_as_many_files_as_the_reader()
    {
        using var directory = new TempDirectory();
        for (int seed = 300; seed < 312; seed++)
        {
            FileTree tree = FatImage.RandomTree(new Random(seed), 80, 3000);
            // fsck.fat counts a label as a file.
            int labels = seed % 3 == 0 ? 1 : 0;
            FatPlan plan = FatFileSystem.Plan(tree, new FatOptions { Type = seed % 2 == 0 ? null : FatType.Fat32, Label = labels == 1 ? "x" : "" });
            FatImage.Write(plan, directory["image"]);
            using HostFile file = HostFile.Open(directory["image"]);
            Assert.Equal(CountFiles(directory["image"]), FatFileSystem.Read(Blob.FromFile(file, 0, plan.Length)).Walk().Count() + labels);
        }
    }

    [ToolTheory("mkfs.fat", "mcopy")]
    [InlineData(FatCodePage.Oem437, 437, "")]
    [InlineData(FatCodePage.Oem850, 850, "naïve.txt,ÆØÅ,Málaga,são paulo")]
    public void Short_names_outside_ASCII_are_those_of_mtools(FatCodePage page, int number, string more)
    {
        // Where mtools and Linux agree: characters of the code page whose upper case is in it too. Linux keeps those whose
        // upper case is not, and mtools writes the letter without its accent; mtools gives names that are not in the code
        // page no number, so that two of them may have one short name.
        using var directory = new TempDirectory();
        string image = Make(directory["image"], 1024, "");
        File.WriteAllText(directory["mtoolsrc"], $"default_codepage={number}\n");
        string[] names = ["CAFÉ.TXT", "école.doc", "Straße", "Übergröße.text", "año", "señor garcía", "½ pound.£", .. more.Split(',', StringSplitOptions.RemoveEmptyEntries)];
        string source = Directory.CreateDirectory(directory["source"]).FullName;
        var tree = new FileTree();
        foreach (string name in names)
        {
            File.WriteAllText(Path.Combine(source, name), name);
            tree.Root.Set(name, new FileInode(Blob.FromText(name)));
        }

        string[] sorted = [.. tree.Root.Entries.ToArray().Select(e => Path.Combine(source, e.Name.ToString()))];
        Tool.Check("env", [.. Environment, $"MTOOLSRC={directory["mtoolsrc"]}", "mcopy", "-i", image, .. sorted, "::"]);
        byte[] ours = FatFileSystem.Plan(tree, new FatOptions { Type = FatType.Fat12, CodePage = page }).ToBlob().ToArray();
        Assert.Equal(ShortNames(File.ReadAllBytes(image)), ShortNames(ours));
    }

    [GeneratedRegex(@": (\d+) files, ")]
    private static partial Regex FileCount { get; }

    /// <summary>The names of the root directory's short entries, as hexadecimal numbers.</summary>
    private static string[] ShortNames(byte[] image)
    {
        int root = (BitConverter.ToUInt16(image, 14) + (image[16] * BitConverter.ToUInt16(image, 22))) * BitConverter.ToUInt16(image, 11);
        var names = new List<string>();
        for (int at = root; image[at] != 0; at += 32)
        {
            if (image[at + 11] != 0x0F)
                names.Add(Encoding.Latin1.GetString(image, at, 11));
        }

        return [.. names];
    }

    private static string Make(string path, int kibibytes, string arguments)
    {
        using (var file = new FileStream(path, FileMode.Create))
            file.SetLength(kibibytes * 1024L);
        Tool.Check("mkfs.fat", [.. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), path]);
        return path;
    }

    /// <summary>
    /// A tree that mtools can copy: it takes a name with a tilde for the short form of another, and wraps years before 1980.
    /// </summary>
    private static FileTree RandomTree(Random random, int files, int largest)
    {
        FileTree tree = FatImage.RandomTree(random, files, largest);
        foreach (TreeEntry entry in tree.Walk().ToArray())
        {
            if (entry.Path.Contains('~', StringComparison.Ordinal))
                tree.Remove(entry.Path);
            if (entry.Inode.ModifiedTime < new Timestamp(400_000_000))
                entry.Inode.ModifiedTime = new Timestamp(400_000_000);
        }

        return tree;
    }

    private static void Copy(string image, FileTree tree, string directory)
    {
        Directory.CreateDirectory(directory);
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is FileInode file)
                File.WriteAllBytes(directory + entry.Path, file.Content.ToArray());
            else
                Directory.CreateDirectory(directory + entry.Path);
        }

        foreach (TreeEntry entry in tree.Walk().Reverse())
        {
            DateTime time = entry.Inode.ModifiedTime.ToDateTimeOffset().UtcDateTime;
            if (entry.Inode is FileInode)
                File.SetLastWriteTimeUtc(directory + entry.Path, time);
        }

        string[] sources = [.. tree.Root.Entries.ToArray().Select(e => Path.Combine(directory, e.Name.ToString()))];
        if (sources.Length > 0)
            Tool.Check("env", [.. Environment, "mcopy", "-s", "-m", "-o", "-Q", "-i", image, .. sources, "::"]);
    }

    private static void WithoutTimesOfDirectories(FileTree tree)
    {
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is DirectoryInode)
                entry.Inode.ModifiedTime = Timestamp.Epoch;
        }
    }

    /// <summary>mtools' own patterns: the characters that mean something in them are escaped.</summary>
    private static string Quote(string name) => string.Concat(name.Select(c => c is '[' or ']' or '*' or '?' or '\\' ? $"\\{c}" : $"{c}"));

    private static int CountFiles(string image)
    {
        (int exit, string output) = Tool.Run("env", "LC_ALL=C.UTF-8", "fsck.fat", "-n", image);
        Assert.True(exit == 0, output);
        return int.Parse(FileCount.Match(output).Groups[1].Value);
    }
}
