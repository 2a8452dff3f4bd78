using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Diecast.Building;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast info IMAGE</c>.</summary>
internal static class InfoCommand
{
    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("info", "Tell what a disk image is.");
        var image = new Argument<string>("IMAGE") { Description = "The image; - reads standard input." };
        var from = new Option<string?>("--from", "-f") { Description = "Its format. Default: what it holds.", HelpName = "FORMAT" };
        var backing = new Option<bool>("--backing") { Description = "Open the backing files that the image names, wherever they are." };
        var json = new Option<bool>("--json") { Description = "Print one JSON document." };
        command.Arguments.Add(image);
        foreach (Option option in new Option[] { from, backing, json })
            command.Options.Add(option);
        command.Example("disk.qcow2", "format, sizes, options, ids");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                string path = result.GetRequiredValue(image);
                var options = new ImageFileOptions { Format = ConvertCommand.Find(result.GetValue(from)), MayOpenOthers = result.GetValue(backing) };
                using ImageFile file = ConvertCommand.Open(path, options, cancellation);
                ImageJson info = Describe(path, file);
                if (result.GetValue(json))
                    session.Terminal.Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(info, JsonDocuments.Text.ImageJson));
                else
                    Print(session.Terminal, info);
                return ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static ImageJson Describe(string path, ImageFile file)
    {
        bool isFile = File.Exists(path);
        return new ImageJson(
            file.DisplayPath,
            file.Format.Name,
            file.Compression == CompressionFormat.None ? null : file.Compression.ToString().ToLowerInvariant(),
            file.Disk.Length,
            isFile ? new FileInfo(path).Length : file.File.Length,
            isFile ? ImageConverter.AllocatedBytes(path) : null,
            file.Disk.DataRanges().Sum(range => range.Length),
            [.. file.Describe().Select(fact => new FactJson(fact.Name, fact.Value))]);
    }

    private static void Print(Terminal terminal, ImageJson info)
    {
        var table = new TextTable();
        Row("image", info.Path);
        Row("format", info.Compression is null ? info.Format : $"{info.Format}, compressed by {info.Compression}");
        Row("virtual size", Size(info.VirtualSize));
        Row("data", Size(info.DataSize));
        Row("file", info.AllocatedSize is { } stored ? $"{Size(info.Size)}, {Units.Size(stored)} on the disk" : Size(info.Size));
        foreach (FactJson fact in info.Facts)
            Row(fact.Name, fact.Value);
        table.Write(terminal);

        void Row(string name, string value) => table.Add(new TextTable.Cell(name, "dim"), value);
    }

    private static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Units.Size(bytes)} ({bytes} bytes)");
}
