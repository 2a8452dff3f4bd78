using Diecast.Boot;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Disks;
using Diecast.Formats.Integrity;
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
            target.Check();
        using var trial = new Trial(loaded, options, observer, cancellation);
        return trial.Run("write", (set, progress) => set.Write(progress), new OutputHooks(loaded.Definition, cancellation));
    }

    /// <summary>A build that may be looked at before its outputs are in their places, or go.</summary>
    internal sealed class Trial(LoadedDefinition loaded, BuildOptions options, IProgress<BuildEvent>? observer, CancellationToken cancellation) : IDisposable
    {
        private BuildPipeline? _pipeline;
        private OutputSet? _set;

        /// <summary>The outputs, once they are written.</summary>
        internal OutputSet Outputs => _set ?? throw new InvalidOperationException("Nothing was built yet.");

        /// <summary>Runs every step.</summary>
        /// <param name="verb">What is done with the outputs, for the step's title.</param>
        /// <param name="write">Writes them.</param>
        /// <param name="hooks">The commands that are run with them; null for none.</param>
        internal BuildReport Run(string verb, Func<OutputSet, IProgress<long>, ValueList<OutputReport>> write, OutputHooks? hooks = null)
        {
            var steps = new StepRunner(observer);
            Target[] targets = Targets(CompleteDefinition(loaded.Definition, options), options);
            _set = new OutputSet(options.Digest, cancellation) { Workers = options.Workers, Finish = hooks is { AreDeclared: true } ? hooks.Run : null };
            _pipeline = new BuildPipeline(loaded, options, steps, cancellation)
            {
                // Other formats, and several at once, take the bytes in order.
                WriteAhead = targets is [{ IsRaw: true } only] ? only.WriteAhead(_set) : null,
            };
            BuildPlan plan = _pipeline.Plan();
            for (int i = 0; i < targets.Length; i++)
                targets[i].AddTo(_set, plan, i);
            SplitOutputs.AddTo(_set, plan, Path.GetDirectoryName(targets[0].Path)!);
            FirmwareOutput.AddTo(_set, plan, Path.GetDirectoryName(targets[0].Path)!);
            string names = string.Join(", ", targets.Select(target => Path.GetFileName(target.Path)));
            ValueList<OutputReport> outputs = steps.Run($"{verb} {names}", step =>
            {
                ValueList<OutputReport> reports = write(_set, new StepBytes(step, _set.Length));
                step.Bytes = _set.Length;
                return reports;
            });
            return new BuildReport
            {
                Steps = steps.Finished,
                Outputs = outputs,
                Plan = plan.ToString(),
                Epoch = plan.Epoch,
                Codecs = [.. plan.Codecs, .. _set.Codecs],
            };
        }

        public void Dispose()
        {
            _set?.Dispose();
            _pipeline?.Dispose();
        }
    }

    /// <summary>Where a build's outputs would go.</summary>
    /// <exception cref="BuildException">There is no such type, or several outputs are to be one file.</exception>
    internal static ValueList<PlannedOutput> Outputs(LoadedDefinition loaded, BuildOptions options) =>
        Targets(loaded.Definition with { Image = Complete(loaded.Definition, options) }, options)
            .Select(target => new PlannedOutput(target.Path, target.Format.Name)).ToValueList();

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
        ImageType? type = ImageCatalogue.Of(definition);
        return definition with
        {
            Image = image,
            System = definition.System is { } system && type?.CompleteSystem is { } complete ? complete(system) : definition.System,
        };
    }

    /// <summary>As it is built: an output's name tells the format when neither the definition nor its type does.</summary>
    internal static Image Complete(Definition definition, BuildOptions options)
    {
        ImageType type = ImageCatalogue.Of(definition)
            ?? throw new BuildException($"there is no image type {definition.Image.Type}", "diecast types lists them");
        // A type may name partitions by the image; the name itself stays as it is declared.
        Image image = RootSettings.Apply(definition.Image, type.Complete(definition.System, definition.Image with { Name = definition.Image.Name ?? definition.Name }));
        image = image with
        {
            Name = definition.Image.Name,
            Platform = image.Platform ?? type.Platform,
            Partitions = Slots.Expand(image.Partitions),
        };
        if (type.IsTree() && image.Compression is null && options.OutputPath is { } archive
            && (image.Format.Count == 0 ? type.Format : image.Format) is [{ Name: "tarball", Options.Count: 0 }])
        {
            image = image with { Compression = TreeFormats.CompressionOf(Path.GetFileName(archive)) };
        }

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
        ImageType? type = ImageCatalogue.Of(completed);
        string? path = options.OutputPath;
        // A directory of an earlier build is the output itself, where there is but one.
        bool isOutput = path is not null && formats is [var only] && ImageFormats.Find(type, only.Name) is { } format
            && TreeFormats.MarkOf(format) is { } mark && Directory.Exists(path) && OutputDirectory.IsOurs(path, mark);
        bool isDirectory = path is not null && !isOutput && (Path.EndsInDirectorySeparator(path) || Directory.Exists(path));
        if (path is not null && !isDirectory && formats.Count > 1)
        {
            throw new BuildException(
                $"{path} is to be one file, and the image is written in {formats.Count} formats: {string.Join(", ", formats.Select(format => format.Name))}",
                "name a directory, which is there or ends with /");
        }

        return [.. formats.Select(Of)];

        Target Of(DiskFormat format)
        {
            ImageFormat known = ImageFormats.Find(type, format.Name)
                ?? throw new BuildException($"{type?.Name} has no format {format.Name}", $"take one of {string.Join(", ", ImageFormats.All(type).Select(other => other.Name))}");
            string name = ImageFormats.FileName(completed.Image.Name ?? completed.Name, known, format);
            string target = path is null ? name : isDirectory ? Path.Combine(path, name) : path;
            return new Target(Path.GetFullPath(target), known, ImageFormats.Values(known, format));
        }
    }

    private sealed record Target(string Path, ImageFormat Format, ImageFormatValues Values)
    {
        /// <summary>Whether the file has the disk's bytes at their offsets, and nothing is made of them on the way.</summary>
        internal bool IsRaw => Format == DiskFormats.Find("raw") && !Values.Switch("bmap", false);

        internal Func<Blob, long, DmVerityOptions, IProgress<long>, WrittenDevice> WriteAhead(OutputSet set) =>
            (bytes, offset, verity, progress) => set.WriteAhead(Path, Format, bytes, offset, verity, progress);

        internal void Check()
        {
            if (TreeFormats.MarkOf(Format) is { } mark)
                OutputDirectory.CheckTarget(Path, mark);
            else
                OutputFile.CheckTarget(Path);
        }

        internal void AddTo(OutputSet set, BuildPlan plan, int number)
        {
            OutputContent content = plan.Image.Content(number);
            if (content.Files is { } files)
                set.Add(Path, Format.Name, files, TreeFormats.MarkOf(Format)!);
            else
                set.Add(Path, Format, Values, content.Bytes, plan.DeriveId);
        }
    }
}

/// <summary>Where an output goes.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Format">The format's name.</param>
internal sealed record PlannedOutput(string Path, string Format);
