using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtTree
{
    private readonly Dictionary<Inode, ExtProject> _projects = new(ReferenceEqualityComparer.Instance);

    /// <summary>The files of usage, and of each the place of its inode.</summary>
    internal List<(int Place, ExtQuotaFile File)> Quotas { get; } = [];

    /// <summary>The inodes that count as someone's: those of the tree, but not those that are values.</summary>
    internal IEnumerable<int> CountedPlaces()
    {
        yield return PlaceOf(ExtFormat.RootInode);
        for (int place = PlaceOf(ExtFormat.FirstInode); place < _treeEnd; place++)
        {
            if (Nodes[place].XattrValue == 0)
                yield return place;
        }
    }

    /// <summary>By which id an inode counts.</summary>
    internal static uint QuotaId(in ExtNode node, ExtQuotaTypes type) => type switch
    {
        ExtQuotaTypes.User => node.Source!.Uid,
        ExtQuotaTypes.Group => node.Source!.Gid,
        _ => node.Project,
    };

    private void FindProjects()
    {
        foreach (ExtProject project in _options.Projects)
        {
            Inode inode = _tree.Find(project.Path)
                ?? throw new UnrepresentableException(ExtFormat.Name, project.Path, "there is nothing here to belong to a project");
            if (!_projects.TryAdd(inode, project))
                throw new UnrepresentableException(ExtFormat.Name, project.Path, "two projects are declared for it");
        }
    }

    /// <summary>The project of an inode with a name in a directory.</summary>
    private (uint Id, uint Flag) ProjectOf(Inode inode, int parent)
    {
        (uint id, uint flag) = (Nodes[parent].Project, Nodes[parent].Flags & ExtInodeFlags.InheritsProject);
        // Only the root comes before its parent, and it may be a copy of the tree's.
        Inode key = Nodes[parent].Source is null ? _tree.Root : inode;
        if (_projects.TryGetValue(key, out ExtProject? project))
            (id, flag) = (project.Id, project.Inherit ? ExtInodeFlags.InheritsProject : 0);
        return (id, inode is DirectoryInode ? flag : 0);
    }

    private void SetProject(Inode inode, int parent, ref ExtNode node)
    {
        if (_projects.Count == 0)
            return;
        (node.Project, uint flag) = ProjectOf(inode, parent);
        node.Flags |= flag;
    }

    /// <summary>The kernel lets no file have names in two projects.</summary>
    private void CheckProject(Inode inode, int parent, in ExtNode node)
    {
        if (_projects.Count > 0 && ProjectOf(inode, parent).Id != node.Project)
            throw Refused(inode, "it has names in two projects");
    }

    /// <summary>Makes the files of usage, as large as the ids in use need them (quota_create_inode: inodes 3, 4 and one more).</summary>
    private void AddQuotas()
    {
        _treeEnd = Nodes.Count;
        foreach (ExtQuotaTypes type in (ReadOnlySpan<ExtQuotaTypes>)[ExtQuotaTypes.User, ExtQuotaTypes.Group, ExtQuotaTypes.Project])
        {
            if (!_options.EffectiveQuotaTypes.HasFlag(type))
                continue;
            var ids = new SortedSet<uint>();
            foreach (int counted in CountedPlaces())
                ids.Add(QuotaId(Nodes[counted], type));
            var file = new ExtQuotaFile(type, [.. ids]);
            int place = type switch
            {
                ExtQuotaTypes.User => PlaceOf(ExtFormat.UserQuotaInode),
                ExtQuotaTypes.Group => PlaceOf(ExtFormat.GroupQuotaInode),
                _ => Nodes.AddDefaults(1),
            };
            Nodes[place] = new ExtNode
            {
                Source = new FileInode(file.Content, 0b110_000_000) { ModifiedTime = _options.Time },
                Size = file.Content.Length,
                Links = 1,
                FirstRun = Runs.Add(new ExtRun(0, (uint)Units.Divide(file.Content.Length, _options.BlockSize))),
                RunCount = 1,
                Flags = ExtInodeFlags.Immutable,
            };
            Quotas.Add((place, file));
        }
    }
}
