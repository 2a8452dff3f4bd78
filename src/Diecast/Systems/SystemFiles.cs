using System.Globalization;
using System.Text;
using Diecast.Formats.Trees;
using Diecast.Systems.Accounts;

namespace Diecast.Systems;

/// <summary>The declared files.</summary>
internal static class SystemFiles
{
    // A source's own permissions without what a umask of 002 adds, and without setuid, setgid and sticky.
    private const int SourceModeMask = Modes.Directory;
    private const string Skeleton = "/etc/skel/";
    private const int OwnerWrite = 0b010_000_000;

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context) => Apply(edit, system, system.Files, context);

    /// <summary>The files that new homes are made from, before the accounts; they are root's.</summary>
    internal static void ApplySkeleton(TreeEditor edit, OperatingSystem system, SystemContext context) => Apply(
        edit,
        system,
        system.Files.Where(file => file is { User: "root", Group: "root" } && (Normalize(file.Target) + "/").StartsWith(Skeleton, StringComparison.Ordinal)).ToValueList(),
        context);

    private static void Apply(TreeEditor edit, OperatingSystem system, ValueList<SystemFile> files, SystemContext context)
    {
        if (files.Count == 0)
            return;
        var owners = new FileOwners(edit, system);
        foreach (SystemFile file in files)
        {
            try
            {
                Write(edit, owners, file, context);
            }
            catch (SystemConfigurationException exception)
            {
                foreach (SystemConfigurationError error in exception.Errors)
                    edit.Error(error.Message, error.Fix);
            }
        }
    }

    /// <summary>A target with single slashes and without <c>.</c>.</summary>
    internal static string Normalize(string path) =>
        "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "."));

    private static void Write(TreeEditor edit, FileOwners owners, SystemFile file, SystemContext context)
    {
        string target = Normalize(file.Target);
        if (!file.Target.StartsWith('/') || target == "/" || target.Split('/').Contains("..") || target.Contains('\0', StringComparison.Ordinal))
            throw new SystemConfigurationException($"the target '{file.Target}' is no absolute path of a file", "write it from the root on, without '..'");
        if (file.Mode is < 0 or > 0xfff)
        {
            string mode = Convert.ToString(file.Mode.Value, 8);
            throw new SystemConfigurationException($"the mode {mode} of {target} is no permission", "write at most four octal digits, as in 0644");
        }

        int kinds = (file.Source is null ? 0 : 1) + (file.Text is null ? 0 : 1) + (file.Link is null ? 0 : 1);
        if (kinds != 1)
            throw new SystemConfigurationException($"{target} has {kinds.ToString(CultureInfo.InvariantCulture)} of source, text and link", "give exactly one of them");
        uint uid = owners.Uid(file.User, target);
        uint gid = owners.Gid(file.Group, target);
        if (file.Text is { } text)
            Put(edit, target, new FileInode(Formats.Blobs.Blob.FromText(text), file.Mode ?? Modes.File), uid, gid);
        else if (file.Link is { } link)
            Put(edit, target, Symlink(link, target), uid, gid);
        else
            Copy(edit, file, target, Path.Combine(context.DefinitionDirectory, file.Source!), uid, gid);
    }

    private static SymlinkInode Symlink(string link, string target) =>
        link.Length == 0 || link.Contains('\0', StringComparison.Ordinal) || Encoding.UTF8.GetByteCount(link) > 4095
            ? throw new SystemConfigurationException($"'{link}' cannot be the target of the link {target}", "write a path of 1 to 4095 bytes")
            : new SymlinkInode(link);

    private static void Copy(TreeEditor edit, SystemFile file, string target, string source, uint uid, uint gid)
    {
        Inode read = HostFiles.Read(source);
        if (read is not DirectoryInode from)
        {
            read.Mode = FileMode(file, read.Mode);
            Put(edit, target, read, uid, gid);
            return;
        }

        bool there = edit.Exists(target);
        DirectoryInode into = edit.MakeDirectory(target);
        if (!there)
            Own(into, DirectoryMode(file.Mode), uid, gid);
        CopyEntries(edit, file, from, into, target, uid, gid);
    }

    // Names are copied as bytes; the path is for messages, and for following a link of the base in a directory's place.
    private static void CopyEntries(TreeEditor edit, SystemFile file, DirectoryInode from, DirectoryInode into, string path, uint uid, uint gid)
    {
        foreach (DirectoryEntry entry in from.Entries.ToArray())
        {
            string below = $"{path}/{entry.Name}";
            switch (entry.Inode)
            {
                case DirectoryInode directory:
                    DirectoryInode? child = into.Find(entry.Name) switch
                    {
                        DirectoryInode known => known,
                        SymlinkInode => edit.MakeDirectory(below),
                        _ => null,
                    };
                    if (child is null)
                    {
                        child = new DirectoryInode();
                        Own(child, DirectoryMode(file.Mode), uid, gid);
                        edit.Put(into, entry.Name, child, below);
                    }

                    CopyEntries(edit, file, directory, child, below, uid, gid);
                    break;
                case FileInode or SymlinkInode:
                    Own(entry.Inode, entry.Inode is FileInode ? FileMode(file, entry.Inode.Mode) : entry.Inode.Mode, uid, gid);
                    edit.Put(into, entry.Name, entry.Inode, below);
                    break;
                default:
                    edit.Error($"{entry.Name} among the source's files for {path} is a {entry.Inode.Type}", "leave it out");
                    break;
            }
        }
    }

    private static int FileMode(SystemFile file, int source) => file.Mode ?? ((source | OwnerWrite) & SourceModeMask);

    private static int DirectoryMode(int? mode) => mode is { } given ? Modes.WithSearch(given) : Modes.Directory;

    private static void Put(TreeEditor edit, string path, Inode inode, uint uid, uint gid)
    {
        Own(inode, inode.Mode, uid, gid);
        edit.Put(path, inode);
    }

    private static void Own(Inode inode, int mode, uint uid, uint gid)
    {
        inode.Mode = mode;
        inode.Uid = uid;
        inode.Gid = gid;
    }
}
