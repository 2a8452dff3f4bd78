using static System.FormattableString;

namespace Diecast.Formats.Executables;

/// <summary>Which sections a profile of an image has (UAPI.5, "Multi-Profile UKIs"; systemd, src/boot/pe.c).</summary>
internal static class UkiProfiles
{
    private static readonly string[] Order = [.. UkiSections.All.Where(name => name is not (UkiSections.PcrSignature or UkiSections.Firmware))];

    /// <summary>The number of profiles; an image without the section is one.</summary>
    internal static int Count(PeFile image) => Math.Max(1, image.Sections.Count(section => section.Name == UkiSections.Profile));

    /// <summary>The number of device trees to choose from in a profile.</summary>
    internal static int CountDeviceTrees(PeFile image, int profile)
    {
        (List<PeSection> shared, List<PeSection> own) = Divide(image, profile);
        return Trees(shared, own).Count;
    }

    /// <summary>The sections of a choice that the stub measures, in its order; empty ones are not.</summary>
    internal static IEnumerable<PeSection> Measured(PeFile image, UkiChoice choice)
    {
        (List<PeSection> shared, List<PeSection> own) = Divide(image, choice.Profile);
        if (Find(UkiSections.Linux) is null)
            throw new InvalidImageException(UnifiedKernelImage.Format, "there is no kernel in it");
        PeSection? chosen = null;
        if (choice.DeviceTree is { } tree)
        {
            List<PeSection> trees = Trees(shared, own);
            chosen = tree >= 0 && tree < trees.Count
                ? trees[tree]
                : throw new InvalidImageException(UnifiedKernelImage.Format, Invariant($"there is no device tree {tree}; there are {trees.Count}"));
        }

        foreach (string name in Order)
        {
            // A tree that is chosen takes the place of the one for all machines.
            PeSection? section = name == UkiSections.DeviceTreeAuto ? chosen
                : name == UkiSections.DeviceTree && chosen is not null ? null
                : Find(name);
            if (section is { VirtualLength: > 0 })
                yield return section;
        }

        PeSection? Find(string name) => own.Find(section => section.Name == name) ?? shared.Find(section => section.Name == name);
    }

    /// <summary>What all profiles have, up to the first section of that kind, and what one has for itself.</summary>
    private static (List<PeSection> Shared, List<PeSection> Own) Divide(PeFile image, int profile)
    {
        var shared = new List<PeSection>();
        var own = new List<PeSection>();
        int at = -1;
        foreach (PeSection section in image.Sections)
        {
            if (section.Name == UkiSections.Profile)
                at++;
            if (at < 0)
                shared.Add(section);
            else if (at == profile)
                own.Add(section);
        }

        return profile >= 0 && profile < Math.Max(1, at + 1)
            ? (shared, own)
            : throw new InvalidImageException(UnifiedKernelImage.Format, Invariant($"there is no profile {profile}; there are {Math.Max(1, at + 1)}"));
    }

    private static List<PeSection> Trees(List<PeSection> shared, List<PeSection> own) =>
        [.. own.Concat(shared).Where(section => section.Name == UkiSections.DeviceTreeAuto)];
}
