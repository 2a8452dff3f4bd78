using Diecast.Building;
using Diecast.Formats.Disks;
using Diecast.Planning;

namespace Diecast.Genimage;

/// <summary>Makes the images of a configuration.</summary>
internal sealed class GenimageRun(GenimageOptions options, Func<string, string?> environment, Action<string> say, CancellationToken cancellation)
{
    private readonly List<GenimageImage> _images = [];
    private readonly Dictionary<string, GenimageImage> _byName = new(StringComparer.Ordinal);

    /// <summary>Reads the configuration and makes its images; all appear at the end, and none if one fails, unless commands come between.</summary>
    /// <exception cref="BuildException">The configuration is wrong, or an image cannot be made.</exception>
    internal void Execute(TextWriter output)
    {
        ConfigSection top = new ConfigParser(options.IncludePaths, environment).Read(options.Config);
        if (options.ConfigDump is { } dump)
        {
            if (dump == "-")
                output.Write(ConfigDump.Text(top));
            else
                File.WriteAllText(dump, ConfigDump.Text(top));
        }

        GenimageSchema.Check(top);
        Collect(top);
        var context = new GenimageContext(options, top, environment);
        List<GenimageImage> order = Order();
        var trees = new ImageTrees(context, _images, cancellation);
        using var packing = new PackingPlace(null, new Progress<long>(), cancellation);
        var maker = new ImageMaker(context, trees, packing, _byName, cancellation);
        foreach (GenimageImage image in order.Where(image => !image.IsImplicit))
            image.OutputPath = Path.Combine(image.IsTemporary ? context.TemporaryPath : context.OutputPath, image.File);

        GenimageImage[] commanded = [.. order.Where(image => image.ExecPre is not null || image.ExecPost is not null)];
        if (commanded.Length > 0)
            RunWithCommands(order, context, trees, maker);
        else
            RunAtOnce(order, maker, context);
    }

    private void Collect(ConfigSection top)
    {
        foreach (ConfigSection section in top.All("image"))
        {
            GenimageImage image = GenimageImage.Of(section);
            if (!_byName.TryAdd(image.File, image))
                throw section.Position.Wrong($"there are two images {image.File}; the first one is in line {_byName[image.File].Section.Position.Line}", "give one of them another name");
            _images.Add(image);
        }

        if (_images.Count == 0)
            throw top.Position.Wrong("the configuration declares no image", "write image NAME { ... }");
        foreach ((string file, ConfigPosition position) in _images.SelectMany(image => image.Uses).ToArray())
        {
            if (file.Length == 0)
                throw position.Wrong("the file has no name");
            if (_byName.ContainsKey(file))
                continue;
            GenimageImage found = GenimageImage.OfFile(file, position);
            _byName.Add(file, found);
            _images.Add(found);
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
                Visit(_byName[file]);
            done.Add(image);
            order.Add(image);
        }
    }

    private void RunAtOnce(IReadOnlyList<GenimageImage> order, ImageMaker maker, GenimageContext context)
    {
        foreach (GenimageImage image in order)
            maker.Make(image);
        using var outputs = new OutputSet(OutputDigest.None, cancellation);
        foreach (GenimageImage image in order)
            Add(outputs, image, context, withTemporary: false);
        outputs.Write(null);
    }

    private void RunWithCommands(IReadOnlyList<GenimageImage> order, GenimageContext context, ImageTrees trees, ImageMaker maker)
    {
        using var commands = new ImageCommands(context, trees, _images, say, cancellation);
        foreach (GenimageImage image in order)
        {
            commands.Run(image, image.ExecPre);
            maker.Make(image);
            using (var outputs = new OutputSet(OutputDigest.None, cancellation))
            {
                Add(outputs, image, context, withTemporary: true);
                outputs.Write(null);
            }

            if (image.ExecPost is null)
                continue;
            commands.Run(image, image.ExecPost);
            ImageMaker.Reopen(image);
        }
    }

    private void Add(OutputSet outputs, GenimageImage image, GenimageContext context, bool withTemporary)
    {
        if (image.OutputPath is not { } path || (image.IsTemporary && !withTemporary))
            return;
        if (!File.Exists(path) && Path.Exists(path) && !Directory.Exists(path))
            throw image.Section.Position.Wrong($"{path} is a device; only files are written", "write a file, and copy it to the device");
        say($"{image.Type.Name}({image.File}): writing {path}");
        outputs.Add(path, image.Format, image.FormatValues(), image.Content!, role => context.Derive(image.File, role));
    }
}
