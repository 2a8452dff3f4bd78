using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.Tests.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.FileSystems.Fat;

/// <summary>A written FAT file system, seen through fsck.fat and mtools.</summary>
internal sealed class FatImage
{
    private readonly string _path;

    private FatImage(string path) => _path = path;

    public static FatImage Write(FatPlan plan, string path)
    {
        BlobTests.Write(plan.ToBlob(), path, null);
        Assert.Equal(plan.Length, new FileInfo(path).Length);
        return new FatImage(path);
    }

    /// <summary>fsck.fat finds nothing to say beyond its two lines, and counts what the plan counts.</summary>
    public void Check(FatPlan plan)
    {
        (int exit, string output) = Tool.Run("env", "LC_ALL=C.UTF-8", "fsck.fat", "-n", _path);
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.True(exit == 0 && lines.Length == 2 && lines[0].StartsWith("fsck.fat "), output);
        Assert.EndsWith($" {plan.ClusterCount - plan.FreeClusters}/{plan.ClusterCount} clusters", lines[1]);
        string verbose = Tool.Check("env", "LC_ALL=C.UTF-8", "fsck.fat", "-n", "-v", _path);
        Assert.Contains($"{plan.ClusterSize} bytes per cluster", verbose);
        Assert.Contains($"2 FATs, {(int)plan.Type} bit entries", verbose);
        Assert.Contains($"Data area starts at byte {plan.DataOffset} ", verbose);
        Assert.Equal(0, plan.DataOffset % Math.Max(4096, plan.ClusterSize));
        foreach (string complaint in new[] { "differ", "wrong", "orphan", "Free cluster summary", "Dirty", "bad" })
            Assert.DoesNotContain(complaint, verbose);
    }

    public string Mtools(string tool, params string[] arguments) =>
        Tool.Check("env", ["LC_ALL=C.UTF-8", "MTOOLS_SKIP_CHECK=1", tool, "-i", _path, .. arguments]);

    /// <summary>mcopy gives back the names, bytes and times of the tree.</summary>
    public void CheckContent(FileTree tree, string target)
    {
        Directory.CreateDirectory(target);
        if (tree.Root.Count > 0)
            Mtools("mcopy", "-s", "-m", "-n", "-Q", "::/*", target);
        string[] found = [.. Directory.EnumerateFileSystemEntries(target, "*", SearchOption.AllDirectories).Select(p => p[target.Length..]).Order(StringComparer.Ordinal)];
        Assert.Equal(tree.Walk().Select(e => e.Path).Order(StringComparer.Ordinal), found);
        foreach (TreeEntry entry in tree.Walk())
        {
            if (entry.Inode is not FileInode file)
                continue;
            Assert.True(File.ReadAllBytes(target + entry.Path).AsSpan().SequenceEqual(file.Content.ToArray()), entry.Path);
            long expected = Math.Clamp(file.ModifiedTime.Seconds, 315532800, 4354819199) / 2 * 2;
            Assert.Equal(expected, new DateTimeOffset(File.GetLastWriteTimeUtc(target + entry.Path)).ToUnixTimeSeconds());
        }
    }

    /// <summary>
    /// A random tree whose names need every kind of short name. No times from 2100 on, which mtools takes for a leap
    /// year, and no characters beyond the basic plane, which it shows as underscores.
    /// </summary>
    public static FileTree RandomTree(Random random, int files, int largest)
    {
        var tree = new FileTree();
        var directories = new List<DirectoryInode> { tree.Root };
        var used = new Dictionary<DirectoryInode, HashSet<string>> { [tree.Root] = [] };
        for (int i = 0; i < files; i++)
        {
            DirectoryInode parent = directories[random.Next(directories.Count)];
            string name = Name(random);
            if (!used[parent].Add(name.ToUpperInvariant()))
                continue;
            var time = new Timestamp(random.NextInt64(0, 4_102_000_000), random.Next(1_000_000_000));
            if (random.Next(5) == 0)
            {
                var directory = new DirectoryInode { ModifiedTime = time };
                parent.Set(name, directory);
                directories.Add(directory);
                used[directory] = [];
                continue;
            }

            byte[] bytes = new byte[random.Next(4) == 0 ? 0 : random.Next(largest)];
            random.NextBytes(bytes);
            parent.Set(name, new FileInode(Blob.FromMemory(bytes)) { ModifiedTime = time });
        }

        return tree;
    }

    private static string Name(Random random)
    {
        const string Plain = "abcdefghijklmnopqrstuvwxyz0123456789";
        const string Odd = "ABCXYZ+,;=[] .$%'-_@~`!(){}^#&éßλЖ漢";
        string[] common = ["Long File Name", "longfilename", "LONGFI~1", "grubx64.efi", "GRUB.CFG", "vmlinuz-6.12.0-amd64", "initrd.img", "a.b.c", ".hidden", "▒dice"];
        if (random.Next(3) == 0)
            return common[random.Next(common.Length)] + (random.Next(2) == 0 ? "" : random.Next(20).ToString());
        int length = random.Next(8) == 0 ? random.Next(1, 120) : random.Next(1, 13);
        string name = string.Concat(Enumerable.Range(0, length).Select(_ => random.Next(4) == 0 ? Odd[random.Next(Odd.Length)] : Plain[random.Next(Plain.Length)]));
        return name.TrimEnd('.', ' ').TrimStart(' ') is { Length: > 0 } trimmed ? trimmed : "x";
    }
}
