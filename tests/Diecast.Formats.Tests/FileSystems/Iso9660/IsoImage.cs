using Diecast.Formats.Archives;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Iso9660;
using Diecast.Formats.Trees;
using Microsoft.Win32.SafeHandles;

namespace Diecast.Formats.Tests.FileSystems.Iso9660;

/// <summary>An image in a file of its own, for the tools of others.</summary>
internal sealed class IsoImage : IDisposable
{
    private readonly TempDirectory _directory = new();

    internal IsoImage(Blob image)
    {
        Path = _directory["image.iso"];
        using SafeFileHandle file = File.OpenHandle(Path, FileMode.CreateNew, FileAccess.ReadWrite);
        BlobWriter.Write(image, file, Path);
    }

    internal IsoImage(FileTree tree, IsoOptions? options = null)
        : this(IsoFileSystem.Plan(tree, options ?? Options).ToBlob())
    {
    }

    /// <summary>Nothing that is not asked for.</summary>
    internal static IsoOptions Options { get; } = new()
    {
        VolumeId = "DIECAST",
        CreationTime = new Timestamp(1_700_000_000, 120_000_000),
    };

    internal string Path { get; }

    internal Blob Blob => Blob.FromFile(HostFile.FromPath(Path), 0, new FileInfo(Path).Length);

    internal string this[string name] => _directory[name];

    /// <summary>The tree as xorriso writes it to a directory, as root; it sets neither times nor owners of symbolic links.</summary>
    internal FileTree ExtractedByXorriso(FileTree expected)
    {
        Tool.Check("xorriso", "-hardlinks", "on", "-osirrox", "on:device_files", "-report_about", "SORRY", "-indev", Path, "-extract", "/", this["xorriso"]);
        FileTree tree = HostDirectoryReader.Read(this["xorriso"], new HostDirectoryOptions { Owner = HostOwner.Keep });
        foreach (TreeEntry entry in tree.Walk().Where(e => e.Inode is SymlinkInode))
            entry.Inode.CopyMetadata(expected.Find(entry.Path) ?? entry.Inode);
        return tree;
    }

    /// <summary>The tree as libarchive writes it to a directory, as root; of its root it keeps nothing.</summary>
    internal FileTree ExtractedByLibarchive(FileTree expected)
    {
        Directory.CreateDirectory(this["bsdtar"]);
        Tool.Check("bsdtar", "-xpf", Path, "-C", this["bsdtar"]);
        FileTree tree = HostDirectoryReader.Read(this["bsdtar"], new HostDirectoryOptions { Owner = HostOwner.Keep });
        tree.Root.CopyMetadata(expected.Root);
        tree.Root.Mode = expected.Root.Mode;
        return tree;
    }

    public void Dispose() => _directory.Dispose();

    internal static FileInode Text(string text) => new(Blob.FromText(text));

    internal static byte[] Bytes(int length, int seed = 1)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    /// <summary>One of each kind of thing, and some of what is near a limit.</summary>
    internal static FileTree AllTypes()
    {
        var tree = new FileTree();
        tree.Set("/hello.txt", Text("hello\n"));
        tree.Set("/empty", new FileInode(Blob.Empty));
        tree.Set("/large.bin", new FileInode(Blob.FromMemory(Bytes(70_001)), 0b111_101_101));
        tree.Set("/etc/hard1", Text("shared by two names"));
        tree.Set("/hard2", tree.Find("/etc/hard1")!);
        tree.Set("/etc/link", new SymlinkInode("../hello.txt"));
        tree.Set("/etc/absolute", new SymlinkInode("/usr//lib/./x/"));
        tree.Set("/etc/root", new SymlinkInode("/"));
        tree.Set("/etc/" + new string('n', 255), Text("long"));
        tree.Set("/etc/slowest", new SymlinkInode(string.Join('/', Enumerable.Repeat("abcdefgh", 450))));
        tree.Set("/etc/component", new SymlinkInode(new string('c', 700)));
        tree.Set("/dev/null", new SpecialInode(InodeType.CharacterDevice, 0b110_110_110, new DeviceNumber(1, 3)));
        tree.Set("/dev/big", new SpecialInode(InodeType.BlockDevice, 0b110_000_000, new DeviceNumber(259, 70_000)));
        tree.Set("/dev/pipe", new SpecialInode(InodeType.Fifo, 0b110_000_000));
        tree.Set("/dev/socket", new SpecialInode(InodeType.Socket, 0b110_000_000));
        tree.Set("/Grüße.näme.txt", Text("umlauts"));
        tree.Set("/a/b/c/d/e/f/g/h/i/j/deep", Text("deep"));
        tree.Find("/hello.txt")!.Uid = 1000;
        tree.Find("/hello.txt")!.Gid = 70_000;
        tree.Find("/hello.txt")!.ModifiedTime = new Timestamp(1_600_000_000);
        tree.Find("/etc")!.ModifiedTime = new Timestamp(1_500_000_000);
        return tree;
    }

    /// <summary>
    /// Without what other readers do not read: libarchive 3.6 knows no minor numbers beyond a byte and no sockets, libisofs 1.5.4 no
    /// targets beyond 4 KiB and no two slashes, isoinfo 1.1.11 none beyond its buffer.
    /// </summary>
    internal static FileTree TypesForOthers()
    {
        FileTree tree = AllTypes();
        tree.Remove("/dev/big");
        tree.Remove("/dev/socket");
        tree.Remove("/etc/slowest");
        tree.Remove("/etc/component");
        tree.Set("/etc/absolute", new SymlinkInode("/usr/lib/./x"));
        return tree;
    }

    internal static byte[] PackToArray(FileTree tree, IsoOptions options)
    {
        using var directory = new TempDirectory();
        using ContentSpool spool = ContentSpool.Create(directory["spool"]);
        return IsoFileSystem.Pack(tree, options, spool).ToBlob().ToArray();
    }
}
