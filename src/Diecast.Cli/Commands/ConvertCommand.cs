using System.CommandLine;
using System.Globalization;
using Diecast.Building;
using Diecast.Cli.Rendering;
using Diecast.Formats.Disks;

namespace Diecast.Cli.Commands;

/// <summary><c>diecast convert IN OUT</c>.</summary>
internal static class ConvertCommand
{
    /// <summary>Standard input or output.</summary>
    private const string Standard = "-";

    internal static Command Create(Session session)
    {
        var command = new ExampledCommand("convert", "Convert a disk image to another format.");
        var source = new Argument<string>("IN") { Description = "The image; - reads standard input." };
        var target = new Argument<string>("OUT") { Description = "The output; - writes to standard output, for formats that can be streamed." };
        var format = new Option<string?>("--format", "-O") { Description = $"The output's format. Default: what its name ends with. {Names()}", HelpName = "FORMAT" };
        var from = new Option<string?>("--from", "-f") { Description = "The input's format. Default: what it holds.", HelpName = "FORMAT" };
        var values = new Option<string[]>("--option", "-o")
        {
            Description = "An option of the output's format, as qemu-img has them. May be given more than once.",
            HelpName = "key=value",
            AllowMultipleArgumentsPerToken = false,
        };
        var backing = new Option<bool>("--backing") { Description = "Open the backing files that images name, wherever they are." };
        var digest = new Option<string>("--digest")
        {
            Description = "What to say of the output's bytes: sha256, or none, which lets the disk share blocks. Default: sha256.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "sha256",
        };
        digest.AcceptOnlyFromAmong("sha256", "none");
        var sparse = new Option<string>("--sparse", "-S")
        {
            Description = "Leave out blocks of SIZE bytes that are zero; 0 leaves out only the input's holes. Default: 4k.",
            HelpName = "SIZE",
            DefaultValueFactory = _ => "4k",
        };
        var json = new Option<bool>("--json") { Description = "Print the report as one JSON document on standard output." };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Say nothing but errors and the output's path." };
        command.Arguments.Add(source);
        command.Arguments.Add(target);
        foreach (Option option in new Option[] { format, values, from, backing, sparse, digest, json, quiet })
            command.Options.Add(option);
        command.Example("disk.raw disk.qcow2", "the formats follow from the names");
        command.Example("disk.qcow2 disk.img.zst -o level=9", "compressed on all cores, the same bytes on every machine");
        command.Example("disk.qcow2 disk.raw -o bmap=on", "with a block map for bmaptool beside it");
        command.Example("new.qcow2 update.qcow2 -o backing_file=old.qcow2", "only what differs from old.qcow2, which it then needs");
        command.Example("disk.qcow2 - -O raw | ssh host 'dd of=/dev/vdb'", "to standard output");
        command.SetAction((result, cancellation) => Task.Run(
            () =>
            {
                string input = result.GetRequiredValue(source);
                string output = result.GetRequiredValue(target);
                bool isStream = output == Standard;
                bool isJson = result.GetValue(json);
                if (isStream && isJson)
                    throw new UsageException("--json and the image would both go to standard output", "leave --json out, or write to a file");
                var options = new ConvertOptions
                {
                    Format = Find(result.GetValue(format)),
                    Values = (result.GetValue(values) ?? []).SelectMany(Pairs).ToValueList(),
                    ZeroGrain = ZeroGrain(result.GetRequiredValue(sparse)),
                    MayOpenOthers = result.GetValue(backing),
                    Digest = result.GetValue(digest) == "none" ? OutputDigest.None : OutputDigest.Sha256,
                };
                var fileOptions = new ImageFileOptions
                {
                    Format = Find(result.GetValue(from)),
                    MayOpenOthers = result.GetValue(backing),
                    SpoolDirectory = isStream ? null : Path.GetDirectoryName(Path.GetFullPath(output)),
                };
                Verbosity verbosity = result.GetValue(quiet) ? Verbosity.Quiet : Verbosity.Normal;
                using ImageFile image = Open(input, fileOptions, cancellation);
                BuildReport report;
                using (LiveProgress? live = BuildCommand.Observe(session.Terminal, Path.GetFileName(output), verbosity, out IProgress<BuildEvent>? observer))
                {
                    if (isStream)
                    {
                        using Stream stream = Console.OpenStandardOutput();
                        _ = ImageConverter.Convert(image, stream, "standard output", options, observer, cancellation);
                        return ExitCodes.Done;
                    }

                    report = ImageConverter.Convert(image, output, options, observer, cancellation);
                    if (!isJson && verbosity == Verbosity.Normal && session.Terminal.OutputIsTerminal)
                        live?.Replace();
                }

                BuildCommand.Print(session.Terminal, report, isJson, verbosity);
                return ExitCodes.Done;
            },
            CancellationToken.None));
        return command;
    }

    /// <summary>An image by its path, or from standard input.</summary>
    internal static ImageFile Open(string path, ImageFileOptions options, CancellationToken cancellation)
    {
        if (path != Standard)
            return ImageFile.Open(path, options, cancellation);
        using Stream input = Console.OpenStandardInput();
        return ImageFile.FromStream(input, "standard input", options, cancellation);
    }

    /// <summary>The format of a name; null for none.</summary>
    internal static ImageFormat? Find(string? name)
    {
        if (name is null)
            return null;
        return DiskFormats.Find(name) ?? throw new UsageException(
            $"there is no format {name}",
            Definitions.Suggestion.Nearest(name, DiskFormats.All.Select(format => format.Name)) is { } near ? $"did you mean {near}?" : Names());
    }

    /// <summary>Bytes, with an optional k or M for powers of 1024; the converter knows the limits.</summary>
    private static int ZeroGrain(string text)
    {
        int shift = text.Length == 0 ? 0 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, _ => 0 };
        return int.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= int.MaxValue >> shift
            ? number << shift
            : throw new UsageException($"--sparse {text}: it is a number of bytes, as in 4096 or 64k, or 0");
    }

    private static string Names() => $"One of {string.Join(", ", DiskFormats.All.Select(format => format.Name))}.";

    /// <summary>Several may stand in one, with commas between, as qemu-img takes them.</summary>
    private static IEnumerable<KeyValuePair<string, string>> Pairs(string text)
    {
        foreach (string part in text.Split(','))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new UsageException($"-o {text}: {part} is no key=value");
            yield return new(part[..equals], part[(equals + 1)..]);
        }
    }
}
