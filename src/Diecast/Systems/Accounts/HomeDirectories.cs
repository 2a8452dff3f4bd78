using System.Text;
using Diecast.Formats.Trees;

namespace Diecast.Systems.Accounts;

/// <summary>Homes from /etc/skel, and ~/.ssh/authorized_keys.</summary>
internal static class HomeDirectories
{
    private const string Skeleton = "/etc/skel";

    internal static void Apply(TreeEditor edit, AccountDatabase database, UserAccount user, bool isNew)
    {
        string[] fields = database.Passwd.Find(user.Name)!;
        uint uid = AccountDatabase.Id(fields, 2) ?? 0;
        uint gid = AccountDatabase.Id(fields, 3) ?? 0;
        string home = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(fields[5]));
        // useradd(8): a system account gets no home, and a home that is there stays as it is.
        if (isNew && (user.CreateHome ?? !user.System) && !edit.Exists(home))
            Make(edit, home, database.Definitions.HomeMode, uid, gid);
        if (user.SshKeys.Count > 0)
            Authorize(edit, user, home, database.Definitions.HomeMode, uid, gid);
    }

    private static void Make(TreeEditor edit, string home, int mode, uint uid, uint gid)
    {
        DirectoryInode directory = edit.MakeDirectory(home, mode);
        Own(directory, uid, gid);
        if (edit.Tree.Resolve(Skeleton) is DirectoryInode skeleton)
            Copy(skeleton, directory, uid, gid);
    }

    private static void Copy(DirectoryInode from, DirectoryInode to, uint uid, uint gid)
    {
        foreach (DirectoryEntry entry in from.Entries.ToArray())
        {
            Inode? copy = entry.Inode switch
            {
                FileInode file => new FileInode(file.Content, file.Mode),
                SymlinkInode link => new SymlinkInode(link.Target),
                DirectoryInode directory => new DirectoryInode(directory.Mode),
                // A device, pipe or socket in a skeleton would be somebody's accident.
                _ => null,
            };
            if (copy is null)
                continue;
            copy.CopyMetadata(entry.Inode);
            Own(copy, uid, gid);
            to.Set(entry.Name, copy);
            if (entry.Inode is DirectoryInode below)
                Copy(below, (DirectoryInode)copy, uid, gid);
        }
    }

    private static void Authorize(TreeEditor edit, UserAccount user, string home, int mode, uint uid, uint gid)
    {
        if (home is "/" or "/nonexistent" or "/dev/null")
        {
            edit.Error($"sshKeys are given for the user {user.Name}, whose home is {home}", "give the user a home");
            return;
        }

        if (!edit.Exists(home))
            Own(edit.MakeDirectory(home, mode), uid, gid);
        string ssh = home.TrimEnd('/') + "/.ssh";
        if (!edit.Exists(ssh))
            Own(edit.MakeDirectory(ssh, Modes.PrivateDirectory), uid, gid);
        string keys = string.Concat(user.SshKeys.Select(key => key.Trim() + "\n"));
        Own(edit.WriteText(ssh + "/authorized_keys", keys, Modes.PrivateFile), uid, gid);
    }

    private static void Own(Inode inode, uint uid, uint gid)
    {
        inode.Uid = uid;
        inode.Gid = gid;
    }
}
