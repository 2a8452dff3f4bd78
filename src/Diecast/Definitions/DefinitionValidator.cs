using Diecast.Definitions.Records;
using Diecast.Definitions.Rules;
using Diecast.ImageTypes;

namespace Diecast.Definitions;

/// <summary>
/// Applies every rule to a definition, whether it was read from YAML or made in C#, before any work is done. It looks for
/// the host files that the definition names, and writes nothing.
/// </summary>
public static class DefinitionValidator
{
    /// <summary>The faults, in the order of their positions; none when the definition may be built.</summary>
    public static IReadOnlyList<DefinitionError> Validate(Definition definition, DefinitionOrigins? origins = null)
    {
        var problems = new Problems(origins ?? DefinitionOrigins.None);
        Validate(definition, problems);
        return problems.Sorted();
    }

    internal static void Validate(Definition definition, Problems problems)
    {
        DefinitionShape.Shape.Check(definition, "", problems);
        DefinitionRules.Check(definition, problems);
        HostFileRules.Check(definition, problems);
        StoreRules.Check(definition, problems);
        if (definition.System is { } system)
        {
            // What the image type fills in counts: a board has a kernel and a console of its own.
            OperatingSystem completed = CompletedSystem(definition)!;
            SystemRules.Check(completed, problems);
            BootloaderRules.Check(completed, problems);
            AccountRules.Check(system, definition.Directory, problems);
            FileRules.Check(system.Files, problems);
        }

        HurdRules.Check(definition, problems);
        StoreSystemRules.Check(definition, problems);
        TreeRules.Check(definition, problems);
        if (!ImageCatalogue.Of(definition).IsTree())
        {
            ImageRules.Check(definition, problems);
            PartitionLayoutRules.Check(definition.Image, problems);
            ContentRules.Check(definition, problems);
            LiveRules.Check(definition, problems);
            ImageFieldRules.Check(definition, problems);
            Image image = ImageCatalogue.Of(definition)?.Complete(definition.System, definition.Image) ?? definition.Image;
            BootReaderRules.Check(definition, RootSettings.Apply(definition.Image, image), CompletedSystem(definition), problems);
            ProtectionRules.Check(definition, image, problems);
            ApplianceRules.Check(definition, image, CompletedSystem(definition), problems);
        }

        FormatRules.Check(definition, problems);
        PlatformRules.Check(definition, problems);
        BlobRules.Check(definition, problems);
    }

    private static OperatingSystem? CompletedSystem(Definition definition) =>
        definition.System is { } system ? ImageCatalogue.Of(definition)?.CompleteSystem?.Invoke(system) ?? system : null;
}
