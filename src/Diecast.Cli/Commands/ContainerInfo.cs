using System.Globalization;
using System.Text.Json;
using Diecast.Bases;
using Diecast.Cli.Json;
using Diecast.Cli.Rendering;
using Diecast.Formats.Archives;
using Diecast.Formats.Compression;
using Spectre.Console;

namespace Diecast.Cli.Commands;

/// <summary>What <c>diecast info</c> tells of a container image.</summary>
internal static class ContainerInfo
{
    /// <summary>Grows when a field changes its meaning or goes; new fields leave it.</summary>
    private const int SchemaVersion = 1;

    private const int ShownDigits = 19;

    /// <summary>Prints what a path is where it is a container image; false where it is something else.</summary>
    internal static bool TryPrint(Terminal terminal, string path, bool isJson, CancellationToken cancellation)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
            return false;
        using ContainerFile? file = ContainerFile.TryOpen(path, cancellation);
        if (file is null)
            return false;
        ContainerImage image = ContainerImage.Open(file.Layout);
        ContainerJson info = Describe(Path.GetFullPath(path), image);
        if (isJson)
            terminal.Output.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(info, JsonDocuments.Text.ContainerJson));
        else
            Print(terminal, info);
        return true;
    }

    private static ContainerJson Describe(string path, ContainerImage image)
    {
        ContainerConfiguration configuration = image.Configuration;
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach ((string name, string value) in configuration.Labels)
            labels[name] = value;
        return new ContainerJson(
            SchemaVersion,
            path,
            image.Kinds switch
            {
                ContainerArchiveKinds.Docker => "docker archive",
                ContainerArchiveKinds.Oci => "OCI layout",
                _ => "docker archive and OCI layout",
            },
            [.. image.References],
            image.ManifestDigest,
            image.ConfigurationDigest,
            image.Layers.Sum(layer => layer.Size),
            new ContainerConfigurationJson(
                configuration.Architecture,
                configuration.Variant,
                configuration.OperatingSystem,
                configuration.Created.Seconds,
                OrNull(configuration.User),
                [.. configuration.Environment],
                [.. configuration.Entrypoint],
                [.. configuration.Command],
                OrNull(configuration.WorkingDirectory),
                [.. configuration.ExposedPorts],
                [.. configuration.Volumes],
                labels,
                configuration.StopSignal),
            [.. image.Layers.Select(layer => new LayerJson(
                layer.Digest,
                layer.DiffId,
                layer.Compression == CompressionFormat.None ? null : layer.Compression.ToString().ToLowerInvariant(),
                layer.Size,
                OrNull(layer.CreatedBy)))]);
    }

    private static void Print(Terminal terminal, ContainerJson info)
    {
        ContainerConfigurationJson run = info.Configuration;
        var table = new TextTable();
        Row("image", info.Path);
        Row("format", info.Format);
        foreach (string reference in info.References)
            Row("name", reference);
        if (info.ManifestDigest is { } manifest)
            Row("manifest", manifest);
        Row("configuration", info.ConfigurationDigest);
        Row("platform", string.Join('/', new[] { run.Os, run.Architecture, run.Variant }.OfType<string>()));
        Row("created", DateTimeOffset.FromUnixTimeSeconds(run.Created).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Row("layers", string.Create(CultureInfo.InvariantCulture, $"{info.Layers.Length}, {Units.Size(info.Size)} ({info.Size} bytes)"));
        Optional("entrypoint", Joined(run.Entrypoint));
        Optional("command", Joined(run.Command));
        Optional("user", run.User);
        Optional("working directory", run.WorkingDirectory);
        Optional("ports", Joined(run.Ports));
        Optional("volumes", Joined(run.Volumes));
        Optional("stop signal", run.StopSignal);
        foreach (string variable in run.Environment)
            Row("variable", variable);
        foreach ((string name, string value) in run.Labels)
            Row("label", $"{name}={value}");
        table.Write(terminal);
        terminal.Output.WriteLine();
        var layers = new TextTable(0, 1);
        layers.Add("#", Head("size"), Head("compression"), Head("digest"), Head("made by"));
        for (int i = 0; i < info.Layers.Length; i++)
        {
            LayerJson layer = info.Layers[i];
            layers.Add(
                (i + 1).ToString(CultureInfo.InvariantCulture), Units.Size(layer.Size), layer.Compression ?? "none",
                layer.Digest[..ShownDigits], InfoCommand.Shown(layer.CreatedBy ?? ""));
        }

        layers.Write(terminal);

        void Row(string name, string value) => table.Add(new TextTable.Cell(name, "dim"), InfoCommand.Shown(value));

        void Optional(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                Row(name, value);
        }

        static TextTable.Cell Head(string text) => new(text, "bold");
    }

    private static string Joined(string[] texts) => string.Join(' ', texts);

    private static string? OrNull(string text) => text.Length == 0 ? null : text;
}
