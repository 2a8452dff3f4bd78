using System.Collections.Immutable;
using System.Globalization;
using Diecast.Processes;

namespace Diecast.Genimage;

/// <summary>
/// Runs exec-pre and exec-post. Since they may change what images are filled with, they see a copy of the root in the temporary
/// directory; configurations without them need neither.
/// </summary>
internal sealed class ImageCommands : IDisposable
{
    private readonly GenimageContext _context;
    private readonly ImageTrees _trees;
    private readonly Action<string> _say;
    private readonly CancellationToken _cancellation;
    private readonly string? _copy;

    internal ImageCommands(GenimageContext context, ImageTrees trees, IReadOnlyList<GenimageImage> images, Action<string> say, CancellationToken cancellation)
    {
        (_context, _trees, _say, _cancellation) = (context, trees, say, cancellation);
        Directory.CreateDirectory(context.TemporaryPath);
        Directory.CreateDirectory(context.OutputPath);
        if (Directory.EnumerateFileSystemEntries(context.TemporaryPath).Any())
            throw new BuildException($"{context.TemporaryPath} is not empty", "name an empty directory with --tmppath=; what is in it would be deleted");
        if (!Directory.Exists(context.RootPath) || !images.Any(image => !image.IsImplicit && image.Type.Name is not ("hdimage" or "file" or "qemu")))
            return;
        _copy = Path.Combine(context.TemporaryPath, "root");
        ChildProcess.RunForText(new ChildProcessStart { Program = "cp", Arguments = ["-a", context.RootPath, _copy] }, cancellation);
        trees.RootPath = _copy;
    }

    /// <summary>Runs a command of an image; none is fine.</summary>
    /// <exception cref="BuildException">It fails.</exception>
    internal void Run(GenimageImage image, string? command)
    {
        if (command is null)
            return;
        _say($"{image.Type.Name}({image.File}): {command}");
        ImmutableSortedDictionary<string, string> environment = System.Environment.GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToImmutableSortedDictionary(variable => (string)variable.Key, variable => (string?)variable.Value ?? "", StringComparer.Ordinal)
            .SetItems(new Dictionary<string, string>
            {
                ["OUTPUTPATH"] = _context.OutputPath,
                ["INPUTPATH"] = _context.InputPath,
                ["ROOTPATH"] = _context.RootPath,
                ["TMPPATH"] = _context.TemporaryPath,
                ["IMAGE"] = image.File,
                ["IMAGEOUTFILE"] = image.OutputPath ?? "",
                ["IMAGENAME"] = image.Section.Text("name") ?? "",
                ["IMAGESIZE"] = (image.Content?.Length ?? image.Size ?? 0).ToString(CultureInfo.InvariantCulture),
                ["IMAGEMOUNTPOINT"] = image.Section.Text("mountpoint") ?? "",
                ["IMAGEMOUNTPATH"] = _trees.PathOf(image),
            });
        var start = new ChildProcessStart
        {
            Program = "/bin/sh",
            Arguments = ["-c", command],
            Environment = environment,
            Directory = Directory.GetCurrentDirectory(),
            Lines = new Lines(_say),
        };
        try
        {
            _say(ChildProcess.RunForText(start, _cancellation).TrimEnd());
        }
        catch (BuildException exception)
        {
            string option = command == image.ExecPre ? "exec-pre" : "exec-post";
            throw new BuildException($"{image.Section.Find(option)!.Position}: {option} of {image.File} failed: {exception.Message}", exception.Fix, exception.Log, exception);
        }
    }

    public void Dispose()
    {
        if (_copy is not null && Directory.Exists(_copy))
            Directory.Delete(_copy, recursive: true);
    }

    private sealed class Lines(Action<string> say) : IProgress<string>
    {
        public void Report(string value) => say(value);
    }
}
