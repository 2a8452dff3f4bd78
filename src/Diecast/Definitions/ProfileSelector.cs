using Diecast.Definitions.Records;
using Diecast.Definitions.Shapes;
using Diecast.Definitions.Yaml;

namespace Diecast.Definitions;

/// <summary>Lays the profiles that were asked for over a definition.</summary>
internal static class ProfileSelector
{
    /// <summary>The definition with its profiles over it, in the order in which they are named; the others are checked only.</summary>
    internal static YamlMapping Apply(YamlMapping root, ValueList<string> names, IncludeLoader loader, string directory, Problems problems)
    {
        foreach (string name in names)
        {
            int at = Find(loader.Profiles, name);
            if (at >= 0)
            {
                root = (YamlMapping)DefinitionShape.Shape.Merge(root, loader.Profiles[at].Value);
                continue;
            }

            // A profile may stand in a file whose fault is told already.
            if (loader.HasLostText)
                continue;
            string? near = Suggestion.Nearest(name, loader.Profiles.Select(profile => profile.Key.Text));
            string rule = loader.Profiles.Count == 0
                ? "the definition has no profiles"
                : $"the definition has {string.Join(", ", loader.Profiles.Select(profile => profile.Key.Text))}";
            problems.AddAt(new SourcePosition(DefinitionSource.Flag("--profile", name, directory, loader.NextOrder), 1, 1), DefinitionShape.Profiles,
                "no such profile", name, rule, near is null ? "add it below profiles:" : $"did you mean {near}?");
        }

        foreach (YamlEntry unused in loader.Profiles.Where(profile => !names.Contains(profile.Key.Text)))
        {
            // Its faults are the author's all the same, and what it leaves out is in the definition.
            string path = DefinitionOrigins.Join(DefinitionShape.Profiles, unused.Key.Text);
            DefinitionShape.Shape.Bind(unused.Value, path, new Binder(new DefinitionOrigins(), problems, directory, isIncomplete: true));
        }

        return root;
    }

    private static int Find(IReadOnlyList<YamlEntry> profiles, string name)
    {
        for (int i = 0; i < profiles.Count; i++)
        {
            if (profiles[i].Key.Text == name)
                return i;
        }

        return -1;
    }
}
