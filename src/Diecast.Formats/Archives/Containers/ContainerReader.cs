using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Diecast.Formats.Blobs;
using Diecast.Formats.Compression;
using Diecast.Formats.Trees;

namespace Diecast.Formats.Archives;

/// <summary>Reads the documents of a layout or a docker archive. Nothing in them is trusted but what a digest vouches for.</summary>
internal sealed class ContainerReader(FileTree layout, ContainerReadOptions options)
{
    /// <summary>What registries take of a manifest (distribution specification); configurations are no larger in practice.</summary>
    private const long LargestDocument = 4L << 20;

    private const int MagicSize = 6;

    /// <summary>An index names manifests, and indices that name them, and no more.</summary>
    private const int MostIndices = 2;

    internal ContainerImage Read()
    {
        try
        {
            return ReadChecked();
        }
        catch (InvalidOperationException exception)
        {
            // What JsonElement throws for texts with half a surrogate pair, which JSON can spell, and numbers of another kind.
            throw new InvalidImageException(PackedContainer.Format, $"a document holds what is no text or number: {exception.Message}", exception);
        }
    }

    private ContainerImage ReadChecked()
    {
        bool isOci = layout.ResolveFile(ContainerLayout.LayoutFile) is not null && layout.ResolveFile(ContainerLayout.IndexFile) is not null;
        bool isDocker = layout.ResolveFile(ContainerLayout.DockerManifestFile) is not null;
        // An OCI layout says more: digests of all that it names.
        if (isOci)
            return ReadLayout(isDocker ? ContainerArchiveKinds.Docker | ContainerArchiveKinds.Oci : ContainerArchiveKinds.Oci);
        if (isDocker)
            return ReadDocker();
        throw Invalid(
            layout.ResolveFile("repositories") is null
                ? $"there is neither {ContainerLayout.LayoutFile} nor {ContainerLayout.DockerManifestFile}, so this is no container image"
                : $"archives of Docker before 1.10, without {ContainerLayout.DockerManifestFile}, are not supported");
    }

    private ContainerImage ReadLayout(ContainerArchiveKinds kinds)
    {
        JsonElement layoutFile = Parse(ReadFile(ContainerLayout.LayoutFile), ContainerLayout.LayoutFile);
        string version = Text(layoutFile, "imageLayoutVersion", ContainerLayout.LayoutFile);
        if (!version.StartsWith("1.", StringComparison.Ordinal))
            throw Invalid($"version {version} of the OCI layout is not supported");
        JsonElement index = Parse(ReadFile(ContainerLayout.IndexFile), ContainerLayout.IndexFile);
        JsonElement found = Choose(index, ContainerLayout.IndexFile, MostIndices);
        string digest = Digest(found, ContainerLayout.IndexFile);
        JsonElement manifest = Parse(ReadBlob(found, ContainerLayout.IndexFile), digest);
        JsonElement configuration = Member(manifest, "config", JsonValueKind.Object, digest);
        string configurationDigest = Digest(configuration, digest);
        JsonElement[] layers = Array(manifest, "layers", digest);
        Blob[] contents = [.. layers.Select(layer => FindBlob(layer, digest))];
        return Make(
            kinds,
            References(index),
            configurationDigest,
            ReadBlob(configuration, digest),
            digest,
            contents,
            [.. layers.Select(layer => Digest(layer, digest))]);
    }

    private ContainerImage ReadDocker()
    {
        const string Where = ContainerLayout.DockerManifestFile;
        JsonElement list = Parse(ReadFile(Where), Where);
        if (list.ValueKind != JsonValueKind.Array)
            throw Invalid($"{Where} is no list");
        JsonElement[] images = [.. list.EnumerateArray()];
        string[][] names = [.. images.Select(image => HasMember(image, "RepoTags") ? Strings(image, "RepoTags", Where) : [])];
        int[] chosen = [.. Enumerable.Range(0, images.Length)
            .Where(i => options.Reference is not { } reference || names[i].Any(name => IsNamed(name, reference)))];
        if (chosen.Length != 1)
            throw NotOne(chosen.Length, images.Length, names.SelectMany(name => name), []);
        JsonElement image = images[chosen[0]];
        string path = Text(image, "Config", Where);
        byte[] configuration = ReadFile(path);
        Blob[] contents = [.. Strings(image, "Layers", Where).Select(layer => FindFile(layer))];
        string digest = ContainerLayout.DigestPrefix + Convert.ToHexStringLower(SHA256.HashData(configuration));
        // The name vouches for the bytes where it is a digest, as Docker has always written it.
        string stem = path[(path.LastIndexOf('/') + 1)..].Replace(".json", "", StringComparison.Ordinal);
        if (stem.Length == 64 && stem.All(char.IsAsciiHexDigitLower) && ContainerLayout.DigestPrefix + stem != digest)
            throw Invalid($"{path} has the digest {digest}");
        return Make(ContainerArchiveKinds.Docker, names[chosen[0]], digest, configuration, null, contents, null);
    }

    private static ContainerImage Make(
        ContainerArchiveKinds kinds, IReadOnlyList<string> references, string configurationDigest, byte[] configurationText, string? manifestDigest,
        Blob[] contents, string[]? digests)
    {
        JsonElement configuration = Parse(configurationText, configurationDigest);
        JsonElement rootfs = Member(configuration, "rootfs", JsonValueKind.Object, configurationDigest);
        string[] diffIds = Strings(rootfs, "diff_ids", configurationDigest);
        foreach (string diffId in diffIds)
            CheckDigest(diffId, configurationDigest);
        if (diffIds.Length != contents.Length || contents.Length > ContainerImage.MostLayers)
        {
            throw Invalid(string.Create(CultureInfo.InvariantCulture,
                $"the configuration has {diffIds.Length} layers and the manifest {contents.Length}; they are to be as many, and at most {ContainerImage.MostLayers}"));
        }

        string[] history = History(configuration, contents.Length);
        var layers = new PackedLayer[contents.Length];
        for (int i = 0; i < layers.Length; i++)
        {
            byte[] start = contents[i].Slice(0, Math.Min(contents[i].Length, MagicSize)).ToArray();
            CompressionFormat compression = Decompression.Detect(start);
            string digest = digests?[i] ?? (compression == CompressionFormat.None ? diffIds[i] : Hash(contents[i]));
            if (compression == CompressionFormat.None && digest != diffIds[i])
                throw Invalid($"layer {digest} is not compressed, and has another digest in the configuration, {diffIds[i]}");
            long size = compression == CompressionFormat.None ? contents[i].Length : 0;
            layers[i] = new PackedLayer(digest, diffIds[i], compression, size, history[i]) { Content = contents[i] };
        }

        return new ContainerImage
        {
            Kinds = kinds,
            References = references,
            Configuration = ContainerConfigurationReader.Read(configuration, configurationDigest),
            ConfigurationDigest = configurationDigest,
            ManifestDigest = manifestDigest,
            Layers = layers,
        };
    }

    /// <summary>The one manifest that is meant, of an index and the indices that it names.</summary>
    private JsonElement Choose(JsonElement index, string where, int depth)
    {
        var found = new List<JsonElement>();
        JsonElement[] entries = Array(index, "manifests", where);
        foreach (JsonElement entry in entries)
        {
            string type = OptionalText(entry, "mediaType") ?? ContainerLayout.ManifestType;
            if (options.Reference is { } reference && where == ContainerLayout.IndexFile && !Names(entry).Any(name => IsNamed(name, reference)))
                continue;
            if (type is ContainerLayout.IndexType or ContainerLayout.DockerListType)
            {
                if (depth <= 1)
                    throw Invalid($"{where} names an index within an index within an index");
                string digest = Digest(entry, where);
                found.Add(Choose(Parse(ReadBlob(entry, where), digest), digest, depth - 1));
            }
            else if (type is ContainerLayout.ManifestType or ContainerLayout.DockerManifestType && IsWanted(entry))
            {
                found.Add(entry);
            }
        }

        JsonElement[] distinct = [.. found.DistinctBy(entry => Digest(entry, where))];
        if (distinct.Length > 1 && options.Preferred is { } preferred)
        {
            JsonElement[] better = [.. distinct.Where(entry => PlatformOf(entry) is { } platform && IsOf(platform, preferred))];
            distinct = better.Length > 0 ? better : distinct;
        }

        return distinct.Length == 1 ? distinct[0] : throw NotOne(distinct.Length, entries.Length, entries.SelectMany(Names), entries.Select(PlatformOf).OfType<string>());
    }

    /// <summary>Attestations have the platform unknown/unknown, and are no images.</summary>
    private bool IsWanted(JsonElement entry)
    {
        string? platform = PlatformOf(entry);
        return platform != "unknown" && (options.Architecture is not { } wanted || platform is null || IsOf(platform, wanted));
    }

    /// <summary>The architecture of an index's entry, with its variant where it has one; null where it does not say.</summary>
    private static string? PlatformOf(JsonElement entry)
    {
        if (!entry.TryGetProperty("platform", out JsonElement platform) || OptionalText(platform, "architecture") is not { } architecture)
            return null;
        return OptionalText(platform, "variant") is { Length: > 0 } variant ? $"{architecture}/{variant}" : architecture;
    }

    /// <summary>Whether an architecture is the one that is meant: where either has no variant, any does.</summary>
    private static bool IsOf(string platform, string wanted) =>
        platform == wanted || (platform.Split('/')[0] == wanted.Split('/')[0] && !(platform.Contains('/', StringComparison.Ordinal) && wanted.Contains('/', StringComparison.Ordinal)));

    private static bool IsNamed(string name, string reference) =>
        name == reference || name.EndsWith(":" + reference, StringComparison.Ordinal) || name.EndsWith("/" + reference, StringComparison.Ordinal);

    private static string[] References(JsonElement index) =>
        [.. Array(index, "manifests", ContainerLayout.IndexFile).SelectMany(Names).Distinct(StringComparer.Ordinal)];

    private static IEnumerable<string> Names(JsonElement entry)
    {
        if (!entry.TryGetProperty("annotations", out JsonElement annotations) || annotations.ValueKind != JsonValueKind.Object)
            yield break;
        foreach (string key in (string[])[ContainerLayout.NameAnnotation, ContainerLayout.ReferenceAnnotation])
        {
            if (OptionalText(annotations, key) is { } name)
                yield return name;
        }
    }

    /// <summary>How each layer was made; steps that made none are left out. Empty where the history does not go with the layers.</summary>
    private static string[] History(JsonElement configuration, int count)
    {
        string[] none = [.. Enumerable.Repeat("", count)];
        if (!configuration.TryGetProperty("history", out JsonElement history) || history.ValueKind != JsonValueKind.Array)
            return none;
        string[] steps = [.. history.EnumerateArray()
            .Where(step => step.ValueKind == JsonValueKind.Object && !(step.TryGetProperty("empty_layer", out JsonElement empty) && empty.ValueKind == JsonValueKind.True))
            .Select(step => OptionalText(step, "created_by") ?? "")];
        return steps.Length == count ? steps : none;
    }

    private byte[] ReadBlob(JsonElement descriptor, string where)
    {
        string digest = Digest(descriptor, where);
        byte[] bytes = ReadDocument(FindBlob(descriptor, where), digest);
        string found = ContainerLayout.DigestPrefix + Convert.ToHexStringLower(SHA256.HashData(bytes));
        return found == digest ? bytes : throw Invalid($"the blob {digest} has the digest {found}");
    }

    private Blob FindBlob(JsonElement descriptor, string where)
    {
        string digest = Digest(descriptor, where);
        Blob content = FindFile(ContainerLayout.BlobPath(digest));
        if (descriptor.TryGetProperty("size", out JsonElement size) && (!size.TryGetInt64(out long bytes) || bytes != content.Length))
            throw Invalid(string.Create(CultureInfo.InvariantCulture, $"the blob {digest} has {content.Length} bytes, and {where} says {size.GetRawText()}"));
        return content;
    }

    private byte[] ReadFile(string path) => ReadDocument(FindFile(path), path);

    private static byte[] ReadDocument(Blob content, string name) => content.Length <= LargestDocument
        ? content.ToArray()
        : throw Invalid(string.Create(CultureInfo.InvariantCulture, $"{Shown(name)} has {content.Length} bytes, more than a document of {LargestDocument}"));

    private Blob FindFile(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
            throw Invalid("a path holds NUL");
        return layout.ResolveFile(path)?.Content ?? throw Invalid($"the file {Shown(path)} is missing");
    }

    private static string Hash(Blob content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        BlobWriter.Digest(content, hash);
        return ContainerLayout.DigestPrefix + Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static JsonElement Parse(byte[] text, string name)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException exception)
        {
            throw new InvalidImageException(PackedContainer.Format, $"{Shown(name)} is no JSON: {exception.Message}", exception);
        }
    }

    private static string Digest(JsonElement descriptor, string where)
    {
        string digest = Text(descriptor, "digest", where);
        CheckDigest(digest, where);
        return digest;
    }

    private static void CheckDigest(string digest, string where)
    {
        const int Digits = 64;
        if (!digest.StartsWith(ContainerLayout.DigestPrefix, StringComparison.Ordinal)
            || digest.Length != ContainerLayout.DigestPrefix.Length + Digits
            || !digest[ContainerLayout.DigestPrefix.Length..].All(char.IsAsciiHexDigitLower))
        {
            throw Invalid($"{Shown(where)} has the digest {Shown(digest)}; only sha256 with 64 hexadecimal digits is supported");
        }
    }

    private static string Text(JsonElement element, string key, string where) =>
        Member(element, key, JsonValueKind.String, where).GetString()!;

    private static string? OptionalText(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonElement[] Array(JsonElement element, string key, string where)
    {
        JsonElement[] items = [.. Member(element, key, JsonValueKind.Array, where).EnumerateArray()];
        return items.All(item => item.ValueKind == JsonValueKind.Object) ? items : throw Invalid($"{Shown(where)} has something else than objects in {key}");
    }

    private static string[] Strings(JsonElement element, string key, string where)
    {
        if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement there) && there.ValueKind == JsonValueKind.Null)
            return [];
        JsonElement[] items = [.. Member(element, key, JsonValueKind.Array, where).EnumerateArray()];
        return items.All(item => item.ValueKind == JsonValueKind.String)
            ? [.. items.Select(item => item.GetString()!)]
            : throw Invalid($"{Shown(where)} has something else than texts in {key}");
    }

    private static bool HasMember(JsonElement element, string key) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out _);

    private static JsonElement Member(JsonElement element, string key, JsonValueKind kind, string where) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw Invalid($"{Shown(where)} has no {key}, or it is of another kind than {kind}");

    private InvalidImageException NotOne(int found, int all, IEnumerable<string> names, IEnumerable<string> platforms)
    {
        string which = options.Reference is { } reference ? $" of the name {Shown(reference)}" : "";
        string known = string.Join(", ", names.Distinct(StringComparer.Ordinal).Take(20).Select(Shown));
        string[] architectures = [.. platforms.Where(platform => platform != "unknown").Distinct(StringComparer.Ordinal).Take(20).Select(Shown)];
        string of = architectures.Length == 0 ? "" : $", the architectures: {string.Join(", ", architectures)}";
        return Invalid(string.Create(CultureInfo.InvariantCulture,
            $"{found} of {all} images{which}{(options.Architecture is { } a ? $" for {a}" : "")} where one is meant; the names are: {(known.Length == 0 ? "none" : known)}{of}"));
    }

    private static string Shown(string text) => text.Length > 100 ? text[..100] + "…" : text;

    private static InvalidImageException Invalid(string what) => new(PackedContainer.Format, what);
}
