using Diecast.Boot;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Partitioning;
using Diecast.ImageTypes;
using Diecast.Planning;
using Diecast.Systems;

namespace Diecast.Building;

/// <summary>Builds images from definitions.</summary>
public static class ImageBuilder
{
    /// <summary>Decides everything and writes nothing but the cached base.</summary>
    /// <param name="loaded">The definition.</param>
    /// <param name="options">What the caller decides.</param>
    /// <param name="observer">Told of the steps; may be null.</param>
    /// <param name="cancellation">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="BuildException">The image cannot be made; <see cref="BuildException.Fix"/> says what to do.</exception>
    /// <exception cref="SystemConfigurationException">The declared system does not go with its base.</exception>
    /// <exception cref="BootException">The base lacks what booting needs.</exception>
    /// <exception cref="InvalidImageException">An archive of the definition is damaged.</exception>
    /// <exception cref="UnrepresentableException">A file system cannot hold what is declared.</exception>
    /// <exception cref="DoesNotFitException">A declared size is too small for its content.</exception>
    /// <exception cref="RegionConflictException">Declared partitions overlap each other or the table.</exception>
    /// <exception cref="MissingLibraryException">A compressor's library is not installed.</exception>
    /// <exception cref="IOException">A host file cannot be read or written.</exception>
    public static BuildPlan Plan(
        LoadedDefinition loaded, BuildOptions options, IProgress<BuildEvent>? observer = null, CancellationToken cancellation = default)
    {
        using var pipeline = new BuildPipeline(loaded, options, new StepRunner(observer), cancellation);
        return pipeline.Plan();
    }

    /// <summary>Builds an image and puts it in its place.</summary>
    /// <param name="loaded">The definition.</param>
    /// <param name="options">What the caller decides.</param>
    /// <param name="observer">Told of the steps; may be null.</param>
    /// <param name="cancellation">Ends the build; the old output stays and nothing half-made is left.</param>
    /// <exception cref="BuildException">The image cannot be made; <see cref="BuildException.Fix"/> says what to do.</exception>
    /// <exception cref="SystemConfigurationException">The declared system does not go with its base.</exception>
    /// <exception cref="BootException">The base lacks what booting needs.</exception>
    /// <exception cref="InvalidImageException">An archive of the definition is damaged.</exception>
    /// <exception cref="UnrepresentableException">A file system cannot hold what is declared.</exception>
    /// <exception cref="DoesNotFitException">A declared size is too small for its content.</exception>
    /// <exception cref="RegionConflictException">Declared partitions overlap each other or the table.</exception>
    /// <exception cref="MissingLibraryException">A compressor's library is not installed.</exception>
    /// <exception cref="IOException">A host file cannot be read or written.</exception>
    /// <exception cref="OperationCanceledException">The build was cancelled.</exception>
    public static BuildReport Build(
        LoadedDefinition loaded, BuildOptions options, IProgress<BuildEvent>? observer = null, CancellationToken cancellation = default)
    {
        foreach (Target target in Targets(loaded.Definition with { Image = Complete(loaded.Definition, options) }, options))
            OutputFile.CheckTarget(target.Path);
        var steps = new StepRunner(observer);
        using var pipeline = new BuildPipeline(loaded, options, steps, cancellation);
        BuildPlan plan = pipeline.Plan();
        Target[] targets = Targets(plan.Definition, options);
        using var set = new OutputSet(options.Digest, cancellation);
        foreach (Target target in targets)
            set.Add(target.Path, target.Format, target.Values, plan.Content, plan.DeriveId);
        string names = string.Join(", ", targets.Select(target => Path.GetFileName(target.Path)));
        ValueList<OutputReport> outputs = steps.Run($"write {names}", step => Write(plan, set, step));
        return new BuildReport
        {
            Steps = steps.Finished,
            Outputs = outputs,
            Plan = plan.ToString(),
            Epoch = plan.Epoch,
            Codecs = [.. plan.Codecs, .. set.Codecs],
        };
    }

    /// <summary>The image that a definition declares, with what its type fills in.</summary>
    /// <exception cref="BuildException">There is no such type.</exception>
    public static Image Complete(Definition definition) => Complete(definition, new BuildOptions());

    /// <summary>The definition with what its image type fills in of the image and of the system.</summary>
    /// <exception cref="BuildException">There is no such type.</exception>
    public static Definition CompleteDefinition(Definition definition) => CompleteDefinition(definition, new BuildOptions());

    /// <summary>As it is built.</summary>
    internal static Definition CompleteDefinition(Definition definition, BuildOptions options)
    {
        Image image = Complete(definition, options);
        ImageType? type = ImageCatalogue.Of(definition.System, definition.Image);
        return definition with
        {
            Image = image,
            System = definition.System is { } system && type?.CompleteSystem is { } complete ? complete(system) : definition.System,
        };
    }

    /// <summary>As it is built: an output's name tells the format when neither the definition nor its type does.</summary>
    internal static Image Complete(Definition definition, BuildOptions options)
    {
        ImageType type = ImageCatalogue.Of(definition.System, definition.Image)
            ?? throw new BuildException($"there is no image type {definition.Image.Type}", "diecast types lists them");
        Image image = type.Complete(definition.System, definition.Image);
        image = image with { Platform = image.Platform ?? type.Platform };
        if (image.Format.Count == 0 && type.Accepts.Count == 0 && options.OutputPath is { } path
            && DiskFormats.FindByFileName(Path.GetFileName(path)) is { Write: not null } named)
        {
            image = image with { Format = [named.Name] };
        }

        return ImageFormats.Complete(type, image);
    }

    /// <summary>The outputs of a build, in the order of the formats.</summary>
    private static Target[] Targets(Definition completed, BuildOptions options)
    {
        ValueList<DiskFormat> formats = completed.Image.Format;
        string? path = options.OutputPath;
        bool isDirectory = path is not null && (Path.EndsInDirectorySeparator(path) || Directory.Exists(path));
        if (path is not null && !isDirectory && formats.Count > 1)
        {
            throw new BuildException(
                $"{path} is to be one file, and the image is written in {formats.Count} formats: {string.Join(", ", formats.Select(format => format.Name))}",
                "name a directory, which is there or ends with /");
        }

        return [.. formats.Select(Of)];

        Target Of(DiskFormat format)
        {
            ImageFormat known = DiskFormats.Find(format.Name)
                ?? throw new BuildException($"there is no disk format {format.Name}", "diecast convert --help lists them");
            string name = ImageFormats.FileName(completed.Name, known, format);
            string target = path is null ? name : isDirectory ? Path.Combine(path, name) : path;
            return new Target(Path.GetFullPath(target), known, ImageFormats.Values(known, format));
        }
    }

    private static ValueList<OutputReport> Write(
        BuildPlan plan, OutputSet set, StepRunner.Step step)
    {
        ValueList<OutputReport> reports = set.Write(plan.Content, new StepBytes(step, plan.Content.Length));
        step.Bytes = plan.Content.Length;
        return reports;
    }

    private sealed record Target(string Path, ImageFormat Format, ImageFormatValues Values);
}
