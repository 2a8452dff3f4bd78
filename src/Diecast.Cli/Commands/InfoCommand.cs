using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Inspection;
using Diecast.Formats.Partitioning;
using Spectre.Console;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast info IMAGE</c>.</summary>
internal static class InfoCommand
{
    /// <summary>Grows when a field changes its meaning or goes; new fields leave it.</summary>
    private const int SchemaVersion = 1;

    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("info", "Tell what a disk image or a container image is.");
        var image = new Argument<string>("IMAGE") { Description = "The image; - reads standard input." };
        var from = new Option<string?>("--from", "-f") { Description = "Its format. Default: what it holds.", HelpName = "FORMAT" };
        var backing = new Option<bool>("--backing") { Description = "Open the backing files that the image names, wherever they are." };
        var verify = new Option<bool>("--verify") { Description = "Check every block that dm-verity protects; 1 is the exit code if any is bad." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        command.Arguments.Add(image);
        foreach (Option option in new Option[] { from, backing, verify, json })
            command.Options.Add(option);
        command.Example("disk.qcow2", "format, sizes, options, ids, partitions and what is in them");
        command.Example("system.efi", "a unified kernel image's sections, command line and signers; a file of firmware variables, too");
        command.Example("--verify disk.raw", "checks every block of partitions that dm-verity protects, and lists the bad ones");
        command.Example("server.docker.tar", "names, digests, layers and how it is run; an OCI layout's directory, too");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                string path = result.GetRequiredValue(image);
                bool isChecked = result.GetValue(verify);
                if (result.GetValue(from) is null && !isChecked
                    && (FirmwareInfo.TryPrint(session.Terminal, path, result.GetValue(json))
                        || ContainerInfo.TryPrint(session.Terminal, path, result.GetValue(json), cancellation)))
                {
                    return ExitCodes.Done;
                }

                var options = new ImageFileOptions { Format = ConvertCommand.Find(result.GetValue(from)), MayOpenOthers = result.GetValue(backing), MayBeIncomplete = true };
                using ImageFile file = ConvertCommand.Open(path, options, cancellation);
                ImageJson info = Describe(path, file, isChecked, cancellation);
                if (result.GetValue(json))
                    session.Terminal.Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(info, JsonDocuments.Text.ImageJson));
                else
                    Print(session.Terminal, info);
                return isChecked ? VerityInfo.Verdict(path, info.Complete, info.Verity) : ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static ImageJson Describe(string path, ImageFile file, bool isChecked, CancellationToken cancellation)
    {
        bool isFile = File.Exists(path);
        // Where a backing file is missing, a table that is not seen may be there.
        DiskContents? contents = file.IsComplete ? DiskContents.Read(file.Disk) : null;
        Qcow2Snapshot[]? snapshots = file.Format == DiskFormats.Qcow2 ? [.. Qcow2.ReadInfo(file.File).Snapshots] : null;
        return new ImageJson(
            SchemaVersion,
            file.DisplayPath,
            file.Format.Name,
            file.Compression == CompressionFormat.None ? null : file.Compression.ToString().ToLowerInvariant(),
            file.Disk.Length,
            isFile ? new FileInfo(path).Length : file.File.Length,
            isFile ? ImageConverter.AllocatedBytes(path) : null,
            file.Disk.DataRanges().Sum(range => range.Length),
            file.IsComplete,
            [.. file.Describe().Select(fact => new FactJson(fact.Name, fact.Value))],
            snapshots?.Select(s => new SnapshotJson(s.Id, s.Name, s.Seconds, s.VirtualMachineStateSize, s.VirtualSize)).ToArray(),
            contents?.Table is { } table ? new TableJson(table.Kind, table.SectorSize, table.Id, [.. table.Faults]) : null,
            contents?.Table is { } partitioned ? [.. partitioned.Partitions.Select((partition, i) => Describe(partition, contents.Partitions[i]))] : null,
            Describe(contents?.Whole),
            VerityInfo.Describe(file.Disk, contents?.Table, isChecked, cancellation));
    }

    private static PartitionJson Describe(FoundPartition partition, FoundContent? content) => new(
        partition.Number,
        partition.Type.Name,
        partition.Type.Guid?.ToString() ?? (partition.Type.MbrByte is { } type ? string.Create(CultureInfo.InvariantCulture, $"0x{type:x2}") : null),
        partition.Label.Length == 0 ? null : partition.Label,
        partition.Id,
        partition.Offset,
        partition.Length,
        partition.Attributes == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"0x{partition.Attributes:x16}"),
        partition.Active,
        Describe(content));

    private static ContentJson? Describe(FoundContent? content) =>
        content is null ? null : new ContentJson(
            content.Type,
            content.Version,
            content.Label,
            content.Id,
            content.Length,
            content.IsClean,
            content.Facts.Count == 0 ? null : [.. content.Facts.Select(fact => new FactJson(fact.Name, fact.Value))]);

    private static void Print(Terminal terminal, ImageJson info)
    {
        var table = new TextTable();
        Row("image", info.Path);
        Row("format", info.Compression is null ? info.Format : $"{info.Format}, compressed by {info.Compression}");
        Row("virtual size", Size(info.VirtualSize));
        Row("data", info.Complete ? Size(info.DataSize) : $"{Size(info.DataSize)}, without the backing file, which --backing opens");
        Row("file", info.AllocatedSize is { } stored ? $"{Size(info.Size)}, {Units.Size(stored)} on the disk" : Size(info.Size));
        foreach (FactJson fact in info.Facts)
            Row(fact.Name, fact.Value);
        if (info.Content is { } content)
        {
            Row("content", Text(content));
            foreach (FactJson fact in content.Facts ?? [])
                Row(fact.Name, fact.Value);
        }

        if (info.Table is { } found)
        {
            Row("partition table", found.Id is null ? found.Kind : $"{found.Kind} {found.Id}");
            foreach (string fault in found.Faults)
                Row("fault", fault);
        }

        table.Write(terminal);
        if (info.Partitions is { Length: > 0 } partitions)
            Print(terminal, partitions);
        if (info.Verity is { } verity)
            VerityInfo.Print(terminal, verity);

        void Row(string name, string value) => table.Add(new TextTable.Cell(name, "dim"), Shown(value));
    }

    private static void Print(Terminal terminal, PartitionJson[] partitions)
    {
        terminal.Output.WriteLine();
        var table = new TextTable(0, 3, 4);
        table.Add("#", Head("type"), Head("label"), Head("start"), Head("size"), Head("content"));
        foreach (PartitionJson partition in partitions)
        {
            table.Add(
                partition.Number.ToString(CultureInfo.InvariantCulture),
                partition.Type,
                Shown(partition.Label ?? ""),
                Units.Size(partition.Start),
                Units.Size(partition.Size),
                partition.Content is { } content ? Text(content) : "");
        }

        table.Write(terminal);
        foreach (PartitionJson partition in partitions)
        {
            if (partition.Content is { Facts: { } facts })
                Print(terminal, partition.Number, partition.Content.Type, facts);
        }

        static TextTable.Cell Head(string text) => new(text, "bold");
    }

    /// <summary>What else a partition's content says.</summary>
    private static void Print(Terminal terminal, int number, string type, FactJson[] facts)
    {
        terminal.Output.WriteLine();
        var table = new TextTable();
        table.Add(new TextTable.Cell(string.Create(CultureInfo.InvariantCulture, $"# {number}"), "bold"), type);
        foreach (FactJson fact in facts)
            table.Add(new TextTable.Cell(fact.Name, "dim"), Shown(fact.Value));
        table.Write(terminal);
    }

    private static string Text(ContentJson content) =>
        Shown(string.Join(' ', new[] { content.Type, content.Version, content.Label, content.Id }.OfType<string>()) + (content.Clean == false ? ", not clean" : ""));

    /// <summary>What an image says is shown, and never moves a terminal's cursor.</summary>
    internal static string Shown(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Units.Size(bytes)} ({bytes} bytes)");
}
