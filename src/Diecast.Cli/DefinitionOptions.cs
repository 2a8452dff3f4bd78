using System.CommandLine;

namespace Diecast.Cli;

/// <summary>The arguments that name a definition: FILE, <c>--profile</c>, <c>--type</c>, <c>--set</c> and <c>--types</c>.</summary>
internal sealed class DefinitionOptions
{
    private DefinitionOptions(Argument<string>? file, Option<string[]> profile, Option<string?> type, Option<string[]> set, Option<string[]> types) =>
        (File, Profile, Type, Set, Types) = (file, profile, type, set, types);

    /// <summary>The definition file; null where the program itself is the definition.</summary>
    internal Argument<string>? File { get; }

    internal Option<string[]> Profile { get; }

    internal Option<string?> Type { get; }

    internal Option<string[]> Set { get; }

    internal Option<string[]> Types { get; }

    /// <summary>All of the options.</summary>
    internal IReadOnlyList<Option> Options => [Profile, Type, Set, Types];

    /// <summary>The option that names directories of image types.</summary>
    internal static Option<string[]> TypeDirectories() => new("--types")
    {
        Description = "A directory of image types, one a YAML file; types beside the definition is looked at without it. May be given more than once.",
        HelpName = "DIR",
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
    };

    /// <summary>Adds them to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="session">Whether the program itself is the definition, which has no file then.</param>
    /// <param name="file">The argument that may name a file. Default: one of its own.</param>
    internal static DefinitionOptions AddTo(Command command, Session session, Argument<string>? file = null)
    {
        if (!session.IsDeclared)
        {
            file ??= new Argument<string>("FILE") { Description = "The definition: a YAML file, or a C# program that declares it." };
            command.Arguments.Add(file);
            session.DefinitionFiles.Add(file);
        }

        var set = new Option<string[]>("--set")
        {
            Description = "Override one value of the definition; `diecast show` lists their names. May be given more than once.",
            HelpName = "key=value",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var profile = new Option<string[]>("--profile")
        {
            Description = "Lay a profile of the definition over it. May be given more than once; a later one wins.",
            HelpName = "NAME",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        Option<string[]> types = TypeDirectories();
        if (!session.IsDeclared)
            command.Options.Add(profile);
        var type = new Option<string?>("--type", "-t") { Description = "Image type, see `diecast types`; one of a cloud or hypervisor brings its format.", HelpName = "TYPE" };
        command.Options.Add(type);
        command.Options.Add(set);
        command.Options.Add(types);
        return new DefinitionOptions(file, profile, type, set, types);
    }
}
