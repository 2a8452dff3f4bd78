using Diecast.Building;
using Diecast.Formats.Disks;

namespace Diecast.Tests.Cli;

/// <summary>Every format to every other.</summary>
public sealed class ConvertMatrixTests
{
    /// <summary>Each format by its name, in the forms that are written in ways of their own. GCE takes whole GiB and has a test of its own.</summary>
    private static readonly (string Name, string Options)[] Forms =
    [
        ("raw", ""), ("raw.gz", "level=1"), ("raw.xz", "level=1"), ("raw.zst", "level=1"), ("raw.zst", "level=1,seekable=on"),
        ("qcow2", ""), ("qcow2-compressed", "compression_level=1"), ("qcow2", "compression_type=zstd"), ("qcow2", "extended_l2=on"),
        ("vdi", ""), ("vdi", "subformat=fixed"), ("vhd", ""), ("vhd", "subformat=fixed"), ("vhdx", ""), ("vhdx", "subformat=fixed"), ("parallels", ""),
        ("vmdk", ""), ("vmdk", "subformat=streamOptimized"), ("vmdk", "subformat=monolithicFlat"), ("ova", "level=1"), ("android-sparse", ""), ("iso", ""), ("compressed-qcow2", ""),
    ];

    [Fact]
    public void Every_format_becomes_every_other_and_the_disk_stays()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk();
        File.WriteAllBytes(directory["disk.raw"], disk);
        var sources = new List<string>();
        foreach ((string name, string options) in Forms)
        {
            string path = directory[$"from-{sources.Count}{DiskFormats.Find(name)!.Extension}"];
            Convert(directory["disk.raw"], path, name, options);
            sources.Add(path);
        }

        foreach (string source in sources)
        {
            foreach ((string name, string options) in Forms)
            {
                string target = directory["to" + DiskFormats.Find(name)!.Extension];
                Convert(source, target, name, options);
                using ImageFile image = ImageFile.Open(target, new ImageFileOptions { SpoolDirectory = directory.Path });
                Assert.True(disk.AsSpan().SequenceEqual(image.Disk.ToArray()), $"{Path.GetFileName(source)} to {name} {options}");
            }
        }

        Assert.Equal(DiskFormats.All.Select(format => format.Name).Except(["gce"]).Order(), Forms.Select(form => form.Name).Distinct().Order());
    }

    [Fact]
    public void A_whole_gibibyte_goes_to_google_and_back()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk();
        using (FileStream file = File.Create(directory["disk.raw"]))
        {
            file.SetLength(1 << 30);
            file.Write(disk);
        }

        Convert(directory["disk.raw"], directory["disk.tar.gz"], "gce", "level=1");
        Convert(directory["disk.tar.gz"], directory["back.qcow2"], "qcow2", "");
        using ImageFile image = ImageFile.Open(directory["back.qcow2"]);
        Assert.Equal(1 << 30, image.Disk.Length);
        Assert.True(disk.AsSpan().SequenceEqual(image.Disk.Slice(0, disk.Length).ToArray()));
        Assert.True(image.Disk.DataRanges().All(range => range.End <= disk.Length + 65536));
    }

    [Fact]
    public void A_stream_has_the_bytes_of_a_file_or_is_refused_before_any_work()
    {
        using var directory = new TempDirectory();
        byte[] disk = Disk();
        File.WriteAllBytes(directory["disk.raw"], disk);
        var refused = new List<string>();
        foreach ((string name, string options) in Forms)
        {
            ImageFormat format = DiskFormats.Find(name)!;
            var convert = new ConvertOptions
            {
                Format = format,
                Values = options.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split('=')).Select(pair => new KeyValuePair<string, string>(pair[0], pair[1])).ToValueList(),
            };
            using ImageFile source = ImageFile.FromStream(new MemoryStream(disk), "a pipe", new ImageFileOptions { SpoolDirectory = directory.Path });
            using var stream = new MemoryStream();
            try
            {
                // The descriptor of a VMDK names its file.
                _ = ImageConverter.Convert(source, stream, "to" + format.Extension, convert);
            }
            catch (BuildException exception)
            {
                Assert.Equal(0, stream.Length);
                Assert.Contains("streamed", exception.Message + exception.Fix, StringComparison.Ordinal);
                refused.Add($"{name} {options}".Trim());
                continue;
            }

            string target = directory["to" + format.Extension];
            _ = ImageConverter.Convert(source, target, convert);
            Assert.True(File.ReadAllBytes(target).AsSpan().SequenceEqual(stream.ToArray()), $"{name} {options}");
        }

        Assert.Equal(
            ["qcow2-compressed compression_level=1", "qcow2 compression_type=zstd", "vmdk subformat=monolithicFlat", "ova level=1", "android-sparse", "compressed-qcow2"], refused);
    }

    private static void Convert(string source, string target, string format, string options)
    {
        string[] set = options.Length == 0 ? [] : ["-o", options];
        CommandLine.Result result = CommandLine.Run(["convert", source, target, "-O", format, "--digest", "none", "--quiet", .. set]);
        Assert.True(result.ExitCode == 0, $"{source} to {format}: {result.Error}");
    }

    /// <summary>Whole MiB, as VHD has them: text, noise, zeros that are data, and a hole of them at the end.</summary>
    private static byte[] Disk()
    {
        var random = new Random(9);
        byte[] disk = new byte[3 << 20];
        random.NextBytes(disk.AsSpan(100_000, 700_000));
        disk.AsSpan(2 << 20, 200_000).Fill((byte)'a');
        disk[^5000] = 1;
        return disk;
    }
}
