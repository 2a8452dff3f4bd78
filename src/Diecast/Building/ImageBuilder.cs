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
        OutputFile.CheckTarget(OutputPath(loaded.Definition, options));
        var steps = new StepRunner(observer);
        using var pipeline = new BuildPipeline(loaded, options, steps, cancellation);
        BuildPlan plan = pipeline.Plan();
        string path = OutputPath(plan.Definition, options);
        ImageFormat format = FormatOf(plan.Definition);
        using var set = new OutputSet(options.Digest, cancellation);
        set.Add(path, format, new ImageFormatValues(format, []), plan.Content, plan.DeriveId);
        ValueList<OutputReport> outputs = steps.Run($"write {Path.GetFileName(path)}", step => Write(plan, set, step));
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
    public static Image Complete(Definition definition)
    {
        ImageType type = ImageCatalogue.Of(definition.System, definition.Image)
            ?? throw new BuildException($"there is no image type {definition.Image.Type}", "diecast types lists them");
        return type.Complete(definition.System, definition.Image);
    }

    /// <summary>Where the output of a build goes.</summary>
    internal static string OutputPath(Definition definition, BuildOptions options) =>
        Path.GetFullPath(options.OutputPath ?? definition.Name + FormatOf(definition).Extension);

    private static ValueList<OutputReport> Write(
        BuildPlan plan, OutputSet set, StepRunner.Step step)
    {
        ValueList<OutputReport> reports = set.Write(plan.Content, new StepBytes(step, plan.Content.Length));
        step.Bytes = plan.Content.Length;
        return reports;
    }

    private static ImageFormat FormatOf(Definition definition) =>
        DiskFormats.Find(definition.Image.Format.ToString().ToLowerInvariant())
        ?? throw new BuildException($"the disk format {definition.Image.Format} cannot be written");
}
