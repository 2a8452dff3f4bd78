using System.Globalization;
using Diecast.Systems;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of the files, directories, links and store paths that are put into a partition.</summary>
internal static class ContentRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        for (int i = 0; i < definition.Image.Partitions.Count; i++)
        {
            Partition partition = definition.Image.Partitions[i];
            string path = string.Create(CultureInfo.InvariantCulture, $"image.partitions[{i}]");
            CheckPlace(partition, path, problems);
            CheckFiles(partition, path, problems);
            CheckTargets(partition, path, problems);
            CheckStore(definition.Directory, partition, path, problems);
        }
    }

    private static void CheckPlace(Partition partition, string path, Problems problems)
    {
        if (partition.FileSystem is { Type: not FileSystemType.Swap })
            return;
        foreach ((string key, int count) in ((string, int)[])[("contents", partition.Contents.Count), ("directories", partition.Directories.Count), ("symlinks", partition.Symlinks.Count), ("storePaths", partition.StorePaths.Count)])
        {
            if (count > 0)
                problems.Add($"{path}.{key}", "files without a file system", null, "files are put into a file system", "add fileSystem: ext4");
        }
    }

    private static void CheckFiles(Partition partition, string path, Problems problems)
    {
        for (int i = 0; i < partition.Contents.Count; i++)
        {
            ContentFile file = partition.Contents[i];
            string at = At(path, "contents", i);
            if ((file.Source is null) == (file.Text is null))
            {
                problems.Add(at, file.Source is null ? "files without a source" : "both a source and a text", file.Target,
                    "what is put there has exactly one of source and text", file.Source is null ? "add one of them" : "keep one of them");
            }

            if (file.Text is null)
                continue;
            if (file.Target == "/")
                problems.Add($"{at}.target", "not the path of a file", file.Target, "/ is the partition's top directory", "give the file's path");
            if (file.Exclude.Count > 0)
                problems.Add($"{at}.exclude", "patterns for a text", null, "what is left out is part of a source directory", "remove them");
        }
    }

    /// <summary>Two things at one path: what a pattern finds, and directories' files, are seen when they are read.</summary>
    private static void CheckTargets(Partition partition, string path, Problems problems)
    {
        var targets = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < partition.Contents.Count; i++)
        {
            ContentFile file = partition.Contents[i];
            if (file.Source is null || !PathGlob.IsPattern(file.Source))
                Add(file.Target, At(path, "contents", i), ".target");
        }

        for (int i = 0; i < partition.Symlinks.Count; i++)
            Add(partition.Symlinks[i].Target, At(path, "symlinks", i), ".target");
        if (partition.StoreRegistration is { } registration)
            Add(registration, path + ".storeRegistration", "");
        var directories = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < partition.Directories.Count; i++)
        {
            string directory = partition.Directories[i].Path;
            string at = At(path, "directories", i);
            if (directory.Length > 0 && !directories.TryAdd(directory, at))
                problems.Add(at, "directory made twice", directory, $"{directories[directory]} makes it already", "remove one");
        }

        void Add(string target, string at, string key)
        {
            if (target.Length > 0 && target != "/" && !targets.TryAdd(target, at))
                problems.Add(at + key, "target given twice", target, $"{targets[target]} is put there already", "change one of them");
        }
    }

    private static void CheckStore(string directory, Partition partition, string path, Problems problems)
    {
        if (partition.StorePaths.Count == 0)
        {
            foreach ((string key, bool isGiven) in ((string, bool)[])[("storePrefix", partition.StorePrefix is not null), ("store", partition.Store is not null), ("storeRegistration", partition.StoreRegistration is not null)])
            {
                if (isGiven)
                    problems.Add($"{path}.{key}", "no store paths", null, "it says more of storePaths", "add storePaths, or remove it");
            }

            return;
        }

        StoreRules.Check(directory, [.. partition.StorePaths.Select((item, i) => (item.Path, At(path, "storePaths", i)))], partition.Store, $"{path}.store", problems);
    }

    private static string At(string path, string key, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}.{key}[{index}]");
}
