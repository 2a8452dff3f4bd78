using Diecast.Building;
using Diecast.Formats.Native;
using Diecast.Planning;

namespace Diecast.Genimage;

/// <summary>Makes the images of a configuration.</summary>
internal sealed class GenimageRun(GenimageOptions options, Func<string, string?> environment, Action<string> say, CancellationToken cancellation)
{
    private readonly List<GenimageImage> _images = [];
    private readonly Dictionary<string, GenimageImage> _byName = new(StringComparer.Ordinal);
    private readonly ConfigProblems _problems = new();

    /// <summary>Reads the configuration and makes its images; all appear at the end, and none if one fails, unless commands come between.</summary>
    /// <exception cref="Definitions.DefinitionException">The configuration is wrong; all faults that were found are told.</exception>
    /// <exception cref="BuildException">An image cannot be made.</exception>
    internal void Execute(TextWriter output)
    {
        ConfigSection top = Read();
        if (options.ConfigDump is { } dump)
        {
            if (dump == "-")
                output.Write(ConfigDump.Text(top));
            else
                File.WriteAllText(dump, ConfigDump.Text(top));
        }

        GenimageSchema.Check(top, _problems);
        Collect(top);
        GenimageContext? context = _problems.Try(() => new GenimageContext(options, top, environment));
        List<GenimageImage>? order = _problems.Try(Order);
        if (context is null || order is null)
        {
            _problems.ThrowIfAny();
            return;
        }

        var trees = new ImageTrees(context, _images, cancellation);
        using var packing = new PackingPlace(null, new Progress<long>(), cancellation);
        var maker = new ImageMaker(context, trees, packing, _byName, _problems, cancellation);
        foreach (GenimageImage image in order.Where(image => !image.IsImplicit))
            image.OutputPath = Path.Combine(image.IsTemporary ? context.TemporaryPath : context.OutputPath, image.File);
        // Before everything else, in the order in which genimage would draw them.
        foreach (GenimageImage image in order.Where(image => image.Type.Name == "hdimage"))
            _problems.Try(() => image.Ids = DiskIds.Draw(image, context));
        foreach (GenimageImage image in order)
        {
            maker.Check(image);
            if (image.OutputPath is { } path && !IsFree(path))
                _problems.Add(image.Section.Position.Wrong($"{path} is a {(Directory.Exists(path) ? "directory" : "device")}; only files are written", "write a file of another name"));
        }

        _problems.ThrowIfAny();
        if (order.Exists(image => image.ExecPre is not null || image.ExecPost is not null || image.IsByProgram))
            RunWithCommands(order, context, trees, maker);
        else
            RunAtOnce(order, maker, context);
    }

    /// <summary>Whether a file can stand at a path: nothing does, or a file.</summary>
    private static bool IsFree(string path)
    {
        const int TypeMask = 0xF000;
        const int RegularFile = 0x8000;
        return FileDescriptor.TryStat(path) is not { } status || (status.FullMode & TypeMask) == RegularFile;
    }

    private ConfigSection Read()
    {
        try
        {
            return new ConfigParser(options.IncludePaths, environment).Read(options.Config);
        }
        catch (ConfigException exception)
        {
            _problems.Add(exception);
            _problems.ThrowIfAny();
            throw;
        }
    }

    private void Collect(ConfigSection top)
    {
        foreach (ConfigSection section in top.All("image").Where(section => !string.IsNullOrEmpty(section.Title)))
        {
            // That it has no type is told already.
            if (new ConfigProblems().Try(() => GenimageImage.Of(section)) is not { } image)
                continue;
            if (!_byName.TryAdd(image.File, image))
                _problems.Add(section.Position.Wrong($"there are two images {image.File}; the first one is in line {_byName[image.File].Section.Position.Line}", "give one of them another name"));
            else
                _images.Add(image);
        }

        if (!top.All("image").Any())
            _problems.Add(top.Position.Wrong("the configuration declares no image", "write image NAME { ... }"));
        foreach (GenimageImage image in _images.ToArray())
            _problems.Try(() => CollectUsed(image));
    }

    private void CollectUsed(GenimageImage image)
    {
        foreach ((string file, ConfigPosition position) in image.Uses)
        {
            if (file.Length == 0)
            {
                _problems.Add(position.Wrong("the file has no name", "write its name"));
                continue;
            }

            if (!_byName.TryGetValue(file, out GenimageImage? used))
            {
                used = GenimageImage.OfFile(file, position);
                _byName.Add(file, used);
                _images.Add(used);
            }

            // What is part of a chip's image is for that chip.
            used.FlashType ??= image.FlashType;
        }
    }

    /// <summary>What others are made of comes before them.</summary>
    private List<GenimageImage> Order()
    {
        var order = new List<GenimageImage>();
        var done = new HashSet<GenimageImage>();
        var open = new HashSet<GenimageImage>();
        foreach (GenimageImage image in _images)
            Visit(image);
        return order;

        void Visit(GenimageImage image)
        {
            if (done.Contains(image))
                return;
            if (!open.Add(image))
                throw image.Section.Position.Wrong($"{image.File} is made of itself", "take it out of what it is made of");
            foreach ((string file, _) in image.Uses)
            {
                if (_byName.TryGetValue(file, out GenimageImage? used))
                    Visit(used);
            }

            done.Add(image);
            order.Add(image);
        }
    }

    private void RunAtOnce(IReadOnlyList<GenimageImage> order, ImageMaker maker, GenimageContext context)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (GenimageImage image in order)
        {
            // What it is made of could not be made, which is told already.
            if (image.Uses.Any(used => failed.Contains(used.File)))
            {
                failed.Add(image.File);
                continue;
            }

            try
            {
                maker.Make(image);
            }
            catch (ConfigException exception)
            {
                _problems.Add(exception);
                failed.Add(image.File);
            }
        }

        _problems.ThrowIfAny();
        using var outputs = new OutputSet(OutputDigest.None, cancellation);
        foreach (GenimageImage image in order.Where(image => !image.IsTemporary))
            Add(outputs, image, context);
        outputs.Write(null);
    }

    private void RunWithCommands(IReadOnlyList<GenimageImage> order, GenimageContext context, ImageTrees trees, ImageMaker maker)
    {
        using var commands = new ImageCommands(context, trees, _images, say, cancellation);
        maker.Commands = commands;
        foreach (GenimageImage image in order)
        {
            try
            {
                commands.Run(image, image.ExecPre, "exec-pre", image.Section);
                maker.Make(image);
                using (var outputs = new OutputSet(OutputDigest.None, cancellation))
                {
                    Add(outputs, image, context);
                    outputs.Write(null);
                }

                commands.Run(image, image.ExecPost, "exec-post", image.Section);
            }
            catch (ConfigException exception)
            {
                throw exception.ToBuildException();
            }

            if (image.ExecPost is not null && image.OutputPath is not null)
                ImageMaker.Reopen(image);
        }
    }

    private void Add(OutputSet outputs, GenimageImage image, GenimageContext context)
    {
        if (image.OutputPath is not { } path || image.IsInPlace)
            return;
        say($"{image.Type.Name}({image.File}): writing {path}");
        outputs.Add(path, image.Format, image.FormatValues(), image.Content!, role => context.Derive(image.File, role));
    }
}
