using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;

namespace Diecast.Formats.Tests.Disks.Catalogue;

public sealed class DiskFormatsTests
{
    public static TheoryData<string, string> Written => new()
    {
        { "raw", "" }, { "raw.gz", "" }, { "raw.xz", "level=1" }, { "raw.zst", "" }, { "raw.zst", "seekable=on" },
        { "qcow2", "" }, { "qcow2", "compat=0.10,cluster_size=4k" }, { "qcow2", "compression_type=zlib" }, { "qcow2", "compression_type=zstd" },
        { "vdi", "" }, { "vdi", "subformat=fixed" }, { "vhd", "" }, { "vhd", "subformat=fixed" }, { "vhdx", "" },
        { "vmdk", "" }, { "vmdk", "subformat=streamOptimized" }, { "vmdk", "subformat=monolithicFlat" }, { "ova", "" },
        { "android-sparse", "" },
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void What_is_written_is_recognised_and_read_back(string name, string options)
    {
        using var directory = new TempDirectory();
        Blob disk = Disk(9 << 20);
        ImageFormat format = DiskFormats.Find(name)!;
        string path = Write(directory, disk, format, options, "disk" + format.Extension, 2);
        using ImageFile image = ImageFile.Open(path, new ImageFileOptions { SpoolDirectory = directory.Path });
        Assert.Equal(name.Split('.')[0], image.Format.Name);
        Assert.Equal(disk.Length, image.Disk.Length);
        Assert.True(disk.ToArray().AsSpan().SequenceEqual(image.Disk.ToArray()));
        Assert.Equal(name.Contains('.', StringComparison.Ordinal), image.Compression != CompressionFormat.None);
        Assert.NotNull(image.Describe());
        long data = image.Disk.DataRanges().Sum(range => range.Length);
        Assert.True(data < disk.Length, "holes do not come back");
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void The_bytes_are_the_same_from_one_core_and_from_many(string name, string options)
    {
        using var directory = new TempDirectory();
        Blob disk = Disk(9 << 20);
        ImageFormat format = DiskFormats.Find(name)!;
        string one = Write(directory, disk, format, options, "disk" + format.Extension, 1);
        byte[] bytes = File.ReadAllBytes(one);
        Assert.Equal(bytes, File.ReadAllBytes(Write(directory, disk, format, options, "disk" + format.Extension, 5)));
    }

    [Fact]
    public void A_gce_archive_is_recognised_and_read_back()
    {
        using var directory = new TempDirectory();
        Blob disk = Disk(1 << 30);
        string path = Write(directory, disk, DiskFormats.Find("gce")!, "level=1", "disk.tar.gz", 2);
        using ImageFile image = ImageFile.Open(path, new ImageFileOptions { SpoolDirectory = directory.Path });
        Assert.Equal("gce", image.Format.Name);
        Assert.Equal(disk.Length, image.Disk.Length);
        foreach (BlobRange range in disk.DataRanges())
            Assert.True(disk.Slice(range.Offset, range.Length).ToArray().AsSpan().SequenceEqual(image.Disk.Slice(range.Offset, range.Length).ToArray()));
    }

    [ToolFact("gzip", "xz", "zstd")]
    public void The_tools_of_the_system_unpack_compressed_disks_of_every_length()
    {
        using var directory = new TempDirectory();
        foreach (long length in new long[] { 0, 1, 4096, (2 << 20) - 1, 2 << 20, (4 << 20) + 1, 9_000_001 })
        {
            Blob disk = Disk(length);
            foreach ((string name, string tool) in new[] { ("raw.gz", "gzip"), ("raw.xz", "xz"), ("raw.zst", "zstd") })
            {
                string options = name == "raw.zst" ? "seekable=on,level=1" : "level=1";
                string path = Write(directory, disk, DiskFormats.Find(name)!, options, "disk" + name, 2);
                Tool.Check("sh", "-c", $"{tool} -tq {path} && {tool} -dc {path} > {directory["back"]}");
                Assert.True(disk.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(directory["back"])), $"{name} of {length}");
                Assert.True(disk.ToArray().AsSpan().SequenceEqual(Unpack(path)), $"{name} of {length}, by us");
            }
        }
    }

    [Fact]
    public void The_seek_table_names_every_frame()
    {
        using var directory = new TempDirectory();
        Blob disk = Disk(9 << 20);
        byte[] file = File.ReadAllBytes(Write(directory, disk, DiskFormats.Find("raw.zst")!, "seekable=on", "disk.zst", 2));
        Assert.Equal(0x8F92EAB1u, BitConverter.ToUInt32(file, file.Length - 4));
        int frames = BitConverter.ToInt32(file, file.Length - 9);
        Assert.Equal(3, frames);
        int table = file.Length - 9 - (8 * frames);
        Assert.Equal(0x184D2A5Eu, BitConverter.ToUInt32(file, table - 8));
        Assert.Equal((8 * frames) + 9, BitConverter.ToInt32(file, table - 4));
        int compressed = 0;
        int plain = 0;
        for (int i = 0; i < frames; i++)
        {
            Assert.Equal(0xFD2FB528u, BitConverter.ToUInt32(file, compressed));
            compressed += BitConverter.ToInt32(file, table + (8 * i));
            plain += BitConverter.ToInt32(file, table + (8 * i) + 4);
        }

        Assert.Equal(table - 8, compressed);
        Assert.Equal(disk.Length, plain);
    }

    [Fact]
    public void A_block_map_tells_every_range_with_its_sum()
    {
        for (int seed = 0; seed < 30; seed++)
        {
            using var directory = new TempDirectory();
            var random = new Random(seed);
            var builder = new BlobBuilder();
            long at = 0;
            for (int i = random.Next(8); i > 0; i--)
            {
                at += random.Next(30_000);
                byte[] bytes = new byte[random.Next(1, 20_000)];
                random.NextBytes(bytes);
                builder.Add(at, bytes);
                at += bytes.Length;
            }

            Blob disk = builder.ToBlob(at + random.Next(20_000));
            _ = Write(directory, disk, DiskFormats.Raw, "bmap=on", "disk.raw", 1);
            CheckBmap(directory["disk.raw.bmap"], disk);
        }
    }

    [ToolFact("bmaptool")]
    public void Bmaptool_copies_by_our_block_map()
    {
        using var directory = new TempDirectory();
        Blob disk = Disk(5_000_000);
        string path = Write(directory, disk, DiskFormats.Raw, "bmap=on", "disk.raw", 1);
        Tool.Check("bmaptool", "copy", path, directory["copy"]);
        Assert.True(disk.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(directory["copy"])));
    }

    [Fact]
    public void Names_aliases_and_ends_of_file_names_find_their_format()
    {
        Assert.Equal("vhd", DiskFormats.Find("vpc")!.Name);
        Assert.Null(DiskFormats.Find("QCOW2"));
        foreach ((string file, string name) in new[]
        {
            ("a.img", "raw"), ("a.raw", "raw"), ("a.img.gz", "raw.gz"), ("a.raw.xz", "raw.xz"), ("a.zst", "raw.zst"), ("A.QCOW2", "qcow2"),
            ("a.tar.gz", "gce"), ("a.vmdk", "vmdk"), ("a.ova", "ova"), ("a.vdi", "vdi"), ("a.vhd", "vhd"), ("a.vhdx", "vhdx"), ("a.simg", "android-sparse"),
        })
            Assert.Equal(name, DiskFormats.FindByFileName(file)?.Name);
        Assert.Null(DiskFormats.FindByFileName("a.txt"));
        Assert.Equal(DiskFormats.All.Count, DiskFormats.All.Select(format => format.Name).Distinct().Count());
    }

    [Theory]
    [InlineData("qcow2", "cluster=4k", "there is no option cluster; it has cluster_size,")]
    [InlineData("qcow2", "cluster_size=4x", "cluster_size=4x: it is a number of bytes")]
    [InlineData("qcow2", "cluster_size=4T", "cluster_size=4T: it is a number of bytes")]
    [InlineData("qcow2", "compat=2", "compat=2: it is one of 0.10,")]
    [InlineData("raw.gz", "level=13", "level=13: it is a number from 1 to 12")]
    [InlineData("raw", "bmap=yes", "bmap=yes: it is one of on, off")]
    public void A_wrong_option_is_told(string name, string options, string message)
    {
        using var directory = new TempDirectory();
        UnrepresentableException fault = Assert.Throws<UnrepresentableException>(() => Write(directory, Disk(8192), DiskFormats.Find(name)!, options, "x", 1));
        Assert.StartsWith($"{name}: {message}", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stream_is_spooled_and_holds_no_zeros()
    {
        using var directory = new TempDirectory();
        byte[] content = new byte[1_000_000];
        content[0] = 1;
        content[700_000] = 2;
        using ImageFile image = ImageFile.FromStream(new MemoryStream(content), "a pipe", new ImageFileOptions { SpoolDirectory = directory.Path });
        Assert.Equal("raw", image.Format.Name);
        Assert.True(content.AsSpan().SequenceEqual(image.Disk.ToArray()));
        Assert.Equal(2 * 65536, image.Disk.DataRanges().Sum(range => range.Length));
        Assert.Empty(Directory.EnumerateFiles(directory.Path));
    }

    private static byte[] Unpack(string path)
    {
        using Stream stream = Decompression.Open(File.OpenRead(path));
        using var back = new MemoryStream();
        stream.CopyTo(back);
        return back.ToArray();
    }

    private static void CheckBmap(string path, Blob disk)
    {
        string text = File.ReadAllText(path);
        XElement map = XDocument.Parse(text).Root!;
        string Value(string name) => map.Element(name)!.Value.Trim();
        Assert.Equal("2.0", map.Attribute("version")!.Value);
        Assert.Equal(disk.Length, long.Parse(Value("ImageSize")));
        Assert.Equal((disk.Length + 4095) / 4096, long.Parse(Value("BlocksCount")));
        string sum = Value("BmapFileChecksum");
        Assert.Equal(sum, Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text.Replace(sum, new string('0', 64))))));
        byte[] all = disk.ToArray();
        var mapped = new HashSet<long>();
        foreach (XElement range in map.Element("BlockMap")!.Elements("Range"))
        {
            long[] ends = [.. range.Value.Trim().Split('-').Select(long.Parse)];
            for (long block = ends[0]; block <= ends[^1]; block++)
                Assert.True(mapped.Add(block));
            int start = (int)(ends[0] * 4096);
            int end = (int)Math.Min((ends[^1] + 1) * 4096, all.Length);
            Assert.Equal(range.Attribute("chksum")!.Value, Convert.ToHexStringLower(SHA256.HashData(all.AsSpan(start, end - start))));
        }

        Assert.Equal(mapped.Count, long.Parse(Value("MappedBlocksCount")));
        var expected = new HashSet<long>();
        foreach (BlobRange range in disk.DataRanges())
        {
            for (long block = range.Offset / 4096; block <= (range.End - 1) / 4096; block++)
                expected.Add(block);
        }

        Assert.Equal(expected, mapped);
    }

    /// <summary>Some text, some noise, some zeros that are data, a hole of two thirds.</summary>
    private static Blob Disk(long length)
    {
        byte[] bytes = new byte[Math.Min(length, 2_500_000)];
        var random = new Random(5);
        random.NextBytes(bytes.AsSpan(0, bytes.Length / 2));
        for (int i = bytes.Length / 2; i < bytes.Length * 3 / 4; i++)
            bytes[i] = (byte)('a' + (i / 7 % 26));
        var builder = new BlobBuilder();
        builder.Add(0, bytes);
        if (length > bytes.Length)
            builder.Add(length - 1, new byte[] { 0x5a });
        return builder.ToBlob(length);
    }

    private static string Write(TempDirectory directory, Blob disk, ImageFormat format, string options, string name, int workers)
    {
        var values = options.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1]));
        using var outputs = new DirectoryOutputs(directory, name);
        using DiskWriter writer = DiskFormats.Open(format, new ImageWriteRequest
        {
            Disk = disk,
            Values = new ImageFormatValues(format, values),
            Outputs = outputs,
            Ids = role => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(role)).AsSpan(0, 16)),
            Write = new DiskWriteOptions { Workers = workers },
        });
        DiskTee.Write(disk, [writer]);
        return directory[name];
    }

    private sealed class DirectoryOutputs(TempDirectory directory, string name) : ImageOutputs, IDisposable
    {
        private readonly List<IDisposable> _open = [];
        private DiskOutput? _main;

        public override string Name => name;

        public override DiskOutput Main => _main ??= Beside(name);

        public override DiskOutput Beside(string name)
        {
            var file = new FileStream(directory[name], FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
            DiskOutput output = DiskOutput.ToFile(file.SafeFileHandle, name);
            _open.Add(file);
            _open.Add(output);
            return output;
        }

        public void Dispose()
        {
            for (int i = _open.Count - 1; i >= 0; i--)
                _open[i].Dispose();
        }
    }
}
