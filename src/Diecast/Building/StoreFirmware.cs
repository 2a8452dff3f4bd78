using Diecast.Boot;
using Diecast.Formats.Trees;

namespace Diecast.Building;

/// <summary>
/// Finds U-Boot among the packages of a store, where a board's ROM is to load it from: nixpkgs has one package a board, <c>uboot-</c> and
/// U-Boot's own configuration of it (pkgs/misc/uboot, buildUBoot), Guix one <c>u-boot-</c> and the board, with its files in <c>libexec</c>.
/// </summary>
internal static class StoreFirmware
{
    private static readonly string[] Stores = ["/nix/store", "/gnu/store"];
    private static readonly string[] Directories = ["", "/libexec"];

    /// <summary>Whether a tree has a store.</summary>
    internal static bool HasStore(FileTree tree) => Stores.Any(store => tree.Resolve(store) is DirectoryInode);

    /// <summary>The path of a file of U-Boot.</summary>
    /// <param name="tree">The system's tree.</param>
    /// <param name="file">The file's name, as in <c>u-boot.itb</c>.</param>
    /// <param name="board">U-Boot's name of the board, by which one of several packages is chosen, or null.</param>
    /// <exception cref="BuildException">No package has it, or several for other boards do.</exception>
    internal static string Find(FileTree tree, string file, string? board)
    {
        string[] found = [.. FindAll(tree, file)];
        // With a device tree in it, which every board has, the image has this name until it is copied to the other.
        if (found.Length == 0 && file == "u-boot.img")
            found = [.. FindAll(tree, "u-boot-dtb.img")];
        if (found.Length == 0)
        {
            throw new BuildException(
                $"the blob {file} is in no package of the store's paths that begins with uboot- or u-boot-",
                $"add U-Boot for the board to the base's paths, as {{ path: …, closure: no }}, or name its file: image.blobs: [{{name: {file}, file: PATH}}]");
        }

        string[] fitting = board is null ? [] : [.. found.Where(path => IsOf(path, board))];
        return (fitting.Length > 0 ? fitting : found) is [var only]
            ? only
            : throw new BuildException(
                $"several packages have the blob {file}: {string.Join(", ", found)}", $"name one: image.blobs: [{{name: {file}, tree: PATH}}]");
    }

    private static IEnumerable<string> FindAll(FileTree tree, string file) =>
        from package in StoreFiles.Packages(tree, "uboot-").Concat(StoreFiles.Packages(tree, "u-boot-"))
        from directory in Directories
        let path = $"{package}{directory}/{file}"
        where tree.ResolveFile(path) is not null
        select path;

    /// <summary>Whether a package's name has the board's, whole: <c>uboot-pine64-lts_defconfig-2025.01</c>.</summary>
    private static bool IsOf(string path, string board) =>
        path.Contains($"-uboot-{board}_defconfig-", StringComparison.Ordinal)
        || path.Contains($"-u-boot-{board.Replace('_', '-').ToLowerInvariant()}-2", StringComparison.Ordinal);
}
