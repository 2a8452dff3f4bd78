using System.Globalization;
using Diecast.Formats;

namespace Diecast.Bases.Nix;

/// <summary>A file with the archive of a path.</summary>
/// <param name="Url">Its path below the cache's directory.</param>
/// <param name="Compression">How it is compressed.</param>
/// <param name="Hash">Its hash, or null.</param>
/// <param name="Size">Its bytes, or null.</param>
internal sealed record NarFile(string Url, string Compression, NixHash? Hash, long? Size)
{
    /// <summary>What is meant where old caches name none.</summary>
    internal const string DefaultCompression = "bzip2";
}

/// <summary>What a binary cache says of a path: its archive, hashes, references and signatures (Nix manual, "narinfo").</summary>
internal sealed record NarInfo
{
    private const string Format = "narinfo";
    private const string Signature = "Signature";

    /// <summary>What Guix must have signed (guix/narinfo.scm, %mandatory-fields).</summary>
    private static readonly string[] Signed = ["StorePath", "NarHash", "References"];

    /// <summary>A file that is larger is none: a path refers to some thousands of others at most.</summary>
    internal const int LargestFile = 16 << 20;

    /// <summary>What the store will know of it.</summary>
    internal required StoreItemInfo Item { get; init; }

    /// <summary>The archive, once for each of its compressions: one from Nix, several from Guix.</summary>
    internal required IReadOnlyList<NarFile> Files { get; init; }

    /// <summary>Guix's own signature, or null where there is none, or one that leaves out what makes the path what it is.</summary>
    internal string? GuixSignature { get; init; }

    /// <summary>What that is of: all that stands before it.</summary>
    internal string GuixSigned { get; init; } = "";

    /// <summary>What the signatures are of (Nix, ValidPathInfo::fingerprint).</summary>
    internal string Fingerprint =>
        string.Create(CultureInfo.InvariantCulture, $"1;{Item.Path};{Item.NarHash};{Item.NarSize};{string.Join(',', Item.References)}");

    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidImageException">It is damaged, or not all of it is there.</exception>
    internal static NarInfo Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var signatures = new List<string>();
        List<Dictionary<string, string>> files = [new(StringComparer.Ordinal)];
        foreach (string line in text.Split('\n'))
        {
            if (line.Length == 0)
                continue;
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            // A field without a value ends with its colon in some caches.
            (string key, string value) = colon > 0 ? (line[..colon], line[(colon + 2)..])
                : line[^1] == ':' ? (line[..^1], "") : throw Wrong($"'{Show(line)}' is no field");
            if (key == "Sig")
                signatures.Add(value);
            else if (key == "URL" && files[^1].ContainsKey(key))
                files.Add(new Dictionary<string, string>(StringComparer.Ordinal) { [key] = value });
            else if (!(key is "URL" or "Compression" or "FileHash" or "FileSize" ? files[^1] : fields).TryAdd(key, value))
                throw Wrong($"{Show(key)} is given twice");
        }

        // Guix cuts at the first place where the name stands, wherever that is.
        int at = text.IndexOf(Signature + ":", StringComparison.Ordinal);
        string signed = at < 0 ? "" : text[..at];
        string[] before = [.. signed.Split('\n').Select(line => line.Split(':')[0])];
        bool isSigned = (at == 0 || (at > 0 && text[at - 1] == '\n')) && Signed.All(before.Contains);
        string path = Path(Get("StorePath"));
        string store = StoreItemName.StoreOf(path);
        return new NarInfo
        {
            Item = new StoreItemInfo
            {
                Path = path,
                NarHash = Hash(fields, "NarHash") ?? throw Wrong("there is no NarHash"),
                NarSize = Size(fields, "NarSize") ?? throw Wrong("there is no NarSize"),
                References = Names("References").Order(StringComparer.Ordinal).ToValueList(),
                // Nix writes it where nobody knows.
                Deriver = fields.GetValueOrDefault("Deriver") is { Length: > 0 } deriver && deriver != "unknown-deriver" ? Path($"{store}/{deriver}") : null,
                ContentAddress = fields.GetValueOrDefault("CA") is { Length: > 0 } address ? address : null,
                Signatures = signatures.ToValueList(),
            },
            Files =
            [
                .. files.Select(file => new NarFile(
                    file.GetValueOrDefault("URL") is { Length: > 0 } url ? url : throw Wrong("there is no URL"),
                    file.GetValueOrDefault("Compression") is { Length: > 0 } compression ? compression : NarFile.DefaultCompression,
                    Hash(file, "FileHash"),
                    Size(file, "FileSize"))),
            ],
            GuixSignature = isSigned ? fields.GetValueOrDefault(Signature) : null,
            GuixSigned = signed,
        };

        string Get(string key) => fields.GetValueOrDefault(key) is { Length: > 0 } value ? value : throw Wrong($"there is no {key}");

        static NixHash? Hash(Dictionary<string, string> fields, string key)
        {
            if (fields.GetValueOrDefault(key) is not { Length: > 0 } value)
                return null;
            return NixHash.TryParse(value, out NixHash? hash) ? hash : throw Wrong($"{key} is no SHA-256: '{Show(value)}'");
        }

        static long? Size(Dictionary<string, string> fields, string key)
        {
            if (fields.GetValueOrDefault(key) is not { Length: > 0 } value)
                return null;
            return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long size) ? size : throw Wrong($"{key} is no size: '{Show(value)}'");
        }

        IEnumerable<string> Names(string key) =>
            (fields.GetValueOrDefault(key) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => Path($"{store}/{name}")).Distinct(StringComparer.Ordinal).ToList();

        static string Path(string path) => StoreItemName.IsPath(path) ? path : throw Wrong($"'{Show(path)}' is no path of a store");
    }

    private static InvalidImageException Wrong(string what) => new(Format, what);

    private static string Show(string value) =>
        string.Concat(value.Take(80).Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
