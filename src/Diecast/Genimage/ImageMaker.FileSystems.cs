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
    private const int SystemInodes = 12;
    private const int Genext2fsMounts = 20;
    private const int SmallInode = 128;
    private const int LargeInode = 256;

    private Guid IdOf(GenimageImage image) => SeedUuids.FileSystem(context.Derive(image.File, "file system"));

    /// <summary>What extraargs say, where the writer has the option.</summary>
    private static PartitionFileSystem WithExtraArguments(GenimageImage image, PartitionFileSystem declared)
    {
        try
        {
            return MkfsOptions.Apply(declared, new MkfsWords("extraargs", [.. ArgumentsOf(image.Type)]));
        }
        catch (BuildException exception)
        {
            throw image.Type.Wrong("extraargs", exception.Message, "leave it out");
        }
    }

    private static long SizeOf(GenimageImage image) => image.Size is { } size and > 0
        ? size
        : throw image.Section.Wrong("size", $"{image.File} has no size", "set size, in bytes or as a share of what is in it (120%)");

    private Func<Blob> Ext(GenimageImage image)
    {
        ConfigSection type = image.Type;
        bool isMke2fs = type.Flag("use-mke2fs") == true;
        foreach (string option in (ReadOnlySpan<string>)["mke2fs-conf", "mke2fs_conf", "usage-type"])
        {
            if (!isMke2fs && type.Find(option) is not null)
                throw type.Wrong(option, $"{option} is for use-mke2fs = true", "set use-mke2fs = true, or leave it out");
        }

        if (image.Percent is null)
            _ = SizeOf(image);
        _ = Declared(image, isMke2fs, image.Size ?? 0);
        Timestamp time = Stamp(type);
        return () =>
        {
            FileTree tree = trees.Of(image);
            long size = image.Percent is { } percent ? DataBytes(tree) * percent / 100 : SizeOf(image);
            PartitionFileSystem declared = Declared(image, isMke2fs, size);
            // As many inodes as the size asks for, whatever the tree needs of them, unless it needs more.
            declared = declared with { Inodes = declared.Inodes ?? Math.Max(size / declared.BytesPerInode!.Value.Bytes, SystemInodes + tree.Walk().Select(entry => entry.Inode).Distinct().Count()) };
            ExtOptions options = FileSystemOptions.Ext(declared, declared.Uuid!.Value) with { Time = time };
            int block = options.BlockSize;
            try
            {
                return ExtFileSystem.Plan(tree, options with { Size = size / block * block }).ToBlob();
            }
            catch (DoesNotFitException) when (image.Percent is not null)
            {
                // A share is of what is in the files; where their file system takes more, it gets that.
                return ExtFileSystem.Plan(tree, options with { MinimumSize = size / block * block }).ToBlob();
            }
        };
    }

    /// <summary>The file system that mke2fs, or genext2fs with tune2fs, would make.</summary>
    private PartitionFileSystem Declared(GenimageImage image, bool isMke2fs, long size)
    {
        ConfigSection type = image.Type;
        (int block, long perInode, IReadOnlyList<string> features) = isMke2fs ? Mke2fs(type, size) : Genext2fs(type);
        (uint uid, uint gid) = Owner(type);
        PartitionFileSystem declared = WithExtraArguments(image, new PartitionFileSystem
        {
            Type = type.Name switch { "ext2" => FileSystemType.Ext2, "ext3" => FileSystemType.Ext3, _ => FileSystemType.Ext4 },
            Uuid = IdOf(image),
            BlockSize = block,
            BytesPerInode = new ByteSize(perInode),
            InodeSize = isMke2fs ? LargeInode : SmallInode,
            ReservedPercent = 5,
            RootUid = uid,
            RootGid = gid,
            Features = features.ToValueList(),
            DefaultMountOptions = isMke2fs ? null : [],
            MaxMountCount = isMke2fs ? null : Genext2fsMounts,
        });
        if (type.Text("label") is { Length: > 0 } label)
            declared = declared with { Label = label };
        try
        {
            if (isMke2fs)
                declared = declared with { Features = [.. declared.Features, .. Small(declared with { Features = [.. declared.Features, .. Listed(type)] }, size), .. Listed(type)] };
            _ = FileSystemOptions.Profile(declared);
            return declared;
        }
        catch (ArgumentException exception)
        {
            throw type.Wrong("features", exception.Message.Split(" (Parameter", 2)[0], "take it out of features");
        }
    }

    /// <summary>Blocks of 1 KiB, an inode for every 16 KiB, and no features but those that tune2fs is told.</summary>
    private static (int Block, long PerInode, IReadOnlyList<string> Features) Genext2fs(ConfigSection type)
    {
        string[] features = type.Find("features") is not null ? Listed(type) : type.Name switch
        {
            "ext3" => ["has_journal"],
            "ext4" => ["extent", "uninit_bg", "dir_index", "has_journal"],
            _ => [],
        };
        return ((int)Kibibyte, 16384, ["none", .. features]);
    }

    private static (int Block, long PerInode, IReadOnlyList<string> Features) Mke2fs(ConfigSection type, long size)
    {
        string option = type.Find("mke2fs-conf") is null ? "mke2fs_conf" : "mke2fs-conf";
        if (type.Text(option) is not { } path)
        {
            (int usual, long ratio) = Usage(type, size);
            return (usual, ratio, []);
        }

        if (!File.Exists(path))
            throw type.Wrong(option, $"there is no file {path}", "name it from the directory in which genimage is called");
        var config = Mke2fsConfig.Read(File.ReadAllText(path));
        string[] types = [type.Name, .. (type.Text("usage-type") ?? UsualUsage(size)).Split(',')];
        long block = Number("blocksize", Block);
        return ((int)(block > 0 ? block : Block), Number("inode_ratio", 16384), ["none", .. config.Features(types)]);

        long Number(string name, long otherwise) => config.Find(name, types) is not { } text
            ? otherwise
            : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number <= 1 << 30
                ? number
                : throw type.Wrong(option, $"{path}: {name} = {text} is no number", "correct it");
    }

    /// <summary>The features that genimage leaves out of file systems in which no file can be so large, unless they are asked for.</summary>
    private static IEnumerable<string> Small(PartitionFileSystem declared, long size)
    {
        const long LeastLarge = 4L << 30;
        const long LeastHuge = 2L << 40;
        // The inode that keeps room for more groups is such a file, where blocks are of 4 KiB.
        bool hasLarge = declared.BlockSize >= Block && FileSystemOptions.Profile(declared).FeatureNames.Contains("resize_inode");
        if (size < LeastLarge && !hasLarge)
            yield return "^large_file";
        if (size < LeastHuge)
            yield return "^huge_file";
    }

    private static string[] Listed(ConfigSection type) =>
    [
        .. (type.Text("features") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(name => name.Replace("extents", "extent", StringComparison.Ordinal)),
    ];

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

    /// <summary>Bytes of a block and bytes that there are for each inode, as the usual mke2fs.conf has them.</summary>
    private static (int Block, long PerInode) Usage(ConfigSection type, long size) => (type.Text("usage-type") ?? UsualUsage(size)) switch
    {
        "floppy" => (1024, 8192),
        "small" => (1024, 4096),
        "default" => (4096, 16384),
        "big" => (4096, 32768),
        "huge" => (4096, 65536),
        "news" => (4096, 4096),
        "largefile" => (4096, 1L << 20),
        "largefile4" => (4096, 4L << 20),
        var other => throw type.Wrong("usage-type", $"there is no usage type {other}", "use one of floppy, small, default, big, huge, news, largefile, largefile4"),
    };

    /// <summary>What mke2fs takes a file system for by its size.</summary>
    private static string UsualUsage(long size)
    {
        const long Floppy = 3L << 20;
        const long Small = 512L << 20;
        const long Big = 4L << 40;
        const long Huge = 16L << 40;
        return size switch
        {
            < Floppy => "floppy",
            < Small => "small",
            < Big => "default",
            < Huge => "big",
            _ => "huge",
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

    /// <summary>What genimage counts: files in whole blocks, and one for each directory.</summary>
    private static long DataBytes(FileTree tree) => Block + tree.Walk()
        .Select(entry => entry.Inode)
        .Distinct()
        .Sum(inode => inode switch
        {
            FileInode file => Units.RoundUp(file.Content.Length, Block),
            DirectoryInode => Block,
            _ => 0,
        });

    private Func<Blob> Fat(GenimageImage image)
    {
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
        if (image.Percent is null)
            options = options with { Size = SizeOf(image) / Kibibyte * Kibibyte };
        return () =>
        {
            FileTree tree = image.Type.All("file").Any() || image.Type.List("files").Count > 0 ? FilesOf(image) : trees.Of(image, HostXattrs.None);
            return FatFileSystem.Plan(tree, image.Percent is { } percent ? options with { FreeBytes = Math.Max(0, DataBytes(tree) * (percent - 100) / 100) } : options).ToBlob();
        };
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

    private Func<Blob> Squashfs(GenimageImage image)
    {
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
        return () =>
        {
            FileTree tree = trees.Of(image);
            return Fitted(image, packing.Pack((spool, run) => SquashfsFileSystem.Pack(tree, options, spool, run)).ToBlob());
        };
    }

    private Func<Blob> Erofs(GenimageImage image)
    {
        Guid id = IdOf(image);
        PartitionFileSystem declared = WithExtraArguments(image, new PartitionFileSystem { Type = FileSystemType.Erofs, Label = image.Type.Text("label"), BlockSize = (int)Block });
        ErofsOptions options = FileSystemOptions.Erofs(declared, declared.Uuid ?? id) with { Time = Stamp(image.Type) };
        return () =>
        {
            FileTree tree = trees.Of(image);
            return Fitted(image, options.Compression is null
                ? ErofsFileSystem.Plan(tree, options).ToBlob()
                : packing.Pack((spool, run) => ErofsFileSystem.Pack(tree, options, spool, run)).ToBlob());
        };
    }

    private Func<Blob> Foreign(GenimageImage image)
    {
        Guid id = IdOf(image);
        PartitionFileSystem declared = WithExtraArguments(image, new PartitionFileSystem
        {
            Type = image.Type.Name == "btrfs" ? FileSystemType.Btrfs : FileSystemType.F2fs,
            Label = image.Type.Text("label"),
            Uuid = id,
        });
        if (image.Percent is null)
            _ = SizeOf(image);
        return () =>
        {
            FileTree tree = trees.Of(image);
            return packing.Make(new ForeignRequest
            {
                Declared = declared,
                Tree = tree,
                Uuid = declared.Uuid ?? id,
                Derive = new SeedUuids(id).Derive,
                Time = context.Time,
                Size = image.Percent is null ? SizeOf(image) : null,
                FreeBytes = image.Percent is { } percent ? Math.Max(0, DataBytes(tree) * (percent - 100) / 100) : 0,
            }).ToBlob();
        };
    }

    /// <summary>What is as large as it has to be must not be larger than what is asked for.</summary>
    private static Blob Fitted(GenimageImage image, Blob made) => image.Size is { } size and > 0 && made.Length > size
        ? throw image.Section.Wrong("size", $"{image.File} takes {made.Length} bytes, and its size is {size}", "set a larger size, or leave it out")
        : made;
}
