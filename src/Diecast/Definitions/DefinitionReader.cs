using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>Reads definitions: a file or text, what it includes, and what the command line sets over them.</summary>
public static class DefinitionReader
{
    /// <summary>Reads a definition file.</summary>
    /// <exception cref="DefinitionException">It has faults; the exception has all of them.</exception>
    public static LoadedDefinition Read(string path, DefinitionOverrides? overrides = null)
    {
        var reading = new Reading(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        DefinitionSource? source = reading.Loader.Open(path, null, "");
        return reading.Finish(source, Path.GetFileNameWithoutExtension(path), overrides ?? new DefinitionOverrides());
    }

    /// <summary>Reads a definition from a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="name">Name for messages, as of a file; its stem is the definition's name when that is not given.</param>
    /// <param name="directory">Directory that relative paths start from.</param>
    /// <param name="overrides">What the command line sets.</param>
    /// <exception cref="DefinitionException">It has faults; the exception has all of them.</exception>
    public static LoadedDefinition ReadText(string text, string name, string directory, DefinitionOverrides? overrides = null)
    {
        var reading = new Reading(Path.GetFullPath(directory));
        DefinitionSource source = reading.Loader.Add(name, text, reading.Directory);
        return reading.Finish(source, Path.GetFileNameWithoutExtension(name), overrides ?? new DefinitionOverrides());
    }

    /// <summary>Reads a definition made in C# anew, by its canonical text, with what a command line sets over it.</summary>
    internal static LoadedDefinition ReadAgain(Definition definition, DefinitionOverrides overrides)
    {
        var reading = new Reading(Path.GetFullPath(definition.Directory)) { Types = definition.Types };
        DefinitionSource source = reading.Loader.Add(definition.Name, DefinitionPrinter.ToYaml(definition), reading.Directory);
        return reading.Finish(source, definition.Name, overrides);
    }

    /// <summary>The image types that files give beside the built-in ones.</summary>
    /// <param name="directories">Directories of type files, the first before the later.</param>
    /// <param name="directory">Directory whose <c>types</c> is looked at last.</param>
    /// <exception cref="DefinitionException">A file has faults; the exception has all of them.</exception>
    internal static IReadOnlyList<ImageType> ReadTypes(ValueList<string> directories, string directory)
    {
        var reading = new Reading(Path.GetFullPath(directory));
        return reading.ReadTypes(directories);
    }

    private sealed class Reading
    {
        private readonly DefinitionOrigins _origins = new();
        private readonly Problems _problems;

        internal Reading(string directory)
        {
            Directory = directory;
            _problems = new Problems(_origins);
            Loader = new IncludeLoader(_problems);
        }

        internal string Directory { get; }

        internal IncludeLoader Loader { get; }

        /// <summary>Image types that the definition has already.</summary>
        internal ValueList<ImageType> Types { get; init; } = [];

        internal IReadOnlyList<ImageType> ReadTypes(ValueList<string> directories)
        {
            IReadOnlyList<ImageType> types = new ImageTypeFiles(directories, Directory, Types, Loader, _problems).All();
            _problems.ThrowIfAny();
            return types;
        }

        internal LoadedDefinition Finish(DefinitionSource? source, string stem, DefinitionOverrides overrides)
        {
            YamlMapping root = (source is null ? null : Loader.Load(source)) ?? new YamlMapping(null, []);
            root = ProfileSelector.Apply(root, overrides.Profiles, Loader, Directory, _problems);
            var types = new ImageTypeFiles(overrides.TypeDirectories, Directory, Types, Loader, _problems);
            root = OverrideSetter.Apply(root, types.WithFormats(overrides), Loader, Directory, _problems);
            root = types.Apply(root);

            // The name's default is known here only; it stands where the file starts, for messages about it.
            if (root.Find("name") is null or { IsUnset: true })
            {
                var start = source is null ? null : new SourcePosition(source, 1, 1);
                root = root.With(new YamlEntry(new YamlScalar(start, "name"), new YamlScalar(null, stem)));
            }

            Definition definition = DefinitionShape.Shape.Bind(root, "", new Binder(_origins, _problems, Directory, Loader.HasLostText)) with
            {
                Directory = Directory,
                Types = [.. Types, .. types.Used],
            };
            // What is missing, or does not fit together, cannot be told while a file's values are not there.
            if (Loader.HasLostText)
                _problems.ThrowIfAny();
            DefinitionValidator.Validate(definition, _problems);
            _problems.ThrowIfAny();
            return LoadedDefinition.Validated(definition, _origins, Loader.Files);
        }
    }
}
