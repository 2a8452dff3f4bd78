using System.Globalization;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of the files that are written into a system.</summary>
internal static class FileRules
{
    internal static void Check(ValueList<SystemFile> files, Problems problems)
    {
        var targets = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < files.Count; i++)
        {
            SystemFile file = files[i];
            string path = At(i);
            int given = (file.Source is null ? 0 : 1) + (file.Text is null ? 0 : 1) + (file.Link is null ? 0 : 1);
            if (given != 1)
            {
                problems.Add(path, given == 0 ? "file without content" : "file with more than one content", file.Target,
                    "a file has exactly one of source, text and link", given == 0 ? "add one of them" : "keep one of them");
            }

            if (file.Link is not null && file.Mode is not null)
                problems.Add($"{path}.mode", "mode of a symbolic link", null, "a symbolic link has no permissions of its own", "remove the mode");
            if (file.Target == "/" && file.Source is null)
                problems.Add($"{path}.target", "not the path of a file", file.Target, "/ is the tree's root directory", "give the file's path");
            if (file.Target.Length > 0 && !targets.TryAdd(file.Target, i))
                problems.Add($"{path}.target", "file written twice", file.Target, $"{At(targets[file.Target])} writes it already", "remove one");
        }

        for (int i = 0; i < files.Count; i++)
            CheckParents(files[i], i, files, targets, problems);
    }

    /// <summary>No file lies below one that is a file or a link.</summary>
    private static void CheckParents(SystemFile file, int index, ValueList<SystemFile> files, Dictionary<string, int> targets, Problems problems)
    {
        // A path of the file system is at most 4095 bytes; longer ones are refused elsewhere and not searched here.
        if (file.Target.Length > 4095)
            return;
        for (int slash = file.Target.LastIndexOf('/'); slash > 0; slash = file.Target.LastIndexOf('/', slash - 1))
        {
            if (targets.TryGetValue(file.Target[..slash], out int parent) && parent != index && files[parent].Source is null)
            {
                problems.Add($"{At(index)}.target", "path through a file", file.Target,
                    $"{At(parent)} makes {files[parent].Target} {(files[parent].Link is null ? "a file" : "a link")}", "change one of the targets");
                return;
            }
        }
    }

    private static string At(int index) => string.Create(CultureInfo.InvariantCulture, $"system.files[{index}]");
}
