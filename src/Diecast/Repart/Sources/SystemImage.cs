using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Inspection;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;

namespace Diecast.Repart.Sources;

/// <summary>
/// The system in an image, found as systemd finds it (the Discoverable Partitions Specification): the root and /usr by their types,
/// of several the newest by its label, and what else has a type that says where it is mounted.
/// </summary>
internal static class SystemImage
{
    private const string NoSystem = "label its partitions by the Discoverable Partitions Specification; sfdisk --dump shows their types";

    private static readonly (string Role, string Path)[] Others = [("home", "/home"), ("srv", "/srv"), ("var", "/var"), ("tmp", "/var/tmp")];

    /// <summary>The files of the system.</summary>
    /// <param name="source">The image.</param>
    /// <param name="path">What it is called.</param>
    /// <param name="architecture">The architecture whose root counts before others.</param>
    /// <exception cref="BuildException">There is no root and no /usr, or it cannot be read.</exception>
    internal static FileTree Read(RepartSource source, string path, string architecture)
    {
        FoundPartition? root = Newest(source.Table, RepartTypes.Root, architecture);
        FoundPartition? usr = Newest(source.Table, "usr", architecture);
        if (root is null && usr is null)
            throw new BuildException($"{path}: no partition has the type of a root or of /usr, from which a system could be read", NoSystem);
        FileTree tree = root is null ? new FileTree() : ReadFiles(source, root, path);
        if (usr is not null)
            tree.Root.Set("usr", ReadFiles(source, usr, path).Root);
        foreach ((string role, string where) in Others)
        {
            if (First(source.Table, role) is { } partition)
                Mount(tree, where, () => ReadFiles(source, partition, path).Root);
        }

        FoundPartition? boot = First(source.Table, "xbootldr");
        if (boot is not null)
            Mount(tree, "/boot", () => ReadFiles(source, boot, path).Root);
        if (First(source.Table, "esp") is { } esp)
        {
            string? where = tree.Resolve("/efi") is DirectoryInode ? "/efi"
                : boot is null && tree.Resolve("/boot") is DirectoryInode { Count: 0 } ? "/boot"
                : null;
            if (where is not null)
                Mount(tree, where, () => ReadFiles(source, esp, path).Root);
        }

        return tree;
    }

    /// <summary>Partitions that are there for a version to come, or are not to be found, do not count.</summary>
    private static IEnumerable<FoundPartition> Found(FoundTable table, string role) => table.Partitions.Where(partition =>
        RepartTypes.RoleOf(partition.Type) == role && partition.Label != "_empty" && (partition.Attributes & partition.Type.KnownAttributes & GptAttributes.NoAuto) == 0);

    private static FoundPartition? First(FoundTable table, string role) => Found(table, role).FirstOrDefault();

    private static FoundPartition? Newest(FoundTable table, string role, string architecture)
    {
        FoundPartition[] found = [.. Found(table, role)];
        FoundPartition[] own = [.. found.Where(partition => RepartTypes.WithArchitecture(partition.Type, architecture).Guid == partition.Type.Guid)];
        FoundPartition? newest = null;
        foreach (FoundPartition partition in own.Length > 0 ? own : found)
        {
            if (newest is null || VersionOrder.Compare(partition.Label, newest.Label) > 0)
                newest = partition;
        }

        return newest;
    }

    /// <summary>Lets a file system stand where it is mounted. One that cannot be read, as an encrypted /home, says so once it is asked for.</summary>
    private static void Mount(FileTree tree, string where, Func<DirectoryInode> read)
    {
        DirectoryInode mounted;
        try
        {
            mounted = read();
        }
        catch (BuildException exception)
        {
            mounted = new DirectoryInode(0b111_101_101, () => throw exception);
        }

        int slash = where.LastIndexOf('/');
        (tree.Resolve(where[..slash]) as DirectoryInode)?.Set(where[(slash + 1)..], mounted);
    }

    private static FileTree ReadFiles(RepartSource source, FoundPartition partition, string path)
    {
        Blob content = source.Content(partition);
        string what = FormattableString.Invariant($"{path}: partition {partition.Number} ({RepartTypes.Describe(partition.Type)})");
        try
        {
            return FileSystemProbe.Find(content)?.Type switch
            {
                "ext2" or "ext3" or "ext4" => ExtFileSystem.Read(content),
                "vfat" => FatFileSystem.Read(content),
                "squashfs" => SquashfsFileSystem.Read(content),
                "erofs" => ErofsFileSystem.Read(content),
                var other => throw new BuildException(
                    $"{what} {(other is null ? "holds no file system that is known here" : $"holds {other}")}, and files are read out of ext2, ext3, ext4, FAT, squashfs and EROFS alone",
                    "copy the files out of it, and name the directory with --root= or --copy-source="),
            };
        }
        catch (InvalidImageException exception)
        {
            throw new BuildException($"{what}: {exception.Message}", null, null, exception);
        }
    }
}
