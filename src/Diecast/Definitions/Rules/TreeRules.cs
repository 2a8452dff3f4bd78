using System.Globalization;
using Diecast.ImageTypes;
using Diecast.Systems;

namespace Diecast.Definitions.Rules;

/// <summary>Which of an image's keys go with its type: a tree has no partitions, and a disk no layers.</summary>
internal static class TreeRules
{
    internal static void Check(Definition definition, Problems problems)
    {
        Image image = definition.Image;
        if (ImageCatalogue.Of(definition) is not { } type)
            return;
        CheckKeys(image, type, problems);
        CheckCompression(image, type, problems);
        if (type.Kind == ImageKind.Container)
            CheckContainer(image.Container ?? new ContainerSettings(), problems);
        if (type.Kind == ImageKind.Wsl && definition.System is { } system)
            CheckWsl(image.Wsl ?? new WslSettings(), system, problems);
    }

    private static void CheckKeys(Image image, ImageType type, Problems problems)
    {
        const string Disk = "a disk's key where there is no disk";
        const string Container = "a container's key where the image is none";
        if (type.IsTree())
        {
            string rule = $"{type.Name} is an archive of files";
            Refuse(image.Partitions.Count > 0, "partitions", null, Disk, rule);
            Refuse(image.PartitionTable is not null, "partitionTable", image.PartitionTable?.ToString().ToLowerInvariant(), Disk, rule);
            Refuse(image.Size.Exact is not null, "size", image.Size.ToString(), Disk, rule);
            Refuse(image.SizeMultiple is not null, "sizeMultiple", image.SizeMultiple?.ToString(), Disk, rule);
            Refuse(image.SectorSize != 512, "sectorSize", image.SectorSize.ToString(CultureInfo.InvariantCulture), Disk, rule);
            Refuse(image.GptEntries is not null, "gptEntries", null, Disk, rule);
            Refuse(image.GptEntriesOffset is not null, "gptEntriesOffset", null, Disk, rule);
            Refuse(image.Blobs.Count > 0, "blobs", null, Disk, rule);
            Refuse(image.Label is not null, "label", image.Label, Disk, rule);
            Refuse(image.Firmware.Count > 0, "firmware", null, Disk, rule);
            Refuse(image.VolatileRoot is not null, "volatileRoot", null, Disk, rule);
            Refuse(image.SharedStore is not null, "sharedStore", image.SharedStore, Disk, rule);
            Refuse(image.RootOffset is not null, "rootOffset", image.RootOffset?.ToString(), Disk, rule);
        }

        Refuse(!type.IsTree() && image.Compression is not null, "compression", image.Compression?.ToString().ToLowerInvariant(),
            "an archive's key where the image is a disk", $"{type.Name} is compressed by its format, as in raw.zst, or by the format's options");
        if (type.Kind != ImageKind.Container)
        {
            const string Rule = "the types docker and oci make container images";
            Refuse(image.MaxLayers != 1, "maxLayers", image.MaxLayers.ToString(CultureInfo.InvariantCulture), Container, Rule);
            Refuse(image.SharedNetwork, "sharedNetwork", "true", Container, Rule);
            Refuse(image.Container is not null, "container", null, Container, Rule);
        }

        Refuse(type.Kind != ImageKind.Wsl && image.Wsl is not null, "wsl", null, "a WSL distribution's key where the image is none", "the type wsl2 makes them");

        void Refuse(bool isWrong, string key, string? value, string message, string rule)
        {
            if (isWrong)
                problems.Add($"image.{key}", message, value, rule, "remove it, or take another image type");
        }
    }

    /// <summary>What every output would have; the options of one are its format's to check.</summary>
    private static void CheckCompression(Image image, ImageType type, Problems problems)
    {
        bool hasLayers = type.Kind == ImageKind.Container && (image.Format.Count == 0 || image.Format.Any(format => format.Name != TreeFormats.Tarball.Name));
        if (hasLayers && image.Compression == ImageCompression.Xz)
            problems.Add("image.compression", "not a compression of layers", "xz", "layers are compressed by gzip, by zstd or not at all", "take one of them");
        if (type.Kind == ImageKind.Wsl && image.Compression is (ImageCompression.None or ImageCompression.Zstd))
        {
            problems.Add("image.compression", "not a compression that WSL takes", image.Compression.Value.ToString().ToLowerInvariant(),
                "gzip is what every version of WSL reads, and xz what later ones do", "take one of them");
        }
    }

    private static void CheckContainer(ContainerSettings container, Problems problems)
    {
        CheckTwice(container.Environment, "environment", problems);
        CheckTwice(container.Labels, "labels", problems);
        if (container is { Entrypoint: [""], Command: _ } or { Entrypoint: [], Command: [""] })
            problems.Add(container.Entrypoint.Count > 0 ? "image.container.entrypoint" : "image.container.command", "empty program", "", "it is the path or name of a program", "name one");
    }

    private static void CheckTwice(ValueList<NamedValue> values, string key, Problems problems)
    {
        foreach (IGrouping<string, NamedValue> same in values.GroupBy(value => value.Name, StringComparer.Ordinal).Where(group => group.Skip(1).Any()))
            problems.Add($"image.container.{key}", "name given twice", same.Key, "a name stands for one value", "remove one");
    }

    /// <summary>
    /// What Microsoft's validator of distributions refuses (microsoft/WSL, distributions/validate-modern.py) and a definition
    /// can say; what only the tree tells is looked at when that is there.
    /// </summary>
    private static void CheckWsl(WslSettings wsl, OperatingSystem system, Problems problems)
    {
        for (int i = 0; i < system.Users.Count; i++)
        {
            if (system.Users[i].PasswordHash is { } hash && !hash.StartsWith('!') && !hash.StartsWith('*'))
            {
                problems.AddSecret(string.Create(CultureInfo.InvariantCulture, $"system.users[{i}].passwordHash"), "password in a WSL distribution",
                    "a distribution has no passwords: its user is opened by Windows", "leave it out; sudo: noPassword allows sudo without one");
            }
        }

        foreach (string path in WslDistribution.OwnFiles)
        {
            int index = system.Files.ToList().FindIndex(file => SystemFiles.Normalize(file.Target) == path);
            if (index >= 0)
                problems.Add(string.Create(CultureInfo.InvariantCulture, $"system.files[{index}].target"), "file that the image type writes", path, "image.wsl says what is in it", "remove it, and set the keys of image.wsl");
        }

        if (wsl.DefaultUser is { } user && user != "root" && system.Base is DebianBase && system.Users.All(other => other.Name != user))
            problems.Add("image.wsl.defaultUser", "no such account", user, "the shell is opened for an account of the system", "declare it under system.users");
    }
}
