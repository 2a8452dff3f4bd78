using Diecast.Bases.Nix;
using Diecast.Formats.Trees;

namespace Diecast.Tests.Bases;

/// <summary>A directory that is a Nix store as far as its files and its registration go; no Nix is needed for it.</summary>
internal static class StoreSample
{
    internal const string Library = "/nix/store/0a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-lib-1.0";
    internal const string Program = "/nix/store/1a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-app-1.0";
    internal const string Other = "/nix/store/2a1b2c3d4f5g6h7i8j9kalbmcndpq0r1-other";

    /// <summary>Writes store and registration into a directory.</summary>
    internal static void In(TempDirectory directory)
    {
        Write(Library, "lib/l.txt", "library\n");
        Write(Program, "bin/app", $"#!{Library}\n", executable: true);
        Write(Program, "bin/again", "twin\n");
        File.CreateSymbolicLink(Host(Program) + "/link", "bin/app");
        // What nix-store --optimise does, which is no part of what is in a store.
        Tool.Check("ln", "-f", Host(Program) + "/bin/again", Host(Program) + "/bin/twin");
        File.WriteAllText(Host(Other), "a file alone\n");
        File.CreateSymbolicLink(directory["result"], Program);
        File.WriteAllText(
            directory["registration"],
            Registration.Write([Describe(Library), Describe(Program, Library, Program), Describe(Other)]));

        string Host(string path) => directory["store/" + StoreItemName.NameOf(path)];

        void Write(string item, string path, string text, bool executable = false)
        {
            string file = Path.Combine(Host(item), path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
            File.SetUnixFileMode(file, (UnixFileMode)(executable ? 0b111_101_101 : 0b110_110_100));
        }

        StoreItemInfo Describe(string path, params string[] references)
        {
            Inode inode = Directory.Exists(Host(path))
                ? HostDirectoryReader.Read(Host(path)).Root
                : new FileInode(Diecast.Formats.Blobs.Blob.FromMemory(File.ReadAllBytes(Host(path))));
            (NixHash hash, long size) = NixHash.OfNar(inode, CancellationToken.None);
            return new StoreItemInfo { Path = path, NarHash = hash, NarSize = size, References = references.Order(StringComparer.Ordinal).ToValueList() };
        }
    }
}
