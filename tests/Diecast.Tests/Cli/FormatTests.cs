using System.Buffers.Binary;
using System.Text.Json;
using Diecast.Formats.Disks;

namespace Diecast.Tests.Cli;

/// <summary>The formats of a build: several from one pass, those that a consumer takes, and where they go.</summary>
public sealed class FormatTests
{
    [Fact]
    public void Several_formats_hold_the_same_disk_and_each_has_the_bytes_that_it_has_alone()
    {
        using var directory = new TempDirectory();
        string definition = DataDisk.In(directory);
        // Google's takes a disk of 1 GiB, and has its own case below; an ISO 9660 volume is no disk of these partitions; two more are a qcow2.
        string[] formats = [.. DiskFormats.All.Where(format => format.Write is not null && format.Name is not ("gce" or "iso" or "compressed-qcow2" or "qcow2-compressed")).Select(format => format.Name)];
        CommandLine.Result all = CommandLine.Run(
            ["build", definition, "--json", "--output", directory["all/"], .. formats.SelectMany(format => (string[])["--format", format])]);
        Assert.True(all.ExitCode == 0, all.Error);

        using JsonDocument report = JsonDocument.Parse(all.Output);
        JsonElement[] outputs = [.. report.RootElement.GetProperty("outputs").EnumerateArray()];
        Assert.Equal(formats, outputs.Select(output => output.GetProperty("format").GetString()));
        byte[] disk = File.ReadAllBytes(directory["all/data.raw"]);
        foreach ((string format, JsonElement output) in formats.Zip(outputs))
        {
            string path = output.GetProperty("path").GetString()!;
            string alone = Path.Combine(directory["alone"], Path.GetFileName(path));
            CommandLine.Result one = CommandLine.Run("build", definition, "--quiet", "--format", format, "--output", alone);
            Assert.True(one.ExitCode == 0, one.Error);
            Assert.True(File.ReadAllBytes(path).AsSpan().SequenceEqual(File.ReadAllBytes(alone)), format);
            CommandLine.Result back = CommandLine.Run("convert", path, directory["back.img"], "--quiet");
            Assert.True(back.ExitCode == 0, back.Error);
            Assert.True(disk.AsSpan().SequenceEqual(File.ReadAllBytes(directory["back.img"])), format);
        }
    }

    [Theory]
    [InlineData("azure", "data.vhd", 1 << 20)]
    [InlineData("gce", "data.tar.gz", 1 << 30)]
    [InlineData("aws", "data.raw", 1 << 30)]
    [InlineData("openstack", "data.qcow2", 1 << 20)]
    [InlineData("vmware", "data.ova", 1 << 20)]
    [InlineData("hyperv", "data.vhdx", 1 << 20)]
    [InlineData("virtualbox", "data.vdi", 1 << 20)]
    [InlineData("proxmox", "data.qcow2", 1 << 20)]
    public void A_consumer_gets_its_format_at_a_size_that_it_takes_with_the_backup_table_at_the_end(string type, string name, int multiple)
    {
        using var directory = new TempDirectory();
        CommandLine.Result built = CommandLine.Run("build", DataDisk.In(directory), "--type", type, "--output", directory["out/"], "--quiet");
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Equal(directory["out/" + name], built.Output.Trim());

        CommandLine.Result raw = CommandLine.Run("convert", directory["out/" + name], directory["back.img"], "--quiet");
        Assert.True(raw.ExitCode == 0, raw.Error);
        using FileStream disk = File.OpenRead(directory["back.img"]);
        Assert.True(disk.Length > 0 && disk.Length % multiple == 0, $"{disk.Length} bytes");
        disk.Position = disk.Length - 512;
        byte[] last = new byte[512];
        disk.ReadExactly(last);
        Assert.Equal("EFI PART"u8.ToArray(), last[..8]);
    }

    /// <summary>https://learn.microsoft.com/azure/virtual-machines/linux/create-upload-generic, and the format's own layout of the footer.</summary>
    [Fact]
    public void Azure_gets_a_fixed_disk_with_its_exact_size_in_the_footer()
    {
        using var directory = new TempDirectory();
        Assert.Equal(0, CommandLine.Run("build", DataDisk.In(directory), "-t", "azure", "-o", directory["disk.vhd"]).ExitCode);
        byte[] file = File.ReadAllBytes(directory["disk.vhd"]);
        ReadOnlySpan<byte> footer = file.AsSpan(file.Length - 512);

        Assert.Equal("conectix"u8, footer[..8]);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(footer[60..]));
        Assert.Equal(file.Length - 512, BinaryPrimitives.ReadInt64BigEndian(footer[48..]));
        Assert.Equal(file.Length - 512, BinaryPrimitives.ReadInt64BigEndian(footer[40..]));
    }

    [Fact]
    public void A_consumers_type_on_the_command_line_brings_its_format_whatever_the_definition_says()
    {
        using var directory = new TempDirectory();
        string[] build = ["build", DataDisk.In(directory), "--quiet", "--set", "image.format=vdi"];

        CommandLine.Result azure = CommandLine.Run([.. build, "-t", "azure", "-o", directory["azure/"]]);
        CommandLine.Result other = CommandLine.Run([.. build, "-t", "hyperv", "-O", "vhd", "-o", directory["hyperv/"]]);
        CommandLine.Result data = CommandLine.Run([.. build, "-t", "data", "-o", directory["data/"]]);

        Assert.Equal(directory["azure/data.vhd"], azure.Output.Trim());
        Assert.Equal(directory["hyperv/data.vhd"], other.Output.Trim());
        Assert.Equal(directory["data/data.vdi"], data.Output.Trim());
    }

    [Fact]
    public void Options_of_a_format_reach_its_writer_and_a_file_gets_its_name()
    {
        using var directory = new TempDirectory();
        string definition = DataDisk.In(directory);
        CommandLine.Result built = CommandLine.Run(
            "build", definition, "--output", directory["out/"],
            "--set", "image.format=[{ name: qcow2, file: small.img, options: { cluster_size: 4k, compat: 0.10 } }, { name: vmdk, options: { subformat: monolithicFlat } }]");
        Assert.True(built.ExitCode == 0, built.Error);

        using JsonDocument info = JsonDocument.Parse(CommandLine.Run("info", directory["out/small.img"], "--json").Output);
        var facts = info.RootElement.GetProperty("facts").EnumerateArray()
            .ToDictionary(fact => fact.GetProperty("name").GetString()!, fact => fact.GetProperty("value").GetString());
        Assert.Equal(("4096", "0.10"), (facts["cluster_size"], facts["compat"]));
        Assert.Equal(["data-flat.vmdk", "data.vmdk", "small.img"], Directory.GetFiles(directory["out"]).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_files_name_tells_the_format_where_nothing_else_does()
    {
        using var directory = new TempDirectory();
        string definition = DataDisk.In(directory);
        foreach ((string name, string[] flags, string format) in new (string, string[], string)[]
        {
            ("a.vmdk", [], "vmdk"),
            ("a.img.zst", [], "raw.zst"),
            ("a.disk", [], "raw"),
            ("b.vmdk", ["-O", "raw"], "raw"),
            ("c.vmdk", ["-t", "azure"], "vhd"),
        })
        {
            CommandLine.Result built = CommandLine.Run(["build", definition, "--json", "-o", directory[name], .. flags]);
            Assert.True(built.ExitCode == 0, built.Error);
            using JsonDocument report = JsonDocument.Parse(built.Output);
            Assert.Equal(format, report.RootElement.GetProperty("outputs")[0].GetProperty("format").GetString());
        }
    }

    [Fact]
    public void One_file_cannot_be_several_formats_and_nothing_is_written()
    {
        using var directory = new TempDirectory();
        CommandLine.Result built = CommandLine.Run("build", DataDisk.In(directory), "-O", "raw", "-O", "qcow2", "-o", directory["a.img"]);

        Assert.Equal(1, built.ExitCode);
        Assert.Contains("2 formats: raw, qcow2", built.Error, StringComparison.Ordinal);
        Assert.Contains("name a directory", built.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(directory["a.img"]));
    }

    [Fact]
    public void A_format_that_cannot_be_finished_leaves_no_output_of_any()
    {
        using var directory = new TempDirectory();
        string definition = DataDisk.In(directory);
        Directory.CreateDirectory(directory["out/data.qcow2"]);
        File.WriteAllText(directory["out/data.raw"], "old");

        CommandLine.Result built = CommandLine.Run("build", definition, "-O", "raw", "-O", "qcow2", "-o", directory["out"]);

        Assert.Equal(1, built.ExitCode);
        Assert.Contains("is a directory", built.Error, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(directory["out/data.raw"]));
    }

    [Fact]
    public void A_dry_run_names_every_format_with_its_options()
    {
        using var directory = new TempDirectory();
        CommandLine.Result plan = CommandLine.Run("build", DataDisk.In(directory), "--dry-run", "-t", "azure");

        Assert.Contains("format vhd subformat=fixed size_rule=mebibytes\n", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_disk_of_large_sectors_is_told_so_in_a_vhdx()
    {
        using var directory = new TempDirectory();
        CommandLine.Result built = CommandLine.Run(
            "build", DataDisk.In(directory), "-O", "vhdx", "-o", directory["a.vhdx"], "--set", "image.sectorSize=4096");
        Assert.True(built.ExitCode == 0, built.Error);
        Assert.Matches(@"logical_sector_size +4096", CommandLine.Run("info", directory["a.vhdx"]).Output);
    }
}
