using System.Globalization;
using Diecast.Processes;

namespace Diecast.Genimage;

/// <summary>
/// Runs the commands of a configuration. Since they may change what images are filled with, they see a copy of the root in the
/// temporary directory; configurations without them need neither.
/// </summary>
internal sealed class ImageCommands : IDisposable
{
    private readonly GenimageContext _context;
    private readonly ImageTrees _trees;
    private readonly Action<string> _say;
    private readonly CancellationToken _cancellation;
    private readonly bool _isMade;

    internal ImageCommands(GenimageContext context, ImageTrees trees, IReadOnlyList<GenimageImage> images, Action<string> say, CancellationToken cancellation)
    {
        (_context, _trees, _say, _cancellation) = (context, trees, say, cancellation);
        _isMade = !Directory.Exists(context.TemporaryPath);
        if (!_isMade && Directory.EnumerateFileSystemEntries(context.TemporaryPath).Any())
            throw new BuildException($"{context.TemporaryPath} is not empty", "name an empty directory with --tmppath=; what is in it would be deleted");
        Directory.CreateDirectory(context.TemporaryPath);
        try
        {
            Directory.CreateDirectory(context.OutputPath);
            if (!Directory.Exists(context.RootPath) || !images.Any(image => image.NeedsTree))
                return;
            string copy = Path.Combine(context.TemporaryPath, "root");
            ChildProcess.RunForText(new ChildProcessStart { Program = "cp", Arguments = ["-a", context.RootPath, copy] }, cancellation);
            trees.Split(copy, context.TemporaryPath);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a command of an image; none is fine.</summary>
    /// <param name="image">The image.</param>
    /// <param name="command">The command, for the shell.</param>
    /// <param name="option">The option that it is.</param>
    /// <param name="section">The section that the option is in.</param>
    /// <exception cref="BuildException">It fails.</exception>
    internal void Run(GenimageImage image, string? command, string option, ConfigSection section)
    {
        if (command is null)
            return;
        _say($"{image.Type.Name}({image.File}): {command}");
        bool hasTree = image.NeedsTree || (image.Section.Find("srcpath") is not null && !image.IsEmpty);
        long size = image.Size ?? (image.Expected > 0 ? image.Expected : image.Content?.Length ?? 0);
        var start = new ChildProcessStart
        {
            Program = "/bin/sh",
            Arguments = ["-c", command],
            Environment = _context.ProcessEnvironment.SetItems(new Dictionary<string, string>
            {
                ["OUTPUTPATH"] = _context.OutputPath,
                ["INPUTPATH"] = _context.InputPath,
                ["ROOTPATH"] = _context.RootPath,
                ["TMPPATH"] = _context.TemporaryPath,
                ["IMAGE"] = image.File,
                ["IMAGEOUTFILE"] = image.OutputPath ?? image.InputPath ?? "",
                ["IMAGENAME"] = image.Section.Text("name") ?? "",
                ["IMAGESIZE"] = size.ToString(CultureInfo.InvariantCulture),
                ["IMAGEMOUNTPOINT"] = image.Mountpoint ?? "",
                ["IMAGEMOUNTPATH"] = hasTree ? _trees.PlaceOf(image) : "",
            }),
            Directory = Directory.GetCurrentDirectory(),
            Lines = new Lines(_say),
        };
        try
        {
            if (ChildProcess.RunForText(start, _cancellation).TrimEnd() is { Length: > 0 } said)
                _say(said);
        }
        catch (BuildException exception)
        {
            throw new BuildException($"{section.Find(option)!.Position}: {option} of {image.File} failed: {exception.Message}", exception.Fix, exception.Log, exception);
        }
    }

    /// <summary>Leaves the temporary directory as it was found.</summary>
    public void Dispose()
    {
        if (_isMade)
        {
            Directory.Delete(_context.TemporaryPath, recursive: true);
            return;
        }

        foreach (FileSystemInfo entry in new DirectoryInfo(_context.TemporaryPath).EnumerateFileSystemInfos())
        {
            if (entry is DirectoryInfo { LinkTarget: null } directory)
                directory.Delete(recursive: true);
            else
                entry.Delete();
        }
    }

    private sealed class Lines(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
