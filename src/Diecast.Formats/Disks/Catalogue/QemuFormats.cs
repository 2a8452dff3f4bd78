using System.Globalization;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Disks;

/// <summary>QEMU's formats in the catalogue.</summary>
internal static class QemuFormats
{
    private const string CompressionType = "compression_type";
    private const string DefaultCompression = "zstd";

    internal static readonly ImageFormat Qcow2 = new()
    {
        Name = "qcow2",
        Extension = ".qcow2",
        Description = "QEMU, KVM, Proxmox, OpenStack, libvirt",
        Options =
        [
            new("cluster_size", "bytes in a cluster, a power of two from 512 to 2M", "65536"),
            new("compat", "0.10 for QEMU before 1.1, or 1.1", "1.1"),
            new("preallocation", "off, metadata, falloc or full", "off"),
            new("refcount_bits", "1, 2, 4, 8, 16, 32 or 64", "16"),
            new("lazy_refcounts", "on: QEMU may put off writing refcounts", "off"),
            new("extended_l2", "on: clusters have 32 subclusters (QEMU 5.2)", "off"),
            new(CompressionType, "none, zlib, or zstd (QEMU 5.1)", "none"),
            new("compression_level", "1, fast, to 12 (zlib) or 19 (zstd), small", "6 or 3"),
            new("backing_file", "the file below, as the image is to name it: only what differs from it is stored", "none"),
            new("backing_fmt", "the backing file's format, by QEMU's names", "what it holds"),
        ],
        RoundSize = (size, _) => Units.RoundUp(size, Qcow2Layout.VirtualSizeUnit),
        Probe = file => StartsWith(file, [(byte)'Q', (byte)'F', (byte)'I', 0xfb]),
        Read = (file, context) => Disks.Qcow2.Read(file, new Qcow2ReadOptions
        {
            Path = context.Path,
            OpenFile = context.OpenFile,
            SkipBacking = context.SkipFile,
            ReadOther = (name, below) => ReadBelow(name, below) ?? throw new InvalidImageException("qcow2", $"a backing file of the format '{name}' cannot be read"),
        }),
        QemuName = "qcow2",
        Describe = Describe,
        // Compressed clusters are made as they come, and an overlay is compared with what is below it.
        FindsZeros = values => values.Text("compression_type") is not (null or "none") || values.Text("backing_file") is not null,
        Write = request => Disks.Qcow2.OpenWriter(request.Disk, request.Outputs.Main, Options(request), request.Write),
    };

    /// <summary>The name that Guix has for a qcow2 with compressed clusters.</summary>
    internal static readonly ImageFormat CompressedQcow2 = Compressed("compressed-qcow2", DefaultCompression, "qcow2 with clusters compressed by Zstandard");

    /// <summary>The name that NixOS's make-disk-image has for what qemu-img convert -c makes.</summary>
    internal static readonly ImageFormat Qcow2Compressed = Compressed("qcow2-compressed", "zlib", "qcow2 with clusters compressed by zlib, which every QEMU reads");

    internal static readonly ImageFormat Parallels = new()
    {
        Name = "parallels",
        QemuName = "parallels",
        Extension = ".hds",
        OtherExtensions = [".hdd"],
        Description = "Parallels Desktop",
        Options = [new("cluster_size", "bytes in a cluster, a multiple of 512 up to 1G", "1048576")],
        RoundSize = (size, _) => Units.RoundUp(size, ParallelsLayout.SectorSize),
        Probe = ParallelsDisk.HasMagic,
        Read = (file, _) => Disks.Parallels.Read(file),
        Describe = file => Describe(Disks.Parallels.ReadInfo(file)),
        Write = request => Disks.Parallels.OpenWriter(request.Disk, request.Outputs.Main, new ParallelsOptions
        {
            ClusterSize = request.Values.Bytes("cluster_size", ParallelsOptions.Default.ClusterSize),
        }),
    };

    private static ImageFormat Compressed(string name, string compression, string description) => Qcow2 with
    {
        Name = name,
        Description = description,
        Options = [.. Qcow2.Options.Select(option => option.Name == CompressionType ? option with { Default = compression } : option)],
        Probe = _ => false,
        Read = null,
        FindsZeros = _ => true,
        Write = request => Qcow2.Write!(request with { Values = request.Values.WithDefault(CompressionType, compression) }),
    };

    internal static bool StartsWith(Blob file, ReadOnlySpan<byte> magic)
    {
        if (file.Length < magic.Length)
            return false;
        Span<byte> start = stackalloc byte[64];
        file.Read(0, start[..magic.Length]);
        return start[..magic.Length].SequenceEqual(magic);
    }

    /// <summary>The disk of a single file in one of the formats that QEMU knows; null for another's name.</summary>
    private static Blob? ReadBelow(string name, Blob file) =>
        DiskFormats.All.FirstOrDefault(format => format.QemuName == name)?.Read?.Invoke(file, new ImageReadContext());

    private static Qcow2Options Options(ImageWriteRequest request)
    {
        Qcow2Options options = Options(request.Values);
        if (options.BackingFile is not { Length: > 0 } name)
            return options;
        if (request.OpenBacking is not { } open)
            throw new UnrepresentableException("qcow2", null, $"backing_file={name}: there is no backing file to compare with here");
        BackingDisk below = open(name, options.BackingFormat);
        return options with { BackingFormat = below.Format, Backing = below.Disk };
    }

    private static Qcow2Options Options(ImageFormatValues values) => new()
    {
        ClusterSize = values.Bytes("cluster_size", Qcow2Options.Default.ClusterSize),
        Version = values.Choice("compat", Qcow2Version.V3, ("0.10", Qcow2Version.V2), ("v2", Qcow2Version.V2), ("1.1", Qcow2Version.V3), ("v3", Qcow2Version.V3)),
        Preallocation = values.Choice(
            "preallocation",
            Qcow2Preallocation.Off,
            ("off", Qcow2Preallocation.Off),
            ("metadata", Qcow2Preallocation.Metadata),
            ("falloc", Qcow2Preallocation.Falloc),
            ("full", Qcow2Preallocation.Full)),
        RefcountBits = values.Number("refcount_bits", 1, 64, Qcow2Options.Default.RefcountBits),
        LazyRefcounts = values.Switch("lazy_refcounts", false),
        ExtendedL2 = values.Switch("extended_l2", false),
        Compression = values.Choice(
            "compression_type",
            Qcow2Compression.None,
            ("none", Qcow2Compression.None),
            ("zlib", Qcow2Compression.Zlib),
            ("zstd", Qcow2Compression.Zstd)),
        CompressionLevel = values.Number("compression_level", 1, 19, 0),
        BackingFile = values.Text("backing_file"),
        BackingFormat = values.Text("backing_fmt"),
    };

    private static List<ImageFact> Describe(Blob file)
    {
        Qcow2Info info = Disks.Qcow2.ReadInfo(file);
        var facts = new List<ImageFact>
        {
            new("cluster_size", info.ClusterSize.ToString(CultureInfo.InvariantCulture)),
            new("compat", info.Version == Qcow2Version.V2 ? "0.10" : "1.1"),
            new("compression_type", info.CompressionType == Qcow2Compression.Zstd ? "zstd" : "zlib"),
            new("refcount_bits", info.RefcountBits.ToString(CultureInfo.InvariantCulture)),
            new("lazy_refcounts", Switch(info.LazyRefcounts)),
            new("extended_l2", Switch(info.ExtendedL2)),
        };
        if (info.Dirty)
            facts.Add(new("dirty", "on"));
        if (info.Corrupt)
            facts.Add(new("corrupt", "on"));
        if (info.Encryption != Qcow2Encryption.None)
            facts.Add(new("encryption", info.Encryption == Qcow2Encryption.Luks ? "luks" : "aes"));
        if (info.BackingFile is { } backing)
            facts.Add(new("backing_file", backing));
        if (info.BackingFormat is { } format)
            facts.Add(new("backing_fmt", format));
        if (info.DataFile is { } data)
            facts.Add(new("data_file", data));
        facts.AddRange(info.Snapshots.Select(snapshot => new ImageFact("snapshot", $"{snapshot.Id} {snapshot.Name}")));
        facts.AddRange(info.Bitmaps.Select(bitmap => new ImageFact("bitmap", bitmap.Name)));
        return facts;
    }

    private static List<ImageFact> Describe(ParallelsInfo info)
    {
        var facts = new List<ImageFact> { new("cluster_size", info.ClusterSize.ToString(CultureInfo.InvariantCulture)) };
        if (info.IsOld)
            facts.Add(new("old", "on"));
        if (info.InUse)
            facts.Add(new("dirty", "on"));
        return facts;
    }

    private static string Switch(bool value) => value ? "on" : "off";
}
