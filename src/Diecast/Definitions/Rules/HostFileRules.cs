using System.Globalization;
using Diecast.Systems;

namespace Diecast.Definitions.Rules;

/// <summary>The host's files that a definition names are there, and of the right kind.</summary>
internal static class HostFileRules
{
    private enum Kind
    {
        File,
        Directory,
        Either,
    }

    internal static void Check(Definition definition, Problems problems)
    {
        string directory = definition.Directory;
        switch (definition.System?.Base)
        {
            case DebianBase debian:
                for (int i = 0; i < debian.Keyrings.Count; i++)
                    Check(directory, debian.Keyrings[i], Kind.File, Path($"system.base.debian.keyrings[{i}]"), problems);
                break;
            case DirectoryBase files:
                Check(directory, files.Path, Kind.Directory, "system.base.directory.path", problems);
                break;
            case TarBase tar:
                Check(directory, tar.Path, Kind.File, "system.base.tar.path", problems);
                break;
            case OciBase oci:
                Check(directory, oci.Path, Kind.Either, "system.base.oci.path", problems);
                break;
        }

        CheckBlobs(definition, problems);
        if (definition.Image.Wsl?.Icon is { } icon)
            Check(directory, icon, Kind.File, "image.wsl.icon", problems);
        CheckKeys(definition, problems);
        ValueList<SystemFile> systemFiles = definition.System?.Files ?? [];
        for (int i = 0; i < systemFiles.Count; i++)
        {
            if (systemFiles[i].Source is { } source)
                Check(directory, source, Kind.Either, Path($"system.files[{i}].source"), problems);
        }

        for (int i = 0; i < definition.Image.Partitions.Count; i++)
        {
            CheckContents(directory, definition.Image.Partitions[i], Path($"image.partitions[{i}]"), problems);
            switch (definition.Image.Partitions[i].Content)
            {
                case DirectoryContent content:
                    Check(directory, content.Path, Kind.Directory, Path($"image.partitions[{i}].content.directory.path"), problems);
                    break;
                case TarContent content:
                    Check(directory, content.Path, Kind.File, Path($"image.partitions[{i}].content.tar.path"), problems);
                    break;
                case RawContent content:
                    Check(directory, content.Path, Kind.File, Path($"image.partitions[{i}].content.raw.path"), problems);
                    break;
            }
        }
    }

    private static void CheckKeys(Definition definition, Problems problems)
    {
        string directory = definition.Directory;
        foreach ((string path, SigningKey? key) in new[] { ("image.secureBoot", definition.Image.SecureBoot), ("image.veritySignature", definition.Image.VeritySignature) })
        {
            if (key is null)
                continue;
            Check(directory, key.Certificate, Kind.File, $"{path}.certificate", problems);
            if (key.Key is { } secret)
                Check(directory, secret, Kind.File, $"{path}.key", problems);
        }

        if (definition.Image.EfiVariables is { } variables)
        {
            Check(directory, variables.Template, Kind.File, "image.efiVariables.template", problems);
            if (variables.PlatformKey is { } platformKey)
                Check(directory, platformKey, Kind.File, "image.efiVariables.platformKey", problems);
            foreach ((string key, ValueList<string> paths) in new[]
                { ("keyExchangeKeys", variables.KeyExchangeKeys), ("allowed", variables.Allowed), ("revoked", variables.Revoked) })
            {
                for (int i = 0; i < paths.Count; i++)
                    Check(directory, paths[i], Kind.File, Path($"image.efiVariables.{key}[{i}]"), problems);
            }
        }

        if (definition.System?.Bootloader?.Uki?.Splash is { } splash)
            Check(directory, splash, Kind.File, "system.bootloader.uki.splash", problems);
        if (definition.System?.Bootloader?.Uki?.PcrKey is { } pcrKey)
            Check(directory, pcrKey, Kind.File, "system.bootloader.uki.pcrKey", problems);
        for (int i = 0; i < definition.Image.Partitions.Count; i++)
        {
            if (definition.Image.Partitions[i].Encrypt is not { } encryption)
                continue;
            Check(directory, encryption.KeyFile, Kind.File, Path($"image.partitions[{i}].encrypt.keyFile"), problems);
            if (encryption.VolumeKey is { } volume)
                Check(directory, volume, Kind.File, Path($"image.partitions[{i}].encrypt.volumeKey"), problems);
        }
    }

    private static void CheckContents(string directory, Partition partition, string path, Problems problems)
    {
        for (int i = 0; i < partition.Contents.Count; i++)
        {
            if (partition.Contents[i].Source is not { } source)
                continue;
            string key = Path($"{path}.contents[{i}].source");
            if (!PathGlob.IsPattern(source))
                Check(directory, source, Kind.Either, key, problems);
            else if (source.Contains('\0', StringComparison.Ordinal))
                problems.Add(key, "NUL in a path", null, "it is the path of something on this machine", "give the path");
            else if (PathGlob.Expand(directory, source).Count == 0)
                problems.Add(key, "nothing matches", source, $"it is looked for from {System.IO.Path.GetFullPath(directory)}", "correct the pattern, or make what it is to find");
        }

    }

    private static void CheckBlobs(Definition definition, Problems problems)
    {
        for (int i = 0; i < definition.Image.Blobs.Count; i++)
        {
            if (definition.Image.Blobs[i].File is { } file)
                Check(definition.Directory, file, Kind.File, Path($"image.blobs[{i}].file"), problems);
        }
    }

    internal static void CheckFile(string directory, string path, string key, Problems problems) => Check(directory, path, Kind.File, key, problems);

    internal static void CheckDirectory(string directory, string path, string key, Problems problems) => Check(directory, path, Kind.Directory, key, problems);

    internal static void CheckEither(string directory, string path, string key, Problems problems) => Check(directory, path, Kind.Either, key, problems);

    private static string Path(FormattableString path) => path.ToString(CultureInfo.InvariantCulture);

    private static void Check(string directory, string path, Kind kind, string key, Problems problems)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            problems.Add(key, path.Length == 0 ? "empty path" : "NUL in a path", null, "it is the path of something on this machine", "give the path");
            return;
        }

        string resolved = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, path));
        bool isDirectory = Directory.Exists(resolved);
        if (!isDirectory && !File.Exists(resolved))
            problems.Add(key, kind == Kind.Directory ? "no such directory" : "no such file", path, $"it is looked for as {resolved}", "correct the path, or make it");
        else if (isDirectory && kind == Kind.File)
            problems.Add(key, "directory where a file belongs", path, $"{resolved} is a directory", "name a file");
        else if (!isDirectory && kind == Kind.Directory)
            problems.Add(key, "file where a directory belongs", path, $"{resolved} is a file", "name a directory");
    }
}
