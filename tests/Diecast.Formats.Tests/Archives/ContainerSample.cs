using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.FileSystems;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Tests.Archives;

/// <summary>A small image of two layers, and shorthands.</summary>
internal static class ContainerSample
{
    internal static readonly ContainerReference Reference = new("server", "1.0");

    internal static readonly ContainerConfiguration Configuration = new()
    {
        Architecture = "arm",
        Variant = "v7",
        Created = new Timestamp(1_700_000_000),
        User = "1000:100",
        Environment = ["PATH=/usr/bin", "LANG=C.UTF-8"],
        Entrypoint = ["/sbin/init"],
        Command = ["--verbose"],
        WorkingDirectory = "/srv",
        ExposedPorts = ["80/tcp", "53/udp"],
        Volumes = ["/data"],
        Labels = [KeyValuePair.Create("version", "1"), KeyValuePair.Create("a", "é\"")],
        StopSignal = "SIGRTMIN+3",
    };

    internal static ContainerLayer[] Layers()
    {
        var below = new FileTree();
        below.Set("/etc/hostname", new FileInode(Blob.FromText("base\n")) { ModifiedTime = new Timestamp(1_600_000_000) });
        below.Set("/usr/bin/tool", new FileInode(Blob.FromText(new string('x', 5000)), 0b111_101_101) { Uid = 1, Gid = 2 });
        below.Set("/usr/bin/alias", below.Find("/usr/bin/tool")!);
        below.Set("/lib", new SymlinkInode("usr/lib"));
        below.MakeDirectory("/usr/lib");
        var above = new FileTree();
        above.Set("/etc/hostname", new FileInode(Blob.FromText("server\n")));
        above.Set("/dev/null", new SpecialInode(InodeType.CharacterDevice, 0b110_110_110, new DeviceNumber(1, 3)));
        above.Find("/etc")!.Xattrs = Xattrs.Create([new Xattr("user.who", "me"u8.ToArray())]);
        return [new ContainerLayer(below, "base"), new ContainerLayer(above, "configuration")];
    }

    /// <summary>What the layers are one over the other.</summary>
    internal static FileTree Whole()
    {
        FileTree tree = Layers()[0].Tree;
        FileTree above = Layers()[1].Tree;
        tree.Root.CopyMetadata(above.Root);
        foreach (TreeEntry entry in above.Walk())
        {
            if (entry.Inode is DirectoryInode directory)
            {
                DirectoryInode there = tree.MakeDirectory(entry.Path);
                there.Mode = directory.Mode;
                there.CopyMetadata(directory);
            }
            else
            {
                tree.Set(entry.Path, entry.Inode);
            }
        }

        return tree;
    }

    internal static PackedContainer Pack(ContentSpool spool, CompressionFormat compression, int? workers = null, IReadOnlyList<ContainerLayer>? layers = null) =>
        PackedContainer.Pack(
            layers ?? Layers(), Configuration, spool, new ContainerPackOptions { Compression = compression }, new PackOptions { Workers = workers });

    internal static string Flatten(ContainerImage image, ContentSpool spool)
    {
        FileTree tree = image.Flatten(spool);
        spool.Flush();
        return TreeListing.Of(tree);
    }
}
