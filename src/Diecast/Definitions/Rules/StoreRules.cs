using System.Globalization;
using Diecast.Bases.Nix;

namespace Diecast.Definitions.Rules;

/// <summary>Rules of a store's paths, and of where they come from.</summary>
internal static class StoreRules
{
    /// <summary>Checks the bases that are made of a store's closure.</summary>
    internal static void Check(Definition definition, Problems problems)
    {
        (string key, ValueList<StorePath> paths, (string Key, string? Path)[] named, StoreSource? store) = definition.System?.Base switch
        {
            NixBase nix => ("system.base.nix", nix.Paths, ((string, string?)[])[("toplevel", nix.Toplevel), ("channel", nix.Channel)], nix.Store),
            GuixBase guix => ("system.base.guix", guix.Paths, [("system", guix.System)], guix.Store),
            _ => ("", [], [], null),
        };
        if (key.Length == 0)
            return;
        (string Path, string At)[] all =
        [
            .. paths.Select((item, i) => (item.Path, string.Create(CultureInfo.InvariantCulture, $"{key}.paths[{i}]"))),
            .. named.Where(item => item.Path is not null).Select(item => (item.Path!, $"{key}.{item.Key}")),
        ];
        if (all.Length == 0)
            problems.Add(key, "no store paths", null, "the base is what paths of a store refer to", $"add paths, or {named[0].Key}");
        Check(definition.Directory, all, store, $"{key}.store", problems);
    }

    /// <summary>Checks paths and their source.</summary>
    /// <param name="directory">The definition's directory.</param>
    /// <param name="paths">The paths, each with its place in the definition.</param>
    /// <param name="source">Where they come from.</param>
    /// <param name="sourceKey">The source's place in the definition.</param>
    /// <param name="problems">The faults.</param>
    internal static void Check(string directory, IReadOnlyList<(string Path, string At)> paths, StoreSource? source, string sourceKey, Problems problems)
    {
        CheckSource(directory, source ?? new StoreSource(), sourceKey, problems);
        string? store = null;
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string given, string at) in paths)
        {
            if (Locate(directory, given, at, problems) is not { } located)
                continue;
            // A system's top level may be named among the paths too.
            if (!seen.TryAdd(located, at) && at.EndsWith(']'))
                problems.Add(at, "store path given twice", given, $"{seen[located]} is the same", "remove one");
            store ??= StoreItemName.StoreOf(located);
            if (StoreItemName.StoreOf(located) != store)
                problems.Add(at, "path of another store", given, $"those before it are of {store}", "put it into a partition of its own");
            string host = source?.Directory is { } copy ? Path.GetFullPath(Path.Combine(directory, copy)) : store;
            string there = Path.Combine(host, StoreItemName.NameOf(located));
            if (source?.BinaryCache is { } cache)
            {
                string info = Path.Combine(BinaryCache.DirectoryOf(cache, directory), StoreItemName.HashOf(located) + ".narinfo");
                if (!File.Exists(info))
                    problems.Add(at, "no such path in the binary cache", given, $"it is looked for as {info}", "copy it there with its closure, or name another binary cache");
            }
            else if (!Path.Exists(there) && new FileInfo(there).LinkTarget is null)
            {
                problems.Add(at, "no such path", given, $"it is looked for as {there}", "build it, or give store: with the directory that holds it");
            }
        }
    }

    private static string? Locate(string directory, string given, string at, Problems problems)
    {
        if (given.Length == 0 || given.Contains('\0', StringComparison.Ordinal))
        {
            problems.Add(at, given.Length == 0 ? "empty path" : "NUL in a path", null, "it is a path of a store", "write it as in /nix/store/…-name");
            return null;
        }

        try
        {
            return StoreClosure.Locate(given, directory);
        }
        catch (BuildException exception)
        {
            problems.Add(at, "no path of a store", given, "it is a path as in /nix/store/…-name, or a link to one, as nix-build's result", exception.Fix!);
            return null;
        }
    }

    private static void CheckSource(string directory, StoreSource source, string key, Problems problems)
    {
        if (source.BinaryCache is null)
        {
            if (source.TrustedKeys.Count > 0)
                problems.Add($"{key}.trustedKeys", "keys without a binary cache", null, "they are of who has signed the paths of a binary cache", "remove them, or give binaryCache");
        }
        else if (source.Directory is not null || source.Registration is not null)
        {
            string other = source.Directory is not null ? "directory" : "registration";
            problems.Add($"{key}.{other}", $"{other} beside a binary cache", null, "a binary cache has the paths and says what they refer to", "keep one of them");
        }

        for (int i = 0; i < source.TrustedKeys.Count; i++)
        {
            if (source.TrustedKeys[i].Length > 0 && CacheKeys.IsFile(source.TrustedKeys[i]))
                HostFileRules.CheckFile(directory, source.TrustedKeys[i], string.Create(CultureInfo.InvariantCulture, $"{key}.trustedKeys[{i}]"), problems);
        }

        if (source.Directory is { } copy)
            HostFileRules.CheckDirectory(directory, copy, $"{key}.directory", problems);
        if (source.Registration is { } registration)
            HostFileRules.CheckEither(directory, registration, $"{key}.registration", problems);
        if (source.BinaryCache is { } cache)
            HostFileRules.CheckDirectory(directory, BinaryCache.DirectoryOf(cache, directory), $"{key}.binaryCache", problems);
    }
}
