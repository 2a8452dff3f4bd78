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
    /// <param name="verity">What protects it.</param>
    /// <exception cref="BuildException">There is no root and no /usr, it cannot be read, or it is not as the policy asks.</exception>
    internal static FileTree Read(RepartSource source, string path, string architecture, ImageVerity verity)
    {
        verity.Policy.CheckPresence(source.Table, path);
        FoundPartition? root = Newest(source.Table, RepartTypes.Root, architecture, verity);
        FoundPartition? usr = Newest(source.Table, "usr", architecture, verity);
        if (root is null && usr is null)
            throw new BuildException($"{path}: no partition has the type of a root or of /usr, from which a system could be read", NoSystem);
        FileTree tree = root is null ? new FileTree() : ReadFiles(source, root, path, verity);
        if (usr is not null)
            tree.Root.Set("usr", ReadFiles(source, usr, path, verity).Root);
        foreach ((string role, string where) in Others)
        {
            if (First(source, role, path, verity) is { } partition)
                Mount(tree, where, () => ReadFiles(source, partition, path, verity).Root);
        }

        FoundPartition? boot = First(source, "xbootldr", path, verity);
        if (boot is not null)
            Mount(tree, "/boot", () => ReadFiles(source, boot, path, verity).Root);
        if (First(source, "esp", path, verity) is { } esp)
        {
            string? where = tree.Resolve("/efi") is DirectoryInode ? "/efi"
                : boot is null && tree.Resolve("/boot") is DirectoryInode { Count: 0 } ? "/boot"
                : null;
            if (where is not null)
                Mount(tree, where, () => ReadFiles(source, esp, path, verity).Root);
        }

        return tree;
    }

    /// <summary>Partitions that are there for a version to come, or are not to be found, do not count.</summary>
    internal static bool Counts(FoundPartition partition) =>
        partition.Label != "_empty" && (partition.Attributes & partition.Type.KnownAttributes & GptAttributes.NoAuto) == 0;

    /// <summary>Of several the newest by its label, and the first of equal ones.</summary>
    internal static FoundPartition Newest(IReadOnlyList<FoundPartition> partitions)
    {
        FoundPartition newest = partitions[0];
        foreach (FoundPartition partition in partitions.Skip(1))
        {
            if (VersionOrder.Compare(partition.Label, newest.Label) > 0)
                newest = partition;
        }

        return newest;
    }

    private static FoundPartition[] Found(FoundTable table, string role, ImageVerity verity) => verity.Policy.Uses(role)
        ? [.. table.Partitions.Where(partition => RepartTypes.RoleOf(partition.Type) == role && Counts(partition))]
        : [];

    private static FoundPartition? First(RepartSource source, string role, string path, ImageVerity verity)
    {
        FoundPartition? first = Found(source.Table, role, verity).FirstOrDefault();
        if (first is not null)
            CheckPolicy(source, first, path, verity.Policy);
        return first;
    }

    /// <summary>Refuses a partition that is not as the policy asks, with no hashes to protect it.</summary>
    private static void CheckPolicy(RepartSource source, FoundPartition partition, string path, ImagePolicy policy)
    {
        if (policy == ImagePolicy.AllowAll)
            return;
        string role = RepartTypes.RoleOf(partition.Type);
        string? content = FoundContent.Find(source.Content(partition))?.Type;
        policy.CheckAttributes(partition, path, role);
        policy.CheckUnhashed(partition, path, role, content);
        if (content != "crypto_LUKS")
            policy.CheckFileSystem(partition, path, role, content);
    }

    private static FoundPartition? Newest(FoundTable table, string role, string architecture, ImageVerity verity)
    {
        FoundPartition[] found = verity.Candidates(Found(table, role, verity), role);
        FoundPartition[] own = [.. found.Where(partition => RepartTypes.WithArchitecture(partition.Type, architecture).Guid == partition.Type.Guid)];
        return found.Length == 0 ? null : Newest(own.Length > 0 ? own : found);
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

    private static FileTree ReadFiles(RepartSource source, FoundPartition partition, string path, ImageVerity verity)
    {
        string role = RepartTypes.RoleOf(partition.Type);
        Blob? hashed = verity.Open(partition);
        Blob content = hashed ?? source.Content(partition);
        string what = FormattableString.Invariant($"{path}: partition {partition.Number} ({RepartTypes.Describe(partition.Type)})");
        try
        {
            string? type = FileSystemProbe.Find(content)?.Type;
            if (hashed is null)
            {
                CheckPolicy(source, partition, path, verity.Policy);
            }
            else
            {
                verity.Policy.CheckAttributes(partition, path, role);
                verity.Policy.CheckFileSystem(partition, path, role, type);
            }

            return type switch
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
            // The verified view names the partition itself.
            throw hashed is not null && ImageVerity.IsFault(exception)
                ? ImageVerity.Explain(exception, path)
                : new BuildException($"{what}: {exception.Message}", null, null, exception);
        }
    }
}
