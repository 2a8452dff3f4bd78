using Diecast.Definitions.Records;
using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>Rules between a definition's system and image.</summary>
internal static class DefinitionRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        if (definition.System is null && image.Partitions.Count == 0)
        {
            problems.Add("", "nothing to build", null, "an image has a system, or partitions of its own",
                "add system: with a base, or image: with partitions");
        }

        if (image.Type is { } type && ImageCatalogue.Of(definition) is null)
        {
            // What is no name at all has been told.
            if (Forms.TypeNameForm.IsMatch(type))
            {
                string? near = Suggestion.Nearest(type, ImageCatalogue.TypesFor(definition).Select(known => known.Name));
                problems.Add("image.type", "no such image type", type, "diecast types lists the image types",
                    near is null ? "take one of them" : $"did you mean {near}?");
            }
        }
        else if (definition.System is null && ImageCatalogue.Of(definition) is { NeedsSystem: true })
        {
            problems.Add("image.type", "image type without a system", image.Type, "an image type makes an image of a system",
                "add system:, or remove the type and keep the partitions");
        }

        if (definition.System is { HostName: null } && definition.Name.Length > 0
            && (!Forms.HostNameForm.IsMatch(definition.Name) || definition.Name.Length > 64))
        {
            problems.Add("system.hostName", "missing, and the name is not a host name", definition.Name,
                Texts.HostName.Rule, "add hostName: to the system");
        }
    }
}
