using Diecast.Definitions.Shapes;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Records;

/// <summary>How an image and its partitions are written.</summary>
internal static class ImageShapes
{
    internal static readonly RecordShape<DirectoryContent> DirectoryContent =
        new("a directory's files", () => new DirectoryContent { Path = "" },
        [
            Field.Required(nameof(Diecast.DirectoryContent.Path), Scalars.DirectoryPath, (DirectoryContent c) => c.Path, (c, v) => c with { Path = v }),
            Field.Of(nameof(Diecast.DirectoryContent.Ownership), Scalars.Ownership,
                (DirectoryContent c) => c.Ownership, (c, v) => c with { Ownership = v }),
        ])
        { Shorthand = "path" };

    internal static readonly RecordShape<TarContent> TarContent = new("a tar archive's files", () => new TarContent { Path = "" },
        [Field.Required(nameof(Diecast.TarContent.Path), Scalars.FilePath, (TarContent c) => c.Path, (c, v) => c with { Path = v })])
    { Shorthand = "path" };

    internal static readonly RecordShape<RawContent> RawContent = new("a file's bytes", () => new RawContent { Path = "" },
        [Field.Required(nameof(Diecast.RawContent.Path), Scalars.FilePath, (RawContent c) => c.Path, (c, v) => c with { Path = v })])
    { Shorthand = "path" };

    internal static readonly UnionShape<PartitionContent> Content = new("content", new RawContent { Path = "" },
    [
        new UnionCase<PartitionContent, DirectoryContent>("directory", DirectoryContent),
        new UnionCase<PartitionContent, TarContent>("tar", TarContent),
        new UnionCase<PartitionContent, RawContent>("raw", RawContent),
    ]);

    internal static readonly RecordShape<Partition> Partition = new("a partition", () => new Partition(),
    [
        Field.Of(nameof(Diecast.Partition.Type), Texts.PartitionType, (Partition p) => p.Type, (p, v) => p with { Type = v }),
        Field.Optional(nameof(Diecast.Partition.Label), Texts.PartitionLabel, (Partition p) => p.Label, (p, v) => p with { Label = v }),
        Field.OptionalValue(nameof(Diecast.Partition.Uuid), Scalars.Uuid, (Partition p) => p.Uuid, (p, v) => p with { Uuid = v }),
        Field.Of(nameof(Diecast.Partition.Size), Scalars.SizeOrAuto, (Partition p) => p.Size, (p, v) => p with { Size = v }),
        Field.Of(nameof(Diecast.Partition.Free), Scalars.Size, (Partition p) => p.Free, (p, v) => p with { Free = v }),
        Field.Of(nameof(Diecast.Partition.FreePercent), new NumberShape<int>("a percentage", 0, 1000), (Partition p) => p.FreePercent, (p, v) => p with { FreePercent = v }),
        Field.OptionalValue(nameof(Diecast.Partition.MinSize), Scalars.Size, (Partition p) => p.MinSize, (p, v) => p with { MinSize = v }),
        Field.OptionalValue(nameof(Diecast.Partition.MaxSize), Scalars.Size, (Partition p) => p.MaxSize, (p, v) => p with { MaxSize = v }),
        Field.Of(nameof(Diecast.Partition.Weight), new NumberShape<int>("a weight", 0, 1_000_000), (Partition p) => p.Weight, (p, v) => p with { Weight = v }),
        Field.Of(nameof(Diecast.Partition.Padding), Scalars.Size, (Partition p) => p.Padding, (p, v) => p with { Padding = v }),
        Field.Of(nameof(Diecast.Partition.PaddingWeight), new NumberShape<int>("a weight", 0, 1_000_000), (Partition p) => p.PaddingWeight, (p, v) => p with { PaddingWeight = v }),
        Field.Of(nameof(Diecast.Partition.Priority), new NumberShape<int>("a priority", int.MinValue, int.MaxValue), (Partition p) => p.Priority, (p, v) => p with { Priority = v }),
        Field.Of(nameof(Diecast.Partition.FactoryReset), Scalars.Boolean, (Partition p) => p.FactoryReset, (p, v) => p with { FactoryReset = v }),
        Field.Of(nameof(Diecast.Partition.ValidateFileSystem), Scalars.Boolean, (Partition p) => p.ValidateFileSystem, (p, v) => p with { ValidateFileSystem = v }),
        Field.OptionalValue(nameof(Diecast.Partition.Offset), Scalars.Size, (Partition p) => p.Offset, (p, v) => p with { Offset = v }),
        Field.Of(nameof(Diecast.Partition.Alignment), Scalars.Size, (Partition p) => p.Alignment, (p, v) => p with { Alignment = v }),
        Field.OptionalValue(nameof(Diecast.Partition.Attributes), new BitsShape(), (Partition p) => p.Attributes, (p, v) => p with { Attributes = v }),
        Field.Of(nameof(Diecast.Partition.Bootable), Scalars.Boolean, (Partition p) => p.Bootable, (p, v) => p with { Bootable = v }),
        Field.Optional(nameof(Diecast.Partition.FileSystem), FileSystemShapes.FileSystem, (Partition p) => p.FileSystem, (p, v) => p with { FileSystem = v }),
        Field.Optional(nameof(Diecast.Partition.MountPoint), Texts.TreePath, (Partition p) => p.MountPoint, (p, v) => p with { MountPoint = v }),
        Field.Of(nameof(Diecast.Partition.MountOptions), Texts.MountOptions, (Partition p) => p.MountOptions, (p, v) => p with { MountOptions = v }),
        Field.Of(nameof(Diecast.Partition.MountBy), new ChoiceShape<MountKey>("what a partition is found by"), (Partition p) => p.MountBy, (p, v) => p with { MountBy = v }),
        Field.Optional(nameof(Diecast.Partition.Verity), ProtectionShapes.Verity, (Partition p) => p.Verity, (p, v) => p with { Verity = v }),
        Field.Optional(nameof(Diecast.Partition.Encrypt), ProtectionShapes.Encryption, (Partition p) => p.Encrypt, (p, v) => p with { Encrypt = v }),
        Field.OptionalValue(nameof(Diecast.Partition.ReadOnly), Scalars.Boolean, (Partition p) => p.ReadOnly, (p, v) => p with { ReadOnly = v }),
        Field.OptionalValue(nameof(Diecast.Partition.Grow), Scalars.Boolean, (Partition p) => p.Grow, (p, v) => p with { Grow = v }),
        Field.OptionalValue(nameof(Diecast.Partition.NoAuto), Scalars.Boolean, (Partition p) => p.NoAuto, (p, v) => p with { NoAuto = v }),
        Field.Of(nameof(Diecast.Partition.Slots), new NumberShape<int>("a number of slots", 1, 9), (Partition p) => p.Slots, (p, v) => p with { Slots = v }),
        Field.Optional(nameof(Diecast.Partition.SplitName), Texts.SplitName, (Partition p) => p.SplitName, (p, v) => p with { SplitName = v }).OutsideIdentity(),
        Field.Optional(nameof(Diecast.Partition.Content), Content, (Partition p) => p.Content, (p, v) => p with { Content = v }),
        Field.Of(nameof(Diecast.Partition.Contents), new ListShape<ContentFile>(ContentShapes.File, "files"),
            (Partition p) => p.Contents, (p, v) => p with { Contents = v }),
        Field.Of(nameof(Diecast.Partition.Directories), new ListShape<ContentDirectory>(ContentShapes.Directory, "directories"),
            (Partition p) => p.Directories, (p, v) => p with { Directories = v }),
        Field.Of(nameof(Diecast.Partition.Symlinks), new ListShape<ContentSymlink>(ContentShapes.Symlink, "symbolic links"),
            (Partition p) => p.Symlinks, (p, v) => p with { Symlinks = v }),
        Field.Of(nameof(Diecast.Partition.StorePaths), new ListShape<StorePath>(ContentShapes.StorePath, "store paths"),
            (Partition p) => p.StorePaths, (p, v) => p with { StorePaths = v }),
        Field.Optional(nameof(Diecast.Partition.StorePrefix), Texts.TreePath, (Partition p) => p.StorePrefix, (p, v) => p with { StorePrefix = v }),
        Field.Optional(nameof(Diecast.Partition.Store), ContentShapes.Store, (Partition p) => p.Store, (p, v) => p with { Store = v }),
        Field.Optional(nameof(Diecast.Partition.StoreRegistration), Texts.TreePath,
            (Partition p) => p.StoreRegistration, (p, v) => p with { StoreRegistration = v }),
    ]);

    internal static readonly RecordShape<DiskFormat> Format = new("a disk format", () => new DiskFormat { Name = "raw" },
    [
        Field.Required(nameof(DiskFormat.Name), Texts.FormatName, (DiskFormat f) => f.Name, (f, v) => f with { Name = v }),
        Field.Of(nameof(DiskFormat.Options), new OptionsShape(), (DiskFormat f) => f.Options, (f, v) => f with { Options = v }),
        Field.Optional(nameof(DiskFormat.File), Texts.OutputName, (DiskFormat f) => f.File, (f, v) => f with { File = v }),
    ])
    { Shorthand = "name" };

    internal static readonly RecordShape<ImageBlob> Blob = new("a blob", () => new ImageBlob(),
    [
        Field.Optional(nameof(ImageBlob.Name), Texts.BlobName, (ImageBlob b) => b.Name, (b, v) => b with { Name = v }),
        Field.Optional(nameof(ImageBlob.Tree), Texts.TreePath, (ImageBlob b) => b.Tree, (b, v) => b with { Tree = v }),
        Field.Optional(nameof(ImageBlob.File), Scalars.FilePath, (ImageBlob b) => b.File, (b, v) => b with { File = v }),
        Field.Optional(nameof(ImageBlob.Package), Texts.PackageName, (ImageBlob b) => b.Package, (b, v) => b with { Package = v }),
        Field.OptionalValue(nameof(ImageBlob.Offset), Scalars.Size, (ImageBlob b) => b.Offset, (b, v) => b with { Offset = v }),
        Field.OptionalValue(nameof(ImageBlob.MaxSize), Scalars.Size, (ImageBlob b) => b.MaxSize, (b, v) => b with { MaxSize = v }),
    ]);

    private static readonly TextShape Command = new("a command", "one for /bin/sh, without NUL")
    {
        Test = text => text.Length == 0 || text.Contains('\0', StringComparison.Ordinal) ? "no command" : null,
    };

    internal static readonly RecordShape<ImageHooks> Hooks = new("hooks", () => new ImageHooks(),
    [
        Field.Of(nameof(ImageHooks.After), new ListShape<string>(Command, "commands"), (ImageHooks h) => h.After, (h, v) => h with { After = v }),
    ]);

    internal static readonly RecordShape<Image> Image = new("an image", () => new Image(),
    [
        Field.Optional(nameof(Diecast.Image.Type), Texts.ImageType, (Image i) => i.Type, (i, v) => i with { Type = v }),
        Field.Optional(nameof(Diecast.Image.Platform), new PlatformShape(), (Image i) => i.Platform, (i, v) => i with { Platform = v }),
        Field.Optional(nameof(Diecast.Image.Name), Texts.Name, (Image i) => i.Name, (i, v) => i with { Name = v }).OutsideIdentity(),
        Field.Optional(nameof(Diecast.Image.Label), Texts.VolumeLabel, (Image i) => i.Label, (i, v) => i with { Label = v }),
        Field.Of(nameof(Diecast.Image.Format), new ListShape<DiskFormat>(Format, "disk formats") { MayBeOneText = true, MayBeOneItem = true },
            (Image i) => i.Format, (i, v) => i with { Format = v })
            .OutsideIdentity(),
        Field.Of(nameof(Diecast.Image.Size), Scalars.SizeOrAuto, (Image i) => i.Size, (i, v) => i with { Size = v }),
        Field.OptionalValue(nameof(Diecast.Image.SizeMultiple), Scalars.Size, (Image i) => i.SizeMultiple, (i, v) => i with { SizeMultiple = v }),
        Field.OptionalValue(nameof(Diecast.Image.PartitionTable), new ChoiceShape<PartitionTableType>("a partition table"),
            (Image i) => i.PartitionTable, (i, v) => i with { PartitionTable = v }),
        Field.Of(nameof(Diecast.Image.SectorSize), new NumberShape<int>("a sector size", 512, 4096, 512, 4096),
            (Image i) => i.SectorSize, (i, v) => i with { SectorSize = v }),
        Field.OptionalValue(nameof(Diecast.Image.GptEntries), new NumberShape<int>("a number of slots", 4, 4096),
            (Image i) => i.GptEntries, (i, v) => i with { GptEntries = v }),
        Field.OptionalValue(nameof(Diecast.Image.GptEntriesOffset), Scalars.Size,
            (Image i) => i.GptEntriesOffset, (i, v) => i with { GptEntriesOffset = v }),
        Field.Of(nameof(Diecast.Image.Partitions), new ListShape<Partition>(Partition, "partitions"),
            (Image i) => i.Partitions, (i, v) => i with { Partitions = v }),
        Field.Of(nameof(Diecast.Image.Blobs), new ListShape<ImageBlob>(Blob, "blobs"), (Image i) => i.Blobs, (i, v) => i with { Blobs = v }),
        Field.Of(nameof(Diecast.Image.Firmware), new ListShape<BootFirmware>(new ChoiceShape<BootFirmware>("a firmware"), "kinds of firmware") { MayBeOneText = true },
            (Image i) => i.Firmware, (i, v) => i with { Firmware = v }),
        Field.OptionalValue(nameof(Diecast.Image.VolatileRoot), Scalars.Boolean, (Image i) => i.VolatileRoot, (i, v) => i with { VolatileRoot = v }),
        Field.Optional(nameof(Diecast.Image.SharedStore), Texts.TreePath, (Image i) => i.SharedStore, (i, v) => i with { SharedStore = v }),
        Field.Of(nameof(Diecast.Image.Substitutable), Scalars.Boolean, (Image i) => i.Substitutable, (i, v) => i with { Substitutable = v }).OutsideIdentity(),
        Field.OptionalValue(nameof(Diecast.Image.RootOffset), Scalars.Size, (Image i) => i.RootOffset, (i, v) => i with { RootOffset = v }),
        Field.Optional(nameof(Diecast.Image.RootFileSystem), FileSystemShapes.FileSystem, (Image i) => i.RootFileSystem, (i, v) => i with { RootFileSystem = v }),
        Field.OptionalValue(nameof(Diecast.Image.Free), Scalars.Size, (Image i) => i.Free, (i, v) => i with { Free = v }),
        Field.OptionalValue(nameof(Diecast.Image.BootSize), Scalars.Size, (Image i) => i.BootSize, (i, v) => i with { BootSize = v }),
        Field.Of(nameof(Diecast.Image.FixedIds), Scalars.Boolean, (Image i) => i.FixedIds, (i, v) => i with { FixedIds = v }),
        Field.OptionalValue(nameof(Diecast.Image.DiskId), Scalars.Uuid, (Image i) => i.DiskId, (i, v) => i with { DiskId = v }),
        Field.Optional(nameof(Diecast.Image.Hooks), Hooks, (Image i) => i.Hooks, (i, v) => i with { Hooks = v }).OutsideIdentity(),
        Field.OptionalValue(nameof(Diecast.Image.Compression), new ChoiceShape<ImageCompression>("a compression"),
            (Image i) => i.Compression, (i, v) => i with { Compression = v })
            .OutsideIdentity(),
        Field.Of(nameof(Diecast.Image.MaxLayers), new NumberShape<int>("a number of layers", 1, 125),
            (Image i) => i.MaxLayers, (i, v) => i with { MaxLayers = v })
            .OutsideIdentity(),
        Field.Of(nameof(Diecast.Image.SharedNetwork), Scalars.Boolean, (Image i) => i.SharedNetwork, (i, v) => i with { SharedNetwork = v }),
        Field.Optional(nameof(Diecast.Image.Version), Texts.Version, (Image i) => i.Version, (i, v) => i with { Version = v }),
        Field.OptionalValue(nameof(Diecast.Image.Split), Scalars.Boolean, (Image i) => i.Split, (i, v) => i with { Split = v }).OutsideIdentity(),
        Field.OptionalValue(nameof(Diecast.Image.SplitCompression), new ChoiceShape<ImageCompression>("a compression"),
            (Image i) => i.SplitCompression, (i, v) => i with { SplitCompression = v })
            .OutsideIdentity(),
        Field.Optional(nameof(Diecast.Image.SecureBoot), ProtectionShapes.SigningKey, (Image i) => i.SecureBoot, (i, v) => i with { SecureBoot = v }),
        Field.Optional(nameof(Diecast.Image.EfiVariables), ProtectionShapes.Variables, (Image i) => i.EfiVariables, (i, v) => i with { EfiVariables = v }).OutsideIdentity(),
        Field.Optional(nameof(Diecast.Image.VeritySignature), ProtectionShapes.SigningKey, (Image i) => i.VeritySignature, (i, v) => i with { VeritySignature = v }),
        Field.Optional(nameof(Diecast.Image.Appliance), ProtectionShapes.Appliance, (Image i) => i.Appliance, (i, v) => i with { Appliance = v }),
        Field.Optional(nameof(Diecast.Image.Container), ContainerShapes.Container, (Image i) => i.Container, (i, v) => i with { Container = v }),
        Field.Optional(nameof(Diecast.Image.Wsl), ContainerShapes.Wsl, (Image i) => i.Wsl, (i, v) => i with { Wsl = v }),
    ]);
}
