using System.Globalization;
using System.Security.Cryptography;
using Diecast.Boot;
using Diecast.Definitions;
using Diecast.Formats;
using Diecast.Formats.Blobs;
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
        OutputReport output = steps.Run(string.Create(CultureInfo.InvariantCulture, $"write {Path.GetFileName(path)}"), step => Write(plan, path, options.Digest, step, cancellation));
        return new BuildReport
        {
            Steps = steps.Finished,
            Outputs = [output],
            Plan = plan.ToString(),
            Epoch = plan.Epoch,
            Codecs = plan.Codecs,
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
        Path.GetFullPath(options.OutputPath ?? definition.Name + EncoderOf(definition).Extension);

    private static OutputReport Write(
        BuildPlan plan, string path, OutputDigest digest, StepRunner.Step step, CancellationToken cancellation)
    {
        DiskEncoder encoder = EncoderOf(plan.Definition);
        Blob encoded = encoder.Encode(plan.Content);
        long data = encoded.DataRanges().Sum(range => range.Length);
        CheckRoom(path, data);
        using var output = OutputFile.Create(path);
        using IncrementalHash? sha256 = digest == OutputDigest.None ? null : IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            BlobWriter.Write(
                encoded,
                output.Handle,
                path,
                new BlobWriteOptions { Digest = sha256, Progress = new StepBytes(step, encoded.Length) },
                cancellation);
        }
        catch (IOException exception) when (HostDisk.IsFull(exception))
        {
            throw new BuildException(
                $"the disk is full: {path} needs {new ByteSize(data)}",
                "free some room, or name another disk with --output; the old output is untouched", null, exception);
        }

        long allocated = HostDisk.AllocatedBytes(output.Handle, path);
        cancellation.ThrowIfCancellationRequested();
        output.Publish();
        step.Bytes = encoded.Length;
        return new OutputReport(
            path,
            encoder.Name,
            encoded.Length,
            allocated,
            sha256 is null ? null : Convert.ToHexStringLower(sha256.GetHashAndReset()));
    }

    private static DiskEncoder EncoderOf(Definition definition) =>
        DiskFormats.Find(definition.Image.Format.ToString().ToLowerInvariant())
        ?? throw new BuildException($"the disk format {definition.Image.Format} cannot be written");

    /// <summary>Says before any byte is written that there is no room for all of them.</summary>
    private static void CheckRoom(string path, long data)
    {
        if (HostDisk.FreeBytes(path) is { } free && free < data)
        {
            throw new BuildException(
                $"the disk of {path} has {free} bytes free, and the image stores {data}, {data - free} more",
                "free some room, or name another disk with --output; the old output is untouched");
        }
    }

    private sealed class StepBytes(StepRunner.Step step, long total) : IProgress<long>
    {
        private const long Interval = 4 << 20;
        private long _last = -Interval;

        public void Report(long value)
        {
            if (value - _last < Interval)
                return;
            _last = value;
            step.Progress(value, total);
        }
    }
}
