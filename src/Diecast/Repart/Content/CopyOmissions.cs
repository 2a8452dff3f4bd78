using Diecast.Formats.Trees;
using Diecast.Repart.Definitions;
using Diecast.Repart.Sources;

namespace Diecast.Repart.Content;

/// <summary>What of a source is not copied. It is told by the inode, so that no other name brings it in.</summary>
internal sealed class CopyOmissions
{
    /// <summary>Where the running system has what belongs in no image.</summary>
    private static readonly string[] Volatile = ["/proc", "/sys", "/dev", "/tmp", "/run", "/var/tmp"];

    private readonly Dictionary<object, HostOmission> _omitted = [];
    private readonly FileRoot _root;

    private CopyOmissions(FileRoot root) => _root = root;

    internal IReadOnlyDictionary<object, HostOmission> Map => _omitted;

    /// <summary>What is left out of one line, or null where the whole line is.</summary>
    /// <param name="partition">The partition that it is copied into.</param>
    /// <param name="line">The line.</param>
    /// <param name="all">All partitions of the run.</param>
    /// <param name="root">Where sources start from.</param>
    internal static CopyOmissions? Of(RepartPartition partition, CopyFiles line, IReadOnlyList<RepartPartition> all, FileRoot root)
    {
        var omissions = new CopyOmissions(root);
        foreach (string path in Volatile)
            omissions.Add(path, HostOmission.Contents);
        foreach (string exclude in partition.Contents.SelectMany(settings => settings.ExcludeFiles))
        {
            if (RootedPath.Below(line.Source, exclude) is not null)
                return null;
            omissions.Add(exclude, Extent(exclude));
        }

        foreach (string exclude in partition.Contents.SelectMany(settings => settings.ExcludeFilesTarget))
        {
            if (RootedPath.Below(line.Target, exclude) is not null)
                return null;
            if (RootedPath.Below(exclude, line.Target) is { } below)
                omissions.Add($"{line.Source}/{below}", Extent(exclude));
        }

        if (RepartTypes.RoleOf(partition.Type) == RepartTypes.Root && line.Target == "/")
        {
            IEnumerable<string> mounted = all.Where(other => RepartTypes.RoleOf(other.Type) != RepartTypes.Root)
                .SelectMany(other => RepartTypes.MountPoints(other.Type));
            foreach (string path in mounted.Concat(Volatile))
                omissions.Add(line.Source + path, HostOmission.Contents);
        }

        return omissions;
    }

    /// <summary>Whether a single file is left out, by itself or with a directory that it is in.</summary>
    internal bool Holds(FoundFile file) =>
        (file.Key is { } own && _omitted.TryGetValue(own, out HostOmission omission) && omission == HostOmission.All) || file.KeysAbove.Any(_omitted.ContainsKey);

    private static HostOmission Extent(string path) => path.EndsWith('/') ? HostOmission.Contents : HostOmission.All;

    private void Add(string path, HostOmission omission)
    {
        if (_root.Find(path)?.Key is { } key)
            _omitted.TryAdd(key, omission);
    }
}
