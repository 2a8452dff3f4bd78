using System.Globalization;
using Diecast.ForeignFileSystems;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.FileSystems;
using Diecast.Formats.FileSystems.Erofs;
using Diecast.Formats.FileSystems.Ext;
using Diecast.Formats.FileSystems.Fat;
using Diecast.Formats.FileSystems.Squashfs;
using Diecast.Formats.Partitioning;
using Diecast.Formats.Trees;
using Diecast.Planning;
using Diecast.Repart.Content;
using Diecast.Repart.Definitions;

namespace Diecast.Genimage;

/// <content>File systems.</content>
internal sealed partial class ImageMaker
{
    private const long Kibibyte = 1024;
    private const long Block = 4096;

    private Guid IdOf(GenimageImage image) => SeedUuids.FileSystem(context.Derive(image.File, "file system"));

    /// <summary>What extraargs say, where the writer has the option.</summary>
    private static PartitionFileSystem WithExtraArguments(GenimageImage image, PartitionFileSystem declared)
    {
        if (image.Type.Text("extraargs") is not { Length: > 0 } text)
            return declared;
        string[] words = [.. Words.Split(text) ?? throw image.Type.Wrong("extraargs", $"extraargs = {text}: a quote does not end")];
        return MkfsOptions.Apply(declared, new MkfsWords($"{image.Type.Find("extraargs")!.Position}: extraargs", words));
    }

    private static long SizeOf(GenimageImage image) => image.Size is { } size and > 0
        ? size
        : throw image.Section.Wrong("size", $"{image.File} has no size", "set size, in bytes or as a share of what is in it (120%)");

    private Blob Ext(GenimageImage image)
    {
        FileTree tree = trees.Of(image);
        ConfigSection type = image.Type;
        bool isMke2fs = type.Flag("use-mke2fs") == true;
        if (type.Text("mke2fs-conf") is { } conf && !isMke2fs)
            throw type.Wrong("mke2fs-conf", $"mke2fs-conf = {conf} is for use-mke2fs = true");
        if (type.Text("usage-type") is not null && !isMke2fs)
            throw type.Wrong("usage-type", "usage-type is for use-mke2fs = true");
        long content = DataBytes(tree);
        (int block, long perInode) = Usage(type, image.Size ?? content, isMke2fs);
        var declared = new PartitionFileSystem
        {
            Type = type.Name switch { "ext2" => FileSystemType.Ext2, "ext3" => FileSystemType.Ext3, _ => FileSystemType.Ext4 },
            Label = type.Text("label"),
            Uuid = IdOf(image),
            BlockSize = block,
            BytesPerInode = new ByteSize(perInode),
            ReservedPercent = 5,
            Features = Features(type, isMke2fs),
        };
        (uint uid, uint gid) = Owner(type);
        declared = WithExtraArguments(image, declared with { RootUid = uid, RootGid = gid });
        ExtOptions options = FileSystemOptions.Ext(declared, declared.Uuid!.Value) with { Time = Stamp(type) };
        // A share is of what is in it, beside which there is what the file system itself takes.
        options = image.Percent is { } percent
            ? options with { FreeBytes = Math.Max(0, content * (percent - 100) / 100) }
            : options with { Size = SizeOf(image) / block * block };
        return ExtFileSystem.Plan(tree, options).ToBlob();
    }

    private static ValueList<string> Features(ConfigSection type, bool isMke2fs)
    {
        if (type.Text("features") is not { } text)
            return [];
        // Where genext2fs is meant it is all features; uninit_bg has given way to checksums, and is not written.
        return text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(name => isMke2fs || name != "uninit_bg")
            .Select(name => name.Replace("extents", "extent", StringComparison.Ordinal))
            .ToValueList();
    }

    private static (uint Uid, uint Gid) Owner(ConfigSection type)
    {
        if (type.Text("root-owner") is not { } text)
            return (0, 0);
        return text.Split(':') is [var user, var group]
            && uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out uint uid)
            && uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint gid)
                ? (uid, gid)
                : throw type.Wrong("root-owner", $"root-owner = {text} is no owner", "write it as 0:0, user and group");
    }

    /// <summary>Bytes of a block and bytes that there are for each inode, as mke2fs.conf and genext2fs have them.</summary>
    private static (int Block, long PerInode) Usage(ConfigSection type, long size, bool isMke2fs)
    {
        const long Floppy = 3L << 20;
        const long Small = 512L << 20;
        const long Big = 4L << 40;
        if (!isMke2fs)
            return ((int)Kibibyte, 16384);
        return type.Text("usage-type") switch
        {
            "floppy" => (1024, 8192),
            "small" => (1024, 4096),
            "default" => (4096, 16384),
            "big" => (4096, 32768),
            "huge" => (4096, 65536),
            "news" => (4096, 4096),
            "largefile" => (4096, 1L << 20),
            "largefile4" => (4096, 4L << 20),
            null when size < Floppy => (1024, 8192),
            null when size < Small => (1024, 4096),
            null when size < Big => (4096, 16384),
            null => (4096, 32768),
            var other => throw type.Wrong("usage-type", $"there is no usage type {other}", "use one of floppy, small, default, big, huge, news, largefile, largefile4"),
        };
    }

    /// <summary>fs-timestamp, as debugfs takes times: 20260102030405, or @ and seconds.</summary>
    private Timestamp Stamp(ConfigSection type)
    {
        if (type.Text("fs-timestamp") is not { } text)
            return context.Time;
        if (text.StartsWith('@') && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds))
            return new Timestamp(seconds);
        return DateTimeOffset.TryParseExact(text, ["yyyyMMddHHmmss", "yyyyMMddHHmm", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? new Timestamp(time.ToUnixTimeSeconds())
            : throw type.Wrong("fs-timestamp", $"fs-timestamp = {text} is no time", "write it as 20260102030405");
    }

    private static long DataBytes(FileTree tree) => tree.Walk()
        .Select(entry => entry.Inode)
        .Distinct()
        .Sum(inode => inode switch
        {
            FileInode file => Units.RoundUp(file.Content.Length, Block),
            DirectoryInode => Block,
            _ => 0,
        });

    private Blob Fat(GenimageImage image)
    {
        FileTree tree = image.Type.All("file").Any() || image.Type.List("files").Count > 0 ? FilesOf(image) : trees.Of(image, HostXattrs.None);
        var declared = new PartitionFileSystem
        {
            Type = FileSystemType.Vfat,
            Label = image.Type.Text("label") is { } label ? MkfsOptions.FatLabel(label) : null,
            SectorSize = DiskSettings.Sector,
            Unsupported = UnsupportedFiles.Skip,
        };
        declared = WithExtraArguments(image, declared);
        Guid id = IdOf(image);
        FatOptions options = FileSystemOptions.Fat(declared, FileSystemOptions.VolumeId(declared, id), DiskSettings.Sector) with
        {
            HiddenSectors = declared.HiddenSectors ?? 0,
            LatestTime = context.Latest,
        };
        options = image.Percent is { } percent
            ? options with { FreeBytes = Math.Max(0, DataBytes(tree) * (percent - 100) / 100) }
            : options with { Size = SizeOf(image) / Kibibyte * Kibibyte };
        return FatFileSystem.Plan(tree, options).ToBlob();
    }

    /// <summary>The files that a vfat section names; directories come with what is in them.</summary>
    private FileTree FilesOf(GenimageImage image)
    {
        var tree = new FileTree();
        foreach (ConfigSection file in image.Type.All("file"))
        {
            string source = file.Text("image") ?? file.Title ?? "";
            string target = file.Title is { Length: > 0 } title ? title : Path.GetFileName(source.TrimEnd('/'));
            Put(tree, target, source, file.Position);
        }

        foreach (string source in image.Type.List("files"))
            Put(tree, Path.GetFileName(source.TrimEnd('/')), source, image.Type.Find("files")!.Position);
        trees.Clamp(tree);
        return tree;
    }

    private void Put(FileTree tree, string target, string source, ConfigPosition position)
    {
        target = "/" + target.Trim('/');
        if (target == "/" || target.Split('/').Any(part => part is "." or ".."))
            throw position.Wrong($"{target} is no name for a file");
        string parent = target[..target.LastIndexOf('/')];
        if (parent.Length > 0)
            tree.MakeDirectory(parent);
        GenimageImage image = images[source];
        string path = Path.Combine(context.InputPath, source);
        if (image.IsDirectory)
        {
            Merge(tree, target, trees.Read(path, HostXattrs.None).Root);
            return;
        }

        Timestamp time = image.IsImplicit ? new Timestamp(new DateTimeOffset(File.GetLastWriteTimeUtc(path)).ToUnixTimeSeconds()) : context.Time;
        tree.Set(target, new FileInode(ContentOf(source, position)) { ModifiedTime = time });
    }

    private static void Merge(FileTree tree, string path, DirectoryInode directory)
    {
        DirectoryInode into = tree.MakeDirectory(path);
        into.CopyMetadata(directory);
        foreach (DirectoryEntry entry in directory.Entries)
        {
            if (entry.Inode is DirectoryInode inner)
                Merge(tree, $"{path}/{entry.Name}", inner);
            else
                into.Set(entry.Name, entry.Inode);
        }
    }

    private Blob Squashfs(GenimageImage image)
    {
        FileTree tree = trees.Of(image);
        var declared = new PartitionFileSystem
        {
            Type = FileSystemType.Squashfs,
            Compression = FileSystemCompression.Gzip,
            BlockSize = (int)Math.Min(image.Type.Size("block-size") ?? Block, int.MaxValue),
            Unsupported = UnsupportedFiles.Skip,
        };
        declared = image.Type.Text("compression") switch
        {
            null => declared,
            "none" => declared with { Compression = FileSystemCompression.None },
            var name => MkfsOptions.Compress(declared, name, null) ?? throw image.Type.Wrong("compression", $"squashfs is not compressed by {name}", "use one of gzip, lzo, xz, lz4, zstd, none"),
        };
        declared = WithExtraArguments(image, declared);
        SquashfsOptions options = FileSystemOptions.Squashfs(declared) with { Time = context.Time };
        return Fitted(image, packing.Pack((spool, run) => SquashfsFileSystem.Pack(tree, options, spool, run)).ToBlob());
    }

    private Blob Erofs(GenimageImage image)
    {
        FileTree tree = trees.Of(image);
        Guid id = IdOf(image);
        PartitionFileSystem declared = WithExtraArguments(image, new PartitionFileSystem { Type = FileSystemType.Erofs, Label = image.Type.Text("label"), BlockSize = (int)Block });
        ErofsOptions options = FileSystemOptions.Erofs(declared, declared.Uuid ?? id) with { Time = Stamp(image.Type) };
        Blob made = options.Compression is null
            ? ErofsFileSystem.Plan(tree, options).ToBlob()
            : packing.Pack((spool, run) => ErofsFileSystem.Pack(tree, options, spool, run)).ToBlob();
        return Fitted(image, made);
    }

    private Blob Foreign(GenimageImage image)
    {
        Guid id = IdOf(image);
        PartitionFileSystem declared = WithExtraArguments(image, new PartitionFileSystem
        {
            Type = image.Type.Name == "btrfs" ? FileSystemType.Btrfs : FileSystemType.F2fs,
            Label = image.Type.Text("label"),
            Uuid = id,
        });
        FileTree tree = trees.Of(image);
        return packing.Make(new ForeignRequest
        {
            Declared = declared,
            Tree = tree,
            Uuid = id,
            Derive = new SeedUuids(id).Derive,
            Time = context.Time,
            Size = image.Percent is null ? SizeOf(image) : null,
            FreeBytes = image.Percent is { } percent ? Math.Max(0, DataBytes(tree) * (percent - 100) / 100) : 0,
        }).ToBlob();
    }

    /// <summary>What is as large as it has to be must not be larger than what is asked for.</summary>
    private static Blob Fitted(GenimageImage image, Blob made) => image.Size is { } size and > 0 && made.Length > size
        ? throw image.Section.Wrong("size", $"{image.File} takes {made.Length} bytes, and its size is {size}", "set a larger size, or leave it out")
        : made;
}
