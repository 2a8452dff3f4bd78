using Diecast.ImageTypes;

namespace Diecast.Definitions.Rules;

/// <summary>The image type, the image and its base are for the same platform.</summary>
internal static class PlatformRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        ImageType? type = ImageCatalogue.Of(definition);
        if (type?.Platform is { } fixedPlatform && image.Platform is { } declared && declared != fixedPlatform)
        {
            problems.Add("image.platform", $"not the platform of {type.Name}", declared.DebianArchitecture,
                $"{type.Name} is for {fixedPlatform.DebianArchitecture}", "remove it, or take another image type");
        }

        Platform? platform = image.Platform ?? type?.Platform;
        if (definition.System?.Base is DebianBase { Architecture: { } architecture } && platform is not null
            && platform.DebianArchitecture != architecture)
        {
            problems.Add("system.base.debian.architecture", "not the platform of the image", architecture,
                $"the image is for {platform.DebianArchitecture}", $"remove it, or write {platform.DebianArchitecture}");
        }

        CheckKernel(definition.System, platform, problems);
    }

    /// <summary>Debian's kernels have their architecture in their names; apt would only say that there is no such package.</summary>
    private static void CheckKernel(OperatingSystem? system, Platform? platform, Problems problems)
    {
        if (system is not { Base: DebianBase debian, Kernel.Package: { } package }
            || (debian.Architecture ?? platform?.DebianArchitecture) is not { } architecture
            || Platform.All.FirstOrDefault(known => package.EndsWith("-" + known.DebianArchitecture, StringComparison.Ordinal)) is not { } meant
            || meant.DebianArchitecture == architecture)
        {
            return;
        }

        string own = architecture == Platform.Armhf.DebianArchitecture ? "linux-image-armmp" : "linux-image-" + architecture;
        problems.Add("system.kernel.package", "kernel of another architecture", package, $"the image is for {architecture}, and the package is for {meant.DebianArchitecture}",
            $"take {own}, or leave kernel: out where the image type has its own");
    }
}
