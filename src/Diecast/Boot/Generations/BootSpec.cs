using System.Text.Json;
using Diecast.Formats.Trees;

namespace Diecast.Boot;

/// <summary>
/// <c>boot.json</c> of a NixOS system (RFC 125, bootspec version 1): the system itself and its specialisations, each with kernel,
/// initial RAM disk, program to start and arguments.
/// </summary>
internal static class BootSpec
{
    private const string Main = "org.nixos.bootspec.v1";
    private const string Specialisations = "org.nixos.specialisation.v1";
    private const string SystemdBoot = "org.nixos.systemd-boot";
    private const string Xen = "org.xenproject.bootspec";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32 };

    /// <summary>Reads one, or gives null where it is of no version that is known.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="text">The file.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <exception cref="BootException">It is damaged, or names what is not in the tree.</exception>
    internal static IReadOnlyList<GenerationEntry>? Parse(FileTree root, string text, string path)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            JsonElement top = document.RootElement;
            if (top.ValueKind != JsonValueKind.Object || !top.TryGetProperty(Main, out _))
                return null;
            var entries = new List<GenerationEntry> { Entry(root, top, null, path) };
            if (top.TryGetProperty(Specialisations, out JsonElement others))
            {
                entries.AddRange(others.EnumerateObject()
                    .OrderBy(other => other.Name, StringComparer.Ordinal)
                    .Select(other => Entry(root, other.Value, other.Name, path)));
            }

            return entries;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new BootException($"{path} is no bootspec: {exception.Message}", exception);
        }
    }

    private static GenerationEntry Entry(FileTree root, JsonElement spec, string? name, string path)
    {
        JsonElement main = spec.GetProperty(Main);
        if (spec.EnumerateObject().Any(extension => extension.Name.StartsWith(Xen, StringComparison.Ordinal)))
            throw new BootException($"{path} is of a system that Xen starts, which is not supported; build it without virtualisation.xen");
        string top = Text(main, "toplevel") ?? Path.GetDirectoryName(path)!;
        if (Text(main, "initrdSecrets") is { } secrets)
            NixosSystem.CheckSecrets(root, secrets);
        JsonElement loader = spec.TryGetProperty(SystemdBoot, out JsonElement extension) && extension.ValueKind == JsonValueKind.Object ? extension : default;
        return new GenerationEntry
        {
            Name = name,
            Title = NixosSystem.ConfigurationName(root, top),
            Label = Text(main, "label") ?? NixosSystem.Version(root, top),
            Version = NixosSystem.Version(root, top),
            Kernel = SystemGeneration.FileOf(root, Text(main, "kernel") ?? "", "kernel", path),
            Initrd = Text(main, "initrd") is { } initrd ? SystemGeneration.FileOf(root, initrd, "initial RAM disk", path) : null,
            DeviceTree = Text(loader, "devicetree") is { } tree ? SystemGeneration.FileOf(root, tree, "device tree", path) : null,
            DeviceTrees = SystemGeneration.DeviceTreesOf(root, top),
            SortKey = Text(loader, "sortKey") ?? "nixos",
            Arguments =
            [
                "init=" + (Text(main, "init") ?? throw new BootException($"{path} names no init")),
                .. main.GetProperty("kernelParams").EnumerateArray().Select(argument => argument.GetString()!),
            ],
        };
    }

    private static string? Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;
}
