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
    private const int OwnerWrite = 0b010_000_000;
    private const int ReadBits = 0b100_100_100;

    internal static void Apply(TreeEditor edit, OperatingSystem system, SystemContext context)
    {
        if (system.Files.Count == 0)
            return;
        var owners = new FileOwners(edit);
        foreach (SystemFile file in system.Files)
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
        foreach (HostFiles.Entry entry in HostFiles.Read(source))
        {
            string path = entry.RelativePath.Length == 0 ? target : $"{target}/{entry.RelativePath}";
            if (entry.Inode is DirectoryInode)
            {
                bool there = edit.Exists(path);
                DirectoryInode directory = edit.MakeDirectory(path);
                if (there)
                    continue;
                directory.Mode = DirectoryMode(file.Mode);
                directory.Uid = uid;
                directory.Gid = gid;
                continue;
            }

            if (entry.Inode is FileInode copy)
                copy.Mode = file.Mode ?? ((copy.Mode | OwnerWrite) & SourceModeMask);
            Put(edit, path, entry.Inode, uid, gid);
        }
    }

    // Where a mode is given for a directory of files, who may read may also search.
    private static int DirectoryMode(int? mode) =>
        mode is { } given ? (given & ~0b001_001_001) | ((given & ReadBits) >> 2) : Modes.Directory;

    private static void Put(TreeEditor edit, string path, Inode inode, uint uid, uint gid)
    {
        inode.Uid = uid;
        inode.Gid = gid;
        edit.Put(path, inode);
    }
}
