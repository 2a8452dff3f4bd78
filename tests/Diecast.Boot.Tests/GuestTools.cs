using Diecast.Formats.Blobs;
using Diecast.Formats.Trees;

namespace Diecast.Boot.Tests;

/// <summary>Programs of this machine that a guest runs, whatever libraries it has itself.</summary>
internal static class GuestTools
{
    /// <summary>Adds a program as <c>/NAME</c>, which runs from where the tree is mounted with the loader and libraries of this machine.</summary>
    internal static void Add(FileTree tree, string mountPoint, string name)
    {
        string program = Tool.Find(name) ?? throw new FileNotFoundException($"{name} is not installed");
        string? loader = null;
        foreach (string line in Tool.Check("ldd", program).Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.TrimEntries).FirstOrDefault(w => w.StartsWith('/')) is not { } library)
                continue;
            if (!line.Contains("=>", StringComparison.Ordinal))
                loader = Path.GetFileName(library);
            Set(tree, $"/lib/{Path.GetFileName(library)}", library);
        }

        Set(tree, $"/lib/{name}", program);
        string lib = $"{mountPoint}/lib";
        tree.Set($"/{name}", new FileInode(Blob.FromText($"#!/bin/sh\nexec {lib}/{loader} --library-path {lib} {lib}/{name} \"$@\"\n"), 0b111_101_101));
    }

    private static void Set(FileTree tree, string path, string source) =>
        tree.Set(path, new FileInode(Blob.FromMemory(File.ReadAllBytes(source)), 0b111_101_101));
}
